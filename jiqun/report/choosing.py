"""What a digital space can be made of, and what one was made of: kinds of interaction, channels, ties, periods."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.report.names import industry_title, place_title
from jiqun.report.numbers import count, fitted, number
from jiqun.report.shapes import Text
from jiqun.report.time import said
from jiqun.report.two_space import BuiltSpace, InteractionChoice, SpaceChoices
from jiqun.report.vocabulary import EVENTS
from jiqun.space import calendar, kept, typed, usable
from jiqun.space.links import Choice, Table, links
from jiqun.space.placed import digital_space

__all__ = ["built", "checked_period", "choice_title", "space_choices", "why_not"]

COLUMNS: dict[str, Words] = {
    "kind": Words("kind of interaction", "互动类型"),
    "channel": Words("channel", "渠道"),
    "matched_by": Words("matched by", "撮合方式"),
    "category": Words("category", "品类"),
    "layer": Words("layer", "层"),
    "place_id": Words("place", "地点"),
    "source": Words("source", "发起方"),
    "target": Words("target", "对方"),
}
_TIES = Words("ties", "关系")
_ALL = {"interactions": Words("all interactions", "全部互动"), "ties": Words("all ties", "全部关系")}
_KINDS = {"order": Words("orders", "订单"), "listing": Words("listings", "上架"), "visit": Words("visits", "访问")}
_VALUES = {
    "platform": Words("platform", "平台"),
    "physical": Words("on the ground", "实体"),
    "digital": Words("digital", "数字"),
    "offline": Words("offline", "线下"),
    "online": Words("online", "线上"),
    "store": Words("store", "门店"),
    "ai": Words("AI", "人工智能"),
    "market": Words("market", "市场"),
    "planner": Words("planner", "规划者"),
    "supply": Words("supply", "供应"),
    "joint listing": Words("joint listing", "联合上架"),
    "platform membership": Words("platform membership", "平台入驻"),
}
MOST = 40
"""Values of a column above which it is no choice but a search."""


def space_choices(cluster: Cluster) -> SpaceChoices:
    """Give what the digital space of a cluster can be made of: only what its tables hold, the most frequent first."""
    return kept(cluster, "space-choices", lambda: _space_choices(cluster))


def _space_choices(cluster: Cluster) -> SpaceChoices:
    covered = calendar(cluster)
    periods = list(covered.periods) if covered else []
    digital = any(cluster.has(table) and cluster.rows(table) for table in ("interactions", "ties"))
    physical = _has_places(cluster)
    return SpaceChoices(
        physical=None if physical else _text(_NO_PLACES),
        digital=None if digital else _text(_NO_LINKS),
        interactions=_choices(cluster),
        periods=periods,
        years=sorted({period[:4] for period in periods}) if covered and covered.grain != "year" else [],
        grain=covered.grain if covered else None,
    )


def _has_places(cluster: Cluster) -> bool:
    """Whether a firm is in a place: buyers in places do not make the ground of an index of firms."""
    if not usable(cluster, "actors", "place_id"):
        return False
    kinds = ("kind",) if usable(cluster, "actors", "kind") else ()
    frame = typed(cluster, "actors", "place_id", *kinds).filter(~nw.col("place_id").is_null())
    if kinds:
        frame = frame.filter((nw.col("kind") == "firm") | nw.col("kind").is_null())
    return bool(frame.head(1).collect("polars").shape[0])


_NO_PLACES = Words(
    "No firm has a place: actors needs place_id for its firms. Add it in the recipe under [actors.columns].",
    "没有任何企业带有地点：actors 表的企业需要 place_id，请在配方的 [actors.columns] 中补充。",
)
_NO_LINKS = Words(
    "There are no interactions and no ties, so there is no digital space. Add one of the tables in the recipe.",
    "没有互动或关系数据，因此没有数字空间。请在配方中补充其中一张表。",
)


def _choices(cluster: Cluster) -> list[InteractionChoice]:
    found: list[InteractionChoice] = []
    both: tuple[tuple[Table, tuple[str, ...]], ...] = (
        ("interactions", ("kind", "channel", "matched_by", "category")),
        ("ties", ("kind", "layer")),
    )
    for table, columns in both:
        if not cluster.has(table) or not cluster.rows(table):
            continue
        if table == "ties" and found:
            found.append(
                InteractionChoice(id="ties", title=_text(_ALL["ties"]), group=_text(_TIES), count=cluster.rows("ties"))
            )
        for column in columns:
            values = _counted(cluster, table, column)
            # One value is all of them, which is what is asked for without a choice.
            if not 1 < len(values) <= MOST:
                continue
            group = COLUMNS[column] if table == "interactions" else Words("kind of tie", "关系类型")
            if table == "ties" and column == "layer":
                group = Words("layer of ties", "关系层")
            found += [
                InteractionChoice(
                    id=f"{'ties,' if table == 'ties' else ''}{column}={value}",
                    title=value_title(cluster, column, value),
                    group=_text(group),
                    count=rows,
                )
                for value, rows in values
            ]
    return found


def _counted(cluster: Cluster, table: Table, column: str) -> list[tuple[str, int]]:
    if not usable(cluster, table, column):
        return []
    counted = typed(cluster, table, column).group_by(column).agg(rows=nw.len()).collect("polars").to_native()
    rows = [(str(value), int(n)) for value, n in counted.drop_nulls(column).select(column, "rows").rows()]
    # A comma parts what is asked for, so a value with one cannot be asked for.
    return sorted((row for row in rows if "," not in row[0] and row[0].strip()), key=lambda row: (-row[1], row[0]))


def value_title(cluster: Cluster, column: str, value: str) -> Text:
    """Name a value by which interactions are chosen."""
    if column == "kind":
        words = EVENTS.get(value) or _KINDS.get(value) or _VALUES.get(value)
        return _text(words) if words else Text(en=value, zh=value)
    if column == "category":
        return industry_title(cluster, value)
    if column == "place_id":
        return place_title(cluster, value)
    words = _VALUES.get(value)
    return _text(words) if words else Text(en=value, zh=value)


def choice_title(cluster: Cluster, choice: Choice) -> Text:
    """Say in words which interactions make a space.

    >>> import polars as pl
    >>> from jiqun.space.links import chosen
    >>> sales = pl.DataFrame({"source": ["x"], "target": ["f"], "kind": ["order"]})
    >>> c = Cluster.from_tables(interactions=sales)
    >>> choice_title(c, chosen(c, "order")).en, choice_title(c, chosen(c, None)).zh
    ('kind of interaction: purchases', '全部互动')
    """
    if not choice.terms:
        return _text(_ALL[choice.table])
    en, zh = [], []
    for column, same, value in choice.terms:
        title, name = value_title(cluster, column, value), COLUMNS[column]
        en.append(f"{name.en}{'' if same else ' not'}: {title.en}")
        zh.append(f"{name.zh}{'为' if same else '不为'}{title.zh}")
    ties = choice.table == "ties"
    return Text(en=("ties, " if ties else "") + ", ".join(en), zh=("关系，" if ties else "") + "，".join(zh))


def built(
    cluster: Cluster, *, interactions: str | list[str] | None, period: str | None, communities: bool
) -> BuiltSpace:
    """Say what the digital space of a result was made of.

    Parameters
    ----------
    cluster
        The data.
    interactions, period
        As they were asked for.
    communities
        Whether the result uses communities; then how many there are and how far seeds agree is said.
    """
    made = links(cluster, interactions=interactions, period=period)
    title = choice_title(cluster, made.choice)
    actors, others = len(made.actors), len(made.counterparts)
    when = said_period(period)
    en = f"Made of {title.en}{f', {when.en}' if period else ''}: {count(actors).en} actors"
    zh = f"由{title.zh}{f'（{when.zh}）' if period else ''}构成：{count(actors).zh} 个主体"
    if not made.one_mode:
        en, zh = f"{en} and {count(others).en} counterparts", f"{zh}、{count(others).zh} 个对手方"
    en, zh = f"{en}.", f"{zh}。"
    found = digital_space(cluster, interactions=interactions, period=period).communities if communities else None
    stability = None if found is None or not np.isfinite(found.stability) else float(found.stability)
    if found is not None and stability is not None:
        en += (
            f" Its places are {found.count} communities; {found.seeds} starts of the method agree to "
            f"{number(stability).en} (1: the same communities each time, 0: no more than by chance)."
        )
        zh += (
            f"其“地点”为 {found.count} 个社群；{found.seeds} 次不同起点的一致性为 {number(stability).zh}"
            "（1 为每次相同，0 为与随机无异）。"
        )
        if stability < WEAK:
            en += " They agree little: an index on these communities says little."
            zh += "一致性偏低：基于这些社群的指标说明力有限。"
    return BuiltSpace(
        interactions=title,
        period=period or "",
        actors=actors,
        counterparts=others,
        communities=found.count if found else None,
        seeds=found.seeds if found else None,
        stability=stability,
        says=fitted(Text(en=en, zh=zh)),
    )


WEAK = 0.5
"""Stability below which the communities of one start are not those of another."""


def said_period(period: str | None) -> Text:
    """Write a period, or two with a slash, as in a sentence.

    >>> said_period("2012/2013").en, said_period("2017-03").zh, said_period(None).en
    ('2012 to 2013', '2017年3月', 'all time')
    """
    if not period:
        return Text(en="all time", zh="全部时间")
    first, _, last = period.partition("/")
    a, b = said(first), said(last or first)
    return a if a == b else Text(en=f"{a.en} to {b.en}", zh=f"{a.zh}至{b.zh}")


def checked_period(cluster: Cluster, who: str, period: str | None) -> str | None:
    """Give a period as it was asked for, or refuse one that the cluster has nothing of.

    Raises
    ------
    JiqunError
        If it cannot be read, nothing in the cluster is dated, or it lies outside the time that is covered.
    """
    if period is None or not period.strip():
        return None
    from jiqun.space.periods import parse

    asked = period.strip()
    first, _, last = asked.partition("/")
    try:
        start, end = parse(first)[0], parse(last or first)[1]
    except JiqunError as error:
        raise _unreadable(who, asked) from error
    covered = calendar(cluster)
    if covered is None:
        raise JiqunError(
            f"{who}: nothing in this cluster is dated, so no period can be chosen. Leave the period out.",
            f"{who}：该集群没有任何日期，无法选择时期。请不要指定时期。",
        )
    if end <= start:
        raise JiqunError(
            f"{who}: the last period {last} comes before the first, {first}. Swap them.",
            f"{who}：截止时期 {last} 早于起始时期 {first}，请对调。",
        )
    if end <= parse(covered.periods[0])[0] or start >= parse(covered.periods[-1])[1]:
        raise JiqunError(
            f"{who}: {asked} lies outside the time covered, {covered.periods[0]} to {covered.periods[-1]}. "
            "Choose a period in it.",
            f"{who}：{asked} 不在数据覆盖的时间内（{covered.periods[0]} 至 {covered.periods[-1]}）。请另选时期。",
        )
    return asked


def _unreadable(who: str, asked: str) -> JiqunError:
    shown = repr(asked)[:60]
    return JiqunError(
        f"{who}: a period is written 2017, 2017-Q1, 2017-03 or 2017-W05, two of them with a slash between; {shown} "
        "is none of these. Correct it.",
        f"{who}：时期写作 2017、2017-Q1、2017-03 或 2017-W05，起止两个之间用斜杠；{shown} 不是。请更正。",
    )


def why_not(error: JiqunError) -> Text:
    """Give what an error says in both languages."""
    words: Any = getattr(error, "words", None)
    return Text(en=str(error), zh=words.zh if words else str(error))


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
