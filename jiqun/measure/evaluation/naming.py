"""Places of a panel as they are known: by identifier, by name, by a former name or code; and what was merged since."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import narwhals as nw
import numpy as np

from jiqun.cluster import Cluster, Finding, JiqunError
from jiqun.cluster.codes.china_places import Change, Resolved, changes, resolve_places, short_name
from jiqun.measure.evaluation.panel import Array, Panel
from jiqun.measure.evaluation.remarks import remark

__all__ = ["adds_up", "named_places", "place_of", "units_of"]

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CODE = re.compile(r"[1-8]\d(?:\d\d(?:\d\d(?:\d{3}(?:\d{3})?)?)?)?")
_RATE_UNIT = re.compile(
    r"%|％|‰|‱|share|ratio|rate|index|per\b|/|each|degree|占比|比重|比值|指数|系数|率|度|每|人均|地均|倍", re.IGNORECASE
)
_RATE_NAME = re.compile(
    r"per_?capita|per_?head|share|ratio|rate|index|growth|density|intensity|人均|地均|比重|占比|比率|增速|指数|率|强度|密度",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a place of the panel is read as."""

    given: str
    target: str
    change: Change | None = None
    """The merger by which it became a part of the target."""


def adds_up(indicator: str, unit: str) -> bool | None:
    """Whether figures of two places add up: levels do, rates do not; None where neither name nor unit tells.

    Examples
    --------
    >>> adds_up("gdp", "CNY"), adds_up("tertiary_share", "%"), adds_up("gdp_per_capita", "CNY"), adds_up("x", "")
    (True, False, False, None)
    """
    if _RATE_NAME.search(indicator) or (unit and _RATE_UNIT.search(unit)):
        return False
    return True if unit else None


def units_of(data: Any, indicators: Sequence[str]) -> dict[str, str]:
    """Give the units that a panel states for its indicators."""
    frame = data.scan("panel") if isinstance(data, Cluster) else nw.from_native(data)
    lazy = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
    if not {"indicator", "unit"} <= set(lazy.collect_schema().names()):
        return {}
    chosen = lazy.select(nw.col("indicator").cast(nw.String), nw.col("unit").cast(nw.String))
    rows = chosen.filter(nw.col("indicator").is_in(list(indicators))).unique().collect("pyarrow").rows()
    return {str(i): str(u) for i, u in sorted(r for r in rows if r[1] is not None)}


def named_places(
    panel: Panel,
    known: Mapping[str, str],
    units: Mapping[str, str],
    findings: list[Finding],
    *,
    merge: bool = False,
) -> Panel:
    """Read the places of a panel: as identifiers, as names, as they were called before.

    Parameters
    ----------
    panel
        As read.
    known
        Identifiers of the table of places with their names; empty where there is none.
    units
        Units of indicators, which say whether figures of two places add up.
    findings
        Remarks are added here.
    merge
        Put places that were merged since into what followed them.

    Raises
    ------
    JiqunError
        If two names of one place have different figures.

    Examples
    --------
    >>> panel = Panel(("2020",), ("杭州", "襄樊市"), ("gdp",), np.array([[[1.0], [2.0]]]))
    >>> named_places(panel, {}, {"gdp": "CNY"}, []).places
    ('330100', '420600')
    """
    read = _read(panel.places, known, findings, merge=merge)
    targets = [r.target for r in read]
    if targets == list(panel.places):
        return panel
    places = tuple(sorted(set(targets)))
    at = {p: [i for i, r in enumerate(read) if r.target == p] for p in places}
    values = np.full((len(panel.periods), len(places), len(panel.indicators)), np.nan)
    lost: dict[str, tuple[set[str], int]] = {}
    for n, place in enumerate(places):
        members = [read[i] for i in at[place]]
        parts = panel.values[:, at[place]]
        for k, indicator in enumerate(panel.indicators):
            values[:, n, k] = _joined(panel.periods, members, parts[:, :, k], indicator, units, lost)
    for rule in ("rate_not_added", "merger_incomplete", "merger_without_figures"):
        named, count = lost.get(rule, (set(), 0))
        if count:
            findings.append(remark(rule, "", count, values.size, sorted(named)))
    return Panel(panel.periods, places, panel.indicators, values)


def place_of(text: str, places: Sequence[str]) -> str:
    """Give the place of a panel that a text names, by identifier or as a place of China; the text where none does.

    >>> place_of("三沙", ("460100", "460300"))
    '460300'
    """
    if text in places or not (_CHINESE.search(text) or _CODE.fullmatch(text)):
        return text
    found = resolve_places([*places, text])[-1]
    codes = (found.code, found.change.code if found.change else "")
    return next((c for c in codes if c in places), text)


def _read(places: Sequence[str], known: Mapping[str, str], findings: list[Finding], *, merge: bool) -> list[_Place]:
    by_name = _by_name(known)
    asked = [p for p in places if p not in known and p not in by_name and (_CHINESE.search(p) or _CODE.fullmatch(p))]
    # codes of today need no look at a map
    found = dict(zip(asked, resolve_places(asked), strict=True)) if asked else {}
    gone = _gone() if any(_CODE.fullmatch(p) for p in known) else {}
    told: dict[str, list[str]] = {}
    made = [_one(p, known, by_name, found.get(p), gone.get(p), merge, told) for p in places]
    for rule, examples in told.items():
        findings.append(remark(rule, "place_id", len(examples), len(places), examples))
    return made


@cache
def _gone() -> Mapping[str, Change]:
    """Give the former prefectures by code; a code that another place has today is that place."""
    today = {code for change in changes() for code in change.now}
    return {c.code: c for c in changes() if c.code.endswith("00") and c.code not in today}


def _by_name(known: Mapping[str, str]) -> dict[str, str]:
    """Give identifiers by the names of the table of places, full and short, where one place alone has it."""
    found: dict[str, set[str]] = {}
    for place, name in known.items():
        for said in {name, short_name(name)} - {place, ""}:
            found.setdefault(said, set()).add(place)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1 and name not in known}


def _one(  # noqa: PLR0917
    place: str,
    known: Mapping[str, str],
    by_name: Mapping[str, str],
    found: Resolved | None,
    gone: Change | None,
    merge: bool,
    told: dict[str, list[str]],
) -> _Place:
    if place in by_name:
        told.setdefault("place_read", []).append(f"{place} → {by_name[place]}")
        return _Place(place, by_name[place])
    if place in known:
        return _changed(place, place, gone, merge, told) if gone is not None else _Place(place, place)
    if found is None:
        return _Place(place, place)
    if found.how in ("ambiguous", "unknown"):
        rule = "place_ambiguous" if found.how == "ambiguous" else "place_not_found"
        said = f"{place}: {', '.join(found.candidates)}" if found.candidates else place
        told.setdefault(rule, []).append(said)
        return _Place(place, place)
    if found.change is not None:
        return _changed(place, found.change.code, found.change, merge, told)
    if found.code != place:
        told.setdefault("place_read", []).append(f"{place} → {found.code} {found.name}")
    return _Place(place, found.code)


def _changed(place: str, old: str, change: Change, merge: bool, told: dict[str, list[str]]) -> _Place:
    """Read a former place: renamed, it is what it is now; merged, as asked; divided, it stays what it was."""
    now = ", ".join(change.now)
    said = f"{place} ({change.name}, {change.until}) → {now}"
    if len(change.now) > 1:
        told.setdefault("place_split", []).append(said)
        return _Place(place, old)
    if not change.joined:
        told.setdefault("place_read", []).append(said)
        return _Place(place, change.now[0])
    told.setdefault("place_merged" if merge else "place_former", []).append(said)
    return _Place(place, change.now[0], change) if merge else _Place(place, old)


def _joined(  # noqa: PLR0917
    periods: Sequence[str],
    members: Sequence[_Place],
    parts: Array,
    indicator: str,
    units: Mapping[str, str],
    lost: dict[str, tuple[set[str], int]],
) -> Array:
    """Give the series of a place from those of its names and of the places merged into it."""
    own = [k for k, m in enumerate(members) if m.change is None]
    merged = [k for k, m in enumerate(members) if m.change is not None]
    made = _same(periods, [members[k].given for k in own], parts[:, own], indicator)
    if not merged:
        return made
    level = adds_up(indicator, units.get(indicator, ""))
    where = f"{indicator} {members[merged[0]].target}"
    for k in merged:
        if not np.isfinite(parts[:, k]).any():
            if np.isfinite(made).any():
                _lose("merger_without_figures", where, int(np.isfinite(made).sum()), lost)
            continue
        for t, period in enumerate(periods):
            apart, after = np.isfinite(parts[t, k]), _after(period, members[k])
            if not apart and (after or np.isnan(made[t])):
                continue
            if level and apart and np.isfinite(made[t]):
                made[t] += parts[t, k]
                continue
            _lose("merger_incomplete" if level else "rate_not_added", where, 1, lost)
            made[t] = np.nan
    return made


def _after(period: str, place: _Place) -> bool:
    """Whether a period comes after a merger, when the figures of what followed hold both."""
    return place.change is not None and period[:4].isdecimal() and int(period[:4]) >= place.change.until


def _lose(rule: str, where: str, cells: int, lost: dict[str, tuple[set[str], int]]) -> None:
    names, count = lost.get(rule, (set(), 0))
    lost[rule] = (names | {where}, count + cells)


def _same(periods: Sequence[str], names: Sequence[str], parts: Array, indicator: str) -> Array:
    """Give the one series that several names of a place have between them."""
    if parts.shape[1] == 0:
        return np.full(len(periods), np.nan)
    known = np.isfinite(parts)
    low, high = np.where(known, parts, np.inf).min(axis=1), np.where(known, parts, -np.inf).max(axis=1)
    torn = np.flatnonzero(low < high)
    if len(torn):
        t = int(torn[0])
        raise JiqunError(
            f"evaluate: {', '.join(names)} are one place and have different figures: {indicator} {periods[t]}, "
            f"{low[t]:g} and {high[t]:g}. Keep one of them.",
            f"evaluate：{'、'.join(names)} 是同一地点，但数值不同：{indicator} {periods[t]} 为 {low[t]:g} 与 "
            f"{high[t]:g}。请只保留一个。",
        )
    return np.where(known.any(axis=1), np.where(np.isfinite(low), low, np.nan), np.nan)
