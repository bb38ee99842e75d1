"""Chain or network, and resilience: the ways through the network, and what is left of them."""

from __future__ import annotations

import numpy as np

from jiqun.cluster import Words
from jiqun.measure.network.graph import Graph, graph
from jiqun.measure.network.of_cluster import ClusterNetwork, layers
from jiqun.measure.network.paths import Paths, PathsAdded, added_paths, cyclomatic, disjoint_paths
from jiqun.measure.network.resilience import STRATEGIES, Removal, resilience
from jiqun.report.network_asking import SEED, Asked, Drawn, said_number
from jiqun.report.network_shapes import NetworkNumber
from jiqun.report.numbers import count, number, percent
from jiqun.report.shapes import Columnar, DataColumn, Figure, Text

__all__ = ["paths", "resilience_part"]

PAIRS = 2_000
SEEDS = 20
_BUCKETS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, None))
_WITHOUT = Words("physical layer alone", "仅实体层")
_WITH = Words("with the digital layer", "加入数字层")
_ADDED = Words("added by the digital layer", "数字层带来的增量")
_HERE = Words("", "")
_ORDERS = {
    "random": Words("at random", "随机移除"),
    "degree": Words("most partners first", "伙伴最多者优先"),
    "flow": Words("largest flow first", "流量最大者优先"),
    "betweenness": Words("most between others first", "介数最大者优先"),
}


def paths(asked: Asked) -> Drawn:
    """Edge-disjoint paths of supplier and customer pairs, with and without the digital layer where there are both."""
    there = layers(asked.cluster)
    if asked.layer == "all" and {"physical", "digital"} <= set(there):
        return _both(asked)
    made = asked.network
    found = disjoint_paths(made.graph, pairs=PAIRS, rng=SEED)
    cycles = cyclomatic(made.graph) / made.graph.nodes
    numbers = [*_numbers(asked, found, _HERE, ""), said_number(asked, "cyclomatic", cycles)]
    return Drawn(numbers, [_figure(asked, {_named(asked): found})], takeaway=_sentence(found))


def _named(asked: Asked) -> str:
    return asked.layer


def _both(asked: Asked) -> Drawn:
    base, whole = asked.of("physical"), asked.network
    thin = _in(base, whole)
    sides = np.bincount(thin.source, minlength=thin.nodes) > 0, np.bincount(thin.target, minlength=thin.nodes) > 0
    found: PathsAdded = added_paths(thin, whole.graph, suppliers=sides[0], customers=sides[1], pairs=PAIRS, rng=SEED)
    note = _note(found.without)
    numbers = [
        *_numbers(asked, found.without, _WITHOUT, "without"),
        *_numbers(asked, found.with_, _WITH, "with"),
        said_number(
            asked, "paths", found.mean, group=_ADDED, key="added", low=found.mean_low, high=found.mean_high, note=note
        ),
        said_number(
            asked, "several", found.several, group=_ADDED, key="added", low=found.several_low,
            high=found.several_high, note=note,
        ),
        said_number(asked, "cyclomatic", cyclomatic(base.graph) / base.graph.nodes, group=_WITHOUT, key="without"),
        said_number(asked, "cyclomatic", cyclomatic(whole.graph) / whole.graph.nodes, group=_WITH, key="with"),
    ]  # fmt: skip
    one, two, more = number(found.without.mean), number(found.with_.mean), number(found.mean)
    takeaway = Text(
        en=f"Between suppliers and customers of the physical layer lead {one.en} disjoint paths on average; with the "
        f"digital layer {two.en}: it adds {more.en}.",
        zh=f"实体层的供需双方之间平均有 {one.zh} 条不相交路径；加入数字层后为 {two.zh} 条，增加 {more.zh} 条。",
    )
    return Drawn(numbers, [_figure(asked, {"physical": found.without, "all": found.with_})], takeaway=takeaway)


def _in(base: ClusterNetwork, whole: ClusterNetwork) -> Graph:
    """The ties of one network in the numbers of a larger one."""
    at = np.searchsorted(whole.actors, base.actors)
    return graph(at[base.graph.source], at[base.graph.target], base.graph.weight, nodes=whole.graph.nodes)


def _note(found: Paths) -> Words:
    many = count(found.of)
    if found.exact:
        return Words(f"All {many.en} pairs counted.", f"全部 {many.zh} 对均已计算。")
    few = count(found.pairs)
    return Words(
        f"{few.en} of {many.en} pairs drawn; the 95 % interval is that of drawing them.",
        f"从 {many.zh} 对中抽取 {few.zh} 对；95% 区间反映该抽样。",
    )


def _numbers(asked: Asked, found: Paths, group: Words, key: str) -> list[NetworkNumber]:
    note, of = _note(found), group if group.en else None
    return [
        said_number(
            asked, "paths", found.mean, group=of, key=key, low=found.mean_low, high=found.mean_high, note=note,
            pairs=found.pairs,
        ),
        said_number(
            asked, "several", found.several, group=of, key=key, low=found.several_low, high=found.several_high,
            note=note, pairs=found.pairs,
        ),
        said_number(
            asked, "connected", found.connected, group=of, key=key, low=found.connected_low,
            high=found.connected_high, note=note, pairs=found.pairs,
        ),
    ]  # fmt: skip


def _sentence(found: Paths) -> Text:
    mean, share = number(found.mean), percent(found.several)
    return Text(
        en=f"Suppliers and customers are joined by {mean.en} disjoint paths on average; {share.en} of pairs have "
        "two or more.",
        zh=f"供需双方之间平均有 {mean.zh} 条不相交路径；{share.zh} 的配对有两条及以上。",
    )


def _figure(asked: Asked, found: dict[str, Paths]) -> Figure:
    rows: Columnar = {"paths": [], "network": [], "share": []}
    for name, each in found.items():
        for first, last in _BUCKETS:
            upto = len(each.histogram) if last is None else last + 1
            rows["paths"].append(str(first) if first == last else f"{first}–{last}" if last else f"{first}+")
            rows["network"].append(name)
            rows["share"].append(float(each.histogram[first:upto].sum()))
    return Figure(
        id="paths",
        title=Text(en="Pairs by number of disjoint paths", zh="按不相交路径数划分的供需配对"),
        kind="column",
        x="paths",
        y="share",
        series="network",
        space="both",
        columns=[
            DataColumn(name="paths", title=Text(en="Disjoint paths", zh="不相交路径数"), type="string"),
            DataColumn(
                name="network",
                title=Text(en="Network", zh="网络"),
                type="string",
                values={
                    "physical": Text(en="Physical layer", zh="实体层"),
                    "digital": Text(en="Digital layer", zh="数字层"),
                    "all": Text(en="Both layers", zh="两层合计"),
                },
            ),
            DataColumn(name="share", title=Text(en="Share of pairs", zh="配对占比"), type="share"),
        ],
        rows=rows,
        how=asked.how("paths", pairs=next(iter(found.values())).pairs),
    )


def resilience_part(asked: Asked) -> Drawn:
    """What is left as actors are removed at random or the most important first."""
    found = resilience(asked.network.graph, strategies=STRATEGIES, seeds=SEEDS, rng=SEED)
    note = Words(f"Quantiles over {SEEDS} random orders, 95 %.", f"区间为 {SEEDS} 个随机次序的分位数，95%。")
    numbers = [
        said_number(
            asked, "robustness", r.robustness, group=_ORDERS[r.strategy], key=r.strategy, low=r.robustness_low,
            high=r.robustness_high, note=note, seeds=SEEDS,
        )
        for r in found
    ] + [
        said_number(asked, "half", r.half, group=_ORDERS[r.strategy], key=r.strategy, note=note, seeds=SEEDS)
        for r in found
    ]  # fmt: skip
    by = {r.strategy: r for r in found}
    worst = min(found, key=lambda r: r.half)
    lost, chance = percent(worst.half), percent(by["random"].half)
    name = _ORDERS[worst.strategy]
    takeaway = Text(
        en=f"The largest component halves once {lost.en} of the actors are gone ({name.en}); at random it takes "
        f"{chance.en}.",
        zh=f"按“{name.zh}”移除 {lost.zh} 的主体后最大连通部分减半；随机移除则需 {chance.zh}。",
    )
    figures = [
        _curve(asked, found, "giant", Words("Largest component as actors drop out", "主体退出后的最大连通部分")),
        _curve(asked, found, "served", Words("Value still served as actors drop out", "主体退出后仍可实现的价值")),
    ]
    return Drawn(numbers, figures, takeaway=takeaway)


def _curve(asked: Asked, found: list[Removal], what: str, title: Words) -> Figure:
    rows: Columnar = {"removed": [], "order": [], "share": [], "low": [], "high": []}
    for each in found:
        rows["removed"] += each.removed.tolist()
        rows["order"] += [each.strategy] * len(each.removed)
        rows["share"] += getattr(each, what).tolist()
        rows["low"] += getattr(each, f"{what}_low").tolist()
        rows["high"] += getattr(each, f"{what}_high").tolist()
    left = Text(en="Share left", zh="剩余份额")
    return Figure(
        id=f"resilience_{what}",
        title=Text(en=title.en, zh=title.zh),
        kind="line",
        x="removed",
        y="share",
        series="order",
        low="low",
        high="high",
        columns=[
            DataColumn(name="removed", title=Text(en="Actors removed", zh="移除主体占比"), type="share"),
            DataColumn(
                name="order",
                title=Text(en="Order", zh="次序"),
                type="string",
                values={name: Text(en=words.en, zh=words.zh) for name, words in _ORDERS.items()},
            ),
            DataColumn(name="share", title=left, type="share"),
            DataColumn(name="low", title=Text(en="Low", zh="下限"), type="share"),
            DataColumn(name="high", title=Text(en="High", zh="上限"), type="share"),
        ],
        rows=rows,
        how=asked.how("robustness", seeds=SEEDS),
    )
