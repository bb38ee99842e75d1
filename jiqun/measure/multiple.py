"""Many tests at once: probabilities adjusted so that what is found by chance stays rare."""

from __future__ import annotations

from typing import Annotated, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from jiqun.cluster import JiqunError

__all__ = ["Adjust", "adjust"]

Array = NDArray[np.float64]

Adjustment = Literal["fdr", "fdr_by", "holm", "none"]
Adjust = Annotated[
    Adjustment,
    Field(
        description="fdr: false discovery rate (Benjamini & Hochberg 1995); fdr_by: the same under any dependence "
        "(Benjamini & Yekutieli 2001); holm: chance of one false finding (Holm 1979); none: as they are."
    ),
]


def adjust(p: ArrayLike, method: Adjustment = "fdr") -> Array:
    """Adjust the probabilities of many tests.

    To call significant what is at most α after the adjustment keeps, at α: the expected share of false
    findings among all findings (``"fdr"`` for independent or positively dependent tests, ``"fdr_by"`` for any),
    or the probability of even one false finding (``"holm"``).

    With the m probabilities in ascending order, ``"fdr"`` is ``min_{l ≥ k} p_(l) m/l``, ``"fdr_by"`` the same
    times ``Σ_{l ≤ m} 1/l``, and ``"holm"`` is ``max_{l ≤ k} p_(l) (m − l + 1)``; all cut at 1.

    Parameters
    ----------
    p
        Probabilities, any shape. NaN (no test) stays NaN and does not count.
    method
        ``"fdr"``, ``"fdr_by"``, ``"holm"`` or ``"none"``.

    Returns
    -------
    numpy.ndarray
        Adjusted probabilities, of the same shape.

    Raises
    ------
    JiqunError
        If a probability is outside 0 … 1 or the method is not known.

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). doi:10.1111/j.2517-6161.1995.tb02031.x
    Benjamini, Y. & Yekutieli, D. (2001). doi:10.1214/aos/1013699998
    Holm, S. (1979), A simple sequentially rejective multiple test procedure. Scand. J. Statist. 6, 65–70.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    >>> adjust([0.01, 0.04, 0.03], "holm").tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p, dtype=np.float64)
    if method not in get_args(Adjustment):
        known = ", ".join(get_args(Adjustment))
        raise JiqunError(
            f"adjust: there is no method {method!r}. Known: {known}.",
            f"adjust：没有名为 {method!r} 的方法。可用：{known}。",
        )
    known_p = given[~np.isnan(given)]
    if ((known_p < 0.0) | (known_p > 1.0)).any():
        raise JiqunError(
            "adjust needs probabilities between 0 and 1; some are outside.",
            "adjust 需要 0 到 1 之间的概率，部分数值超出该范围。",
        )
    adjusted = given.copy()
    if method != "none" and known_p.size:
        adjusted[~np.isnan(given)] = _adjusted(known_p, method)
    return adjusted


def _adjusted(p: Array, method: Adjustment) -> Array:
    count = p.size
    order = np.argsort(p, kind="stable")
    rank = np.arange(1, count + 1)
    if method == "holm":
        stepped = np.maximum.accumulate(p[order] * (count - rank + 1))
    else:
        factor = float((1.0 / rank).sum()) if method == "fdr_by" else 1.0
        stepped = np.minimum.accumulate((p[order] * factor * count / rank)[::-1])[::-1]
    back = np.empty(count)
    back[order] = np.minimum(stepped, 1.0)
    return cast(Array, back)
