"""The panel as an array: periods × places × indicators, gaps kept as gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Finding, JiqunError, MissingColumn, UnknownName
from jiqun.measure.evaluation.remarks import remark
from jiqun.space.periods import code, grain_of, label, parse

__all__ = ["Array", "Panel", "read_panel"]

Array = NDArray[np.float64]

_KEYS = ("place_id", "period", "indicator")


@dataclass(frozen=True, slots=True)
class Panel:
    """Values of indicators of places over periods.

    ``values`` has shape (periods, places, indicators); NaN where nothing is known. Periods are without
    gaps: one that has no value at all is there, all NaN, so that a step from one to the next is one period.
    """

    periods: tuple[str, ...]
    places: tuple[str, ...]
    indicators: tuple[str, ...]
    values: Array

    def of(self, indicator: str) -> Array:
        """Values of one indicator, shape (periods, places)."""
        if indicator not in self.indicators:
            raise UnknownName("indicator", indicator, self.indicators)
        found: Array = self.values[:, :, self.indicators.index(indicator)]
        return found


def read_panel(
    data: Any, *, who: str = "evaluate", indicators: Sequence[str] | None = None
) -> tuple[Panel, list[Finding]]:
    """Read the panel of a cluster, or a frame of the same shape, into an array.

    Parameters
    ----------
    data
        A cluster, or a frame with ``place_id, period, indicator, value`` in any library Narwhals knows.
    who
        Who asks, for error messages.
    indicators
        Only these; None reads all.

    Returns
    -------
    panel, findings
        The array, and what was odd about the rows.

    Raises
    ------
    MissingTable, MissingColumn
        If there is no panel or it lacks a column.
    JiqunError
        If two different values are given for one place, period and indicator, periods are of different
        grains, or nothing is left.

    Examples
    --------
    >>> import polars as pl
    >>> long = pl.DataFrame({"place_id": ["a", "b", "a"], "period": ["2001", "2001", "2003"],
    ...                      "indicator": ["gdp"] * 3, "value": [1.0, 2.0, 3.0]})
    >>> panel, findings = read_panel(long)
    >>> panel.periods, panel.of("gdp").tolist()
    (('2001', '2002', '2003'), [[1.0, 2.0], [nan, nan], [3.0, nan]])
    >>> [f.rule for f in findings]
    ['missing_period', 'missing_value']
    """
    keys, value = _columns(data, who, indicators)
    findings: list[Finding] = []
    known = np.logical_and.reduce([k != "" for k in keys])
    if not known.all():
        findings.append(remark("missing_key", rows=int((~known).sum()), of=len(known)))
        keys, value = [k[known] for k in keys], value[known]
    infinite = np.isinf(value)
    if infinite.any():
        shown = [" ".join(k[infinite][i] for k in keys) for i in range(min(5, int(infinite.sum())))]
        findings.append(remark("not_finite", rows=int(infinite.sum()), of=len(value), examples=shown))
        value = np.where(infinite, np.nan, value)
    if not np.isfinite(value).any():
        raise JiqunError(
            f"{who} needs a panel with values; the one given has none{_asked(indicators)}.",
            f"{who} 需要有数值的面板；所给面板没有数值{_asked(indicators, zh=True)}。",
        )
    panel, repeated = _fill(keys, value, who)
    if repeated:
        findings.append(remark("repeated_value", rows=repeated, of=len(value)))
    ordered = _calendar(panel, who, findings)
    for k, name in enumerate(ordered.indicators):
        holes = int(np.isnan(ordered.values[:, :, k]).sum())
        if holes:
            findings.append(remark("missing_value", name, holes, ordered.values[:, :, k].size))
    return ordered, findings


def _asked(indicators: Sequence[str] | None, *, zh: bool = False) -> str:
    if indicators is None:
        return ""
    return f"（指标：{'、'.join(indicators)}）" if zh else f" for the indicators {', '.join(indicators)}"


def _columns(data: Any, who: str, indicators: Sequence[str] | None) -> tuple[list[NDArray[np.str_]], Array]:
    if isinstance(data, Cluster):
        data.require(who, "panel", *_KEYS, "value")
        lazy = data.scan("panel")
    else:
        try:
            frame = nw.from_native(data)
        except TypeError as error:
            raise JiqunError(
                f"{who} needs a cluster or a frame with place_id, period, indicator and value; "
                f"it was given a {type(data).__name__}.",
                f"{who} 需要集群，或含 place_id、period、indicator、value 的表；所给为 {type(data).__name__}。",
            ) from error
        lazy = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
    schema = lazy.collect_schema()
    for name in (*_KEYS, "value"):
        if name not in schema:
            raise MissingColumn(who, "panel", name, schema.names())
    if not (schema["value"].is_numeric() or schema["value"] == nw.Boolean):
        raise JiqunError(
            f"{who} needs numbers in column value of the panel, which is {schema['value']}. Cast it in the recipe.",
            f"{who} 要求面板的 value 列为数字，而它是 {schema['value']}。请在配方中转换类型。",
        )
    chosen = lazy.select(*(_key(schema, k) for k in _KEYS), nw.col("value").cast(nw.Float64))
    if indicators is not None:
        chosen = chosen.filter(nw.col("indicator").is_in(list(indicators)))
    read = chosen.collect("pyarrow")
    keys = [np.asarray(read[k].fill_null("").to_numpy(), dtype=str) for k in _KEYS]
    return keys, np.asarray(read["value"].to_numpy(), dtype=np.float64)


def _key(schema: Any, column: str) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 2017.0 is the period 2017
    return text.str.replace(r"\.0$", "").alias(column) if schema[column].is_float() else text


def _fill(keys: list[NDArray[np.str_]], value: Array, who: str) -> tuple[Panel, int]:
    names, codes = zip(*(np.unique(k, return_inverse=True) for k in keys), strict=True)
    place, period, indicator = codes
    shape = (len(names[1]), len(names[0]), len(names[2]))
    flat = np.ravel_multi_index((period, place, indicator), shape)
    given = np.isfinite(value)
    where, number = flat[given], value[given]
    low, high = np.full(np.prod(shape), np.inf), np.full(np.prod(shape), -np.inf)
    np.minimum.at(low, where, number)
    np.maximum.at(high, where, number)
    torn = np.flatnonzero(low < high)
    if len(torn):
        p, n, k = np.unravel_index(torn[0], shape)
        at = f"{names[0][n]} {names[1][p]} {names[2][k]}"
        raise JiqunError(
            f"{who} needs one value for each place, period and indicator; {len(torn)} have several that differ, "
            f"such as {at}: {low[torn[0]]:g} and {high[torn[0]]:g}. Keep one of them.",
            f"{who} 要求每个地点、时期、指标只有一个数值；有 {len(torn)} 处给出了不同的数值，"
            f"例如 {at}：{low[torn[0]]:g} 与 {high[torn[0]]:g}。请只保留一个。",
        )
    values = np.where(np.isfinite(low), low, np.nan).reshape(shape)
    place_names, period_names, indicator_names = (tuple(map(str, n)) for n in names)
    made = Panel(period_names, place_names, indicator_names, values)
    return made, int(len(where) - np.isfinite(low).sum())


def _calendar(panel: Panel, who: str, findings: list[Finding]) -> Panel:
    try:
        grains = {grain_of(p) for p in panel.periods}
    except JiqunError:
        findings.append(remark("period_as_text", rows=len(panel.periods), of=len(panel.periods)))
        return panel
    if len(grains) > 1:
        raise JiqunError(
            f"{who} needs periods of one grain; the panel mixes {', '.join(sorted(grains))}. Keep one.",
            f"{who} 要求时期粒度一致；面板混用了 {'、'.join(sorted(grains))}。请只保留一种。",
        )
    grain = grains.pop()
    every, last = [panel.periods[0]], panel.periods[-1]
    while every[-1] != last and len(every) < 10_000:
        every.append(label(code(parse(every[-1])[1], grain), grain))
    gone = [p for p in every if p not in panel.periods]
    if not gone:
        return panel
    findings.append(remark("missing_period", rows=len(gone), of=len(every), examples=gone))
    values = np.full((len(every), *panel.values.shape[1:]), np.nan)
    values[[every.index(p) for p in panel.periods]] = panel.values
    return Panel(tuple(every), panel.places, panel.indicators, values)
