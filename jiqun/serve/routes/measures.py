"""The indices: what there is, and the result of one on a cluster."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from jiqun.report.shapes import Text, TraceShape
from jiqun.serve.errors import short
from jiqun.serve.examples import answers
from jiqun.serve.services import ClusterId, ServicesOf, file_headers
from jiqun.serve.shapes import IndexCard, IndexNeeds, IndexReference, Measurement
from jiqun.serve.tabular import columnar_csv, plain_rows
from jiqun.serve.workspace import Entry

__all__ = ["compute", "index_cards", "router"]

router = APIRouter(prefix="/api", tags=["measures"])

OWN = frozenset({"space", "limit", "offset", "format", "bom"})
"""Query parameters of the endpoint; every other one is a parameter of the index."""
IndexName = Annotated[str, Path(max_length=100, description="Name of an index.", examples=["location_quotient"])]
PARAMETERS: dict[str, Any] = {
    "parameters": [
        {
            "in": "query",
            "name": "parameters",
            "description": "Parameters of the index, each as a query parameter of its own; "
            "their JSON schema is in `/api/indices/{index}`. One that is empty is left at its default.",
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "example": {"replicates": "0"},
        }
    ]
}


@router.get("/indices", response_model=list[IndexCard], summary="List the indices", responses=answers("indices"))
async def list_indices() -> list[IndexCard]:
    """Every index: what it needs and gives, where it is from, and the schema of its parameters."""
    return await asyncio.to_thread(index_cards)


@router.get("/indices/{index}", response_model=IndexCard, summary="One index", responses=answers("index"))
async def one_index(index: IndexName) -> IndexCard:
    """An index with the whole of its documentation."""
    return await asyncio.to_thread(_one, index)


@router.get(
    "/clusters/{id}/measures/{index}",
    response_model=Measurement,
    summary="Compute an index",
    responses=answers("measure", also=("text/csv",)),
    openapi_extra=PARAMETERS,
)
async def measure(
    id_: ClusterId,
    index: IndexName,
    request: Request,
    services: ServicesOf,
    *,
    space: Annotated[
        Literal["physical", "digital"] | None,
        Query(description="Space; the first of the index where not given.", examples=["physical"]),
    ] = None,
    limit: Annotated[int, Query(ge=0, le=100_000, description="Rows of the page.", examples=[1000])] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**31, description="Rows before the page.", examples=[0])] = 0,
    kind: Annotated[
        Literal["json", "csv"], Query(alias="format", description="`csv` gives the whole result.", examples=["json"])
    ] = "json",
    bom: Annotated[bool, Query(description="Start the CSV with a byte order mark, for Excel.")] = False,
) -> Response:
    """The index on a cluster: keys of its grain, `value`, and `low`, `high`, `p` and `note` where it has them."""
    entry = await services.entry(id_)
    given = [(name, value) for name, value in request.query_params.multi_items() if name not in OWN]
    key = ("measure", entry.folder, entry.stamp, index, space, tuple(sorted(given)))
    if kind == "json":
        return await services.answer(
            request,
            entry,
            f"measure {index}",
            lambda: compute(entry, index, space, given, limit=limit, offset=offset),
            space=space,
            given=sorted(given),
            limit=limit,
            offset=offset,
        )
    whole = await services.work.run(key, lambda: compute(entry, index, space, given, limit=2**62, offset=0))
    text = columnar_csv(whole.rows, bom=bom)
    return Response(text, media_type="text/csv; charset=utf-8", headers=file_headers(f"{entry.id}-{whole.index}.csv"))


def index_cards() -> list[IndexCard]:
    """Describe every index."""
    from jiqun.measure import indices

    return [_card(index, documentation=False) for index in indices().values()]


def compute(
    entry: Entry, index: str, space: str | None, given: list[tuple[str, str]], *, limit: int, offset: int
) -> Measurement:
    """Compute an index of a cluster from parameters as text, as they come from an address or a command line."""
    import narwhals as nw

    from jiqun.engine import trace
    from jiqun.measure import measure as run
    from jiqun.serve.parameters import from_text, index_of

    chosen = index_of(short(index, 80))
    where: Any = space or chosen.spaces[0]
    parameters = from_text(chosen, given)
    frame = nw.from_native(run(entry.cluster, chosen.name, space=where, **parameters))
    table = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).to_arrow()
    made = trace(entry.cluster, _command(entry, chosen.name, space, given), seed=_seed(parameters), **parameters)
    return Measurement(
        index=chosen.name,
        title=Text(en=chosen.title.en, zh=chosen.title.zh),
        space=where,
        origin=entry.cluster.about.origin,
        grain=[name for name in chosen.grain if name in table.column_names],
        total=table.num_rows,
        offset=offset,
        limit=limit,
        columns=table.column_names,
        rows=plain_rows(table.slice(min(offset, table.num_rows), min(limit, table.num_rows))),
        trace=TraceShape(
            cluster=made.cluster,
            data_hash=made.data_hash,
            jiqun=made.jiqun,
            command=made.command,
            parameters=dict(made.parameters),
            seed=made.seed,
            versions=dict(made.versions),
        ),
    )


def _command(entry: Entry, index: str, space: str | None, given: list[tuple[str, str]]) -> str:
    import shlex

    options = [f"--{name.replace('_', '-')}={value}" for name, value in given if value]
    return shlex.join(
        ["jiqun", "measure", index, entry.folder.name, *([f"--space={space}"] if space else []), *options]
    )


def _seed(parameters: dict[str, Any]) -> int | None:
    seed = parameters.get("rng")
    return seed if isinstance(seed, int) else None


def _one(name: str) -> IndexCard:
    from jiqun.serve.parameters import index_of

    return _card(index_of(short(name, 80)), documentation=True)


def _card(index: Any, *, documentation: bool) -> IndexCard:
    import inspect

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
