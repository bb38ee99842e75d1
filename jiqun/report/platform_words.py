"""The words of platform indices and of the driver profile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jiqun.cluster import Words
from jiqun.report.shapes import Text

__all__ = ["BEARERS", "COLUMNS", "GRAINS", "NOTES", "READINGS", "SIDES", "TERMS", "named", "note", "text"]

SIDES = {
    "source": Words("Acting side (buyers)", "发起方（买方）"),
    "target": Words("Side acted on (suppliers)", "对象方（供方）"),
}
BEARERS = {
    "platform": Words("borne by the platform", "平台承担"),
    "supplier": Words("borne by suppliers", "供应方承担"),
    "both": Words("together", "合计"),
}
GRAINS = {
    "week": Words("weeks", "周"),
    "month": Words("months", "个月"),
    "quarter": Words("quarters", "个季度"),
    "year": Words("years", "年"),
}
COLUMNS: Mapping[str, Words] = MappingProxyType(
    {
        "side": Words("Side", "侧"),
        "place_id": Words("Place", "地点"),
        "category": Words("Category", "类别"),
        "period": Words("Period", "时期"),
        "indicator": Words("Index", "指标"),
        "value": Words("Value", "数值"),
        "low": Words("Low", "下限"),
        "high": Words("High", "上限"),
        "note": Words("Note", "说明"),
        "age": Words("Periods since entry", "进入后的期数"),
        "at_risk": Words("At risk", "面临退出者数"),
        "exits": Words("Exits", "退出者数"),
        "cohort": Words("Period of entry", "进入时期"),
        "participants": Words("Participants", "参与者数"),
        "active": Words("Active", "活跃者数"),
        "left_out": Words("Left out", "未计入者数"),
        "bearer": Words("Borne by", "承担方"),
        "amount": Words("Amount", "金额"),
        "incidence": Words("Dealings with a subsidy", "享受补贴的互动比例"),
        "incidence_low": Words("Low", "下限"),
        "incidence_high": Words("High", "上限"),
        "reading": Words("Reading", "读数"),
    }
)
READINGS: Mapping[str, Words] = MappingProxyType(
    {
        "within": Words("within cells", "单元内"),
        "between": Words("between cells", "单元间"),
        "within placebo": Words("within cells, categories shuffled", "单元内（打乱类别的安慰剂）"),
        "between placebo": Words("between cells, categories shuffled", "单元间（打乱类别的安慰剂）"),
        "within excess": Words("within cells, beyond the placebo", "单元内（超出安慰剂）"),
        "between excess": Words("between cells, beyond the placebo", "单元间（超出安慰剂）"),
        "within corrected": Words("within cells, corrected by the placebo", "单元内（按安慰剂修正）"),
        "between corrected": Words("between cells, corrected by the placebo", "单元间（按安慰剂修正）"),
        "naive": Words("sides counted in the matches: mechanical", "由匹配本身计数（机械关系，仅作警示）"),
        "effect": Words("effect of the period before", "上一期的影响"),
        "lead placebo": Words("placebo: the period after", "安慰剂：下一期"),
        "shuffle placebo": Words("placebo: categories shuffled", "安慰剂：打乱类别"),
        "excess": Words("beyond the placebo", "超出安慰剂"),
        "chained": Words("chained over quarters of the data", "按四段数据链接"),
    }
)
TERMS: Mapping[str, Words] = MappingProxyType(
    {
        "suppliers": Words("Matches to suppliers (α)", "匹配对供方数的弹性（α）"),
        "buyers": Words("Matches to buyers (β)", "匹配对买方数的弹性（β）"),
        "promoted": Words("Matches to promoted suppliers", "匹配对促销供方数的弹性"),
        "returns": Words("Returns to scale (α+β)", "规模报酬（α+β）"),
        "suppliers on buyers": Words("Growth of suppliers on buyers", "供方增长对买方规模"),
        "buyers on suppliers": Words("Growth of buyers on suppliers", "买方增长对供方规模"),
        "price": Words("Price per unit to local scale", "单价对当地同业规模的弹性"),
        "freight": Words("Freight per unit to local scale", "单位运费对当地同业规模的弹性"),
        "lead_days": Words("Delivery time to local scale", "交付天数对当地同业规模的弹性"),
        "lambda": Words("Gain from variety (fall of ln λ)", "品种收益（ln λ 的下降）"),
    }
)
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "nothing to divide by": "分母为零",
        "all sizes are zero": "全部规模为零",
        "needs 100 participants, and a tail of several sizes that begins at six or more": (
            "需要至少 100 个参与者，且尾部规模不等、自 6 起"
        ),
        "not known this near to the end of the data": "临近数据末尾，尚无法判定",
        "mechanical: sides counted in the matches themselves": "机械关系：双侧由匹配本身计数",
        "fewer than 20 clusters: errors are too small": "聚类少于 20 个：标准误偏小",
        "not identified: too few rows, or the effects take up all of it": "无法识别：记录过少，或已被固定效应吸收",
        "no evidence: the lead placebo is beyond chance as well": "不构成证据：下一期安慰剂同样显著",
        "item: offer": "以商品为单位比较",
        "item: supplier": "以供应方及类别为单位比较",
        "item: category": "以类别为单位比较",
        "no variety is common to two quarters of the data": "相邻两段数据没有共同品种",
        "fall of the lambda ratio over four quarters of the data, in logs; divide by sigma - 1": (
            "四段数据间 λ 之比的对数降幅；除以 σ−1 即为收益"
        ),
    }
)
"""What notes of the library are in Chinese."""


def text(words: Words) -> Text:
    """Give words as a shape."""
    return Text(en=words.en, zh=words.zh)


def named(words: Mapping[str, Words]) -> dict[str, Text]:
    """Give what the codes of a column are called."""
    return {code: text(w) for code, w in words.items()}


def note(said: str | None) -> Text | None:
    """Give a note of the library in both languages.

    >>> note("item: offer; all sizes are zero").zh
    '以商品为单位比较；全部规模为零'
    """
    if said is None:
        return None
    parts = [said] if said in NOTES else said.split("; ")
    return Text(en=said, zh="；".join(NOTES.get(part, part) for part in parts))
