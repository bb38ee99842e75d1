"""Two spaces: what they can be made of, the quadrant of each industry, how it moves, and whether the spaces agree."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from jiqun.report.two_space import Drift, GravityReport, Quadrants, SpaceAgreement, SpaceChoices
from jiqun.serve.examples import answers
from jiqun.serve.routes.asking import InteractionsAsked, PeriodAsked
from jiqun.serve.services import ClusterId, ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["spaces"])

Periods = Annotated[
    list[str] | None,
    Query(
        alias="period",
        max_length=24,
        description="A period; repeat it for more, in order. Empty: all time.",
        examples=[["2019", "2021"]],
    ),
]
Draws = Annotated[int, Query(ge=19, le=9_999, description="Draws under each null.", examples=[999])]


@router.get(
    "/clusters/{id}/spaces", response_model=SpaceChoices, summary="What the spaces are made of",
    responses=answers("spaces"),
)  # fmt: skip
async def spaces(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """Kinds of interaction, channels, ties and periods that the cluster has, and what it lacks for either space."""
    from jiqun.report import space_choices as make

    entry = await services.entry(id_)
    return await services.answer(request, entry, "spaces", lambda: make(entry.cluster))


@router.get(
    "/clusters/{id}/quadrants", response_model=Quadrants, summary="Industries in two spaces",
    responses=answers("quadrants"),
)  # fmt: skip
async def quadrants(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    period: Periods = None,
    interactions: InteractionsAsked = None,
    draws: Draws = 999,
) -> Response:
    """Whether each industry is concentrated on the ground and in the network, with interval and probability."""
    from jiqun.report import quadrants as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {"periods": period or [], "interactions": interactions or [], "draws": draws}
    return await services.answer(request, entry, "quadrants", lambda: make(entry.cluster, **asked), **asked)


@router.get("/clusters/{id}/drift", response_model=Drift, summary="How industries moved", responses=answers("drift"))
async def drift(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    period: Periods = None,
    interactions: InteractionsAsked = None,
    draws: Draws = 999,
) -> Response:
    """The change of each industry in both spaces from one period to the next, with interval."""
    from jiqun.report import drift as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {"periods": period or [], "interactions": interactions or [], "draws": draws}
    return await services.answer(request, entry, "drift", lambda: make(entry.cluster, **asked), **asked)


@router.get(
    "/clusters/{id}/agreement", response_model=SpaceAgreement, summary="Whether the two spaces agree",
    responses=answers("agreement"),
)  # fmt: skip
async def agreement(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    period: PeriodAsked = "",
    interactions: InteractionsAsked = None,
    draws: Draws = 999,
) -> Response:
    """Whether actors, and industries, that are near on the ground are near in the network."""
    from jiqun.report import agreement as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {"period": period or None, "interactions": interactions or [], "draws": draws}
    return await services.answer(request, entry, "agreement", lambda: make(entry.cluster, **asked), **asked)


@router.get(
    "/clusters/{id}/gravity", response_model=GravityReport, summary="Interactions against distance",
    responses=answers("gravity"),
)  # fmt: skip
async def gravity(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    period: PeriodAsked = "",
    interactions: InteractionsAsked = None,
    places: Annotated[
        Literal["given", "modal", "earlier"],
        Query(
            description="Where an actor without a place is: left out (`given`), where most of its counterparts are "
            "(`modal`, which alone makes a home effect), or where those of earlier periods were (`earlier`).",
            examples=["given"],
        ),
    ] = "given",
) -> Response:
    """How interactions between places fall with distance, by period and channel, and how much stays at home."""
    from jiqun.report import gravity as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {"period": period or None, "interactions": interactions or [], "places": places}
    return await services.answer(request, entry, "gravity", lambda: make(entry.cluster, **asked), **asked)
