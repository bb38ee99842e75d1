r"""Where entrants settle: the attraction of a place itself, and of those who are there already (Bottazzi).

A firm leaves, another comes and picks place l with chance :math:`(a_l+b\,n_l)/(A_a+b(N-1))`. In the long run the
numbers of firms are Dirichlet-multinomial with parameters :math:`a_l/b`; A, their sum, measures how little firms
follow each other, and Ellison and Glaeser's γ is 1/(1+A).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field, model_validator
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform

__all__ = ["MODEL", "ChurnWorld", "Estimated", "estimate", "gamma_of", "log_likelihood", "variance"]

_LEAVE, _COME, _START = 0, 1, 2


class ChurnWorld(World):
    """Parameters of the churn of locations."""

    firms: int = Field(default=400, ge=1, le=10**8, description="N: firms; each that leaves is replaced.")
    places: int = Field(default=30, ge=1, le=10**6, description="L: places.")
    concentration: float = Field(default=20.0, gt=0, description="A: sum of the attractions of places over b.")
    weights: tuple[float, ...] = Field(
        default=(), max_length=10**6, description="Attraction of each place itself; equal where not given."
    )
    moves: int = Field(default=0, ge=0, le=10**9, description="Firms replaced in a period; 0: as many as there are.")

    @model_validator(mode="after")
    def _one_weight_for_each_place(self) -> ChurnWorld:
        if self.weights and (len(self.weights) != self.places or min(self.weights) < 0 or sum(self.weights) <= 0):
            raise ValueError(f"weights must be {self.places} numbers, none negative and one positive")
        return self


@dataclass(frozen=True, slots=True)
class Estimated:
    """The concentration that makes the observed numbers of firms likeliest."""

    concentration: float
    """A; infinite where firms are spread no less evenly than by chance."""
    low: float
    high: float
    """Interval by the likelihood ratio."""
    log_likelihood: float

    @property
    def gamma(self) -> float:
        """Ellison and Glaeser's γ = 1/(1+A)."""
        return gamma_of(self.concentration)


def gamma_of(concentration: float) -> float:
    """Ellison and Glaeser's γ of a concentration, 1/(1+A).

    Examples
    --------
    >>> round(gamma_of(20), 6)
    0.047619
    """
    return 1 / (1 + concentration)


def variance(firms: int, share: float, concentration: float) -> float:
    r"""Variance of the firms at a place in the long run, :math:`Nw(1-w)\,(N+A)/(1+A)`.

    Examples
    --------
    >>> round(variance(400, 1 / 30, 20.0), 4)
    257.7778
    """
    return firms * share * (1 - share) * (firms + concentration) / (1 + concentration)


def log_likelihood(counts: np.ndarray, shares: np.ndarray, concentration: float) -> float:
    """Log-likelihood of Dirichlet-multinomial counts, without the factor that does not depend on A.

    Parameters
    ----------
    counts
        Firms, shape (industries, places).
    shares
        Attraction of each place itself, shape (places,), summing to 1.
    concentration
        A.

    Returns
    -------
    float
        Summed over industries.
    """
    alpha = concentration * shares
    total = counts.sum(axis=1)
    ends = gammaln(concentration) - gammaln(concentration + total)
    # A place that attracts no one by itself can have no one: its term is left out.
    inner = gammaln(alpha[alpha > 0] + counts[:, alpha > 0]) - gammaln(alpha[alpha > 0])
    return float(ends.sum() + inner.sum())


def estimate(counts: np.ndarray, *, shares: np.ndarray | None = None, level: float = 0.95) -> Estimated:
    """Concentration A by maximum likelihood from firms by industry and place.

    Parameters
    ----------
    counts
        Firms, shape (industries, places), whole numbers; all industries share one A.
    shares
        Attraction of each place itself, shape (places,); the places' shares of all firms where not given.
    level
        Of the interval.

    Returns
    -------
    Estimated
        A with its interval.

    Raises
    ------
    JiqunError
        If there are fewer than two places, no industry with two firms, negative counts, or firms at a place
        of share 0.

    Examples
    --------
    >>> together = np.array([[8, 0, 0], [0, 7, 1], [0, 0, 8]])
    >>> apart = np.array([[3, 3, 2], [2, 3, 3], [3, 2, 3]])
    >>> round(estimate(together).concentration, 2), estimate(apart).concentration
    (0.22, inf)
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2

    table = np.asarray(counts, dtype=np.float64)
    weights = table.sum(axis=0) if shares is None else np.asarray(shares, dtype=np.float64)
    _refuse(table, weights)
    weights = weights / weights.sum()

    def loss(log_a: float) -> float:
        return -log_likelihood(table, weights, float(np.exp(log_a)))

    low, high = -12.0, 18.0
    grid = np.linspace(low, high, 121)
    at = int(np.argmin([loss(x) for x in grid]))
    bounds = (grid[max(at - 1, 0)], grid[min(at + 1, 120)])
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-10})
    peak, top = float(best.x), -float(best.fun)
    drop = chi2.ppf(level, 1) / 2

    def short(log_a: float) -> float:
        return top - drop + loss(log_a)

    left = float(np.exp(brentq(short, low, peak))) if short(low) > 0 else 0.0
    right = float(np.exp(brentq(short, peak, high))) if short(high) > 0 else float("inf")
    # The likelihood of an even spread rises towards a limit: within rounding of it, the limit is meant.
    concentration = float("inf") if loss(high) <= best.fun + 1e-6 else float(np.exp(peak))
    return Estimated(concentration, left, right, top)


def _refuse(table: np.ndarray, weights: np.ndarray) -> None:
    if table.ndim != 2 or table.shape[1] < 2 or not (table.sum(axis=1) >= 2).any():
        raise JiqunError(
            f"estimate needs firms by industry and place, two places and an industry with two firms; "
            f"it got a table of shape {table.shape}.",
            f"estimate 需要行业×地点的企业数，至少两个地点和一个有两家企业的行业；实际形状为 {table.shape}。",
        )
    if (table < 0).any() or not np.isfinite(table).all():
        raise JiqunError("estimate needs counts of firms that are not negative.", "estimate 需要非负的企业数。")
    if weights.shape != (table.shape[1],) or (weights < 0).any() or (table[:, weights == 0] > 0).any():
        raise JiqunError(
            "estimate needs a share for each place, none negative and none 0 where there are firms.",
            "estimate 需要每个地点的份额，不得为负，有企业处不得为 0。",
        )


@njit(cache=True, nogil=True)
def _churn(  # noqa: PLR0917
    place: Any, counts: Any, cumulative: Any, concentration: Any, moves: Any, k0: Any, k1: Any, period: Any
) -> None:
    """One firm after the other leaves and is replaced: by the place's own pull, or beside a random other firm."""
    firms = place.size
    for move in range(moves):
        leaver = min(np.int64(uniform(k0, k1, move, period, _LEAVE, 0) * firms), firms - 1)
        drawn = uniform(k0, k1, move, period, _COME, 0) * (concentration + firms - 1)
        if drawn < concentration:
            to = min(np.searchsorted(cumulative, drawn / concentration, side="right"), cumulative.size - 1)
        else:
            other = min(np.int64(drawn - concentration), firms - 2)
            to = place[other if other < leaver else other + 1]
        counts[place[leaver]] -= 1
        counts[to] += 1
        place[leaver] = to


@njit(cache=True, nogil=True)
def _settle(place: Any, cumulative: Any, concentration: Any, k0: Any, k1: Any) -> None:
    """Firms come one after the other into empty places: a draw from the long run itself."""
    for firm in range(place.size):
        drawn = uniform(k0, k1, firm, 0, _START, 0) * (concentration + firm)
        if drawn < concentration:
            place[firm] = min(np.searchsorted(cumulative, drawn / concentration, side="right"), cumulative.size - 1)
        else:
            place[firm] = place[min(np.int64(drawn - concentration), firm - 1)]


def _cumulative(world: ChurnWorld) -> np.ndarray:
    weights = np.array(world.weights) if world.weights else np.ones(world.places)
    return np.asarray(np.cumsum(weights) / weights.sum())


def _start(world: ChurnWorld, at: Context) -> State:
    place = np.zeros(world.firms, dtype=np.int32)
    _settle(place, _cumulative(world), world.concentration, at.key[0], at.key[1])
    return {"place": place, "counts": np.bincount(place, minlength=world.places).astype(np.int64)}


def _step(state: State, world: ChurnWorld, at: Context) -> None:
    moves = world.moves or world.firms
    if world.firms > 1:
        _churn(
            state["place"], state["counts"], _cumulative(world), world.concentration, moves, at.key[0], at.key[1],
            at.period,
        )  # fmt: skip


def _observe(state: State, world: ChurnWorld) -> dict[str, float]:
    shares = state["counts"] / world.firms
    return {"herfindahl": float((shares**2).sum()), "largest": int(state["counts"].max())}


MODEL = register(
    Model(
        name="churn",
        title=Words("Churn of locations (Bottazzi)", "区位更替（Bottazzi）"),
        question=Words("Do entrants follow the place or each other?", "新企业是追随地点，还是追随彼此？"),
        world=ChurnWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 4 * int(world.firms) + 24 * int(world.places),
        purposes={"leave": _LEAVE, "come": _COME, "start": _START},
        references=(
            Reference(
                "Bottazzi & Secchi 2007, Repeated choices under dynamic externalities, LEM Working Paper 2007/08"
            ),
            Reference(
                "Ellison & Glaeser 1997, Geographic concentration in U.S. manufacturing industries: a dartboard "
                "approach, Journal of Political Economy 105(5)",
                doi="10.1086/262098",
            ),
        ),
    )
)
