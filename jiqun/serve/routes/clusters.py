"""What is shown of a cluster: card, profile, figures, findings, filters, map and network."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from jiqun.cluster import Words
from jiqun.report.shapes import ClusterCard, Figure, Filters, FindingsReport, MapLayer, Network, Profile
from jiqun.serve.examples import answers
from jiqun.serve.refusals import Refusal
from jiqun.serve.services import ClusterId, ServicesOf, file_headers
from jiqun.serve.shapes import Removed
from jiqun.serve.tabular import figure_csv, findings_csv
from jiqun.serve.workspace import KEPT_DAYS, Entry

__all__ = ["router"]

router = APIRouter(prefix="/api/clusters", tags=["clusters"])

JsonOrCsv = Annotated[
    Literal["json", "csv"],
    Query(alias="format", description="`csv` gives the table behind it as a file.", examples=["json"]),
]
Bom = Annotated[bool, Query(description="Start the CSV with a byte order mark, by which Excel knows UTF-8.")]
Lang = Annotated[Literal["en", "zh"], Query(description="Language of the column titles of a CSV.", examples=["zh"])]
Industry = Annotated[
    str | None, Query(max_length=200, description="Id of an industry, as in the filters.", examples=["C17"])
]
First = Annotated[
    str | None, Query(max_length=20, description="First period, as in the filters.", examples=["2017-01"])
]
Last = Annotated[str | None, Query(max_length=20, description="Last period, included.", examples=["2017-12"])]
CSV = "text/csv; charset=utf-8"


@router.get("", response_model=list[ClusterCard], summary="List the clusters", responses=answers("clusters"))
async def list_clusters(services: ServicesOf) -> list[ClusterCard]:
    """Every cluster of the workspace, each with its counts, period and grade."""
    entries = await asyncio.to_thread(services.workspace.entries)
    return list(
        await asyncio.gather(
            *(services.work.run(("card", e.id, e.folder, e.stamp), lambda e=e: _card(e)) for e in entries.values())  # type: ignore[misc]
        )
    )


@router.get("/{id}", response_model=ClusterCard, summary="One cluster", responses=answers("cluster"))
async def one_cluster(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """What a cluster says of itself: title, origin, licence, notes, rows of each table, period and grade."""
    entry = await services.entry(id_)
    return await services.answer(request, entry, "card", lambda: _card(entry))


@router.get("/{id}/profile", response_model=Profile, summary="Profile", responses=answers("profile"))
async def profile(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """Prose in both languages, key figures with intervals, and the figures behind them."""
    entry = await services.entry(id_)
    return await services.answer(request, entry, "profile", lambda: _profile(entry))


@router.get(
    "/{id}/figures/{figure}",
    response_model=Figure,
    summary="One figure",
    responses=answers("figure", also=("text/csv",)),
)
async def figure(
    id_: ClusterId,
    figure: Annotated[
        str, Path(max_length=100, description="Id of the figure, as in the profile.", examples=["industries"])
    ],
    request: Request,
    services: ServicesOf,
    *,
    kind: JsonOrCsv = "json",
    bom: Bom = False,
    lang: Lang = "en",
) -> Response:
    """A chart specification and the table behind it, or that table as CSV."""
    from jiqun.report import figure as make

    entry = await services.entry(id_)
    if kind == "json":
        return await services.answer(request, entry, f"figure {figure}", lambda: make(entry.cluster, figure))
    shown = await services.work.run(("figure", entry.folder, entry.stamp, figure), lambda: make(entry.cluster, figure))
    text = figure_csv(shown, lang, bom=bom)
    return _file(text, f"{entry.id}-{figure}.csv")


@router.get(
    "/{id}/findings",
    response_model=FindingsReport,
    summary="Findings",
    responses=answers("findings", also=("text/csv",)),
)
async def findings(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    kind: JsonOrCsv = "json",
    bom: Bom = False,
    lang: Lang = "en",
) -> Response:
    """Everything wrong, or worth knowing, in the data – rule, severity, rows, examples, advice – and the grade."""
    from jiqun.report import findings as make

    entry = await services.entry(id_)
    if kind == "json":
        return await services.answer(request, entry, "findings", lambda: make(entry.cluster))
    found = await services.work.run(("findings", entry.folder, entry.stamp), lambda: make(entry.cluster))
    return _file(findings_csv(found, lang, bom=bom), f"{entry.id}-findings.csv")


@router.get("/{id}/filters", response_model=Filters, summary="Filters", responses=answers("filters"))
async def filters(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """The industries, periods and indicators by which the map and the network can be filtered."""
    from jiqun.report import filters as make

    entry = await services.entry(id_)
    return await services.answer(request, entry, "filters", lambda: make(entry.cluster))


@router.get("/{id}/map", response_model=MapLayer, summary="Physical space", responses=answers("map"))
async def map_layer(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    industry: Industry = None,
    first: First = None,
    last: Last = None,
    indicator: Annotated[
        str | None, Query(max_length=200, description="Indicator of the panel, for areas.", examples=["gdp"])
    ] = None,
) -> Response:
    """Points, hexagons (many points), areas (a panel of places) or a list, under the filters."""
    from jiqun.report import map_layer as make

    entry = await services.entry(id_)
    chosen = {"industry": industry, "first": first, "last": last, "indicator": indicator}
    return await services.answer(request, entry, "map", lambda: make(entry.cluster, **chosen), **chosen)


@router.get("/{id}/network", response_model=Network, summary="Digital space", responses=answers("network"))
async def network(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    industry: Industry = None,
    first: First = None,
    last: Last = None,
) -> Response:
    """Firms joined by shared counterparts, laid out, with their communities, under the filters."""
    from jiqun.report import network as make

    entry = await services.entry(id_)
    chosen = {"industry": industry, "first": first, "last": last}
    return await services.answer(request, entry, "network", lambda: make(entry.cluster, **chosen), **chosen)


@router.delete("/{id}", response_model=Removed, summary="Remove a cluster", responses=answers("removed"))
async def remove(id_: ClusterId, services: ServicesOf) -> Removed:
    """Move an uploaded cluster to the trash, from which it can be restored."""
    _changeable(services)
    await asyncio.to_thread(services.workspace.remove, id_)
    return Removed(cluster=id_, kept_days=KEPT_DAYS)


@router.post("/{id}/restore", response_model=ClusterCard, summary="Restore a cluster", responses=answers("cluster"))
async def restore(id_: ClusterId, services: ServicesOf) -> ClusterCard:
    """Bring back the cluster that was last removed under this id."""
    _changeable(services)
    await asyncio.to_thread(services.workspace.restore, id_)
    entry = await services.entry(id_)
    return await services.work.run(("card", entry.id, entry.folder, entry.stamp), lambda: _card(entry))


def _card(entry: Entry) -> ClusterCard:
    from jiqun.report import card

    return card(entry.cluster).model_copy(update={"id": entry.id, "removable": entry.removable})


def _profile(entry: Entry) -> Profile:
    from jiqun.report import profile as make

    made = make(entry.cluster)
    own = made.cluster.model_copy(update={"id": entry.id, "removable": entry.removable})
    return made.model_copy(update={"cluster": own})


def _changeable(services: ServicesOf) -> None:
    if not services.limits.uploads:
        raise Refusal(
            Words("This server is read-only: nothing can be changed here.", "此服务为只读，不能更改内容。"), status=403
        )


def _file(text: str, name: str) -> Response:
    return Response(text, media_type=CSV, headers=file_headers(name))
