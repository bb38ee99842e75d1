"""What may be done to an indicator before it is standardised: a closed list, each step with its remarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from jiqun.cluster import Finding, Words
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.remarks import remark
from jiqun.measure.evaluation.saying import Wrong

__all__ = ["Transformation", "Transformations", "transform"]

Name = Annotated[str, Field(min_length=1, max_length=120)]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Plain(_Step):
    """The value as it is, the logarithm of it, of one plus it, its share of all places, its growth or change."""

    do: Literal["none", "log", "log1p", "share", "growth", "difference"]


class Ratio(_Step):
    """The value over another indicator, times a number: per 10,000 people is ``times = 1e4``."""

    do: Literal["ratio"]
    to: Name
    times: float = Field(default=1.0, gt=0.0)


class PerCapita(_Step):
    """The value over the indicator that counts people."""

    do: Literal["per_capita"]
    to: Name = "population"
    times: float = Field(default=1.0, gt=0.0)


class Winsorise(_Step):
    """Values beyond two quantiles of the whole panel are moved to them."""

    do: Literal["winsorise"]
    low: float = Field(default=0.01, ge=0.0, le=0.5)
    high: float = Field(default=0.99, ge=0.5, le=1.0)

    @model_validator(mode="after")
    def _ordered(self) -> Winsorise:
        if self.low >= self.high:
            raise Wrong("low must be below high", "low 应小于 high")
        return self


def _step(value: Any) -> Any:
    return {"do": value} if isinstance(value, str) else value


def _steps(value: Any) -> Any:
    return [value] if isinstance(value, (str, dict)) else value


Transformation = Annotated[
    Annotated[Plain | Ratio | PerCapita | Winsorise, Field(discriminator="do")], BeforeValidator(_step)
]
Transformations = Annotated[tuple[Transformation, ...], BeforeValidator(_steps), Field(max_length=8)]


def transform(
    values: Array,
    steps: tuple[Plain | Ratio | PerCapita | Winsorise, ...],
    others: Mapping[str, Array],
    *,
    name: str = "",
) -> tuple[Array, list[Finding]]:
    r"""Apply the steps of an indicator, one after the other.

    ``log`` is :math:`\ln x`, ``log1p`` :math:`\ln(1+x)`, ``share`` :math:`x_{it}/\sum_j x_{jt}`, ``growth``
    :math:`x_t/x_{t-1}-1`, ``difference`` :math:`x_t-x_{t-1}`, ``ratio`` :math:`c\,x/y`; ``winsorise`` moves
    values to two quantiles of all places and periods together. What is undefined becomes NaN and is told.

    Parameters
    ----------
    values
        Shape (periods, places).
    steps
        In order.
    others
        Indicators that ratios may use, each (periods, places).
    name
        The indicator, for the findings.

    Returns
    -------
    values, findings
        Shape (periods, places), and what was undefined or moved.

    Examples
    --------
    >>> made, found = transform(np.array([[1.0, 0.0]]), (Plain(do="log"),), {}, name="gdp")
    >>> made.tolist(), [(f.rule, f.rows) for f in found]
    ([[0.0, nan]], [('nonpositive_logarithm', 1)])
    """
    findings: list[Finding] = []
    for step in steps:
        before = np.isfinite(values)
        if isinstance(step, (Ratio, PerCapita)):
            values, rule = _ratio(values, others[step.to], step.times), "undefined_ratio"
        elif isinstance(step, Winsorise):
            moved = _winsorise(values, step.low, step.high)
            changed = int((before & (moved != values)).sum())
            if changed:
                done = Words(
                    f"They were moved to the quantiles {step.low:g} and {step.high:g} of the panel.",
                    f"已缩尾至全面板的 {step.low:g} 与 {step.high:g} 分位数。",
                )
                findings.append(remark("winsorised", name, changed, values.size, done=done))
            values, rule = moved, "winsorised"
        else:
            values, rule = _PLAIN[step.do](values), _UNDEFINED.get(step.do, "")
            if step.do in ("growth", "difference"):
                # the first period has nothing before it: that is no fault
                before = before & np.vstack([np.zeros_like(before[:1]), before[:-1]])
        lost = int((before & ~np.isfinite(values)).sum())
        if lost and rule:
            findings.append(remark(rule, name, lost, values.size))
    return values, findings


def _log(values: Array) -> Array:
    return np.log(values, out=np.full_like(values, np.nan), where=values > 0)


def _log1p(values: Array) -> Array:
    return np.log1p(values, out=np.full_like(values, np.nan), where=values > -1)


def _share(values: Array) -> Array:
    total = np.nansum(values, axis=1, keepdims=True)
    found: Array = np.divide(values, total, out=np.full_like(values, np.nan), where=total > 0)
    return found


def _growth(values: Array) -> Array:
    made = np.full_like(values, np.nan)
    np.divide(values[1:], values[:-1], out=made[1:], where=values[:-1] > 0)
    found: Array = made - 1.0
    return found


def _difference(values: Array) -> Array:
    return np.vstack([np.full_like(values[:1], np.nan), np.diff(values, axis=0)])


def _ratio(values: Array, other: Array, times: float) -> Array:
    found: Array = times * np.divide(values, other, out=np.full_like(values, np.nan), where=other > 0)
    return found


def _winsorise(values: Array, low: float, high: float) -> Array:
    if not np.isfinite(values).any():
        return values
    floor, ceiling = np.nanquantile(values, [low, high])
    return np.clip(values, floor, ceiling)


_PLAIN: Mapping[str, Callable[[Array], Array]] = {
    "none": lambda values: values,
    "log": _log,
    "log1p": _log1p,
    "share": _share,
    "growth": _growth,
    "difference": _difference,
}
_UNDEFINED = {
    "log": "nonpositive_logarithm",
    "log1p": "nonpositive_logarithm",
    "share": "undefined_ratio",
    "growth": "undefined_growth",
}
