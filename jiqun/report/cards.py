"""What a cluster says of itself, what it can be filtered by, and what is wrong with its data."""

from __future__ import annotations

from collections import Counter

import narwhals as nw

from jiqun.cluster import Cluster
from jiqun.cluster import check as run_checks
from jiqun.engine.derived import derived
from jiqun.report.drawing import text
from jiqun.report.names import industry_title
from jiqun.report.shapes import ClusterCard, Filters, Finding, FindingsReport, Grade, Option, Period
from jiqun.space import actors, calendar, exchanges, kept, typed, usable

__all__ = ["card", "filters", "findings"]

INDUSTRIES = 500
"""Industries offered at most; the rest have so few actors that a list of them helps nobody."""


def findings(cluster: Cluster) -> FindingsReport:
    """Give the findings of a cluster's data and the grade that follows; kept on disk.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a", None]}))
    >>> findings(c).grade.errors > 0
    True
    """
    held = kept(cluster, "findings", lambda: derived(cluster, "findings", lambda: _findings(cluster)))
    return FindingsReport.model_validate_json(held)


def _findings(cluster: Cluster) -> str:
    found = run_checks(cluster)
    grade = found.grade
    return FindingsReport(
        grade=Grade(
            letter=grade.letter, score=grade.score, errors=grade.errors, warnings=grade.warnings, infos=grade.infos
        ),
        items=[
            Finding(
                rule=item.rule,
                severity=item.severity,
                title=text(item.title),
                advice=text(item.advice),
                table=item.table,
                column=item.column,
                rows=item.rows,
                of=item.of,
                examples=list(item.examples),
                file=item.file,
                line=item.line,
            )
            for item in found
        ],
    ).model_dump_json()


def card(cluster: Cluster) -> ClusterCard:
    """Give what a cluster says of itself, for lists and headings; kept on disk."""
    held = kept(cluster, "card", lambda: derived(cluster, "card", lambda: _card(cluster).model_dump_json()))
    return ClusterCard.model_validate_json(held)


def _card(cluster: Cluster) -> ClusterCard:
    about, covered = cluster.about, calendar(cluster)
    period = Period(first=covered.periods[0], last=covered.periods[-1], grain=covered.grain) if covered else None
    return ClusterCard(
        id=about.id,
        title=text(about.title),
        summary=text(about.summary),
        origin=about.origin,
        currency=about.currency,
        as_of=about.as_of,
        licence=about.licence,
        attribution=text(about.attribution),
        notes=[text(note) for note in about.notes],
        counts={name: cluster.rows(name) for name in cluster.tables},
        physical=_physical(cluster),
        digital=exchanges(cluster) is not None,
        period=period,
        grade=findings(cluster).grade,
    )


def _physical(cluster: Cluster) -> bool:
    if actors(cluster)["located"].count():
        return True
    if usable(cluster, "places", "lon") and usable(cluster, "places", "lat"):
        known = typed(cluster, "places", "lon", "lat").filter(~nw.col("lon").is_null(), ~nw.col("lat").is_null())
        if known.head(1).collect("polars").shape[0]:
            return True
    from jiqun.report.maps import outlines_of

    return outlines_of(cluster) is not None


def filters(cluster: Cluster) -> Filters:
    """Give what the two-space map can be filtered by; kept on disk."""
    held = kept(cluster, "filters", lambda: derived(cluster, "filters", lambda: _filters(cluster).model_dump_json()))
    return Filters.model_validate_json(held)


def _filters(cluster: Cluster) -> Filters:
    covered = calendar(cluster)
    return Filters(
        industries=_industries(cluster),
        periods=list(covered.periods) if covered else [],
        grain=covered.grain if covered else None,
        indicators=_indicators(cluster),
    )


def _industries(cluster: Cluster) -> list[Option]:
    """Industries with the actors in them and below them, largest first; one without actors is not offered."""
    roster = actors(cluster)
    direct = Counter(roster["industry"].drop_nulls().to_list())
    parents: dict[str, str] = {}
    if cluster.has("industries"):
        rows = typed(cluster, "industries", "industry_id", "parent").collect("polars").to_native().rows()
        parents = {code: parent for code, parent in rows if parent is not None}
    total: Counter[str] = Counter()
    for code, number_of in direct.items():
        seen: set[str] = set()
        current: str | None = code
        while current is not None and current not in seen:
            seen.add(current)
            total[current] += number_of
            current = parents.get(current)
    ranked = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:INDUSTRIES]
    return [Option(id=code, title=industry_title(cluster, code), count=number_of) for code, number_of in ranked]


def _indicators(cluster: Cluster) -> list[Option]:
    if not cluster.has("panel"):
        return []
    counted = (
        typed(cluster, "panel", "indicator", "value")
        .filter(~nw.col("value").is_null(), ~nw.col("indicator").is_null())
        .group_by("indicator")
        .agg(n=nw.len())
        .collect("polars")
        .to_native()
        .sort("indicator")
    )
    from jiqun.report.panel import indicator_title

    ranked = sorted(counted.rows(), key=lambda pair: (pair[0] != _main(cluster), -pair[1], pair[0]))
    return [Option(id=name, title=indicator_title(name), count=number_of) for name, number_of in ranked]


def _main(cluster: Cluster) -> str | None:
    from jiqun.report.panel import main_indicator

    return main_indicator(cluster)
