"""The net effect estimated from places and periods, and what agglomeration and technology did to its change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from scipy.optimize import least_squares
from scipy.stats import t as student

from jiqun.cluster import JiqunError
from jiqun.measure.equilibrium.net_effect import NetEffect

__all__ = ["Contributions", "Fitted", "contributions", "fit"]

_ORDER = ("scale", "weight", "substitution", "returns", "congestion", "crowding", "relief")
_LIMIT = 50.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A net effect from data."""

    net: NetEffect
    table: pl.DataFrame
    """``parameter, value, low, high, note``: parameters that were held have no interval and say so."""
    covariance: np.ndarray
    """Of the free parameters, in the order of the table."""
    free: tuple[str, ...]
    explained: float
    """Share of the variance that is explained, R²."""
    rows: int


@dataclass(frozen=True, slots=True)
class Contributions:
    """A change of net effect split between its two factors, half of what they do together to each."""

    change: np.ndarray
    agglomeration: np.ndarray
    technology: np.ndarray


def _out(free: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    """Free numbers to parameters within their bounds."""
    bounded = np.clip(values, -_LIMIT, _LIMIT)
    return {name: _within(name, float(value)) for name, value in zip(free, bounded, strict=True)}


def _within(name: str, value: float) -> float:
    if name == "weight":
        return float(1 / (1 + np.exp(-value)))
    if name == "substitution":
        return float(1 - np.exp(-value))
    return float(np.exp(value) + (1 if name == "crowding" else 0))


def _in(name: str, value: float) -> float:
    if name == "weight":
        return float(np.log(value / (1 - value)))
    if name == "substitution":
        return float(-np.log(1 - value))
    return float(np.log(max(value - 1, 1e-6) if name == "crowding" else max(value, 1e-12)))


def fit(
    net_effect: np.ndarray,
    agglomeration: np.ndarray,
    technology: np.ndarray,
    *,
    held: Mapping[str, float] | None = None,
    groups: np.ndarray | None = None,
    level: float = 0.95,
) -> Fitted:
    """Estimate a net effect by non-linear least squares.

    Parameters
    ----------
    net_effect, agglomeration, technology
        Observed, shape (rows,); agglomeration and technology positive, in units that make them about 1.
    held
        Parameters that are not estimated, by name; crowding is held at 2 and relief at 1 unless they are
        given as NaN here, which frees them: few panels can tell all seven apart.
    groups
        Place of each row; the intervals then allow for any dependence within a place.
    level
        Of the intervals.

    Returns
    -------
    Fitted
        The function, a table of its parameters with intervals, and how much it explains.

    Raises
    ------
    JiqunError
        If there are fewer rows than parameters and ten, values are not positive or not finite, or the rows
        do not tell the parameters apart.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, t = rng.uniform(0.2, 3, (2, 400))
    >>> truth = NetEffect(scale=1.5, weight=0.4, substitution=0.3, returns=0.9, congestion=0.1, relief=1.0)
    >>> fitted = fit(truth.value(a, t) + 0.01 * rng.normal(size=400), a, t)
    >>> bool(abs(fitted.net.weight - 0.4) < 0.05)
    True
    """
    y, a, t = (np.asarray(x, dtype=np.float64) for x in (net_effect, agglomeration, technology))
    fixed = {"crowding": 2.0, "relief": 1.0} | dict(held or {})
    fixed = {name: value for name, value in fixed.items() if not np.isnan(value)}
    free = tuple(name for name in _ORDER if name not in fixed)
    _refuse(y, a, t, fixed, free)

    def net_of(values: np.ndarray) -> NetEffect:
        return NetEffect(**(_out(free, values) | fixed))

    def residual(values: np.ndarray) -> np.ndarray:
        return np.asarray(net_of(values).value(a, t) - y)

    starts = [
        {"scale": s, "weight": 0.5, "substitution": r, "returns": 0.9, "congestion": k, "crowding": 2.0, "relief": 1.0}
        for s in (max(float(np.mean(y)), 1e-3), 1.0)
        for r in (-0.5, 0.3)
        for k in (0.01, 0.2)
    ]
    tries = [least_squares(residual, [_in(n, s[n]) for n in free], x_scale="jac", max_nfev=400) for s in starts]
    found = min(tries, key=lambda one: float(one.cost))
    net = net_of(found.x)
    covariance = _covariance(net, free, a, t, y, groups)
    count = np.unique(groups).size if groups is not None else y.size - len(free)
    wide = float(student.ppf(0.5 + level / 2, max(count - 1, 1)))
    errors = dict(zip(free, np.sqrt(np.diag(covariance)), strict=True))
    values = asdict(net)
    table = pl.DataFrame(
        {
            "parameter": list(_ORDER),
            "value": [values[n] for n in _ORDER],
            "low": [values[n] - wide * errors[n] if n in errors else None for n in _ORDER],
            "high": [values[n] + wide * errors[n] if n in errors else None for n in _ORDER],
            "note": [None if n in errors else "held, not estimated" for n in _ORDER],
        },
        schema_overrides={"low": pl.Float64, "high": pl.Float64, "note": pl.String},
    )
    spread = float(((y - y.mean()) ** 2).sum())
    return Fitted(net, table, covariance, free, 1 - 2 * float(found.cost) / spread, y.size)


def _covariance(  # noqa: PLR0917
    net: NetEffect, free: tuple[str, ...], a: np.ndarray, t: np.ndarray, y: np.ndarray, groups: np.ndarray | None
) -> np.ndarray:
    """Sandwich covariance in the parameters themselves, by groups where there are any."""
    base = asdict(net)
    columns = []
    for name in free:
        step = 1e-6 * max(abs(base[name]), 1e-3)
        ends = [NetEffect(**(base | {name: base[name] + sign * step})).value(a, t) for sign in (1, -1)]
        columns.append((ends[0] - ends[1]) / (2 * step))
    jacobian = np.stack(columns, axis=1)
    scale = np.linalg.norm(jacobian, axis=0)
    if (scale == 0).any() or np.linalg.cond(jacobian / scale) > 1e9:
        raise JiqunError(
            "fit cannot tell the parameters apart on these rows: hold some of them (held={'substitution': 0.3, …}).",
            "fit 无法根据这些数据区分各参数：请固定部分参数（held={'substitution': 0.3, …}）。",
        )
    bread = np.linalg.inv(jacobian.T @ jacobian)
    scores = jacobian * (y - net.value(a, t))[:, None]
    n, k = jacobian.shape
    if groups is None:
        return np.asarray(bread @ (scores.T @ scores) @ bread * n / (n - k))
    _, code = np.unique(groups, return_inverse=True)
    g = int(code.max()) + 1
    summed = np.zeros((g, k))
    np.add.at(summed, code, scores)
    return np.asarray(bread @ (summed.T @ summed) @ bread * g / max(g - 1, 1) * (n - 1) / (n - k))


def _refuse(y: np.ndarray, a: np.ndarray, t: np.ndarray, fixed: dict[str, float], free: tuple[str, ...]) -> None:
    unknown = sorted(set(fixed) - set(_ORDER))
    if unknown:
        raise JiqunError(
            f"fit holds parameters of {', '.join(_ORDER)}; it does not know {', '.join(unknown)}.",
            f"fit 可固定的参数为 {'、'.join(_ORDER)}；未知：{'、'.join(unknown)}。",
        )
    if not (y.shape == a.shape == t.shape and y.ndim == 1 and y.size >= len(free) + 10):
        raise JiqunError(
            f"fit needs net effect, agglomeration and technology of at least {len(free) + 10} rows of the same length; "
            f"it got {y.size}, {a.size} and {t.size}.",
            f"fit 需要至少 {len(free) + 10} 行等长的净效应、集聚与技术；实际为 {y.size}、{a.size}、{t.size} 行。",
        )
    if not (np.isfinite(y).all() and np.isfinite(a).all() and np.isfinite(t).all() and (a > 0).all() and (t > 0).all()):
        raise JiqunError(
            "fit needs finite numbers, and agglomeration and technology above 0. Leave such rows out, and say so.",
            "fit 要求数值有限，且集聚与技术大于 0。请剔除此类行并加以说明。",
        )


def contributions(
    net: NetEffect, before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]
) -> Contributions:
    """Split a change of net effect between agglomeration and technology (Shapley: the mean over both orders).

    Parameters
    ----------
    net
        The function.
    before, after
        Agglomeration and technology, any shapes that go together.

    Returns
    -------
    Contributions
        The two parts add up to the change.

    Examples
    --------
    >>> split = contributions(NetEffect(congestion=0.0), (1.0, 1.0), (1.0, 2.0))
    >>> float(split.agglomeration), bool(split.technology == split.change)
    (0.0, True)
    """
    (a0, t0), (a1, t1) = before, after
    v00, v10, v01, v11 = net.value(a0, t0), net.value(a1, t0), net.value(a0, t1), net.value(a1, t1)
    of_a = ((v10 - v00) + (v11 - v01)) / 2
    of_t = ((v01 - v00) + (v11 - v10)) / 2
    return Contributions(np.asarray(v11 - v00), np.asarray(of_a), np.asarray(of_t))
