"""Poisson regression of flows with an effect of each origin and each destination, solved exactly, zeros included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.regression.bipartite import Effects, effects_of, leverage, without_effects
from jiqun.measure.regression.reweighted import Solved, Within, identified, reweighted
from jiqun.measure.regression.separation import separated

__all__ = ["Ppml", "ppml"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST = 1e-7
"""Share of a regressor that the effects must leave of it, taken out exactly."""


@dataclass(frozen=True, slots=True)
class Ppml:
    """A fitted gravity equation. Arrays of cells have shape (groups, origins, destinations)."""

    coefficient: Array
    """Shape (regressors,); NaN where not identified."""
    fitted: Array
    """Expected flow of each cell; 0 where separated, NaN where not used."""
    used: Mask
    """Cells that the estimates rest on."""
    separated: Mask
    """Cells without a flow that the equation predicts perfectly: left out, which changes no estimate."""
    bread: Array
    """Inverse information of the coefficients given the effects, shape (regressors, regressors); NaN as above."""
    score: Array
    """Contribution of each cell to the score, effects taken out, shape (regressors, groups, origins, destinations)."""
    leverage: Array
    """How much of each cell's own flow the fit takes up, effects and regressors, between 0 and 1."""
    absorbed: int
    """Parameters of the effects."""
    iterations: int


def ppml(
    flow: Array,
    regressors: Array,
    *,
    used: Mask | None = None,
    tolerance: float = 1e-10,
    most: int = 200,
) -> Ppml:
    r"""Fit flows by Poisson pseudo-maximum likelihood with effects of origins and destinations in each group.

    :math:`E(y_{gij}) = \exp(a_{gi} + b_{gj} + x_{gij}'\beta)`. Only the mean need be right; the flows need not be
    counts, nor Poisson. The effects are taken out exactly in each step of reweighted least squares, by solving for
    those of the smaller side.

    Parameters
    ----------
    flow
        y ≥ 0, shape (groups, origins, destinations). A group is a period, a channel, or one of both.
    regressors
        Shape (regressors, groups, origins, destinations); the second may be 1 where all groups have the same.
    used
        Cells to use, same shape as ``flow``; None for all. Where a regressor is not finite a cell is not used.
    tolerance
        Relative change of the deviance at which to stop.
    most
        Steps at most.

    Returns
    -------
    Ppml
        Coefficients with what covariances need. A coefficient is NaN where no cell that is left identifies it: the
        regressor depends on the others and the effects, or all cells it marks are without flow.

    Raises
    ------
    JiqunError
        If a flow is negative or not finite, shapes do not agree, or the steps do not converge.

    Notes
    -----
    A maximum need not exist: where some combination of effects and regressors is 0 at all flows and negative at
    some cells without one, these are predicted perfectly. They are found and left out, as Correia, Guimarães & Zylkin
    (2019, arXiv:1903.01633) show to be right.

    References
    ----------
    Santos Silva, J. & Tenreyro, S. (2006), The log of gravity. Review of Economics and Statistics 88, 641–658.
    doi:10.1162/rest.88.4.641

    Examples
    --------
    Four flows, two of them in the same place; the ratio of the odds is 4, its logarithm the coefficient times 2:

    >>> same = np.eye(2)[None, None]
    >>> fit = ppml(np.array([[[4.0, 2.0], [2.0, 4.0]]]), same)
    >>> bool(np.isclose(fit.coefficient[0], np.log(4) / 2))
    True
    """
    x, mask = _checked(flow, regressors, used)
    mask, lost = _with_flow(flow, mask)
    perfect = separated(flow, x, mask)
    mask, more = _with_flow(flow, mask & ~perfect)
    perfect |= lost | more
    effects = effects_of(mask)
    if not mask.any():
        return _nothing(flow, len(x), perfect)
    y, cells, within = flow[mask], x[:, mask], _within(effects)
    start = y + y.mean()
    known = identified(within(start)(cells), cells, start, least=LEAST)
    made = reweighted(y, cells[known], within, tolerance=tolerance, most=most)
    if made is None:
        raise JiqunError(
            f"ppml did not converge in {most} steps. Use fewer, larger places, or drop a regressor that hardly varies.",
            f"ppml 在 {most} 步内未收敛。请使用更少、更大的地点，或去掉几乎不变的解释变量。",
        )
    return _told(flow, x[known], made, effects=effects, perfect=perfect, known=known)


def _told(flow: Array, x: Array, made: Solved, *, effects: Effects, perfect: Mask, known: Mask) -> Ppml:
    """Give the fit with what covariances need."""
    mask = effects.mask
    fitted = np.zeros(flow.shape)
    fitted[mask] = np.exp(made.linear)
    inner = without_effects(fitted, effects)(x)
    information = np.einsum("kgij,gij,lgij->kl", inner, fitted, inner, optimize=True)
    k = len(known)
    coefficient, bread = np.full(k, np.nan), np.full((k, k), np.nan)
    coefficient[known] = made.beta
    bread[np.ix_(known, known)] = np.linalg.inv(information)
    taken = np.einsum("kgij,kl,lgij->gij", inner, np.linalg.inv(information), inner, optimize=True) * fitted
    score = np.zeros((k, *flow.shape))
    score[known] = inner * np.where(mask, flow - fitted, 0.0)
    return Ppml(
        coefficient,
        np.where(mask, fitted, np.where(perfect, 0.0, np.nan)),
        mask,
        perfect,
        bread,
        score,
        np.clip(leverage(fitted, effects) + taken, 0.0, 1.0),
        effects.parameters,
        made.iterations,
    )


def _checked(flow: Array, regressors: Array, used: Mask | None) -> tuple[Array, Mask]:
    if flow.ndim != 3 or regressors.ndim != 4 or regressors.shape[1] not in {1, len(flow)}:
        raise JiqunError(
            f"ppml needs flows of shape (groups, origins, destinations) and regressors of shape (regressors, groups, "
            f"origins, destinations); got {flow.shape} and {regressors.shape}.",
            f"ppml 需要形状为（组，起点，终点）的流量与（变量，组，起点，终点）的解释变量；得到 "
            f"{flow.shape} 与 {regressors.shape}。",
        )
    x = np.broadcast_to(regressors, (len(regressors), *flow.shape))
    mask = np.isfinite(x).all(axis=0) & (np.ones(flow.shape, dtype=bool) if used is None else used)
    if not np.isfinite(flow[mask]).all() or (flow[mask] < 0).any():
        raise JiqunError(
            "ppml needs flows ≥ 0; some are negative or not a number. Mend them, or count interactions instead.",
            "ppml 要求流量不小于 0；存在负值或缺失，请修正，或改用互动次数。",
        )
    return np.where(mask, x, 0.0), mask


def _with_flow(flow: Array, mask: Mask) -> tuple[Mask, Mask]:
    """Leave out origins and destinations without any flow in their group, and say which cells those were."""
    kept = mask.copy()
    while True:
        some = kept & (flow > 0)
        left = kept & some.any(axis=2, keepdims=True) & some.any(axis=1, keepdims=True)
        if (left == kept).all():
            return kept, mask & ~kept
        kept = left


def _within(effects: Effects) -> Within:
    """Take effects out of the cells in use, given one after the other."""
    shape, at = effects.mask.shape, np.flatnonzero(effects.mask)
    size = effects.mask.size

    def spread(columns: Array) -> Array:
        if len(at) == size:
            return columns.reshape(-1, *shape)
        whole = np.zeros((len(columns), size))
        whole[:, at] = columns
        return whole.reshape(-1, *shape)

    def of(weight: Array) -> Callable[[Array], Array]:
        take = without_effects(spread(weight[None])[0], effects)
        return lambda columns: np.take(take(spread(columns)).reshape(-1, size), at, axis=1)

    return of


def _nothing(flow: Array, k: int, perfect: Mask) -> Ppml:
    """Without any flow nothing is estimated."""
    none = np.zeros(flow.shape, dtype=bool)
    fitted = np.where(perfect, 0.0, np.nan)
    unknown = np.full((k, k), np.nan)
    return Ppml(
        np.full(k, np.nan), fitted, none, perfect, unknown, np.zeros((k, *flow.shape)), np.zeros(flow.shape), 0, 0
    )
