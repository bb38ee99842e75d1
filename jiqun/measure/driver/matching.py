"""The matching function of a platform: how many matches come of how many suppliers and buyers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.driver.cells import Cells
from jiqun.measure.regression import Fit, combined, regress

__all__ = ["Matching", "Reading", "matching_function", "naive", "returns"]

Array = NDArray[np.float64]
Reading = Literal["within", "between"]


@dataclass(frozen=True, slots=True)
class Matching:
    """Elasticities of matches, with terms ``ln suppliers, ln buyers`` and, where known, ``ln(1 + promoted)``."""

    fit: Fit
    placebo: Fit | None
    """The same on cells whose categories were shuffled, averaged over shuffles."""

    @property
    def returns(self) -> Fit:
        """Returns to scale, α + β."""
        return returns(self.fit)

    @property
    def excess(self) -> Fit | None:
        """Elasticity to suppliers beyond the placebo."""
        if self.placebo is None:
            return None
        return combined([self.fit, self.placebo], [_first(self.fit), -_first(self.placebo)])

    @property
    def corrected(self) -> Fit:
        """Returns to scale with the elasticity to suppliers taken beyond its placebo."""
        both = _both(self.fit)
        if self.placebo is None:
            return combined([self.fit], [both])
        return combined([self.fit, self.placebo], [both, -_first(self.placebo)])


def matching_function(
    panel: Cells, *, reading: Reading = "within", placebos: Sequence[Cells] = (), level: float = 0.95
) -> Matching:
    """Estimate ``E M = exp(α ln S + β ln B + effects)`` by Poisson pseudo-maximum likelihood.

    Parameters
    ----------
    panel
        Cells.
    reading
        ``"within"``: effects of place × category and category × period, so only changes within a cell speak;
        ``"between"``: effects of category and of period, so cells are compared with one another.
    placebos
        Cells of shuffled categories. Suppliers are counted over a window of past matches, which by itself drives the
        elasticity within cells downwards (like the bias of Nickell 1981): what exceeds the placebo is not the window.
    level
        Coverage; errors are clustered by place, or by category where there are fewer than ten places.

    Returns
    -------
    Matching
        α + β = 1: constant returns; above: the more there are, the more matches each of them finds.

    References
    ----------
    Petrongolo, B. & Pissarides, C. (2001), Looking into the black box: a survey of the matching function.
    doi:10.1257/jel.39.2.390
    Nickell, S. (1981), Biases in dynamic models with fixed effects. doi:10.2307/1911408

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> place, category, period = (a.ravel() for a in np.meshgrid(range(12), range(4), range(30), indexing="ij"))
    >>> s, b = np.exp(rng.normal(2, 0.5, (2, 1440)))
    >>> none = np.zeros(1440)
    >>> made = Cells(place, category, period, rng.poisson(s**0.4 * b**0.9), s, b, none, none, None, 12)
    >>> a, b = matching_function(made).fit.value
    >>> bool(abs(a - 0.4) < 0.05), bool(abs(b - 0.9) < 0.05)
    (True, True)
    """
    fit = _fit(panel, reading, level)
    made = [_fit(p, reading, level) for p in placebos]
    known = [f for f in made if np.isfinite(f.value[:2]).all()]
    if not known:
        return Matching(fit, None)
    share = np.eye(2, len(known[0].value)) / len(known)
    return Matching(fit, combined(known, [share] * len(known), level=level))


def returns(fit: Fit) -> Fit:
    """Give α + β of a matching function, with its error."""
    return combined([fit], [_both(fit)])


def naive(category: NDArray[np.int64], period: NDArray[np.int64], counts: Array) -> Fit:
    """Estimate the matching function from sides counted in the matches themselves: mechanical, shown as a warning.

    Parameters
    ----------
    category, period
        Codes, shape (rows,).
    counts
        Dealings, suppliers and buyers of each category and period, shape (rows, 3).
    """
    there = (counts > 0).all(axis=1)
    logs = np.log(counts[there, 1:])
    return regress(counts[there, 0], logs, [category[there], period[there]], category[there])


def _fit(panel: Cells, reading: Reading, level: float) -> Fit:
    there = (panel.suppliers > 0) & (panel.buyers > 0)
    terms = [np.log(panel.suppliers[there]), np.log(panel.buyers[there])]
    if panel.promoted is not None:
        terms.append(np.log1p(panel.promoted[there]))
    effects = [panel.unit, panel.season] if reading == "within" else [panel.category, panel.period]
    places = np.unique(panel.place[there]).size
    cluster = panel.place if places >= 10 else panel.category
    return regress(
        panel.matches[there], np.stack(terms, axis=1), [e[there] for e in effects], cluster[there], level=level
    )


def _both(fit: Fit) -> Array:
    return np.eye(1, len(fit.value)) + np.eye(1, len(fit.value), 1)


def _first(fit: Fit) -> Array:
    return np.eye(1, len(fit.value))
