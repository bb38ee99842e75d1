"""Compare and rank: a few places or industries on several indices, and the ones like one of them."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, UnknownName, Words
from jiqun.engine import trace
from jiqun.measure import Space, indices
from jiqun.measure.similarity import similar as similar_profiles
from jiqun.report.columns import (
    INDICATOR,
    OTHER,
    Values,
    comparable,
    default,
    has_firms,
    index_values,
    indicator_values,
)
from jiqun.report.comparisons import (
    Choices,
    Comparable,
    ComparedIndex,
    ComparedUnit,
    Comparison,
    Of,
    Similar,
    SimilarUnits,
)
from jiqun.report.names import industry_title, place_title
from jiqun.report.panel import main_indicator
from jiqun.report.peers import percentiles
from jiqun.report.ranks import ranks
from jiqun.report.shapes import How, Option, Text, TraceShape
from jiqun.space import kept

__all__ = ["FIRST", "MOST", "choices", "compare", "similar"]

Array = NDArray[np.float64]

MOST = 10
"""Units, and indices, compared at once: more columns nobody reads."""
FIRST = 6
"""Units shown where none is chosen: the largest."""
_NAMED = {"place": "地点", "industry": "行业"}
_NOTHING = Text(en="", zh="")
_RANKED = Words(
    "Rank 1 is the largest value among all {n} units with a value. The range of ranks is what the intervals leave "
    "open: a unit surely comes before another only where its whole interval lies above the other's. The percentile "
    "is the share of units below it, equal ones counted half.",
    "在有数值的全部 {n} 个单位中，第 1 名为数值最大者。名次范围由区间决定：只有当一个单位的整个区间高于另一个时，"
    "才能确定它排在前面。百分位为数值低于它的单位所占比例，相等者计一半。",
)
_JOINT = Words(
    "Each interval holds for its own unit; all ranges of ranks together hold less often than one of them.",
    "每个区间只对本单位成立；全部名次范围同时成立的概率低于单个区间的置信水平。",
)
_ALIKE = Words(
    "The cosine of two profiles – shares over industries of a place, over places of an industry: 1 the same "
    "structure, 0 nothing in common. Beside it the Krugman distance, the sum of absolute differences of the "
    "shares: 0 the same, 2 nothing in common.",
    "两个结构（地点为各行业占比，行业为各地点占比）的余弦：1 表示结构相同，0 表示毫无共同之处。"
    "旁边为克鲁格曼距离，即占比之差绝对值的总和：0 表示相同，2 表示毫无共同之处。",
)


def choices(cluster: Cluster, of: Of, *, space: Space = "physical") -> Choices:
    """Give the units that can be compared, the largest first, and the indices that give each of them a number.

    Raises
    ------
    MissingTable, MissingColumn
        If actors have no place or no industry.
    """
    return Choices(
        of=of,
        units=_options(cluster, of, space),
        others=_options(cluster, OTHER[of]) if space == "physical" and has_firms(cluster) else [],
        indices=list(comparable(cluster, of, space).values()),
        default=default(cluster, of, space),
    )


def compare(
    cluster: Cluster,
    *,
    of: Of = "place",
    units: Sequence[str] = (),
    by: Sequence[str] = (),
    space: Space = "physical",
    replicates: int = 199,
) -> Comparison:
    """Compare places (or industries) on several indices: value, interval, rank with its range, percentile.

    Ranks and percentiles are among all units of the cluster, not among the chosen ones.

    Parameters
    ----------
    cluster
        The data.
    of
        What is compared.
    units
        Up to ten identifiers; the largest where none is given.
    by
        Up to ten indices by name. One of a place and an industry needs the other one, after a colon:
        ``"location_quotient:C17"``.
    space
        ``"physical"``, or for industries ``"digital"``: there the places are communities of the network.
    replicates
        Bootstrap replicates of each index.

    Raises
    ------
    JiqunError
        If there are too many units or indices, or one is unknown.
    """
    every = {option.id: option for option in _options(cluster, of, space)}
    wanted = _few(units, "units", "单位") or list(every)[:FIRST]
    for unit in wanted:
        _known(of, unit, every)
    named = _few(by, "indices", "指标") or default(cluster, of, space)
    return Comparison(
        of=of,
        of_all=len(every),
        units=[ComparedUnit(id=unit, title=every[unit].title, rows=every[unit].count) for unit in wanted],
        indices=[_column(cluster, of, wanted, name, (space, replicates)) for name in named],
    )


def similar(cluster: Cluster, to: str, *, of: Of = "place", limit: int = 10, replicates: int = 99) -> SimilarUnits:
    """Give the units whose profile is most like that of one.

    The numbers are those of :func:`jiqun.measure.similarity.similar`.

    Raises
    ------
    UnknownName
        If there is no such unit.
    """
    cluster.require("similar", "actors", "place_id", "industry_id")
    _known(of, to, {option.id for option in _options(cluster, of)})

    def look() -> dict[str, Any]:
        made = nw.from_native(similar_profiles(_firms(cluster), to=to, of=of, replicates=replicates))
        return {name: made[name].to_list() for name in made.columns}

    table = kept(cluster, f"similar:{of}:{replicates}:{to}", look)
    found = [
        Similar(
            id=unit,
            title=_title(cluster, of, unit),
            value=table["value"][k],
            low=table["low"][k],
            high=table["high"][k],
            distance=table["distance"][k],
            rows=table["rows"][k],
        )
        for k, unit in enumerate(table[f"{of}_id"])
        if table["value"][k] is not None
    ]
    how = How(
        sentence=_text(_ALIKE),
        formula=r"\cos(s, s') = \frac{\sum_i s_i s'_i}{\sqrt{\sum_i s_i^2}\,\sqrt{\sum_i s'^2_i}}",
        tables=["actors"],
        trace=_trace(cluster, [_option(of), to, "--similar", to], replicates),
    )
    return SimilarUnits(
        of=of, to=to, title=_title(cluster, of, to), of_all=len(table["value"]), found=found[:limit], how=how
    )


def _column(cluster: Cluster, of: Of, units: Sequence[str], named: str, how: tuple[Space, int]) -> ComparedIndex:
    space, replicates = how
    name, other = (named, "") if named.startswith(INDICATOR) else named.partition(":")[::2]
    known = comparable(cluster, of, space)
    card = known.get(name if named.startswith(INDICATOR) else name.replace("-", "_"))
    if card is None:
        raise _not_comparable(name, of, known)
    if card.needs_other and not other:
        raise JiqunError(
            f"{card.index} is of a place and an industry: say which {OTHER[of]}, as in {card.index}:ID.",
            f"{card.index} 同时针对地点和行业：请指明{_NAMED[OTHER[of]]}，例如 {card.index}:ID。",
        )
    if other and not card.needs_other:
        raise JiqunError(
            f"{card.index} is of a {of} alone: leave out “:{other[:60]}”.",
            f"{card.index} 只针对{_NAMED[of]}：请去掉“:{other[:60]}”。",
        )
    title = card.title
    if other:
        _known(OTHER[of], other, {option.id for option in _options(cluster, OTHER[of])})
        about = _title(cluster, OTHER[of], other)
        title = Text(en=f"{title.en}, {about.en}", zh=f"{title.zh}（{about.zh}）")
    asked = _Asked(cluster, of, units, named, card, title, space, replicates)
    try:
        return _of_panel(asked) if named.startswith(INDICATOR) else _of_index(asked, other)
    except JiqunError as error:
        why = Text(en=str(error), zh=error.words.zh if error.words else str(error))
        return ComparedIndex(id=named, index=card.index, title=title, reading=card.reading, of_known=0, missing=why)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one column of a comparison is of."""

    cluster: Cluster
    of: Of
    units: Sequence[str]
    named: str
    card: Comparable
    title: Text
    space: Space
    replicates: int


def _of_index(asked: _Asked, other: str) -> ComparedIndex:
    index = indices()[asked.card.index]
    key = f"compare:{asked.space}:{asked.of}:{index.name}:{asked.replicates}"
    table = kept(
        asked.cluster, key, lambda: index_values(asked.cluster, index, asked.of, asked.replicates, asked.space)
    )
    how = How(
        sentence=_NOTHING,
        formula=index.formula,
        reference="; ".join(reference.text for reference in index.references),
        url=index.references[0].url if len(index.references) == 1 else "",
        tables=[index.needs.table],
        caveats=[_text(_JOINT)],
        trace=_traced(asked),
    )
    return _ranked(asked, table.get(other, {}), how, index.neutral)


def _of_panel(asked: _Asked) -> ComparedIndex:
    rows, period = indicator_values(asked.cluster, asked.card.index.removeprefix(INDICATOR))
    dated = Text(en=f"{asked.title.en}, {period}", zh=f"{asked.title.zh}，{period}") if period else asked.title
    how = How(sentence=_NOTHING, tables=["panel"], caveats=[asked.card.reading], trace=_traced(asked))
    return _ranked(replace(asked, title=dated), rows, how, None)


def _traced(asked: _Asked) -> TraceShape:
    options = [_option(asked.of), ",".join(asked.units), "--index", asked.named, "--space", asked.space]
    return _trace(asked.cluster, options, asked.replicates)


def _ranked(asked: _Asked, rows: Values, how: How, neutral: float | None) -> ComparedIndex:
    every = np.array([[np.nan if v is None else v for v in row] for row in rows.values()], dtype=np.float64)
    value, low, high = every.reshape(-1, 3).T
    order = ranks(value, low, high)
    percentile = percentiles(value, np.zeros(len(value), dtype=np.int64))
    at = {unit: k for k, unit in enumerate(rows)}
    positions = [at.get(unit) for unit in asked.units]

    def take(column: Array) -> list[Any]:
        return [None if k is None or not np.isfinite(column[k]) else float(column[k]) for k in positions]

    def whole(column: Array) -> list[int | None]:
        return [None if v is None else int(v) for v in take(column)]

    n = int(np.isfinite(value).sum())
    said = Text(en=_RANKED.en.format(n=n), zh=_RANKED.zh.format(n=n))
    return ComparedIndex(
        id=asked.named,
        index=asked.card.index,
        title=asked.title,
        reading=asked.card.reading,
        neutral=neutral,
        of_known=n,
        value=take(value),
        low=take(low),
        high=take(high),
        rank=whole(order.rank),
        rank_best=whole(order.best),
        rank_worst=whole(order.worst),
        percentile=take(percentile),
        how=how.model_copy(update={"sentence": said}),
    )


def _trace(cluster: Cluster, options: Sequence[str], replicates: int) -> TraceShape:
    folder = shlex.quote(cluster.path) if cluster.path else "DIR"
    said = ["jiqun compare", folder, *(shlex.quote(option) for option in options), f"--replicates {replicates}"]
    return TraceShape(**asdict(trace(cluster, " ".join(said), replicates=replicates)))


def _option(of: Of) -> str:
    return "--industries" if of == "industry" else "--places"


def _options(cluster: Cluster, of: Of, space: Space = "physical") -> list[Option]:
    """Give the units of a cluster: those with firms, else the places of its panel."""
    if of == "place" and space == "digital":
        raise JiqunError(
            "compare: in digital space there are communities and no places. Compare industries there.",
            "比较：数字空间中没有地点，只有社群。请在其中比较行业。",
        )

    def count() -> list[Option]:
        if of == "place" and not has_firms(cluster) and cluster.has("panel", "place_id"):
            key, table = nw.col("place_id").cast(nw.String), cluster.scan("panel")
        else:
            cluster.require("compare", "actors", *(("place_id",) if space == "physical" else ()), "industry_id")
            key, table = nw.col(f"{of}_id").cast(nw.String), nw.from_native(_firms(cluster)).lazy()
        counted = table.select(unit=key).filter(~nw.col("unit").is_null()).group_by("unit").agg(rows=nw.len())
        first = _leading(cluster) if not has_firms(cluster) else {}
        found = counted.collect("polars").to_native().rows()
        rows = sorted(found, key=lambda row: (-first.get(row[0], 0.0), -row[1], row[0]))
        if not rows:
            raise JiqunError(
                f"compare needs firms with a {of}_id; no row of actors has one.",
                f"比较需要带有 {of}_id 的企业，而 actors 表中没有这样的记录。",
            )
        return [Option(id=unit, title=_title(cluster, of, unit), count=n) for unit, n in rows]

    return kept(cluster, f"compare-options:{space}:{of}", count)


def _leading(cluster: Cluster) -> dict[str, float]:
    """Give the main indicator of the places of a panel, by which they are ordered."""
    main = main_indicator(cluster)
    rows = indicator_values(cluster, main)[0] if main else {}
    return {place: value for place, (value, _, _) in rows.items() if value is not None}


def _firms(cluster: Cluster) -> Any:
    table = cluster.scan("actors")
    if cluster.has("actors", "kind"):
        table = table.filter((nw.col("kind") == "firm") | nw.col("kind").is_null())
    return table.to_native()


def _title(cluster: Cluster, of: Of, unit: str) -> Text:
    return place_title(cluster, unit) if of == "place" else industry_title(cluster, unit)


def _few(given: Sequence[str], what: str, zh: str) -> list[str]:
    wanted = list(dict.fromkeys(each.strip() for each in given if each.strip()))
    if len(wanted) > MOST:
        raise JiqunError(
            f"compare takes up to {MOST} {what}; {len(wanted)} were given. Leave some out.",
            f"最多比较 {MOST} 个{zh}，现有 {len(wanted)} 个。请减少数量。",
        )
    return wanted


def _known(of: Of, unit: str, every: Any) -> None:
    if unit not in every:
        close = difflib.get_close_matches(unit[:60], list(every), 5, 0.3)
        raise UnknownName(of, unit[:60], close or list(every)[:10])


def _not_comparable(name: str, of: Of, known: Collection[str]) -> JiqunError:
    return JiqunError(
        f"{name[:60]} does not give each {of} one number. These do: {', '.join(known) or 'none'}.",
        f"{name[:60]} 不能为每个{_NAMED[of]}给出一个数值。可用：{'、'.join(known) or '无'}。",
    )


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
