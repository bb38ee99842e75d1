"""An index on a cluster, from parameters as text, with the trace by which anyone obtains the same again."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiqun.report.shapes import Text, TraceShape
from jiqun.serve.parameters import from_text, index_of
from jiqun.serve.refusals import short
from jiqun.serve.shapes import IndexCard, IndexNeeds, IndexReference, Measurement
from jiqun.serve.tabular import plain_rows

if TYPE_CHECKING:
    from jiqun.cluster import Cluster
    from jiqun.measure import Index

__all__ = ["compute", "index_card", "index_cards"]


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
    )


def compute(
    cluster: Cluster,
    index: str,
    given: Sequence[tuple[str, str]],
    *,
    space: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Measurement:
    """Compute an index of a cluster from parameters as text, as they come from an address or a command line.

    Parameters
    ----------
    cluster
        The data.
    index
        Name of the index.
    given
        Names and values of parameters; see :func:`jiqun.serve.parameters.from_text`.
    space
        ``"physical"`` or ``"digital"``; the first of the index where not given.
    limit, offset
        The rows of the result to give.
    """
    import narwhals as nw

    from jiqun.measure import measure

    chosen = index_of(short(index, 80))
    where: Any = space or chosen.spaces[0]
    parameters = from_text(chosen, given)
    frame = nw.from_native(measure(cluster, chosen.name, space=where, **parameters))
    table = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).to_arrow()
    start = min(offset, table.num_rows)
    length = table.num_rows - start if limit is None else min(limit, table.num_rows - start)
    return Measurement(
        index=chosen.name,
        title=Text(en=chosen.title.en, zh=chosen.title.zh),
        space=where,
        origin=cluster.about.origin,
        grain=[name for name in chosen.grain if name in table.column_names],
        total=table.num_rows,
        offset=offset,
        limit=length if limit is None else limit,
        columns=table.column_names,
        rows=plain_rows(table.slice(start, length)),
        trace=_trace(cluster, chosen, where, parameters),
    )


def _trace(cluster: Cluster, index: Index, space: str, parameters: dict[str, Any]) -> TraceShape:
    from jiqun.engine import trace

    # As they were used: checked, and with the defaults of what was not given.
    used = index.parameters.model_validate(parameters).model_dump(mode="json")
    folder = Path(cluster.path).name if cluster.path else cluster.about.id
    options = [_option(name, used[name]) for name in parameters]
    made = trace(cluster, shlex.join(["jiqun", "measure", index.name, folder, f"--space={space}", *options]))
    seed = used.get("rng")
    return TraceShape(
        cluster=made.cluster,
        data_hash=made.data_hash,
        jiqun=made.jiqun,
        command=made.command,
        parameters=used | {"space": space},
        seed=seed if isinstance(seed, int) else None,
        versions=dict(made.versions),
    )


def _option(name: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else str(value)
    return f"--{name.replace('_', '-')}={text}"
