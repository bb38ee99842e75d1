"""The indices of a platform by name: what each is, in which unit, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from jiqun.cluster import Words

__all__ = ["INDICATORS", "Indicator", "ratios"]

Family = Literal["participants", "interactions", "activity"]
Type = Literal["integer", "number", "share", "money"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One index: its family, its words, its type, and of what sums it is the ratio."""

    name: str
    family: Family
    title: Words
    about: Words
    type: Type = "number"
    over: tuple[str, str] | None = None
    """Numerator and denominator among the numbers of :func:`~jiqun.measure.platform.participation.participation`."""


def _all() -> tuple[Indicator, ...]:
    one = "one"
    return (
        Indicator(
            "participants",
            "participants",
            Words("Participants", "参与者数"),
            Words("Actors of the side with at least one dealing.", "该侧至少有一次交易的主体数。"),
            "integer",
        ),
        Indicator(
            "entrants",
            "participants",
            Words("Entrants", "进入者数"),
            Words("Participants never seen in the group before.", "此前未在该组出现过的参与者数。"),
            "integer",
        ),
        Indicator(
            "entry_rate",
            "participants",
            Words("Entry rate", "进入率"),
            Words("Entrants among the participants.", "进入者占参与者的比例。"),
            "share",
            ("entrant", one),
        ),
        Indicator(
            "exits",
            "participants",
            Words("Exits", "退出者数"),
            Words(
                "Participants whose last dealing was in this period, as far as the rule of inactivity can tell.",
                "最后一次交易在本期的参与者数（以不活跃规则能够判定者为限）。",
            ),
            "integer",
        ),
        Indicator(
            "exit_rate",
            "participants",
            Words("Exit rate", "退出率"),
            Words("Exits among the participants.", "退出者占参与者的比例。"),
            "share",
            ("leaver", one),
        ),
        Indicator(
            "gini",
            "participants",
            Words("Gini of sizes", "规模基尼系数"),
            Words(
                "How unequal participants are by value of their dealings, or by number where no value is known.",
                "参与者按交易额（无金额时按次数）的不均等程度。",
            ),
            "share",
        ),
        Indicator(
            "top_1_share",
            "participants",
            Words("Share of the largest 1 %", "最大 1 % 的份额"),
            Words("Part of the total that the largest hundredth hold.", "最大的百分之一参与者所占份额。"),
            "share",
        ),
        Indicator(
            "top_10_share",
            "participants",
            Words("Share of the largest 10 %", "最大 10 % 的份额"),
            Words("Part of the total that the largest tenth hold.", "最大的十分之一参与者所占份额。"),
            "share",
        ),
        Indicator(
            "hill_exponent",
            "participants",
            Words("Tail exponent (Hill)", "尾部指数（希尔）"),
            Words(
                "Exponent of the largest tenth: the smaller, the heavier the tail; 1 is Zipf's law.",
                "最大十分之一的分布指数：越小则尾部越厚；等于 1 即齐普夫定律。",
            ),
        ),
        Indicator(
            "zipf_exponent",
            "participants",
            Words("Tail exponent (rank − ½)", "尾部指数（名次 − ½ 回归）"),
            Words("The same by the regression of rank on size.", "同上，由名次对规模的回归得出。"),
        ),
        Indicator(
            "interactions",
            "interactions",
            Words("Interactions", "互动次数"),
            Words("Dealings: events other than views and favourites.", "浏览和收藏以外的互动次数。"),
            "integer",
        ),
        Indicator(
            "frequency",
            "interactions",
            Words("Interactions per participant", "人均互动次数"),
            Words("Dealings of a participant, on average.", "每个参与者的平均互动次数。"),
            "number",
            ("n", one),
        ),
        Indicator(
            "value",
            "interactions",
            Words("Value", "金额"),
            Words("Sum of amounts.", "金额合计。"),
            "money",
        ),
        Indicator(
            "value_per_participant",
            "interactions",
            Words("Value per participant", "人均金额"),
            Words("Amounts of a participant, on average.", "每个参与者的平均金额。"),
            "money",
            ("amount", one),
        ),
        Indicator(
            "value_per_interaction",
            "interactions",
            Words("Value per interaction", "次均金额"),
            Words("Amount of a dealing, on average.", "每次互动的平均金额。"),
            "money",
            ("amount", "n"),
        ),
        Indicator(
            "pairs",
            "interactions",
            Words("Pairs", "交易对数"),
            Words("Pairs of actors that dealt with one another.", "发生过互动的主体对数。"),
            "integer",
        ),
        Indicator(
            "counterparts",
            "interactions",
            Words("Counterparts per participant", "人均对手方数"),
            Words("Different actors a participant dealt with, on average.", "每个参与者平均与多少不同主体互动。"),
            "number",
            ("pairs", one),
        ),
        Indicator(
            "several_counterparts",
            "interactions",
            Words("With several counterparts", "有多个对手方者"),
            Words("Participants that dealt with two actors or more.", "与两个及以上主体互动的参与者比例。"),
            "share",
            ("several", one),
        ),
        Indicator(
            "repeat_rate",
            "interactions",
            Words("Repeat rate", "重复率"),
            Words("Pairs that dealt on two days or more.", "在两天及以上发生互动的主体对比例。"),
            "share",
            ("repeated", "pairs"),
        ),
        Indicator(
            "returning_share",
            "interactions",
            Words("Returning pairs", "再次互动的比例"),
            Words("Pairs that had dealt in an earlier period.", "在更早时期已有互动的主体对比例。"),
            "share",
            ("returning", "pairs"),
        ),
        Indicator(
            "reciprocity",
            "interactions",
            Words("Reciprocity", "互惠率"),
            Words("Pairs in which each acted on the other.", "双方互为发起方的主体对比例。"),
            "share",
            ("mutual", "pairs"),
        ),
        Indicator(
            "multi_homing",
            "interactions",
            Words("Multi-homing", "多归属率"),
            Words("Participants active in two channels or more.", "在两个及以上渠道活跃的参与者比例。"),
            "share",
            ("homes", one),
        ),
        Indicator(
            "active_days",
            "activity",
            Words("Active days", "活跃天数"),
            Words("Days with a dealing, on average.", "平均有互动的天数。"),
            "number",
            ("days", one),
        ),
        Indicator(
            "recency",
            "activity",
            Words("Recency", "距最近一次互动的天数"),
            Words(
                "Days from a participant's last dealing to the end of the period, on average.",
                "参与者最近一次互动距期末的平均天数。",
            ),
            "number",
            ("recency", one),
        ),
        Indicator(
            "visits",
            "activity",
            Words("Visits", "浏览次数"),
            Words("Events of kind view.", "浏览事件数。"),
            "integer",
        ),
        Indicator(
            "favourites",
            "activity",
            Words("Favourites", "收藏次数"),
            Words("Events of kind favourite.", "收藏事件数。"),
            "integer",
        ),
        Indicator(
            "enquiries",
            "activity",
            Words("Enquiries", "询盘次数"),
            Words("Events of kind enquiry.", "询盘事件数。"),
            "integer",
        ),
        Indicator(
            "reviews",
            "activity",
            Words("Reviews", "评价次数"),
            Words("Events of kind review.", "评价事件数。"),
            "integer",
        ),
        Indicator(
            "dwell",
            "activity",
            Words("Dwell time", "停留时长"),
            Words(
                "How long visits last; the tables of a cluster do not hold it.",
                "浏览停留多久；集群数据表中没有这一项。",
            ),
        ),
    )


INDICATORS: Mapping[str, Indicator] = MappingProxyType({i.name: i for i in _all()})
"""Every index of a platform, in the order in which it is shown."""


def ratios() -> dict[str, tuple[str, str]]:
    """Give the indices that are ratios of sums over participants, with numerator and denominator."""
    return {name: i.over for name, i in INDICATORS.items() if i.over is not None}
