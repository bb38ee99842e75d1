"""The indices of a platform, and what drives the cluster."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from jiqun.report.platform_shapes import DriverReport, PlatformReport
from jiqun.serve.examples import answers
from jiqun.serve.services import ClusterId, ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["platform"])

Grain = Annotated[
    Literal["week", "month", "quarter", "year"] | None,
    Query(description="Length of a period; chosen by the data where not given.", examples=["month"]),
]
Replicates = Annotated[
    int, Query(ge=0, le=2000, description="Bootstrap replicates of the intervals; 0: none.", examples=[199])
]


@router.get(
    "/clusters/{id}/platform", response_model=PlatformReport, summary="Indices of the platform",
    responses=answers("platform"),
)  # fmt: skip
async def platform(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    by: Annotated[
        list[Literal["side", "place", "category", "period"]] | None,
        Query(max_length=4, description="What to split by; repeat it for more. Without: side and period.",
              examples=[["side", "period"]]),
    ] = None,
    grain: Grain = None,
    inactive: Annotated[
        int | None,
        Query(ge=1, le=1000, description="Periods without a dealing after which a participant counts as gone.",
              examples=[3]),
    ] = None,
    all_entries: Annotated[
        bool, Query(description="The data begin with the platform: keep the first entrants in survival.")
    ] = False,
    replicates: Replicates = 199,
) -> Response:  # fmt: skip
    """Participants, interactions and activity, how long participants stay, who bears subsidies; what is missing."""
    from jiqun.report import platform as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {
        "by": by or ["side", "period"],
        "grain": grain,
        "inactive": inactive,
        "all_entries": all_entries,
        "replicates": replicates,
    }
    return await services.answer(request, entry, "platform", lambda: make(entry.cluster, **asked), **asked)


@router.get(
    "/clusters/{id}/driver", response_model=DriverReport, summary="What drives the cluster",
    responses=answers("driver"),
)  # fmt: skip
async def driver(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    grain: Grain = None,
    lookback: Annotated[
        int | None,
        Query(ge=1, le=1000, description="Periods that a supplier counts as available after a sale.", examples=[12]),
    ] = None,
    places: Annotated[int, Query(ge=1, le=200, description="The largest so many places.", examples=[60])] = 60,
    categories: Annotated[int, Query(ge=1, le=200, description="The largest so many categories.", examples=[80])] = 80,
    replicates: Replicates = 199,
) -> Response:
    """Matching, cross-side effects, unit costs and variety, each beside its placebo; the position they add up to."""
    from jiqun.report import driver as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {
        "grain": grain,
        "lookback": lookback,
        "places": places,
        "categories": categories,
        "replicates": replicates,
    }
    return await services.answer(request, entry, "driver", lambda: make(entry.cluster, **asked), **asked)
