r"""What another way of recommending would have achieved, from the decisions that were logged.

A log says what was shown with which chance and what came of it. Weighting each outcome by how much likelier the other
way would have shown the same, :math:`w=\pi(a|x)/p(a|x)`, estimates its mean outcome; a model of outcomes makes the
estimate steadier (doubly robust: right if either the chances or the model are).

**Interference.** All this takes one need's outcome not to depend on what others were shown. On a platform with
capacities that is wrong where places are scarce: a way that sends everyone to the same firm looks better in the log
than it would be. Read the result beside a simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import norm

from jiqun.cluster import JiqunError
from jiqun.match.objects import Floats

__all__ = ["Estimator", "Outcome", "counterfactual"]

Estimator = Literal["ips", "self_normalised", "doubly_robust"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Mean outcome under another way of recommending."""

    value: float
    low: float
    high: float
    observed: float
    """Mean outcome as logged."""
    effective: float
    """Decisions that the weights amount to: few where the two ways differ much."""
    largest: float
    """Largest weight."""
    clipped: float
    """Share of weights that were cut."""


def counterfactual(
    reward: Floats,
    shown: Floats,
    wanted: Floats,
    *,
    estimator: Estimator = "self_normalised",
    predicted: Floats | None = None,
    predicted_wanted: Floats | None = None,
    groups: np.ndarray | None = None,
    clip: float = np.inf,
    level: float = 0.95,
) -> Outcome:
    r"""Estimate the mean outcome of a way of recommending that was not used.

    Parameters
    ----------
    reward
        Outcome of each logged decision, such as 1 for a deal, shape (decisions,).
    shown
        Chance with which the logging way showed what it showed, above 0 and at most 1, shape (decisions,).
    wanted
        Chance with which the other way would have shown the same, shape (decisions,).
    estimator
        ``ips``: :math:`\overline{wr}`; ``self_normalised``: :math:`\sum wr/\sum w`; ``doubly_robust``:
        :math:`\overline{\hat q_\pi+w(r-\hat q)}`.
    predicted
        Outcome that a model expects of what was shown, shape (decisions,); for ``doubly_robust``.
    predicted_wanted
        Outcome that it expects of the other way for the same need, shape (decisions,); for ``doubly_robust``.
    groups
        Need (or seeker) of each decision: the interval allows for any dependence within one.
    clip
        Weights above are cut to it: less spread, some bias.
    level
        Of the interval.

    Returns
    -------
    Outcome
        The estimate with its interval and how much the log supports it.

    Raises
    ------
    JiqunError
        If chances are out of range, arrays do not fit together, or nothing of the log is wanted.

    References
    ----------
    Dudík, Langford & Li 2011, Doubly robust policy evaluation and learning, ICML; Swaminathan & Joachims 2015, The
    self-normalized estimator for counterfactual learning, NeurIPS.

    Examples
    --------
    >>> done = counterfactual(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    >>> done.value, done.observed
    (1.0, 0.5)
    """
    r, p, q = (np.asarray(x, dtype=np.float64) for x in (reward, shown, wanted))
    _refuse(r, p, q, estimator, predicted, predicted_wanted)
    raw = q / p
    w = np.minimum(raw, clip)
    if not w.any():
        raise JiqunError(
            "counterfactual finds nothing in the log that the other way would have shown: it cannot be judged from it.",
            "counterfactual 在日志中找不到另一方式会展示的内容：无法据此评价。",
        )
    if estimator == "doubly_robust" and predicted is not None and predicted_wanted is not None:
        parts = np.asarray(predicted_wanted) + w * (r - np.asarray(predicted))
        value = float(parts.mean())
        influence = parts - value
    elif estimator == "ips":
        value = float((w * r).mean())
        influence = w * r - value
    else:
        value = float((w * r).sum() / w.sum())
        influence = w * (r - value) / w.mean()
    error = _error(influence, groups)
    half = float(norm.ppf(0.5 + level / 2)) * error
    return Outcome(
        value=value,
        low=value - half,
        high=value + half,
        observed=float(r.mean()),
        effective=float(w.sum() ** 2 / (w * w).sum()),
        largest=float(w.max()),
        clipped=float((raw > clip).mean()),
    )


def _error(influence: Floats, groups: np.ndarray | None) -> float:
    n = influence.size
    if groups is None:
        return float(np.sqrt((influence**2).sum()) / n) if n > 1 else float("nan")
    _, code = np.unique(groups, return_inverse=True)
    summed = np.bincount(code, influence)
    g = summed.size
    return float(np.sqrt((summed**2).sum() * g / (g - 1)) / n) if g > 1 else float("nan")


def _refuse(  # noqa: PLR0917
    r: Floats, p: Floats, q: Floats, estimator: str, predicted: Floats | None, predicted_wanted: Floats | None
) -> None:
    if not (r.shape == p.shape == q.shape and r.ndim == 1 and r.size > 0 and np.isfinite(r).all()):
        raise JiqunError(
            f"counterfactual needs an outcome and two chances for each decision; "
            f"it got {r.size}, {p.size} and {q.size}.",
            f"counterfactual 需要每个决策的结果与两个概率；实际为 {r.size}、{p.size}、{q.size} 个。",
        )
    if not ((p > 0).all() and (p <= 1).all() and (q >= 0).all() and (q <= 1).all()):
        raise JiqunError(
            "counterfactual needs chances between 0 and 1, and above 0 for what was shown. A log that shows the same "
            "to everyone has no chances: record them, or show at random now and then.",
            "counterfactual 要求概率介于 0 与 1 之间，且已展示内容的概率大于 0。总是展示同样内容的日志没有概率信息："
            "请记录概率，或偶尔随机展示。",
        )
    if estimator == "doubly_robust" and (predicted is None or predicted_wanted is None):
        raise JiqunError(
            "counterfactual needs predicted and predicted_wanted for the doubly robust estimate.",
            "counterfactual 的双重稳健估计需要 predicted 与 predicted_wanted。",
        )
