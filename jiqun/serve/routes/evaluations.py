"""Evaluate: places by an indicator system, with every choice as a query parameter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from jiqun.cluster import Words
from jiqun.report.evaluations import (
    EvaluationChoices,
    EvaluationProgress,
    EvaluationReport,
    EvaluationTable,
    Identification,
)
from jiqun.serve.examples import answers
from jiqun.serve.refusals import Refusal
from jiqun.serve.services import ClusterId, ServicesOf, file_headers, known, tag_of
from jiqun.serve.tabular import columnar_csv

__all__ = ["router"]

router = APIRouter(prefix="/api/clusters/{id}/evaluate", tags=["evaluate"])

OWN = frozenset({"system", "steps", "rows", "name", "format", "bom", "lang", "period", "node", "place_id", "indicator"})
"""Query parameters of the endpoints; every other one is a choice."""
FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILES.values()}},
    "4XX": answers("evaluation")["4XX"],
}
EVERY = 1 << 60
MOST = {"draws": 10_000, "simulations": 9_999}
"""How much chance a request may ask for."""
CHOICES: dict[str, Any] = {
    "parameters": [
        {
            "in": "query",
            "name": "choices",
            "description": "Choices of the evaluation, each as a query parameter of its own, such as "
            "`weights=critic&score=topsis`; what there is stands in `evaluate/choices`. One that is empty is left at "
            "its default; lists have commas between, `none` is an empty one.",
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "example": {"weights": "critic"},
        }
    ]
}
System = Annotated[
    str,
    Query(
        max_length=200,
        description="Indicator system, by its id in `evaluate/choices`; empty: the one that fits best.",
        examples=["china-cities"],
    ),
]
Steps = Annotated[
    str | None,
    Query(
        max_length=500,
        description="Steps after the scores, with commas between; without: all; empty: none.",
        examples=["coupling,chains"],
    ),
]


@router.get(
    "/choices",
    response_model=EvaluationChoices,
    summary="What can be evaluated, and how",
    responses=answers("evaluation_choices"),
)
async def evaluation_choices(id_: ClusterId, request: Request, services: ServicesOf) -> Response:
    """Indicator systems, those that the cluster's data can fill first, and every choice with what it can be."""
    from jiqun.report import evaluation_choices as make

    entry = await services.entry(id_)
    return await services.answer(request, entry, "evaluation choices", lambda: make(entry.cluster), own=_own(entry))


@router.get(
    "",
    response_model=EvaluationReport,
    summary="Evaluate",
    responses=answers("evaluation"),
    openapi_extra=CHOICES,
)
async def evaluation(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    system: System = "",
    steps: Steps = None,
    rows: Annotated[
        int,
        Query(ge=0, le=100_000, description="Tables with more rows come without rows.", examples=[10_000]),
    ] = 10_000,
) -> Response:
    """The whole chain: scores and ranks with intervals, weights, and the tables of every step, as chosen.

    What takes long answers 504 and is there a little later; how far it is stands in `evaluate/progress`. A table
    without rows is given by `evaluate/table`.
    """
    from jiqun.report import evaluation as make

    entry = await services.entry(id_)
    given, wanted = _given(request), _steps(steps)
    return await services.answer(
        request,
        entry,
        "evaluation",
        lambda: make(entry.cluster, system, steps=wanted, given=given, rows=rows),
        system=system,
        steps=wanted,
        given=sorted(given.items()),
        rows=rows,
        own=_own(entry),
    )


@router.get(
    "/progress",
    response_model=EvaluationProgress,
    summary="How far an evaluation is",
    responses=answers("evaluation_progress"),
    openapi_extra=CHOICES,
)
async def evaluation_progress(
    id_: ClusterId, request: Request, services: ServicesOf, *, system: System = "", steps: Steps = None
) -> EvaluationProgress:
    """The step that is being computed of the evaluation with the same parameters; not running: done or not begun."""
    from jiqun.report import evaluation_progress as make

    entry = await services.entry(id_)
    given, wanted = _given(request), _steps(steps)
    key = ("evaluation progress", entry.folder, entry.stamp, system, steps, tuple(sorted(given.items())))
    return await services.work.run(key, lambda: make(entry.cluster, system, steps=wanted, given=given))


@router.get(
    "/table",
    response_model=EvaluationTable,
    summary="One table of an evaluation",
    responses=answers("evaluation_table", also=("text/csv",)),
    openapi_extra=CHOICES,
)
async def evaluation_table(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    name: Annotated[str, Query(max_length=60, description="Name of the table.", examples=["scores"])],
    system: System = "",
    steps: Steps = None,
    period: Annotated[
        str | None, Query(max_length=20, description="Rows of this period alone.", examples=["2024"])
    ] = None,
    node: Annotated[
        str | None, Query(max_length=80, description="Rows of this node alone; empty: the whole.", examples=["digital"])
    ] = None,
    place_id: Annotated[
        str | None, Query(max_length=200, description="Rows of this place alone.", examples=["330100"])
    ] = None,
    indicator: Annotated[
        str | None, Query(max_length=80, description="Rows of this indicator alone.", examples=["gdp"])
    ] = None,
    kind: Annotated[
        Literal["json", "csv"], Query(alias="format", description="As a file with `csv`.", examples=["json"])
    ] = "json",
    bom: Annotated[bool, Query(description="Start the CSV with a byte order mark, for Excel.")] = False,
) -> Response:
    """A table whole, or its rows of one period, node, place or indicator."""
    from jiqun.report import evaluation_table as make

    entry = await services.entry(id_)
    given, wanted = _given(request), _steps(steps)
    keys = {"period": period, "node": node, "place_id": place_id, "indicator": indicator}
    held = {k: v for k, v in keys.items() if v is not None}

    def table() -> EvaluationTable:
        return make(entry.cluster, name, system, steps=wanted, given=given, keys=held)

    asked: dict[str, Any] = {"system": system, "steps": wanted, "given": sorted(given.items()), "own": _own(entry)}
    if kind == "json":
        return await services.answer(
            request, entry, f"evaluation table {name}", table, keys=sorted(held.items()), **asked
        )
    key = ("evaluation csv", entry.folder, entry.stamp, name, repr(asked), tuple(held.items()))
    made = await services.work.run(key, table)
    text = columnar_csv(made.rows, bom=bom)
    return Response(text, media_type="text/csv; charset=utf-8", headers=file_headers(f"{entry.id}-{name}.csv"))


@router.get(
    "/export",
    summary="An evaluation as a file",
    response_class=FileResponse,
    responses=ANSWERS,
    openapi_extra=CHOICES,
)
async def evaluation_export(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    system: System = "",
    steps: Steps = None,
    kind: Annotated[
        Literal["xlsx", "docx"],
        Query(
            alias="format",
            description="A workbook, or a Word file with tables as papers print them.",
            examples=["docx"],
        ),
    ] = "xlsx",
    lang: Annotated[Literal["zh", "en"], Query(description="Language of the file.", examples=["zh"])] = "zh",
) -> Response:
    """All tables, the choices they rest on, formulas with references, findings, and the command that gives it again."""
    from jiqun.report import evaluation as make
    from jiqun.report.papers import write_evaluation

    entry = await services.entry(id_)
    given, wanted = _given(request), _steps(steps)
    asked = {"system": system, "steps": wanted, "given": sorted(given.items()), "own": _own(entry), "lang": lang}
    tag = tag_of(entry, f"evaluation {kind}", asked)
    headers = file_headers(f"{entry.id}-evaluation.{kind}") | {"ETag": tag, "Cache-Control": "no-cache"}
    if known(request, tag):
        return Response(status_code=304, headers=headers)

    def write(path: Path) -> None:
        made = make(entry.cluster, system, steps=wanted, given=given, rows=EVERY)
        write_evaluation(made, path, kind=kind, lang=lang)

    file = await services.work.run(tag, lambda: services.exports.file(tag, kind, write))
    return FileResponse(file, media_type=FILES[kind], headers=headers)


@router.get(
    "/identify",
    response_model=Identification,
    summary="Which places hold a cluster of an industry",
    responses=answers("identification"),
)
async def identification(
    id_: ClusterId,
    request: Request,
    services: ServicesOf,
    *,
    industry: Annotated[str, Query(max_length=200, description="The industry.", examples=["C17"])],
    threshold: Annotated[float, Query(gt=0, le=1e6, description="Least location quotient.", examples=[1.25])] = 1.25,
    least: Annotated[int, Query(ge=1, le=1_000_000, description="Least number of firms.", examples=[3])] = 3,
    nearest: Annotated[int, Query(ge=1, le=100, description="Nearest places that are neighbours.", examples=[4])] = 4,
) -> Response:
    """Location quotient, network and contiguity side by side, and how far they agree."""
    from jiqun.report import identification as make

    entry = await services.entry(id_)
    settings: dict[str, Any] = {"threshold": threshold, "least": least, "nearest": nearest}
    return await services.answer(
        request, entry, "identify", lambda: make(entry.cluster, industry, **settings), industry=industry, **settings
    )


def _given(request: Request) -> Mapping[str, str]:
    """Give the choices of a request; one that is given twice is a list."""
    made: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in OWN:
            made[name] = f"{made[name]},{value}" if name in made else value
    for name, most in MOST.items():
        if made.get(name, "").isdecimal() and int(made[name][:12]) > most:
            raise Refusal(
                Words(
                    f"{name} is at most {most:,} over HTTP; the command line takes more.",
                    f"通过 HTTP 时 {name} 最多为 {most:,}；命令行可以更多。",
                ),
                status=422,
            )
    return made


def _steps(steps: str | None) -> tuple[str, ...] | None:
    return None if steps is None else tuple(s.strip() for s in steps.split(",") if s.strip())


def _own(entry: Any) -> tuple[tuple[str, int, int], ...]:
    """Name the state of the cluster's own indicator systems, which are no part of its data."""
    found = [p for p in sorted((entry.folder / "indicators").glob("*.toml"))[:50] if p.is_file() and not p.is_symlink()]
    return tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in found)
