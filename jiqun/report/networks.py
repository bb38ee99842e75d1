"""The digital space under the filters, in the shape the faces read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from jiqun.cluster import Cluster
from jiqun.engine import trace
from jiqun.engine.derived import derived
from jiqun.report.again import asked, command
from jiqun.report.numbers import count, fitted
from jiqun.report.shapes import Columnar, Edges, How, Network, Text, TraceShape
from jiqun.report.vocabulary import vocabulary
from jiqun.space import (
    Shared,
    Window,
    actors,
    cells,
    exchanges,
    industry_names,
    kept,
    place_names,
    shared_counterparts,
    sides,
    window,
)
from jiqun.space.digital import LIMIT, NEIGHBOURS, SEED, Z, of_industry

__all__ = ["network"]

_FORMULA = (
    r"w_{ij} = \frac{S_{ij} - E_{ij}}{\sqrt{k_i k_j}},\; S_{ij} = \sum_a b_{ia} b_{ja},\; E_{ij} = \sum_a p_{ia} p_{ja}"
)


def network(
    cluster: Cluster, *, industry: str | None = None, first: str | None = None, last: str | None = None
) -> Network:
    """Give firms joined by the counterparts they share beyond chance.

    Parameters
    ----------
    cluster
        The data.
    industry
        Show the firms of this industry and those below it.
    first, last
        Build the links from these periods only.

    Raises
    ------
    JiqunError
        If a filter names something that does not exist.
    """
    within = window(cluster, first, last)
    if industry is None and within is None:
        # What a page shows first is kept on disk, so that a second start shows it at once.
        return kept(
            cluster,
            "network",
            lambda: Network.model_validate_json(
                derived(cluster, "network", lambda: _network(cluster, None, None).model_dump_json())
            ),
        )
    return kept(cluster, f"network:{industry}:{first}:{last}", lambda: _network(cluster, industry, within))


def _network(cluster: Cluster, industry: str | None, within: Window | None) -> Network:
    traded = exchanges(cluster)
    if traded is None:
        why = Text(
            en="There are no interactions and no ties, so there is no digital space to show.",
            zh="没有互动或关系数据，无法展示数字空间。",
        )
        return Network(total=0, shown=0, reason=why)
    made = shared_counterparts(cluster, industry=industry, within=within)
    assert made is not None
    names = vocabulary(cluster)
    nodes = _nodes(cluster, made)
    found = np.unique(made.community[made.community >= 0])
    return Network(
        nodes=nodes,
        edges=Edges(source=made.source.tolist(), target=made.target.tolist(), weight=np.round(made.weight, 6).tolist()),
        total=made.total,
        shown=len(made.firm),
        built_from=fitted(_built_from(cluster, industry, within)),
        weight_title=Text(
            en=f"Shared {names.counterparts.en} beyond chance", zh=f"超出随机预期的共同{names.counterparts.zh}"
        ),
        communities=len(found),
        how=_how(cluster, made, industry, within),
        reason=None if len(made.firm) else Text(en="No firm is under these filters.", zh="当前筛选下没有企业。"),
    )


def _nodes(cluster: Cluster, made: Shared) -> Columnar:
    order = pl.DataFrame({"actor_id": made.firm.tolist()}, schema={"actor_id": pl.String})
    roster = order.join(actors(cluster), on="actor_id", how="left", maintain_order="left")
    cell = cells(cluster).rename({"id": "actor_id"})
    roster = roster.join(cell, on="actor_id", how="left", maintain_order="left")
    industries, places = industry_names(cluster), place_names(cluster)
    return {
        "id": made.firm.tolist(),
        "name": roster["name"].fill_null(roster["actor_id"]).to_list(),
        "x": np.round(made.x, 5).tolist(),
        "y": np.round(made.y, 5).tolist(),
        "size": made.size.tolist(),
        "degree": made.counterparts.tolist(),
        "industry": roster["industry"].to_list(),
        "industry_name": [industries.get(i, i) for i in roster["industry"].to_list()],
        "place": [places.get(p, p) for p in roster["place"].to_list()],
        "community": made.community.tolist(),
        "lon": roster["lon"].to_list(),
        "lat": roster["lat"].to_list(),
        "cell": roster["cell"].fill_null("").to_list(),
    }


def _built_from(cluster: Cluster, industry: str | None, within: Window | None) -> Text:
    traded, two, names = exchanges(cluster), sides(cluster), vocabulary(cluster)
    assert traded is not None
    assert two is not None
    pairs = traded.within(within)[two.row]
    if industry is not None:
        pairs &= of_industry(cluster, two, industry)[two.firm]
    total = count(float(traded.count[np.unique(two.row[pairs])].sum()))
    firms = count(len(np.unique(two.firm[pairs])))
    others = count(len(np.unique(two.counterpart[pairs])))
    if two.one_mode:
        return Text(
            en=f"{total.en} {names.events.en} among {firms.en} firms",
            zh=f"{firms.zh} 家企业之间的 {total.zh} 次{names.events.zh}",
        )
    return Text(
        en=f"{total.en} {names.events.en} between {others.en} {names.counterparts.en} and {firms.en} firms",
        zh=f"{others.zh} 个{names.counterparts.zh}与 {firms.zh} 家企业之间的 {total.zh} 次{names.events.zh}",
    )


def _how(cluster: Cluster, made: Shared, industry: str | None, within: Window | None) -> How:
    names = vocabulary(cluster)
    caveats = []
    if made.total > len(made.firm):
        caveats.append(
            Text(
                en=f"Shown are the {count(len(made.firm)).en} firms with the most {names.counterparts.en}, "
                f"of {count(made.total).en}.",
                zh=f"仅显示{names.counterparts.zh}最多的 {count(len(made.firm)).zh} 家企业"
                f"(共 {count(made.total).zh} 家)。",
            )
        )
    if cluster.has("industries") or actors(cluster)["industry"].count():
        caveats.append(
            Text(
                en=f"{names.counterparts.en.capitalize()} choose by category, so firms of one industry are near each "
                "other almost by construction: compare industries and periods, not with zero.",
                zh=f"{names.counterparts.zh}按品类选择，同一行业的企业几乎必然彼此接近：应比较不同行业与时期，而非与零比较。",
            )
        )
    filters = asked(cluster, within, industry=industry)
    drawn: dict[str, Any] = {"limit": LIMIT, "neighbours": NEIGHBOURS, "z": Z}
    traced = trace(cluster, command(cluster, "--network", filters), seed=SEED, **drawn, **filters)
    return How(
        sentence=Text(
            en=f"Two firms are linked where they share more {names.counterparts.en} than the bipartite configuration "
            f"model expects, which keeps how many each has, by {Z:g} standard deviations; drawn are the {NEIGHBOURS} "
            "strongest links of each. Positions and communities (Leiden) come from all periods and do not move "
            "with the filters.",
            zh=f"若两家企业的共同{names.counterparts.zh}超出二部配置模型（保持各自的数量不变）的预期 {Z:g} 个标准差，"
            f"则连线；每家企业只画最强的 {NEIGHBOURS} 条。位置与社群（Leiden）由全部时期得到，不随筛选移动。",
        ),
        formula=_FORMULA,
        reference="Saracco et al. (2017), Inferring monopartite projections of bipartite networks",
        url="https://doi.org/10.1088/1367-2630/aa6b38",
        tables=[exchanges(cluster).table],  # type: ignore[union-attr]
        caveats=caveats,
        trace=TraceShape(**asdict(traced)),
    )
