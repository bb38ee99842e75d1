"""The indices: what there is, and the result of one on a cluster."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from jiqun.serve.examples import answers
from jiqun.serve.measuring import Place, View, compute, index_card, index_cards
from jiqun.serve.parameters import index_of
from jiqun.serve.refusals import short
from jiqun.serve.routes.asking import InteractionsAsked, PeriodAsked
from jiqun.serve.services import ClusterId, ServicesOf, file_headers
from jiqun.serve.shapes import IndexCard, Measurement
from jiqun.serve.tabular import columnar_csv

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["measures"])

OWN = frozenset(
    {"space", "period", "interactions", "chance"}
    | {"limit", "offset", "format", "bom", "peers", "order", "industry_id", "place_id"}
)
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
        },
        {
            "in": "query",
            "name": "preset",
            "description": "Conventions of another package: `dbmss`, `econgeo`, `reat` or `ecomplexity`. Parameters "
            "that are given beside win; the answer's trace has the parameters that were used.",
            "schema": {"type": "string"},
            "example": "econgeo",
        },
    ]
}


@router.get("/indices", response_model=list[IndexCard], summary="List the indices", responses=answers("indices"))
async def list_indices() -> list[IndexCard]:
    """Every index: what it needs and gives, where it is from, and the schema of its parameters."""
    return await asyncio.to_thread(index_cards)


@router.get("/indices/{index}", response_model=IndexCard, summary="One index", responses=answers("index"))
async def one_index(index: IndexName) -> IndexCard:
    """An index with the whole of its documentation."""
    return await asyncio.to_thread(lambda: index_card(index_of(short(index, 80)), documentation=True))


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
    period: PeriodAsked = "",
    interactions: InteractionsAsked = None,
    chance: Annotated[
        int | None,
        Query(
            description="Draws under the null: adds `expected`, `band_low`, `band_high` and a `p` by chance (that of a "
            "formula is then `p_formula`). Not given: 199 in digital space, where a formula takes popularity for "
            "concentration, else 0.",
            examples=[199],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=0, le=100_000, description="Rows of the page.", examples=[1000])] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**31, description="Rows before the page.", examples=[0])] = 0,
    peers: Annotated[
        str,
        Query(
            max_length=20,
            description="Give a `percentile` among these peers: all, industry, place, parent or size. "
            "Empty: none. Those that make sense are in `peer_choices`.",
            examples=["all"],
        ),
    ] = "",
    order: Annotated[
        Literal["key", "value"], Query(description="`value`: the largest first, null last.", examples=["value"])
    ] = "key",
    industry_id: Annotated[
        str | None,
        Query(max_length=200, description="Rows of this industry alone; of pairs, either side.", examples=["C17"]),
    ] = None,
    place_id: Annotated[
        str | None, Query(max_length=200, description="Rows of this place alone.", examples=["330782"])
    ] = None,
    kind: Annotated[
        Literal["json", "csv"], Query(alias="format", description="`csv` gives the whole result.", examples=["json"])
    ] = "json",
    bom: Annotated[bool, Query(description="Start the CSV with a byte order mark, for Excel.")] = False,
) -> Response:
    """The index on a cluster: keys of its grain, `value`, and `low`, `high`, `p` and `note` where it has them."""
    entry = await services.entry(id_)
    given = [(name, value) for name, value in request.query_params.multi_items() if name not in OWN]
    keys = {k: v for k, v in (("industry_id", industry_id), ("place_id", place_id)) if v}
    every = View(peers=peers, keys=keys, largest_first=order == "value")
    place = Place(space, period or None, tuple(interactions or ()), chance)

    def answer(view: View) -> Measurement:
        return compute(entry.cluster, index, given, place=place, view=view, results=services.results)

    if kind == "json":
        return await services.answer(
            request,
            entry,
            f"measure {index}",
            lambda: answer(replace(every, limit=limit, offset=offset)),
            place=place,
            given=sorted(given),
            limit=limit,
            offset=offset,
            peers=peers,
            keys=sorted(keys.items()),
            order=order,
        )
    key = ("measure", entry.folder, entry.stamp, index, place, tuple(sorted(given)), peers, order, *keys.items())
    whole = await services.work.run(key, lambda: answer(every))
    text = columnar_csv(whole.rows, bom=bom)
    return Response(text, media_type="text/csv; charset=utf-8", headers=file_headers(f"{entry.id}-{whole.index}.csv"))
