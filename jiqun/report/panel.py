"""Panels of places: which indicator leads, what indicators are called, and one of them as a matrix."""

from __future__ import annotations

import re
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster
from jiqun.report.numbers import unit_of
from jiqun.report.shapes import Text
from jiqun.space import kept, panel_values, place_names, typed, usable

__all__ = ["Matrix", "indicator_title", "indicator_unit", "main_indicator", "matrix", "sectors"]

_TITLES: tuple[tuple[str, str, str], ...] = (
    (r"(va|sector)_?1_?share|第一产业.*比重|primary.*share", "Primary sector, share of GDP", "第一产业占比"),
    (r"(va|sector)_?2_?share|第二产业.*比重|secondary.*share", "Secondary sector, share of GDP", "第二产业占比"),
    (r"(va|sector)_?3_?share|第三产业.*比重|tertiary.*share", "Tertiary sector, share of GDP", "第三产业占比"),
    (r"va_?1(_.*)?|第一产业.*|primary.*", "Primary sector, value added", "第一产业增加值"),
    (r"va_?2(_.*)?|第二产业.*|secondary.*", "Secondary sector, value added", "第二产业增加值"),
    (r"va_?3(_.*)?|第三产业.*|tertiary.*", "Tertiary sector, value added", "第三产业增加值"),
    (r"gdp_?per_?capita.*|人均.*生产总值.*", "GDP per head", "人均地区生产总值"),
    (r"gdp(_.*)?|地区生产总值.*", "GDP", "地区生产总值"),
    (r"(pop|population)(_resident.*)?|(resident_population)|常住人口.*", "Residents", "常住人口"),
    (r"(pop|population)_regist.*|registered_population|户籍人口.*", "Registered population", "户籍人口"),
    (r"area.*|行政区域土地面积.*", "Area", "行政区域面积"),
    (r"trade.*|进出口总额.*", "Imports and exports", "进出口总额"),
    (r"exports?(_.*)?|出口总额.*", "Exports", "出口总额"),
    (r"imports?(_.*)?|进口总额.*", "Imports", "进口总额"),
    (r"college_students.*|students.*|普通高等学校在校学生数.*", "University students", "高校在校学生"),
    (r"loans.*|.*贷款余额.*", "Loans outstanding", "金融机构贷款余额"),
    (r"deposits.*|.*存款余额.*", "Deposits", "金融机构存款余额"),
    (r"fiscal_edu.*|.*(支出|预算).*教育.*", "Public spending on education", "教育支出"),
    (r"fiscal_sci.*|.*(支出|预算).*科学技术.*", "Public spending on science", "科学技术支出"),
    (r"fiscal_exp.*|一般公共预算支出.*", "Public spending", "一般公共预算支出"),
    (r"fiscal_rev.*|一般公共预算收入.*", "Public revenue", "一般公共预算收入"),
    (r"funding_?(raised|total)?(_?usd)?|融资额", "Funding raised", "融资额"),
    (r"mobile.*|移动电话.*", "Mobile phone subscribers", "移动电话用户"),
)
_LEADING = (r"gdp(_.*)?|地区生产总值.*", r"(pop|population)(_.*)?|常住人口.*|residents")
_PER_HEAD = r".*(per_?capita|share|rate|growth|index|人均|比重|占比|增速|指数).*"


def indicator_title(name: str) -> Text:
    """Give an indicator's title in both languages; one that nobody knows keeps its own name.

    Examples
    --------
    >>> indicator_title("gdp_10k").zh, indicator_title("va3_share").en, indicator_title("new_thing").en
    ('地区生产总值', 'Tertiary sector, share of GDP', 'new thing')
    """
    plain = re.sub(r"\s+", "", name[:200]).lower()
    for pattern, en, zh in _TITLES:
        if re.fullmatch(pattern, plain):
            return Text(en=en, zh=zh)
    shown = name.replace("_", " ").strip() or name
    return Text(en=shown, zh=shown)


def indicator_unit(cluster: Cluster, name: str) -> Text:
    """Give the unit the panel states for an indicator."""
    if not usable(cluster, "panel", "unit"):
        return Text(en="", zh="")
    units = kept(cluster, "panel-units", lambda: _units(cluster))
    return unit_of(units.get(name, ""))


def _units(cluster: Cluster) -> dict[str, str]:
    rows = typed(cluster, "panel", "indicator", "unit").unique().collect("polars").to_native().sort("indicator", "unit")
    return {name: unit for name, unit in rows.rows() if name is not None and unit is not None}


def main_indicator(cluster: Cluster) -> str | None:
    """Choose the indicator shown first: output, else residents, else the one with most values.

    Examples
    --------
    >>> rows = {"place_id": ["a"] * 2, "period": ["2020"] * 2, "indicator": ["area", "gdp"], "value": [1.0, 2.0]}
    >>> main_indicator(Cluster.from_tables(panel=pl.DataFrame(rows)))
    'gdp'
    """
    return kept(cluster, "main-indicator", lambda: _main_indicator(cluster))


def _main_indicator(cluster: Cluster) -> str | None:
    if not cluster.has("panel", "value"):
        return None
    counted = (
        typed(cluster, "panel", "indicator", "value")
        .filter(~nw.col("value").is_null(), ~nw.col("indicator").is_null())
        .group_by("indicator")
        .agg(n=nw.len())
        .collect("polars")
        .to_native()
        .sort(["n", "indicator"], descending=[True, False])
    )
    names = counted["indicator"].to_list()
    for pattern in _LEADING:
        for name in names:
            plain = re.sub(r"\s+", "", name[:200]).lower()
            if re.fullmatch(pattern, plain) and not re.fullmatch(_PER_HEAD, plain):
                return str(name)
    return str(names[0]) if names else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """One indicator: ``value[place, period]``, NaN where it is missing."""

    places: tuple[str, ...]
    periods: tuple[str, ...]
    value: NDArray[np.float64]
    names: tuple[str, ...]

    def covered(self, share: float = 0.5) -> tuple[int, int] | None:
        """Give the positions of the first and last period in which this share of places has a value."""
        enough = np.flatnonzero(np.isfinite(self.value).mean(axis=0) >= share) if self.value.size else np.array([])
        return (int(enough[0]), int(enough[-1])) if len(enough) > 1 else None


def matrix(cluster: Cluster, indicator: str) -> Matrix:
    """Give one indicator of all places and periods that have a value of it.

    Places that others lie in are left out where those others are in the panel too: a province and
    its cities would count twice.
    """
    return kept(cluster, f"matrix:{indicator}", lambda: _matrix(cluster, indicator))


def _matrix(cluster: Cluster, indicator: str) -> Matrix:
    frame = panel_values(cluster, indicator).filter(pl.col("value").is_finite())
    parents = parent_of(cluster)
    inside = {parents.get(place) for place in frame["place_id"].unique().to_list() if parents.get(place) != place}
    frame = frame.filter(~pl.col("place_id").is_in([p for p in inside if p is not None]))
    places, periods = sorted(frame["place_id"].unique().to_list()), sorted(frame["period"].unique().to_list())
    value = np.full((len(places), len(periods)), np.nan)
    row = frame["place_id"].cast(pl.Enum(places)).to_physical().to_numpy() if places else np.array([], dtype=int)
    column = frame["period"].cast(pl.Enum(periods)).to_physical().to_numpy() if places else np.array([], dtype=int)
    value[row, column] = frame["value"].to_numpy()
    names = place_names(cluster)
    return Matrix(tuple(places), tuple(periods), value, tuple(names.get(p, p) for p in places))


def parent_of(cluster: Cluster) -> dict[str, str]:
    """Give the place each place lies in."""

    def read() -> dict[str, str]:
        if not usable(cluster, "places", "parent"):
            return {}
        rows = typed(cluster, "places", "place_id", "parent").collect("polars").to_native().rows()
        return {place: parent for place, parent in rows if place is not None and parent is not None}

    return kept(cluster, "place-parents", read)


def sectors(cluster: Cluster) -> tuple[str, str, str] | None:
    """Find the value added of the three sectors among the indicators; None unless all three are there."""
    if not cluster.has("panel", "value"):
        return None
    rows = typed(cluster, "panel", "indicator").unique().collect("polars").to_native()["indicator"].drop_nulls()
    found: dict[str, str] = {}
    for name in sorted(rows.to_list()):
        found.setdefault(indicator_title(name).en, name)
    wanted = [f"{sector} sector, value added" for sector in ("Primary", "Secondary", "Tertiary")]
    if not all(w in found for w in wanted):
        return None
    first, second, third = (found[w] for w in wanted)
    return first, second, third
