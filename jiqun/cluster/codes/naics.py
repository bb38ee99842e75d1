"""The North American Industry Classification System, revisions of 2012, 2017 and 2022."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from jiqun.cluster.codes.scheme import Scheme
from jiqun.cluster.facts import Words

__all__ = ["NAICS"]

_SECTORS: Mapping[str, Words] = MappingProxyType(
    {
        "11": Words("Agriculture, forestry, fishing and hunting", "农、林、渔、猎业"),
        "21": Words("Mining, quarrying, and oil and gas extraction", "采矿、采石和油气开采业"),
        "22": Words("Utilities", "公用事业"),
        "23": Words("Construction", "建筑业"),
        "31-33": Words("Manufacturing", "制造业"),
        "42": Words("Wholesale trade", "批发业"),
        "44-45": Words("Retail trade", "零售业"),
        "48-49": Words("Transportation and warehousing", "运输和仓储业"),
        "51": Words("Information", "信息业"),
        "52": Words("Finance and insurance", "金融和保险业"),
        "53": Words("Real estate and rental and leasing", "房地产和租赁业"),
        "54": Words("Professional, scientific, and technical services", "专业、科学和技术服务业"),
        "55": Words("Management of companies and enterprises", "公司和企业管理"),
        "56": Words(
            "Administrative and support and waste management and remediation services", "行政支持、废物管理和修复服务业"
        ),
        "61": Words("Educational services", "教育服务业"),
        "62": Words("Health care and social assistance", "医疗保健和社会援助业"),
        "71": Words("Arts, entertainment, and recreation", "艺术、娱乐和休闲业"),
        "72": Words("Accommodation and food services", "住宿和餐饮服务业"),
        "81": Words("Other services (except public administration)", "其他服务业（不含公共管理）"),
        "92": Words("Public administration", "公共管理"),
        "99": Words("Unclassified establishments", "未分类单位"),
    }
)

_JOINED: Mapping[str, str] = MappingProxyType(
    {"31": "31-33", "32": "31-33", "33": "31-33", "44": "44-45", "45": "44-45", "48": "48-49", "49": "48-49"}
)
"""Two digits that share a sector."""

_COMMON = (
    "111 112 113 114 115 211 212 213 221 236 237 238 311 312 313 314 315 316 321 322 323 324 325 326 327 331 332 333 "
    "334 335 336 337 339 423 424 425 481 482 483 484 485 486 487 488 491 492 493 521 522 523 524 525 531 532 533 541 "
    "551 561 562 611 621 622 623 624 711 712 713 721 722 811 812 813 814 921 922 923 924 925 926 927 928 999"
)
_BEFORE_2022 = "441 442 443 444 445 446 447 448 451 452 453 454 511 512 515 517 518 519"
_FROM_2022 = "441 444 445 449 455 456 457 458 459 512 513 516 517 518 519"

_DEPTH = Words(
    "Sectors and subsectors are checked against the standard, longer codes by their first three digits and their form.",
    "门类和三位码按标准核对，更长的编码按前三位和格式核对。",
)
_LEVELS = {2: "sector", 3: "subsector", 4: "industry group", 5: "industry", 6: "national industry"}
_DIGITS = re.compile(r"\d{2,6}")


def _naics(year: int, own: str) -> Scheme:
    subsectors = frozenset(f"{_COMMON} {own}".split())

    def check(code: str) -> bool:
        if code in _SECTORS or code in _JOINED:
            return True
        return bool(_DIGITS.fullmatch(code)) and len(code) > 2 and code[:3] in subsectors

    def above(code: str) -> str | None:
        if code in _SECTORS:
            return None
        if code in _JOINED:
            return _JOINED[code]
        return code[:-1] if len(code) > 3 else _JOINED.get(code[:2], code[:2])

    def level(code: str) -> str:
        return "sector" if code in _SECTORS else _LEVELS.get(len(code), "")

    title = Words(f"North American Industry Classification System {year}", f"北美行业分类系统 ({year})")
    source = "United States Census Bureau, with Statistics Canada and INEGI"
    return Scheme(f"NAICS {year}", title, "industry", source, check, above, level, _SECTORS, depth=_DEPTH)


NAICS: tuple[Scheme, ...] = (_naics(2012, _BEFORE_2022), _naics(2017, _BEFORE_2022), _naics(2022, _FROM_2022))
"""The revisions. Those of 2012 and 2017 differ below the level that is checked here."""
