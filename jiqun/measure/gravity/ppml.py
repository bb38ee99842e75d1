"""Poisson regression of flows with an effect of each origin and each destination, solved exactly, zeros included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.gravity.effects import Effects, effects_of, leverage, without_effects
from jiqun.measure.gravity.separation import separated

__all__ = ["Ppml", "ppml"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


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
    identified = _identified(x, np.where(mask, flow + flow[mask].mean(), 0.0), effects)
    x = x[identified]
    linear, beta, iterations = _steps(flow, x, effects, tolerance=tolerance, most=most)
    fitted = np.where(mask, np.exp(np.where(mask, linear, 0.0)), 0.0)
    inner = without_effects(fitted, effects)(x)
    information = np.einsum("kgij,gij,lgij->kl", inner, fitted, inner, optimize=True)
    k = len(identified)
    coefficient, bread = np.full(k, np.nan), np.full((k, k), np.nan)
    coefficient[identified] = beta
    bread[np.ix_(identified, identified)] = np.linalg.inv(information)
    taken = np.einsum("kgij,kl,lgij->gij", inner, np.linalg.inv(information), inner, optimize=True) * fitted
    score = np.zeros((k, *flow.shape))
    score[identified] = inner * np.where(mask, flow - fitted, 0.0)
    return Ppml(
        coefficient,
        np.where(mask, fitted, np.where(perfect, 0.0, np.nan)),
        mask,
        perfect,
        bread,
        score,
        np.clip(leverage(fitted, effects) + taken, 0.0, 1.0),
        effects.parameters,
        iterations,
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


def _identified(x: Array, weight: Array, effects: Effects) -> Mask:
    """Say which regressors neither the effects nor those before them explain."""
    found = np.zeros(len(x), dtype=bool)
    root = np.sqrt(weight)
    inner = (without_effects(weight, effects)(x) * root).reshape(len(x), -1)
    plain = np.linalg.norm((x * root).reshape(len(x), -1), axis=1)
    basis = np.zeros((0, inner.shape[1]))
    for position, row in enumerate(inner):
        rest = row - basis.T @ (basis @ row)
        size = np.linalg.norm(rest)
        if plain[position] > 0 and size > 1e-7 * plain[position]:
            found[position] = True
            basis = np.vstack([basis, rest / size])
    return found


def _steps(flow: Array, x: Array, effects: Effects, *, tolerance: float, most: int) -> tuple[Array, Array, int]:
    """Reweighted least squares until the deviance no longer falls; a step that raises it is halved."""
    mask = effects.mask
    total = float(flow[mask].sum())
    start = np.where(mask, (flow + flow[mask].mean()) / 2.0, 1.0)
    linear, beta = np.log(start), np.zeros(len(x))
    before = np.inf
    calm = 0
    for iteration in range(1, most + 1):
        mean = np.where(mask, np.exp(linear), 0.0)
        working = np.where(mask, linear + (flow - mean) / np.where(mask, mean, 1.0), 0.0)
        inner = without_effects(mean, effects)(np.concatenate([x, working[None]]))
        weighted = inner[:-1] * mean
        information = np.einsum("kgij,lgij->kl", weighted, inner[:-1], optimize=True)
        beta = np.linalg.solve(information, np.einsum("kgij,gij->k", weighted, inner[-1], optimize=True))
        aimed = np.where(mask, working - (inner[-1] - np.einsum("k,kgij->gij", beta, inner[:-1])), 0.0)
        step = 1.0
        deviance = _deviance(flow, aimed, mask)
        while iteration > 1 and not deviance <= before * (1.0 + 1e-9) + 1e-12 * total and step > 1e-4:
            step /= 2.0
            deviance = _deviance(flow, linear + step * (aimed - linear), mask)
        linear = linear + step * (aimed - linear)
        calm = calm + 1 if abs(before - deviance) <= tolerance * max(deviance, 1e-6 * total) else 0
        if calm == 2:
            return linear, beta, iteration
        before = deviance
    raise JiqunError(
        f"ppml did not converge in {most} steps. Use fewer, larger places, or drop a regressor that hardly varies.",
        f"ppml 在 {most} 步内未收敛。请使用更少、更大的地点，或去掉几乎不变的解释变量。",
    )


def _deviance(flow: Array, linear: Array, mask: Mask) -> float:
    y, eta = flow[mask], np.minimum(linear[mask], 700.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(y > 0, y * (np.log(y) - eta), 0.0) - (y - np.exp(eta))
    return float(2.0 * parts.sum())


def _nothing(flow: Array, k: int, perfect: Mask) -> Ppml:
    """Without any flow nothing is estimated."""
    none = np.zeros(flow.shape, dtype=bool)
    fitted = np.where(perfect, 0.0, np.nan)
    unknown = np.full((k, k), np.nan)
    return Ppml(
        np.full(k, np.nan), fitted, none, perfect, unknown, np.zeros((k, *flow.shape)), np.zeros(flow.shape), 0, 0
    )
