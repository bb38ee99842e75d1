"""A part of the network page: what is asked, and how its numbers say where they come from."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from jiqun.cluster import Cluster, JiqunError, UnknownName, Words
from jiqun.engine import trace
from jiqun.engine.derived import derived
from jiqun.measure.network.graph import Graph
from jiqun.measure.network.of_cluster import LAYERS, ClusterNetwork, Layer, layers, network_of
from jiqun.report.network_shapes import NetworkChoices, NetworkNumber, NetworkPart, PartName
from jiqun.report.network_words import NUMBERS, PARTS
from jiqun.report.numbers import count, fitted
from jiqun.report.shapes import How, Option, Text, TraceShape
from jiqun.space import kept

__all__ = ["SEED", "Asked", "Drawn", "network_choices", "network_part", "said_number", "why"]

SEED = 0
_NONE = Text(en="", zh="")
_LAYER = {
    "all": Words("Both layers", "全部"),
    "physical": Words("Physical", "实体空间"),
    "digital": Words("Digital", "数字空间"),
}
_BUILDERS = {
    "summary": ("network_summary", "summary"),
    "mixing": ("network_summary", "mixing_part"),
    "core": ("network_actors", "core"),
    "paths": ("network_ways", "paths"),
    "resilience": ("network_ways", "resilience_part"),
    "complementarity": ("network_groups", "complementarity_part"),
    "decomposability": ("network_groups", "decomposability_part"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a part is of."""

    cluster: Cluster
    part: PartName
    layer: Layer
    period: str | None
    interactions: tuple[str, ...]

    @property
    def network(self) -> ClusterNetwork:
        """The ties under the filters."""
        return self.of(self.layer)

    def of(self, layer: Layer) -> ClusterNetwork:
        """The ties of another layer under the same filters."""
        return network_of(self.cluster, layer=layer, period=self.period, interactions=list(self.interactions))

    @property
    def value(self) -> Graph | None:
        """The same ties, in the same actors, weighing money; None where amounts are not known."""
        try:
            money = network_of(
                self.cluster,
                layer=self.layer,
                period=self.period,
                interactions=list(self.interactions),
                value="amount",
            )
        except JiqunError:
            return None
        mixed = any(part.split(",")[0] == "ties" for part in money.parts)
        return None if mixed or not money.graph.weight.sum() > 0 else money.graph

    def how(self, name: str, *, caveats: Sequence[Text] = (), **parameters: Any) -> How:
        """Say where a number comes from."""
        said = NUMBERS[name]
        return How(
            sentence=Text(en=said.reading.en, zh=said.reading.zh),
            formula=said.formula,
            reference=said.reference,
            url=f"https://doi.org/{said.doi}" if said.doi else "",
            tables=[table for table in ("interactions", "ties") if self.cluster.has(table)],
            caveats=list(caveats),
            trace=self.trace(**parameters),
        )

    def trace(self, **parameters: Any) -> TraceShape:
        """Write what gives the same numbers again."""
        folder = shlex.quote(self.cluster.path) if self.cluster.path else "DIR"
        said = f"jiqun network {folder} --part {self.part} --layer {self.layer}"
        said += f" --period {shlex.quote(self.period)}" if self.period else ""
        said += "".join(f" --interactions {shlex.quote(each)}" for each in self.interactions)
        return TraceShape(**asdict(trace(self.cluster, said, seed=SEED, layer=self.layer, **parameters)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a builder gives: the fields of a part."""

    numbers: Sequence[NetworkNumber]
    figures: Sequence[Any] = ()
    graph: Any = None
    takeaway: Text = _NONE
    built_from: Text = _NONE


def network_choices(cluster: Cluster) -> NetworkChoices:
    """Give the layers that a cluster has, and the parts of the page."""
    there = layers(cluster)
    rows = {t: cluster.rows(t) for t in ("ties", "interactions") if cluster.has(t)}
    found = [
        Option(id=layer, title=Text(en=_LAYER[layer].en, zh=_LAYER[layer].zh), count=sum(rows.values()))
        for layer in LAYERS
        if layer in there
    ]
    grouped = cluster.has("interactions", "group")
    needs = {"complementarity": grouped and cluster.has("interactions", "category"), "decomposability": grouped}
    parts = [
        Option(id=name, title=Text(en=title.en, zh=title.zh), count=int(bool(there) and needs.get(name, True)))
        for name, (title, _) in PARTS.items()
    ]
    return NetworkChoices(layers=found, parts=parts)


def network_part(
    cluster: Cluster,
    part: PartName = "summary",
    *,
    layer: Layer = "all",
    period: str | None = None,
    interactions: Sequence[str] = (),
) -> NetworkPart:
    """Give one part of the network page.

    Parameters
    ----------
    cluster
        The data.
    part
        ``"summary"``, ``"core"``, ``"mixing"``, ``"paths"``, ``"complementarity"``, ``"decomposability"`` or
        ``"resilience"``.
    layer
        ``"all"``, ``"physical"`` or ``"digital"``.
    period
        A period, or two with a slash; None takes all.
    interactions
        Which of them, as :func:`jiqun.space.links.chosen` reads them; none takes all.

    Returns
    -------
    NetworkPart
        With ``missing`` where a table or column is lacking for it.

    Raises
    ------
    JiqunError
        If a filter names something that does not exist.
    """
    if part not in PARTS:
        raise UnknownName("part", str(part)[:40], PARTS)
    if layer not in LAYERS:
        network_of(cluster, layer=layer)
    asked = Asked(cluster, part, layer, period or None, tuple(interactions))
    key = f"network-part:{part}:{layer}:{period}:{'|'.join(interactions)}"
    if layer == "all" and not period and not interactions:
        return kept(
            cluster,
            key,
            lambda: NetworkPart.model_validate_json(
                derived(cluster, f"network-{part}", lambda: _part(asked).model_dump_json())
            ),
        )
    return kept(cluster, key, lambda: _part(asked))


def _part(asked: Asked) -> NetworkPart:
    title, question = PARTS[asked.part]
    empty = NetworkPart(
        part=asked.part,
        title=Text(en=title.en, zh=title.zh),
        question=Text(en=question.en, zh=question.zh),
        layer=asked.layer,
        period=asked.period,
        interactions=list(asked.interactions),
    )
    if not layers(asked.cluster):
        return empty.model_copy(update={"missing": why(_refusal(asked))})
    _refuse_unknown(asked)
    module, name = _BUILDERS[asked.part]
    try:
        made: Drawn = getattr(import_module(f"jiqun.report.{module}"), name)(asked)
    except JiqunError as error:
        return empty.model_copy(update={"missing": why(error)})
    built = made.built_from if made.built_from.en else _built_from(asked)
    return NetworkPart(
        **{name: getattr(empty, name) for name in ("part", "title", "question", "layer", "period", "interactions")},
        built_from=built,
        takeaway=fitted(made.takeaway),
        numbers=list(made.numbers),
        figures=list(made.figures),
        graph=made.graph,
    )


def _refusal(asked: Asked) -> JiqunError:
    try:
        network_of(asked.cluster)
    except JiqunError as error:
        return error
    return JiqunError("A network is not computable.", "无法计算网络。")


def _refuse_unknown(asked: Asked) -> None:
    """A filter that names nothing is an error of the caller, not a gap in the data."""
    from jiqun.space import window
    from jiqun.space.links import chosen

    if asked.period:
        first, _, last = asked.period.partition("/")
        window(asked.cluster, first, last or first)
    if asked.interactions:
        chosen(asked.cluster, list(asked.interactions))


def _built_from(asked: Asked) -> Text:
    made = asked.network
    words, ties, actors = made.words, count(len(made.graph.merged.source)), count(made.graph.nodes)
    return fitted(
        Text(
            en=f"{words.en}: {ties.en} tied pairs among {actors.en} actors",
            zh=f"{words.zh}：{actors.zh} 个主体之间的 {ties.zh} 对联系",
        )
    )


def why(error: JiqunError) -> Text:
    """Give the words of an error as a text."""
    return Text(en=str(error), zh=error.words.zh if error.words else str(error))


def said_number(
    asked: Asked,
    name: str,
    value: float | None,
    *,
    group: Words | None = None,
    key: str = "",
    low: float = math.nan,
    high: float = math.nan,
    chance: float = math.nan,
    p: float = math.nan,
    note: Words | Text | None = None,
    **parameters: Any,
) -> NetworkNumber:
    """Make a number of the page; NaN is null.

    Parameters
    ----------
    asked
        What the part is of.
    name
        Its name in the list of numbers.
    value
        The number.
    group
        What it is of, written after the title.
    key
        What it is of, for its identifier.
    low, high
        Interval.
    chance, p
        What the null gives, and the probability.
    note
        What the interval and p are of, or why there is no value.
    **parameters
        What the number depends on, for the trace.
    """
    said = NUMBERS[name]
    title = said.title if group is None else Words(f"{said.title.en}: {group.en}", f"{said.title.zh}：{group.zh}")
    told = note or Words("", "")
    return NetworkNumber(
        id=f"{name}:{key}" if key else name,
        title=Text(en=title.en, zh=title.zh),
        type=said.type,
        value=_plain(value),
        low=_plain(low),
        high=_plain(high),
        chance=_plain(chance),
        p=_plain(p),
        reading=Text(en=said.reading.en, zh=said.reading.zh),
        note=Text(en=told.en, zh=told.zh),
        how=asked.how(name, **parameters),
    )


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
