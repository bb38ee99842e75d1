"""Lettered industry classifications: GB/T 4754-2017 (China) and ISIC Rev. 4 (United Nations).

Both have sections (a letter), divisions (two digits), groups (three) and classes (four). Codes are
written with the letter (``C1311``) or without it (``1311``); both are understood, and the answer is
written as the question was. Names of sections are facts of the standards; their notes are not shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from jiqun.cluster.codes.scheme import Scheme
from jiqun.cluster.facts import Words

__all__ = ["GBT4754", "ISIC4"]

_CODE = re.compile(r"([A-U])?(\d{2}(?:\d{1,2})?)?")
_LEVELS = {1: "section", 2: "division", 3: "group", 4: "class"}

Sections = Mapping[str, tuple[tuple[int, ...], Words]]


def _span(first: int, last: int, *without: int) -> tuple[int, ...]:
    return tuple(n for n in range(first, last + 1) if n not in without)


_GBT: Sections = {
    "A": (_span(1, 5), Words("Agriculture, forestry, animal husbandry and fishery", "农、林、牧、渔业")),
    "B": (_span(6, 12), Words("Mining", "采矿业")),
    "C": (_span(13, 43), Words("Manufacturing", "制造业")),
    "D": (
        _span(44, 46),
        Words("Production and supply of electricity, heat, gas and water", "电力、热力、燃气及水生产和供应业"),
    ),
    "E": (_span(47, 50), Words("Construction", "建筑业")),
    "F": (_span(51, 52), Words("Wholesale and retail trade", "批发和零售业")),
    "G": (_span(53, 60), Words("Transport, storage and post", "交通运输、仓储和邮政业")),
    "H": (_span(61, 62), Words("Accommodation and catering", "住宿和餐饮业")),
    "I": (
        _span(63, 65),
        Words("Information transmission, software and information technology", "信息传输、软件和信息技术服务业"),
    ),
    "J": (_span(66, 69), Words("Finance", "金融业")),
    "K": ((70,), Words("Real estate", "房地产业")),
    "L": (_span(71, 72), Words("Leasing and business services", "租赁和商务服务业")),
    "M": (_span(73, 75), Words("Scientific research and technical services", "科学研究和技术服务业")),
    "N": (
        _span(76, 79),
        Words("Management of water conservancy, environment and public facilities", "水利、环境和公共设施管理业"),
    ),
    "O": (
        _span(80, 82),
        Words("Services to households, repair and other services", "居民服务、修理和其他服务业"),
    ),
    "P": ((83,), Words("Education", "教育")),
    "Q": (_span(84, 85), Words("Health and social work", "卫生和社会工作")),
    "R": (_span(86, 90), Words("Culture, sports and entertainment", "文化、体育和娱乐业")),
    "S": (
        _span(91, 96),
        Words("Public management, social security and social organizations", "公共管理、社会保障和社会组织"),
    ),
    "T": ((97,), Words("International organizations", "国际组织")),
}

_ISIC: Sections = {
    "A": (_span(1, 3), Words("Agriculture, forestry and fishing", "农业、林业及渔业")),
    "B": (_span(5, 9), Words("Mining and quarrying", "采矿和采石")),
    "C": (_span(10, 33), Words("Manufacturing", "制造业")),
    "D": ((35,), Words("Electricity, gas, steam and air conditioning supply", "电、煤气、蒸气和空调的供应")),
    "E": (
        _span(36, 39),
        Words(
            "Water supply; sewerage, waste management and remediation activities",
            "供水；污水处理、废物管理和补救活动",
        ),
    ),
    "F": (_span(41, 43), Words("Construction", "建筑业")),
    "G": (
        _span(45, 47),
        Words(
            "Wholesale and retail trade; repair of motor vehicles and motorcycles",
            "批发和零售业；汽车和摩托车的修理",
        ),
    ),
    "H": (_span(49, 53), Words("Transportation and storage", "运输和储存")),
    "I": (_span(55, 56), Words("Accommodation and food service activities", "食宿服务活动")),
    "J": (_span(58, 63), Words("Information and communication", "信息和通信")),
    "K": (_span(64, 66), Words("Financial and insurance activities", "金融和保险活动")),
    "L": ((68,), Words("Real estate activities", "房地产活动")),
    "M": (_span(69, 75), Words("Professional, scientific and technical activities", "专业、科学和技术活动")),
    "N": (_span(77, 82), Words("Administrative and support service activities", "行政和辅助活动")),
    "O": (
        (84,),
        Words("Public administration and defence; compulsory social security", "公共管理和国防；强制性社会保障"),
    ),
    "P": ((85,), Words("Education", "教育")),
    "Q": (_span(86, 88), Words("Human health and social work activities", "人体健康和社会工作活动")),
    "R": (_span(90, 93), Words("Arts, entertainment and recreation", "艺术、娱乐和文娱活动")),
    "S": (_span(94, 96), Words("Other service activities", "其他服务活动")),
    "T": (
        _span(97, 98),
        Words(
            "Activities of households as employers; undifferentiated production of households for own use",
            "家庭作为雇主的活动；家庭自用、未加区分的物品生产和服务活动",
        ),
    ),
    "U": ((99,), Words("Activities of extraterritorial organizations and bodies", "国际组织和机构的活动")),
}

_DEPTH = Words(
    "Sections and divisions are checked against the standard, groups and classes by their form.",
    "门类、大类按标准核对，中类、小类按编码格式核对。",
)


def _lettered(scheme: str, title: Words, source: str, sections: Sections) -> Scheme:
    letter_of = {division: letter for letter, (divisions, _) in sections.items() for division in divisions}

    def parts(code: str) -> tuple[str, str] | None:
        found = _CODE.fullmatch(code)
        if not found or not code:
            return None
        letter, digits = found[1] or "", found[2] or ""
        if not digits:
            return (letter, "") if letter in sections else None
        belongs = letter_of.get(int(digits[:2]))
        return (letter, digits) if belongs and letter in ("", belongs) else None

    def above(code: str) -> str | None:
        letter, digits = parts(code) or ("", "")
        if not digits:
            return None
        return letter + digits[:-1] if len(digits) > 2 else letter_of[int(digits)]

    def level(code: str) -> str:
        _, digits = parts(code) or ("", "")
        return _LEVELS[len(digits) or 1]

    names = MappingProxyType({letter: words for letter, (_, words) in sections.items()})
    return Scheme(scheme, title, "industry", source, lambda c: parts(c) is not None, above, level, names, depth=_DEPTH)


GBT4754 = _lettered(
    "GB/T 4754-2017",
    Words("Industrial classification for national economic activities (China, 2017)", "国民经济行业分类 (2017)"),
    "National Bureau of Statistics of China, GB/T 4754-2017",
    _GBT,
)

ISIC4 = _lettered(
    "ISIC Rev.4",
    Words("International Standard Industrial Classification, Rev. 4", "国际标准行业分类修订本第4版"),
    "United Nations Statistics Division, ST/ESA/STAT/SER.M/4/Rev.4",
    _ISIC,
)
