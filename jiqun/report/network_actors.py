"""Core actors and brokers: who holds the network together, and the ties among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from jiqun.cluster import JiqunError, Words
from jiqun.measure.network.brokers import ROLES, Brokerage, brokerage, structural_holes
from jiqun.measure.network.centrality import betweenness, pagerank
from jiqun.measure.network.cores import core_numbers
from jiqun.measure.network.graph import Codes
from jiqun.measure.network.of_cluster import attribute
from jiqun.report.network_asking import SEED, Asked, Drawn, said_number, why
from jiqun.report.network_shapes import NetworkGraph, NetworkNumber
from jiqun.report.network_summary import communities
from jiqun.report.numbers import count
from jiqun.report.shapes import Columnar, DataColumn, Figure, Text
from jiqun.space import actors, industry_names, place_names

__all__ = ["core"]

SHOWN = 100
"""Actors drawn: half the deepest, half those most between others."""
LISTED = (15, 10)
"""Of these two kinds, how many have a bar."""
PERMUTATIONS = 199
_TITLES: dict[str, tuple[Words, str]] = {
    "id": (Words("Identifier", "编号"), "string"),
    "name": (Words("Name", "名称"), "string"),
    "kind": (Words("Kind", "类型"), "string"),
    "industry": (Words("Industry", "行业"), "string"),
    "place": (Words("Place", "地点"), "string"),
    "core": (Words("Core", "核数"), "integer"),
    "partners": (Words("Partners", "伙伴数"), "integer"),
    "strength": (Words("Strength of ties", "联系强度"), "number"),
    "betweenness": (Words("Betweenness", "介数"), "share"),
    "betweenness_low": (Words("Betweenness, low", "介数下限"), "share"),
    "betweenness_high": (Words("Betweenness, high", "介数上限"), "share"),
    "pagerank": (Words("PageRank", "PageRank"), "share"),
    "constraint": (Words("Constraint (Burt)", "约束（Burt）"), "number"),
    "effective_size": (Words("Effective size", "有效规模"), "number"),
    "community": (Words("Community", "社群"), "string"),
    "broker": (Words("Main role as broker", "主要中介角色"), "string"),
}


def core(asked: Asked) -> Drawn:
    """The actors that are deepest in the network and most between others, and the ties among them."""
    made = asked.network
    network = made.graph
    depth = core_numbers(network)
    between = betweenness(network, rng=SEED)
    # deepest first, then most partners, then most weight, then identifier
    order = np.lexsort((np.arange(network.nodes), -network.strength, -network.degree, -depth))
    shown = order[: SHOWN // 2]
    busiest = np.lexsort((np.arange(network.nodes), -between.value))
    extra = busiest[~np.isin(busiest, shown)][: SHOWN - len(shown)]
    shown = np.concatenate([shown, extra])
    roles, role_numbers = _roles(asked)
    holes = structural_holes(network, shown)
    rank = pagerank(network)
    rows: Columnar = {
        **_known(asked, shown),
        "core": depth[shown].tolist(),
        "partners": network.degree[shown].tolist(),
        "strength": _numbers(network.strength[shown]),
        "betweenness": _numbers(between.value[shown]),
        "betweenness_low": _numbers(between.low[shown]),
        "betweenness_high": _numbers(between.high[shown]),
        "pagerank": _numbers(rank[shown]),
        "constraint": _numbers(holes.constraint),
        "effective_size": _numbers(holes.effective_size),
        "community": _communities(asked, shown),
        "broker": _main_role(roles, shown),
    }
    deepest = int(depth.max())
    numbers = [
        said_number(asked, "core", deepest),
        said_number(asked, "core_actors", int((depth == deepest).sum())),
        *role_numbers,
    ]
    many = count(int((depth == deepest).sum()))
    takeaway = Text(
        en=f"The deepest core has {many.en} actors, each with {deepest} partners or more in it.",
        zh=f"最深核心有 {many.zh} 个主体，每个在核心内至少有 {deepest} 个伙伴。",
    )
    deep, broad = LISTED
    listed = [k for k in (*range(deep), *range(SHOWN // 2, SHOWN // 2 + broad)) if k < len(shown)]
    bars = {name: [values[k] for k in listed] for name, values in rows.items()}
    return Drawn(numbers, [_table(asked, bars, between.exact, between.starts)], _graph(asked, shown, rows), takeaway)


def _known(asked: Asked, shown: Codes) -> Columnar:
    ids = asked.network.actors[shown]
    order = pl.DataFrame({"actor_id": ids.tolist()}, schema={"actor_id": pl.String})
    roster = order.join(actors(asked.cluster), on="actor_id", how="left", maintain_order="left")
    industries, places = industry_names(asked.cluster), place_names(asked.cluster)
    return {
        "id": ids.tolist(),
        "name": roster["name"].fill_null(roster["actor_id"]).to_list(),
        "kind": roster["kind"].to_list(),
        "industry": [industries.get(i, i) for i in roster["industry"].to_list()],
        "place": [places.get(p, p) for p in roster["place"].to_list()],
    }


def _numbers(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


def _communities(asked: Asked, shown: Codes) -> list[str]:
    label = communities(asked).actor
    wide = len(str(int(label.max()) + 1))
    return [f"N{int(k) + 1:0{wide}d}" for k in label[shown]]


def _roles(asked: Asked) -> tuple[Brokerage | None, list[NetworkNumber]]:
    """Roles by place, or by industry where places are not known."""
    last: JiqunError | None = None
    for name, words in (("place", Words("by place", "按地区")), ("industry", Words("by industry", "按行业"))):
        label = attribute(asked.cluster, asked.network, name)  # type: ignore[arg-type]
        if len(np.unique(label[label >= 0])) < 2:
            continue
        try:
            found = brokerage(asked.network.graph, label, permutations=PERMUTATIONS, rng=SEED)
        except JiqunError as error:
            last = error
            continue
        note = Words(
            f"Groups {words.en}. Chance: labels dealt at random, {found.permutations} times; p two-sided.",
            f"{words.zh}分组。随机值：标签随机分配 {found.permutations} 次；p 为双侧。",
        )
        return found, [
            said_number(
                asked, "role", float(found.total[k]), group=ROLES[role], key=role, chance=float(found.expected[k]),
                p=float(found.p[k]), note=note, permutations=found.permutations,
            )
            for k, role in enumerate(ROLES)
        ]  # fmt: skip
    lacking = Words(
        "Not computable: needs at least two places or industries of actors.",
        "无法计算：主体至少需要分属两个地区或行业。",
    )
    return None, [said_number(asked, "role", None, note=why(last) if last else lacking)]


def _main_role(found: Brokerage | None, shown: Codes) -> list[str | None]:
    if found is None:
        return [None] * len(shown)
    names = list(ROLES)
    return [names[int(row.argmax())] if row.any() else None for row in found.counts[shown]]


def _columns() -> list[DataColumn]:
    roles = {name: Text(en=words.en, zh=words.zh) for name, words in ROLES.items()}
    kinds = {
        "firm": Text(en="Firm", zh="企业"),
        "buyer": Text(en="Buyer", zh="买方"),
        "institution": Text(en="Institution", zh="机构"),
        "platform": Text(en="Platform", zh="平台"),
    }
    values = {"broker": roles, "kind": kinds}
    return [
        DataColumn(name=name, title=Text(en=title.en, zh=title.zh), type=kind, values=values.get(name, {}))
        for name, (title, kind) in _TITLES.items()
    ]


def _table(asked: Asked, rows: Columnar, exact: bool, starts: int) -> Figure:
    caveat = Text(en="Betweenness is exact.", zh="介数为精确值。")
    if not exact:
        caveat = Text(
            en=f"Betweenness is from {starts} starts drawn at random; the interval is that of drawing them.",
            zh=f"介数由随机抽取的 {starts} 个起点估计；区间反映该抽样。",
        )
    return Figure(
        id="core_actors",
        title=Text(en="Core actors", zh="核心主体"),
        takeaway=Text(en="The deepest by core number, then those most between others.", zh="先按核数，再按介数排列。"),
        kind="bar",
        x="name",
        y="partners",
        columns=_columns(),
        rows=rows,
        how=asked.how("core", caveats=[caveat], starts=starts),
    )


def _graph(asked: Asked, shown: Codes, rows: Columnar) -> NetworkGraph:
    network = asked.network.graph
    place = np.full(network.nodes, -1, dtype=np.int64)
    place[shown] = np.arange(len(shown))
    inside = (place[network.source] >= 0) & (place[network.target] >= 0)
    return NetworkGraph(
        title=Text(en="Core actors and their ties", zh="核心主体及其联系"),
        directed=True,
        node_columns=_columns(),
        nodes=rows,
        edge_columns=[
            DataColumn(name="source", title=Text(en="Supplier", zh="供应方"), type="integer"),
            DataColumn(name="target", title=Text(en="Customer", zh="需求方"), type="integer"),
            DataColumn(name="weight", title=Text(en="Strength", zh="强度"), type="number"),
        ],
        edges={
            "source": place[network.source[inside]].tolist(),
            "target": place[network.target[inside]].tolist(),
            "weight": _numbers(network.weight[inside]),
        },
        total_nodes=network.nodes,
        total_edges=len(network.source),
    )
