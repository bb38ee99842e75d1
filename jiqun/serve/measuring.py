"""An index on a cluster, from parameters as text, with the trace by which anyone obtains the same again."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiqun.cluster import JiqunError, Words
from jiqun.report.shapes import Text, TraceShape
from jiqun.serve.parameters import from_text, index_of
from jiqun.serve.refusals import Refusal, short
from jiqun.serve.shapes import IndexCard, IndexNeeds, IndexReference, Measurement, PeerChoice, PresetCard
from jiqun.serve.tabular import plain_rows

if TYPE_CHECKING:
    import pyarrow as pa

    from jiqun.cluster import Cluster
    from jiqun.measure import Index
    from jiqun.measure.placed import Placed
    from jiqun.serve.results import Results

__all__ = ["Place", "View", "compute", "index_card", "index_cards"]

MOST_DRAWS = 9_999


@dataclass(frozen=True, slots=True)
class Place:
    """In which space, when, made of what, and against what chance an index is computed."""

    space: str | None = None
    """``"physical"`` or ``"digital"``; the first of the index where not given."""
    period: str | None = None
    """A period, or two with a slash; None: all time."""
    interactions: Sequence[str] = ()
    """What makes the digital space, such as ``kind=order``; empty: everything."""
    chance: int | None = None
    """Draws under the null; None: as many as the space calls for."""


@dataclass(frozen=True, slots=True)
class View:
    """What of a result is given, and in which order."""

    limit: int | None = None
    offset: int = 0
    peers: str = ""
    """Group within which a percentile is given; empty: none."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Rows of these keys alone, such as ``{"industry_id": "C17"}``; of pairs, either side."""
    largest_first: bool = False


def index_cards() -> list[IndexCard]:
    """Describe every index."""
    from jiqun.measure import indices

    return [index_card(index) for index in indices().values()]


def index_card(index: Index, *, documentation: bool = False) -> IndexCard:
    """Describe an index, with the whole of its documentation where asked for."""
    return IndexCard(
        name=index.name,
        title=Text(en=index.title.en, zh=index.title.zh),
        question=Text(en=index.question.en, zh=index.question.zh),
        reading=Text(en=index.reading.en, zh=index.reading.zh),
        documentation=inspect.getdoc(index.function) or "" if documentation else "",
        family=index.family,
        formula=index.formula,
        needs=IndexNeeds(
            table=index.needs.table, columns=list(index.needs.columns), optional=list(index.needs.optional)
        ),
        grain=list(index.grain),
        bounds=(index.bounds.low, index.bounds.high),
        neutral=index.neutral,
        spaces=list(index.spaces),
        references=[IndexReference(text=r.text, doi=r.doi, url=r.url) for r in index.references],
        parameters=index.parameters.model_json_schema(),
        presets=_presets(index.name),
    )


def _presets(index: str) -> list[PresetCard]:
    from jiqun.measure import presets

    return [
        PresetCard(
            name=preset.name,
            title=Text(en=preset.title.en, zh=preset.title.zh),
            version=preset.version,
            parameters=dict(preset.parameters[index]),
            known=[Text(en=words.en, zh=words.zh) for words in preset.known],
        )
        for preset in presets().values()
        if index in preset.parameters
    ]


def compute(
    cluster: Cluster,
    index: str,
    given: Sequence[tuple[str, str]],
    *,
    place: Place = Place(),
    view: View = View(),
    results: Results | None = None,
) -> Measurement:
    """Compute an index of a cluster from parameters as text, as they come from an address or a command line.

    Parameters
    ----------
    cluster
        The data.
    index
        Name of the index.
    given
        Names and values of parameters; see :func:`jiqun.serve.parameters.from_text`. ``preset`` names the
        conventions of a package, which the others override.
    place
        In which space, when, made of which interactions, and against how many draws.
    view
        The rows of the result to give.
    results
        Where results are held, so that a second view of one does not compute it again.
    """
    chosen = index_of(short(index, 80))
    parameters = _parameters(chosen, given)
    if place.period and "period" in chosen.parameters.model_fields:
        parameters, place = {**parameters, "period": place.period}, replace(place, period=None)
    where, draws = _placed(cluster, chosen, place, parameters)

    def whole() -> pa.Table:
        return _table(cluster, chosen, where, parameters, draws if place.chance is not None else -draws)

    if results is None or cluster.path is None:
        table = whole()
    else:
        said = json.dumps([where.space, where.period, where.interactions, draws, parameters], default=str)
        table = results.get((cluster.path, cluster.store.data_hash, chosen.name, said), whole)
    grain = [name for name in chosen.grain if name in table.column_names]
    # ``of`` and ``other`` change what a row is: what the index names but does not give, it gives under another key.
    grain = grain or [name for name in ("place_id", "industry_id") if name in table.column_names]
    choices, seen = _seen(cluster, table, grain, view)
    start = min(view.offset, seen.num_rows)
    length = seen.num_rows - start if view.limit is None else min(view.limit, seen.num_rows - start)
    return Measurement(
        index=chosen.name,
        title=Text(en=chosen.title.en, zh=chosen.title.zh),
        space=where.space,
        origin=cluster.about.origin,
        grain=grain,
        total=seen.num_rows,
        offset=view.offset,
        limit=length if view.limit is None else view.limit,
        peers=view.peers,
        peer_choices=choices,
        columns=seen.column_names,
        rows=plain_rows(seen.slice(start, length)),
        trace=_trace(cluster, chosen, where, draws, parameters),
        **_of_space(cluster, chosen, where, table, draws),
    )


def _placed(cluster: Cluster, index: Index, place: Place, parameters: dict[str, Any]) -> tuple[Placed, int]:
    """Where the index is computed, and draws under the null; those of an index that draws itself go to it."""
    from jiqun.measure.placed import Placed
    from jiqun.measure.subject import draws_its_own_null
    from jiqun.report.chance import default_draws
    from jiqun.report.choosing import checked_period

    space: Any = place.space or index.spaces[0]
    interactions = [each.strip() for text in place.interactions for each in text.split(",") if each.strip()]
    if interactions and space != "digital":
        raise Refusal(_ONLY_DIGITAL, status=422)
    if place.chance is not None and not 0 <= place.chance <= MOST_DRAWS:
        raise Refusal(_DRAWS, status=422)
    period = checked_period(cluster, index.name, place.period)
    where = Placed(space, period, interactions or None)
    if draws_its_own_null(index):
        if place.chance is not None:
            parameters.setdefault("simulations", str(place.chance))
        used = index.parameters.model_validate(parameters).model_dump() if "simulations" in parameters else {}
        return where, int(used.get("simulations", index.parameters.model_fields["simulations"].default))
    return where, default_draws(index, space) if place.chance is None else place.chance


def _of_space(cluster: Cluster, index: Index, where: Placed, table: pa.Table, draws: int) -> dict[str, Any]:
    from jiqun.report.chance import chance_words
    from jiqun.report.choosing import built

    made = None
    if where.space == "digital":
        cells = index.family != "digital" and "place_id" in index.needs.columns
        made = built(cluster, interactions=where.interactions, period=where.period, communities=cells)
    return {
        "period": where.period or "",
        "built": made,
        "chance": chance_words(index, where.space, table, draws),
    }


_ONLY_DIGITAL = Words(
    "interactions makes the digital space; on the ground it says nothing. Leave it out, or take space=digital.",
    "interactions 用于构成数字空间，在实体空间中没有意义。请去掉它，或使用 space=digital。",
)
_DRAWS = Words(
    f"chance is a number of draws between 0 and {MOST_DRAWS}; 0 sets nothing against chance.",
    f"chance 为随机抽取次数，介于 0 与 {MOST_DRAWS} 之间；0 表示不与随机情形比较。",
)


def _parameters(index: Index, given: Sequence[tuple[str, str]]) -> dict[str, Any]:
    from jiqun.measure.conventions import parameters_of

    own = from_text(index, [(name, text) for name, text in given if name != "preset"])
    preset = [text for name, text in given if name == "preset" and text]
    return {**parameters_of(short(preset[-1], 80), index.name), **own} if preset else own


def _table(cluster: Cluster, index: Index, where: Placed, parameters: Mapping[str, Any], draws: int) -> pa.Table:
    """Compute the result; fewer than 0 draws are those nobody asked for, and an index that cannot is let be."""
    import narwhals as nw

    from jiqun.measure import measure
    from jiqun.measure.subject import draws_its_own_null
    from jiqun.report.chance import beside_chance

    frame = nw.from_native(measure(cluster, index.name, space=where, **parameters))
    table: pa.Table = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).to_arrow()
    if not draws or draws_its_own_null(index):
        return table
    try:
        return beside_chance(cluster, index, table, placed=where, draws=abs(draws), parameters=parameters)
    except JiqunError:
        if draws > 0:
            raise
        return table


def _seen(cluster: Cluster, table: pa.Table, grain: Sequence[str], view: View) -> tuple[list[PeerChoice], pa.Table]:
    """Give the peer groups there are, and the rows of a view with their percentile among all rows of the result."""
    choices: list[PeerChoice] = []
    if view.peers:
        from jiqun.report.peers import PEERS, among, peer_choices

        table = among(cluster, table, grain, view.peers)
        choices = [
            PeerChoice(
                id=each,
                title=Text(en=PEERS[each].title.en, zh=PEERS[each].title.zh),
                says=Text(en=PEERS[each].says.en, zh=PEERS[each].says.zh),
            )
            for each in peer_choices(cluster, table, grain)
        ]
    for key, wanted in view.keys.items():
        table = _of_key(table, key, wanted)
    if view.largest_first and "value" in table.column_names:
        table = table.sort_by([("value", "descending"), *((key, "ascending") for key in grain)])
    return choices, table


def _of_key(table: pa.Table, key: str, wanted: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    sides = [name for name in (key, f"{key}_2") if name in table.column_names]
    if not sides:
        return table
    kept = [pc.equal(table[side].cast(pa.string()), wanted) for side in sides]
    return table.filter(kept[0] if len(kept) == 1 else pc.or_kleene(*kept))


def _trace(cluster: Cluster, index: Index, where: Placed, draws: int, parameters: dict[str, Any]) -> TraceShape:
    from jiqun.engine import trace
    from jiqun.measure.subject import draws_its_own_null

    # As they were used: checked, and with the defaults of what was not given.
    used = index.parameters.model_validate(parameters).model_dump(mode="json")
    folder = Path(cluster.path).name if cluster.path else cluster.about.id
    asked: dict[str, Any] = {"space": where.space}
    asked |= {"period": where.period} if where.period else {}
    asked |= {"interactions": ",".join(where.interactions)} if where.interactions else {}
    asked |= {"chance": draws} if draws and not draws_its_own_null(index) else {}
    options = [f"--{name}={value}" for name, value in asked.items()]
    options += [_option(name, used[name]) for name in parameters]
    made = trace(cluster, shlex.join(["jiqun", "measure", index.name, folder, *options]))
    seed = used.get("rng")
    return TraceShape(
        cluster=made.cluster,
        data_hash=made.data_hash,
        jiqun=made.jiqun,
        command=made.command,
        parameters=used | asked,
        seed=seed if isinstance(seed, int) else None,
        versions=dict(made.versions),
    )


def _option(name: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else str(value)
    return f"--{name.replace('_', '-')}={text}"
