"""The truth of a generated cluster: what was planted, beside what came out by the draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiqun.ingest.generated.firms import Side
from jiqun.ingest.generated.ground import Ground
from jiqun.ingest.generated.market import LOYAL, OWN_COMMUNITY
from jiqun.ingest.generated.plan import QUADRANTS, Plan

__all__ = ["ellison_glaeser_gamma", "truth_of"]

Floats = NDArray[np.float64]


def ellison_glaeser_gamma(cell: NDArray[np.int64], size: Floats, share: Floats) -> float:
    """Estimate Ellison–Glaeser's γ of one industry against known shares of the cells.

    γ = [G − (1 − Σx²)H] / [(1 − Σx²)(1 − H)], G = Σ(s − x)², H = Σz²; see ``jiqun.measure`` for the
    index on a cluster, which takes the shares from the data. Not a number for a single plant.

    Parameters
    ----------
    cell
        Cell of each plant.
    size
        Size of each plant.
    share
        Expected share of each cell; sums to 1.

    Examples
    --------
    >>> ellison_glaeser_gamma(np.array([0, 0]), np.array([1.0, 1.0]), np.array([0.5, 0.5]))
    1.0
    """
    z = size / size.sum()
    s = np.bincount(cell, z, len(share))
    h, spread = float((z**2).sum()), 1 - float((share**2).sum())
    g = float(((s - share) ** 2).sum())
    return (g - spread * h) / (spread * (1 - h)) if h < 1 else float("nan")


def truth_of(plan: Plan, ground: Ground, firms: Side) -> dict[str, Any]:
    """Give what is true of a generated cluster, ready for JSON.

    ``gamma`` is planted and holds on average over seeds; ``gamma_realised`` is the estimate on the firms
    of this cluster, against the planted shares of places: one draw of a Dirichlet differs from its mean.
    """
    crowd = np.full(plan.communities, 1 / plan.communities)
    industries = []
    for i, kind in enumerate(plan.planted):
        of = firms.industry == i
        one = np.ones(int(of.sum()))
        industries.append(
            {
                "industry_id": f"I{i + 1:02d}",
                "name": {"en": kind.name.en, "zh": kind.name.zh},
                "firms": int(of.sum()),
                "quadrant": kind.quadrant,
                "quadrant_title": {"en": QUADRANTS[kind.quadrant].en, "zh": QUADRANTS[kind.quadrant].zh},
                "gamma": kind.gamma,
                "gamma_realised": _finite(ellison_glaeser_gamma(firms.place[of], firms.size[of], ground.share)),
                "gamma_digital": kind.gamma_digital,
                "gamma_digital_realised": _finite(ellison_glaeser_gamma(firms.community[of], one, crowd)),
            }
        )
    return {
        "seed": plan.seed,
        "sizes": {
            "firms": plan.firms,
            "buyers": plan.buyers,
            "places": plan.places,
            "interactions": plan.interactions,
            "communities": plan.communities,
        },
        "industries": industries,
        "place_shares": {str(p): round(float(x), 6) for p, x in zip(ground.ids, ground.share, strict=True)},
        "communities": {
            "column": "planted_community of actors",
            "own_community_when_browsing": OWN_COMMUNITY["browse"],
            "own_community_when_matched_by_ai": OWN_COMMUNITY["ai"],
            "share_of_loyal_lines": LOYAL,
        },
    }


def _finite(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None
