"""The network of a cluster by layer, period and kind of interaction, oriented from supplier to customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.measure.network.graph import Codes, Graph, graph
from jiqun.space.actors import actors
from jiqun.space.exchanges import coded
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.links import Choice, chosen, pairs_of

__all__ = ["LAYERS", "ClusterNetwork", "Layer", "attribute", "layers", "network_of"]

Layer = Literal["all", "physical", "digital"]
LAYERS: tuple[Layer, ...] = ("all", "physical", "digital")
Value = Literal["count", "amount"]


@dataclass(frozen=True)
class ClusterNetwork:
    """Actors that have ties, and their ties from supplier to customer."""

    actors: NDArray[np.str_]
    """Identifiers in order, shape (actors,)."""
    graph: Graph
    layer: Layer
    period: str | None
    parts: tuple[str, ...]
    """What the ties were made of: tables, and the values of them that were chosen."""

    @property
    def words(self) -> Words:
        """What the network was made of, for those who read a result."""
        when = (f"; {self.period}", f"；{self.period}") if self.period else ("", "")
        made = " + ".join(self.parts)
        return Words(f"{made}{when[0]}", f"{made.replace(', ', '，')}{when[1]}")


def layers(cluster: Cluster) -> tuple[Layer, ...]:
    """Say which layers a cluster has: ties tell theirs, interactions are digital.

    Examples
    --------
    >>> ties = pl.DataFrame({"source": ["a"], "target": ["b"], "layer": ["physical"]})
    >>> layers(Cluster.from_tables(ties=ties))
    ('all', 'physical')
    """
    named = _tie_layers(cluster)
    digital = "digital" in named or _has(cluster, "interactions")
    found = [layer for layer, there in (("physical", "physical" in named), ("digital", digital)) if there]
    anything = found or (["all"] if named or _has(cluster, "ties") else [])
    return tuple(layer for layer in LAYERS if layer in found or (layer == "all" and anything))


def _has(cluster: Cluster, table: str) -> bool:
    return cluster.has(table) and bool(cluster.rows(table))


def _tie_layers(cluster: Cluster) -> frozenset[str]:
    if not cluster.has("ties") or not usable(cluster, "ties", "layer"):
        return frozenset()

    def read() -> frozenset[str]:
        column = typed(cluster, "ties", "layer").unique().collect("polars")["layer"]
        return frozenset(str(v) for v in column.to_list() if v is not None)

    return kept(cluster, "network:tie-layers", read)


def network_of(
    cluster: Cluster,
    *,
    layer: Layer = "all",
    period: str | None = None,
    interactions: str | list[str] | None = None,
    value: Value = "count",
) -> ClusterNetwork:
    """Give the network of a cluster.

    Ties have the layer that the table says; interactions are the digital layer. A tie runs from its source, who
    supplies, to its target. In an interaction the source acts (orders, pays, invests) and the target is acted on, so
    that the tie runs from the target to the source.

    Parameters
    ----------
    cluster
        The data.
    layer
        ``"physical"``, ``"digital"`` or all together.
    period
        A period, or two with a slash, both included; None takes all.
    interactions
        Which of them, see :func:`jiqun.space.links.chosen`; ``"ties"`` leaves interactions out.
    value
        What ties weigh: the number of interactions (of ties their weight), or the ``"amount"`` of money.

    Returns
    -------
    ClusterNetwork
        Kept in memory while the cluster is open.

    Raises
    ------
    JiqunError
        If the cluster has no such layer or nobody is tied under these filters.

    Examples
    --------
    >>> ties = pl.DataFrame({"source": ["a"], "target": ["b"], "layer": ["physical"]})
    >>> sales = pl.DataFrame({"source": ["c"], "target": ["b"]})
    >>> made = network_of(Cluster.from_tables(ties=ties, interactions=sales))
    >>> made.actors[made.graph.source].tolist(), made.actors[made.graph.target].tolist(), made.parts
    (['a', 'b'], ['b', 'c'], ('ties', 'interactions'))
    """
    if layer not in LAYERS:
        raise JiqunError(
            f"network: no layer {str(layer)[:40]!r}. Choose one of: {', '.join(LAYERS)}.",
            f"网络：没有层 {str(layer)[:40]!r}，可用：{'、'.join(LAYERS)}。",
        )
    if layer not in layers(cluster):
        raise JiqunError(*_MISSING[layer])
    asked = "|".join([interactions] if isinstance(interactions, str) else interactions or [])
    key = f"network:{layer}:{period}:{asked}:{value}"
    return kept(cluster, key, lambda: _made(cluster, layer, period, interactions, value))


_MISSING: dict[Layer, tuple[str, str]] = {
    "physical": (
        "The physical layer is not computable: needs ties with layer = physical, such as who supplies whom.",
        "无法计算实体层：需要 layer 为 physical 的关系（ties），例如谁向谁供货。",
    ),
    "digital": (
        "The digital layer is not computable: needs interactions, or ties with layer = digital.",
        "无法计算数字层：需要互动（interactions），或 layer 为 digital 的关系（ties）。",
    ),
    "all": (
        "A network is not computable: needs the table interactions or ties.",
        "无法计算网络：需要表 interactions 或 ties。",
    ),
}


def _choices(cluster: Cluster, layer: Layer, interactions: str | list[str] | None) -> list[Choice]:
    """Say which rows of which tables make the layer."""
    asked = chosen(cluster, interactions) if interactions or _has(cluster, "interactions") else None
    made: list[Choice] = []
    if asked is not None and asked.table == "interactions" and layer != "physical":
        made.append(asked)
    if _has(cluster, "ties"):
        ties = asked if asked is not None and asked.table == "ties" else Choice("ties", ())
        if layer == "all":
            made.insert(0, ties)
        elif layer in _tie_layers(cluster) and not any(column == "layer" for column, _, _ in ties.terms):
            made.insert(0, replace(ties, terms=tuple(sorted((*ties.terms, ("layer", True, layer))))))
        elif layer in _tie_layers(cluster):
            made.insert(0, ties)
    return made


def _made(
    cluster: Cluster, layer: Layer, period: str | None, interactions: str | list[str] | None, value: Value
) -> ClusterNetwork:
    choices = _choices(cluster, layer, interactions)
    frames = []
    for choice in choices:
        weight: Value = value if choice.table == "interactions" else "count"
        frame = pairs_of(cluster, choice, period=period, weight=weight).cast({"weight": pl.Float64})
        if choice.table == "interactions":
            frame = frame.rename({"source": "target", "target": "source"})
        frames.append(frame.select("source", "target", "weight"))
    whole = pl.concat(frames) if frames else pl.DataFrame(schema={"source": pl.String, "weight": pl.Float64})
    if not whole.height:
        when = period or ""
        raise JiqunError(
            f"network: nobody is tied in the layer {layer} under these filters{' in ' + when if when else ''}. "
            "Choose others.",
            f"网络：当前筛选下，层 {layer} {('在 ' + when) if when else ''}没有任何联系，请另选。",
        )
    _refuse_negative(whole, choices)
    ids, codes = coded(pl.concat([whole["source"], whole["target"]]))
    half = whole.height
    made = graph(codes[:half], codes[half:], whole["weight"].to_numpy(), nodes=len(ids))
    return _tied(ids, made, layer, period, tuple(str(choice) for choice in choices))


def _refuse_negative(whole: pl.DataFrame, choices: list[Choice]) -> None:
    weight = whole["weight"].to_numpy()
    if not np.isfinite(weight).all() or (weight < 0).any():
        made = " + ".join(str(choice) for choice in choices)
        raise JiqunError(
            f"network needs weights ≥ 0; {made} has negative or missing sums. Use value='count'.",
            f"网络要求权重不小于 0；{made} 有负值或缺失，请用 value='count'。",
        )


def _tied(
    ids: NDArray[np.str_], made: Graph, layer: Layer, period: str | None, parts: tuple[str, ...]
) -> ClusterNetwork:
    """Leave out actors whose only ties are with themselves."""
    there = np.zeros(made.nodes, dtype=bool)
    there[made.source] = there[made.target] = True
    if not there.any():
        raise JiqunError("network: all ties are of actors with themselves.", "网络：所有联系都是主体与自身的联系。")
    if there.all():
        return ClusterNetwork(ids, made, layer, period, parts)
    place = (np.cumsum(there) - 1).astype(np.int32)
    fewer = Graph(int(there.sum()), place[made.source], place[made.target], made.weight)
    return ClusterNetwork(ids[there], fewer, layer, period, parts)


def attribute(cluster: Cluster, made: ClusterNetwork, name: Literal["industry", "place", "kind"]) -> Codes:
    """Give the industry, place or kind of each actor as a code, −1 where it is not known, shape (actors,).

    Examples
    --------
    >>> firms = pl.DataFrame({"actor_id": ["a", "b"], "place_id": ["p", None]})
    >>> c = Cluster.from_tables(actors=firms, ties=pl.DataFrame({"source": ["a"], "target": ["b"]}))
    >>> attribute(c, network_of(c), "place").tolist()
    [0, -1]
    """
    order = pl.DataFrame({"actor_id": made.actors.tolist()}, schema={"actor_id": pl.String})
    column = order.join(actors(cluster), on="actor_id", how="left", maintain_order="left")[name]
    names = column.drop_nulls().unique().sort()
    codes = column.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy().astype(np.int64)
