"""The network of a cluster: its parts, one by one, under a layer, a period and kinds of interaction."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from jiqun.report.network_shapes import NetworkChoices, NetworkPart, PartName
from jiqun.serve.examples import answers
from jiqun.serve.routes.asking import InteractionsAsked, PeriodAsked
from jiqun.serve.services import ClusterId, ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["network"])

LayerAsked = Annotated[
    Literal["all", "physical", "digital"],
    Query(
        description="Ties have the layer that their table says; interactions are the digital layer.",
        examples=["all"],
    ),
]
PartAsked = Annotated[
    PartName,
    Path(
        description="`summary`: size, core, closure, communities. `core`: core actors and brokers. `mixing`: across "
        "industries, places, communities. `paths`: chain or network. `complementarity`: of categories. "
        "`decomposability`: do pairs explain groups. `resilience`: what is left as actors drop out.",
        examples=["summary"],
    ),
]


@router.get(
    "/clusters/{id}/network/choices",
    response_model=NetworkChoices,
    summary="Layers and parts of the network",
    responses=answers("network_choices"),
)
async def network_choices(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """The layers that the cluster has, and the parts of its network; `/spaces` lists periods and interactions."""
    from jiqun.report import network_choices as make

    entry = await services.entry(id_)
    return await services.answer(request, entry, "network-choices", lambda: make(entry.cluster))


@router.get(
    "/clusters/{id}/network/{part}",
    response_model=NetworkPart,
    summary="One part of the network",
    responses=answers("network_part"),
)
async def network_part(
    id_: ClusterId,
    part: PartAsked,
    request: Request,
    services: ServicesOf,
    *,
    layer: LayerAsked = "all",
    period: PeriodAsked = "",
    interactions: InteractionsAsked = None,
) -> Response:
    """Numbers with interval, chance and probability, figures with their tables, and a graph to draw."""
    from jiqun.report import network_part as make

    entry = await services.entry(id_)
    asked: dict[str, Any] = {"layer": layer, "period": period or None, "interactions": tuple(interactions or ())}
    return await services.answer(request, entry, f"network-{part}", lambda: make(entry.cluster, part, **asked), **asked)
