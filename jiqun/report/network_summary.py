"""The network at a glance, and who is tied to whom across industries, places and communities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import scipy.sparse as sp

from jiqun.cluster import JiqunError, Words
from jiqun.measure.network.closure import (
    against_rewired,
    clustering,
    degree_assortativity,
    reciprocity,
    two_mode_clustering,
)
from jiqun.measure.network.cores import core_numbers
from jiqun.measure.network.graph import Codes, Graph
from jiqun.measure.network.mixing import crossing, mixing
from jiqun.measure.network.of_cluster import ClusterNetwork, attribute
from jiqun.measure.network.paths import components
from jiqun.report.network_asking import SEED, Asked, Drawn, said_number, why
from jiqun.report.network_shapes import NetworkNumber
from jiqun.report.numbers import percent
from jiqun.report.shapes import DataColumn, Figure, Text
from jiqun.space import actors, industry_names, kept, place_names
from jiqun.space.communities import Communities, communities_of

__all__ = ["ATTRIBUTES", "communities", "labels", "mixing_part", "summary"]

Attribute = Literal["industry", "place", "community"]
ATTRIBUTES: dict[Attribute, Words] = {
    "industry": Words("industries", "行业"),
    "place": Words("places", "地区"),
    "community": Words("communities", "社群"),
}
PERMUTATIONS = 999
DRAWS = 99
SHOWN = 20
_SEEDS = 3
_BY_ACTOR = Words("Interval by actor (dyadic cluster-robust), 95 %.", "区间按主体聚类（二元聚类稳健），95%。")
_NO_DRAWS = Words("Without p: too many ties to draw random networks here.", "未给出 p：联系过多，此处未抽取随机网络。")
_RANDOM = Words(
    "Chance: networks in which every actor keeps the number of its partners; p two-sided.",
    "随机值：保持每个主体伙伴数的随机网络；p 为双侧。",
)


def communities(asked: Asked) -> Communities:
    """Give the communities of the network under the filters, kept in memory."""
    made = asked.network

    def compute() -> Communities:
        whole = made.graph.merged
        shape = (whole.nodes, whole.nodes)
        half = sp.coo_array((whole.weight, (whole.source, whole.target)), shape=shape)
        both = sp.csr_array(half + half.T)
        return communities_of(both, one_mode=True, seeds=_SEEDS, rng=SEED)

    key = f"network-communities:{made.layer}:{made.period}:{'|'.join(made.parts)}"
    return kept(asked.cluster, key, compute)


def labels(asked: Asked, name: Attribute) -> Codes:
    """Give the group of each actor by an attribute."""
    return communities(asked).actor if name == "community" else attribute(asked.cluster, asked.network, name)


def summary(asked: Asked) -> Drawn:
    """Size, core, closure, communities, and what crosses borders."""
    made = asked.network
    network = made.graph
    parts = np.bincount(components(network))
    core = core_numbers(network)
    deepest = int(core.max())
    numbers = [
        said_number(asked, "actors", network.nodes),
        said_number(asked, "ties", len(network.merged.source)),
        said_number(asked, "giant", float(parts.max() / network.nodes)),
        said_number(asked, "core", deepest),
        said_number(asked, "core_actors", int((core == deepest).sum())),
        *_closure(asked, network),
        *_grouping(asked),
    ]
    for name in ATTRIBUTES:
        numbers += _crossed(asked, name)
    largest = percent(float(parts.max() / network.nodes))
    takeaway = Text(
        en=f"{largest.en} of the actors are in one component; its deepest core is a {deepest}-core.",
        zh=f"{largest.zh} 的主体处于同一连通部分，最深为 {deepest}-核。",
    )
    return Drawn(numbers, takeaway=takeaway)


def _closure(asked: Asked, network: Graph) -> list[NetworkNumber]:
    """Reciprocity, clustering and degree assortativity beside networks of the same degrees."""
    made: list[NetworkNumber] = []
    closed: tuple[str, Callable[[Graph], float]] = ("clustering", clustering)
    if network.one_way:
        closed = ("two_mode_clustering", two_mode_clustering)
    else:
        back = reciprocity(network)
        note = Words("Interval over pairs of actors, 95 %.", "区间按主体配对计算，95%。")
        made.append(said_number(asked, "reciprocity", back.value, low=back.low, high=back.high, note=note))
    compared: dict[str, Callable[[Graph], float]] = {
        "degree_assortativity": lambda each: degree_assortativity(each, across=network.one_way)
    }
    try:
        closed[1](network)
        compared = dict([closed]) | compared
    except JiqunError as error:
        made.append(said_number(asked, closed[0], None, note=why(error)))
    for name, found in against_rewired(network, compared, draws=DRAWS, rng=SEED).items():
        note = _RANDOM if found.draws else _NO_DRAWS
        made.append(said_number(asked, name, found.value, chance=found.chance, p=found.p, note=note, draws=found.draws))
    return made


def _grouping(asked: Asked) -> list[NetworkNumber]:
    found = communities(asked)
    note = Words(f"Of {found.seeds} seeds the best.", f"取 {found.seeds} 个随机种子中最优者。")
    return [
        said_number(asked, "communities", found.count, note=note, resolution=found.resolution),
        said_number(asked, "modularity", found.modularity, note=note),
        said_number(asked, "stability", found.stability),
    ]


def _crossed(asked: Asked, name: Attribute) -> list[NetworkNumber]:
    """Shares of ties and of value that cross, of one attribute."""
    label, group = labels(asked, name), ATTRIBUTES[name]
    note = _BY_ACTOR
    if name == "community":
        note = Words(
            f"{_BY_ACTOR.en} Communities are made of the same ties, so little crosses them by construction.",
            f"{_BY_ACTOR.zh}社群由同一批联系划分，跨社群者必然较少。",
        )
    found = crossing(asked.network.graph, label)
    if not found.total > 0:
        return [said_number(asked, "across_ties", None, group=group, key=name, note=_lacking(name))]
    numbers = [
        said_number(asked, "across_ties", found.value, group=group, key=name, low=found.low, high=found.high, note=note)
    ]
    money = asked.value
    if money is not None and money.nodes == asked.network.graph.nodes:
        paid = crossing(money, label, weighted=True)
        numbers.append(
            said_number(
                asked, "across_value", paid.value, group=group, key=name, low=paid.low, high=paid.high, note=note
            )
        )
    return numbers


def _lacking(name: Attribute) -> Words:
    what = ATTRIBUTES[name]
    return Words(
        f"Not computable: needs ties whose two ends both have {what.en} (industry_id or place_id of actors).",
        f"无法计算：需要两端都有{what.zh}信息的联系（actors 的 industry_id 或 place_id）。",
    )


def mixing_part(asked: Asked) -> Drawn:
    """E–I index and assortativity by attribute, and a table of its groups."""
    numbers: list[NetworkNumber] = []
    figures: list[Figure] = []
    for name, group in ATTRIBUTES.items():
        label = labels(asked, name)
        try:
            found = mixing(asked.network.graph, label, permutations=PERMUTATIONS, rng=SEED)
        except JiqunError as error:
            numbers.append(said_number(asked, "ei", None, group=group, key=name, note=why(error)))
            continue
        drawn = found.permutations
        chance = Words(
            f"Chance: labels dealt to actors at random ({drawn or 'exact moments'}); p two-sided. {_BY_ACTOR.en}",
            f"随机值：标签在主体间随机分配（{f'{drawn} 次' if drawn else '精确矩'}）；p 为双侧。{_BY_ACTOR.zh}",
        )
        numbers += [
            said_number(
                asked, "ei", found.ei, group=group, key=name, low=found.ei_low, high=found.ei_high,
                chance=found.ei_chance, p=found.p, note=chance, permutations=drawn,
            ),
            said_number(
                asked, "assortativity", found.assortativity, group=group, key=name, low=found.assortativity_low,
                high=found.assortativity_high, p=found.p, note=chance, permutations=drawn,
            ),
            *_crossed(asked, name),
        ]  # fmt: skip
        figures.append(_groups(asked, name, found.inside, found.between))
    return Drawn(numbers, figures)


def _groups(asked: Asked, name: Attribute, inside: np.ndarray, between: np.ndarray) -> Figure:
    """How much of the ties of each group leaves it, the largest groups first."""
    title = ATTRIBUTES[name]
    made = asked.network
    codes, names = _named(asked, made, name)
    whole = inside + between
    order = np.lexsort((np.arange(len(whole)), -whole))[:SHOWN]
    shown = [names[int(codes[k])] for k in order]
    return Figure(
        id=f"mixing_{name}",
        title=Text(en=f"Ties of {title.en}: inside and across", zh=f"各{title.zh}的联系：内部与跨界"),
        kind="bar",
        x="group",
        y="across",
        columns=[
            DataColumn(name="group", title=Text(en="Group", zh="组别"), type="string"),
            DataColumn(name="inside", title=Text(en="Ties inside", zh="内部联系"), type="integer"),
            DataColumn(name="between", title=Text(en="Ties with others", zh="跨界联系"), type="integer"),
            DataColumn(name="across", title=Text(en="Share across", zh="跨界占比"), type="share"),
        ],
        rows={
            "group": shown,
            "inside": [int(inside[k]) for k in order],
            "between": [int(between[k]) for k in order],
            "across": [float(between[k] / whole[k]) if whole[k] else None for k in order],
        },
        how=asked.how("across_ties"),
    )


def _named(asked: Asked, made: ClusterNetwork, name: Attribute) -> tuple[Codes, dict[int, str]]:
    """Give the codes of the groups that have ties with both labels, in order, and the names of all."""
    label = labels(asked, name)
    whole = made.graph.merged
    both = (label[whole.source] >= 0) & (label[whole.target] >= 0)
    codes = np.unique(np.concatenate([label[whole.source[both]], label[whole.target[both]]]))
    if name == "community":
        wide = len(str(int(label.max()) + 1))
        return codes, {int(k): f"N{int(k) + 1:0{wide}d}" for k in codes}
    ids = actors(asked.cluster)
    used = ids.filter(ids["actor_id"].is_in(made.actors.tolist()))[name].drop_nulls().unique().sort().to_list()
    table = industry_names(asked.cluster) if name == "industry" else place_names(asked.cluster)
    return codes, {k: table.get(each, each) for k, each in enumerate(used)}
