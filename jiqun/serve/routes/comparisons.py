"""Compare and rank: places or industries of a cluster, the ones alike, and whole clusters."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from jiqun.report.comparisons import Choices, ClusterComparison, Comparison, SimilarUnits
from jiqun.report.shapes import MapLayer
from jiqun.serve.examples import answers
from jiqun.serve.services import ClusterId, ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["compare"])

Of = Annotated[Literal["place", "industry"], Query(description="What is compared.", examples=["place"])]
Where = Annotated[
    Literal["physical", "digital"],
    Query(description="Space; in digital space only industries are compared.", examples=["physical"]),
]
Replicates = Annotated[
    int, Query(ge=0, le=2000, description="Bootstrap replicates of the intervals; 0: none.", examples=[199])
]


@router.get(
    "/clusters/{id}/compare/choices",
    response_model=Choices,
    summary="What can be compared",
    responses=answers("choices"),
)
async def choices(
    id_: ClusterId, request: Request, services: ServicesOf, *, of: Of = "place", space: Where = "physical"
) -> Response:
    """The units, largest first, and the indices that give each of them a number."""
    from jiqun.report import choices as make

    entry = await services.entry(id_)
    return await services.answer(
        request, entry, "choices", lambda: make(entry.cluster, of, space=space), of=of, space=space
    )


@router.get(
    "/clusters/{id}/compare", response_model=Comparison, summary="Compare and rank", responses=answers("comparison")
)
async def compare(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    of: Of = "place",
    unit: Annotated[
        list[str] | None,
        Query(
            max_length=50,
            description="A unit; repeat it for more, up to ten. Without: the largest.",
            examples=["330782"],
        ),
    ] = None,
    index: Annotated[
        list[str] | None,
        Query(
            max_length=50,
            description="An index, `name` or, of a place and an industry, `name:other`; repeat it for more.",
            examples=["krugman"],
        ),
    ] = None,
    space: Where = "physical",
    replicates: Replicates = 199,
) -> Response:
    """Value, interval, rank with the range its interval leaves open, and percentile of each unit by each index."""
    from jiqun.report import compare as make

    entry = await services.entry(id_)
    units, by = unit or [], index or []
    return await services.answer(
        request,
        entry,
        "compare",
        lambda: make(entry.cluster, of=of, units=units, by=by, space=space, replicates=replicates),
        of=of,
        space=space,
        units=units,
        by=by,
        replicates=replicates,
    )


@router.get(
    "/clusters/{id}/similar", response_model=SimilarUnits, summary="The units most alike", responses=answers("similar")
)
async def similar(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    to: Annotated[
        str, Query(max_length=200, description="The unit the others are compared with.", examples=["330782"])
    ],
    of: Of = "place",
    limit: Annotated[int, Query(ge=1, le=100, description="How many to give.", examples=[10])] = 10,
    replicates: Replicates = 99,
) -> Response:
    """The places (or industries) whose profile of shares is most like that of one, by cosine."""
    from jiqun.report import similar as make

    entry = await services.entry(id_)
    asked = {"to": to, "of": of, "limit": limit, "replicates": replicates}
    return await services.answer(
        request,
        entry,
        "similar",
        lambda: make(entry.cluster, to, of=of, limit=limit, replicates=replicates),
        **asked,
    )


@router.get("/clusters/{id}/places", response_model=MapLayer, summary="Places on a map", responses=answers("map"))
async def places(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """Every place where it lies, without a value: the ground for the map of any index of places."""
    from jiqun.report import places_layer as make

    entry = await services.entry(id_)
    return await services.answer(request, entry, "places", lambda: make(entry.cluster))


@router.get(
    "/compare", response_model=ClusterComparison, summary="Compare clusters", responses=answers("cluster_comparison")
)
async def compare_clusters(
    services: ServicesOf,
    *,
    cluster: Annotated[
        list[str],
        Query(max_length=50, description="Id of a cluster; repeat it for more, up to ten.", examples=["example"]),
    ],
) -> ClusterComparison:
    """Whole clusters side by side: their size, and the median of indices over their places or industries."""
    from jiqun.report import compare_clusters as make

    entries = await asyncio.gather(*(services.entry(each) for each in dict.fromkeys(cluster)))
    key = ("compare-clusters", *((e.id, e.folder, e.stamp) for e in entries))
    return await services.work.run(key, lambda: make({e.id: e.cluster for e in entries}))
