"""What joint orders and projects tell: which categories complement each other, and whether pairs explain groups."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from jiqun.cluster import Words
from jiqun.measure.network.complementarity import Complements, attributable_interval, complementarity
from jiqun.measure.network.decomposability import MISSED, Decomposability, decomposability
from jiqun.measure.network.graph import Codes
from jiqun.measure.network.orders import Orders, orders_of
from jiqun.report.names import industry_title
from jiqun.report.network_asking import SEED, Asked, Drawn, said_number
from jiqun.report.network_shapes import NetworkGraph
from jiqun.report.numbers import count, fitted, number, percent
from jiqun.report.shapes import Columnar, DataColumn, Figure, Text
from jiqun.space.communities import communities_of

__all__ = ["complementarity_part", "decomposability_part"]

SIGNIFICANT = 0.05
EDGES = 300
PAIRS = 20
DRAWS = 19
MOST = 6_000
"""Memberships looked at on the page; the library takes more."""
_PARTS = Words(
    "Interval by jackknife over ten parts of those who order, 95 %.",
    "区间由把下单方随机分成十份的刀切法得到，95%。",
)


def complementarity_part(asked: Asked) -> Drawn:
    """The graph of categories that are wanted together beyond chance."""
    orders = orders_of(asked.cluster, interactions=list(asked.interactions) or None, period=asked.period)
    found = complementarity(orders.order, orders.item, categories=len(orders.names))
    share, low, high = attributable_interval(orders.order, orders.item, orders.by, rng=SEED)
    strong = np.flatnonzero((found.q <= SIGNIFICANT) & (found.lift > 1))
    # the most joint orders beyond chance first, then the order of the pairs
    strong = strong[np.lexsort((strong, -(found.observed - found.expected)[strong]))]
    module, quality = _modules(found, strong, len(orders.names))
    one, other = found.a_given_b[strong], found.b_given_a[strong]
    gap = np.abs(one - other) / np.maximum(one, other)
    many, all_ = count(len(strong)), count(len(found.a))
    asymmetry = float(np.median(gap)) if len(strong) else np.nan
    note = Words(f"Of {all_.en} pairs.", f"共 {all_.zh} 对品类。")
    median = Words("Median over complementary pairs.", "互补品类对的中位数。")
    numbers = [
        said_number(asked, "attributable", share, low=low, high=high, note=_PARTS),
        said_number(asked, "complements", len(strong), note=note),
        said_number(asked, "complement_modularity", quality),
        said_number(asked, "asymmetry", asymmetry, note=median),
    ]
    said = percent(share)
    takeaway = Text(
        en=f"{many.en} of {all_.en} pairs of categories are complements; {said.en} of joint orders are beyond chance.",
        zh=f"{all_.zh} 对品类中有 {many.zh} 对互补；联合订单中有 {said.zh} 超出随机。",
    )
    return Drawn(
        numbers,
        [_pairs(asked, found, strong, orders)],
        _graph(asked, found, strong[:EDGES], orders, module, len(strong)),
        takeaway,
        _orders_built(asked, orders, found.joint),
    )


def _orders_built(asked: Asked, orders: Orders, joint: int) -> Text:
    whole, two = count(int(orders.order.max()) + 1), count(joint)
    when = (f"; {asked.period}", f"；{asked.period}") if asked.period else ("", "")
    return fitted(
        Text(
            en=f"{whole.en} orders, {two.en} of them with two categories or more{when[0]}",
            zh=f"{whole.zh} 个订单，其中 {two.zh} 个含两个及以上品类{when[1]}",
        )
    )


def _modules(found: Complements, strong: Codes, categories: int) -> tuple[Codes, float]:
    """Communities of the graph of complements, weighted by joint orders beyond chance."""
    if not len(strong):
        return np.full(categories, -1, dtype=np.int64), float("nan")
    a, b = found.a[strong], found.b[strong]
    ids = np.unique(np.concatenate([a, b]))
    one, two = np.searchsorted(ids, a), np.searchsorted(ids, b)
    weight = (found.observed - found.expected)[strong]
    half = sp.coo_array((np.maximum(weight, 0.0), (one, two)), shape=(len(ids), len(ids)))
    made = communities_of(sp.csr_array(half + half.T), one_mode=True, seeds=3, rng=SEED)
    module = np.full(categories, -1, dtype=np.int64)
    module[ids] = made.actor
    return module, made.modularity


def _pairs(asked: Asked, found: Complements, strong: Codes, orders: Orders) -> Figure:
    best = strong[np.lexsort((strong, -found.low[strong]))][:PAIRS]
    title = [industry_title(asked.cluster, name) for name in orders.names]
    names = [f"{orders.names[found.a[k]]} + {orders.names[found.b[k]]}" for k in best]
    called = {
        name: Text(
            en=f"{title[found.a[k]].en} + {title[found.b[k]].en}", zh=f"{title[found.a[k]].zh} + {title[found.b[k]].zh}"
        )
        for name, k in zip(names, best, strict=True)
    }
    columns = [
        DataColumn(name="pair", title=Text(en="Categories", zh="品类"), type="string", values=called),
        *(DataColumn(name=name, title=Text(en=en, zh=zh), type=kind) for name, en, zh, kind in _MEASURED),
    ]
    return Figure(
        id="complements",
        title=Text(en="Pairs that complement each other most", zh="互补性最强的品类对"),
        kind="interval",
        x="pair",
        y="lift",
        low="low",
        high="high",
        log=True,
        columns=columns,
        rows={"pair": names, **_measured(found, best)},
        how=asked.how("attributable"),
    )


_MEASURED = (
    ("lift", "Lift, shrunk", "提升度（收缩后）", "number"),
    ("low", "Low", "下限", "number"),
    ("high", "High", "上限", "number"),
    ("observed", "Joint orders", "联合订单数", "integer"),
    ("expected", "Expected by chance", "随机预期", "number"),
    ("independent", "Lift against independence", "相对独立的提升度", "number"),
    ("q", "q (false discovery rate)", "q 值（错误发现率）", "number"),
    ("a_given_b", "First given second", "有后者时有前者", "share"),
    ("b_given_a", "Second given first", "有前者时有后者", "share"),
    ("attributable", "Attributable share", "可归因份额", "share"),
)


def _measured(found: Complements, rows: Codes) -> Columnar:
    return {
        name: [
            None if not np.isfinite(v) else int(v) if kind == "integer" else float(v)
            for v in getattr(found, name)[rows]
        ]
        for name, _, _, kind in _MEASURED
    }


def _graph(  # noqa: PLR0917
    asked: Asked, found: Complements, edges: Codes, orders: Orders, module: Codes, total: int
) -> NetworkGraph:
    ids = np.unique(np.concatenate([found.a[edges], found.b[edges]])) if len(edges) else np.zeros(0, dtype=np.int64)
    title = {name: industry_title(asked.cluster, name) for name in orders.names[ids].tolist()}
    return NetworkGraph(
        title=Text(en="Complementarity of categories", zh="品类互补网络"),
        node_columns=[
            DataColumn(name="id", title=Text(en="Category", zh="品类"), type="string", values=title),
            DataColumn(name="orders", title=Text(en="Orders", zh="订单数"), type="integer"),
            DataColumn(name="module", title=Text(en="Module", zh="模块"), type="integer"),
        ],
        nodes={
            "id": orders.names[ids].tolist(),
            "orders": found.total[ids].astype(int).tolist(),
            "module": module[ids].tolist(),
        },
        edge_columns=[
            DataColumn(name="source", title=Text(en="First", zh="前者"), type="integer"),
            DataColumn(name="target", title=Text(en="Second", zh="后者"), type="integer"),
            *(DataColumn(name=name, title=Text(en=en, zh=zh), type=kind) for name, en, zh, kind in _MEASURED),
        ],
        edges={
            "source": np.searchsorted(ids, found.a[edges]).tolist(),
            "target": np.searchsorted(ids, found.b[edges]).tolist(),
            **_measured(found, edges),
        },
        total_nodes=int((module >= 0).sum()),
        total_edges=total,
    )


def decomposability_part(asked: Asked) -> Drawn:
    """Whether what several do together follows from pairs."""
    orders = orders_of(asked.cluster, of="members", interactions=list(asked.interactions) or None, period=asked.period)
    found: Decomposability = decomposability(orders.order, orders.item, draws=DRAWS, most=MOST, rng=SEED)
    who = {"source": Words("those who act", "发起方"), "target": Words("those acted on", "对象方")}[orders.side]
    used, all_ = count(found.used), count(int(orders.order.max()) + 1)
    note = Words(
        f"Members are {who.en}; {used.en} of {all_.en} groups looked at. p: as many shared triples where only pairs "
        f"matter, {found.draws} draws. The null missed {number(100 * found.residual).en} % of the pair counts.",
        f"成员为{who.zh}；考察了 {all_.zh} 个组中的 {used.zh} 个。"
        f"p：仅由两两关系决定时出现同样多共同三元组的概率（{found.draws} 次抽取）。"
        f"零模型未能复原 {number(100 * found.residual).zh}% 的配对次数。",
    )
    if found.groups == 0:
        note = Words("No group has three members: everything is bilateral.", "没有三方及以上的组：全部为双边关系。")
    elif not np.isfinite(found.value) and found.residual > MISSED:
        note = Words(
            "Not computable: the null that keeps pairs could not be drawn; it missed "
            f"{number(100 * found.residual).en} % of the pair counts. Groups are too sparse, or too few of them.",
            f"无法计算：未能抽出保持两两关系的零模型，有 {number(100 * found.residual).zh}% 的配对次数未复原。"
            "组过于稀疏，或考察的组过少。",
        )
    elif not np.isfinite(found.value):
        note = Words(
            "Undefined: triples do not come back beyond chance, so there is nothing to decompose.",
            "未定义：三元组的重复未超出随机，没有可分解的多方结构。",
        )
    numbers = [
        said_number(
            asked, "decomposability", found.value, low=found.low, high=found.high,
            p=found.p if np.isfinite(found.value) else np.nan, note=note,
            draws=found.draws, most=MOST,
        ),
        said_number(asked, "bilateral", found.bilateral),
        said_number(asked, "groups", found.groups),
    ]  # fmt: skip
    return Drawn(numbers, [_ladder(asked, found)] if found.groups else [], takeaway=_said(found))


def _said(found: Decomposability) -> Text:
    if not np.isfinite(found.value):
        return Text(en="", zh="")
    share = percent(found.value)
    return Text(
        en=f"Who deals with whom in pairs reproduces {share.en} of the combinations of three that come back.",
        zh=f"两两关系可以复现 {share.zh} 的重复三方组合。",
    )


def _ladder(asked: Asked, found: Decomposability) -> Figure:
    names = {
        "independent": Text(en="Sizes and activity kept", zh="仅保持规模与活跃度"),
        "pairwise": Text(en="Pairs kept as well", zh="同时保持两两关系"),
        "observed": Text(en="Observed", zh="实际"),
    }
    return Figure(
        id="shared_triples",
        title=Text(en="Triples that two groups share", zh="两个组共有的三元组数"),
        kind="bar",
        x="model",
        y="triples",
        columns=[
            DataColumn(name="model", title=Text(en="World", zh="情形"), type="string", values=names),
            DataColumn(name="triples", title=Text(en="Shared triples", zh="共有三元组"), type="number"),
        ],
        rows={"model": list(names), "triples": [found.independent, found.pairwise, found.observed]},
        how=asked.how("decomposability", draws=found.draws),
    )
