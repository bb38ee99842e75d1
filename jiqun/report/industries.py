"""Industries at the level a chart can show: divisions where a code system has them, else the codes themselves."""

from __future__ import annotations

from collections.abc import Mapping

from jiqun.cluster import Cluster
from jiqun.space import industry_names, kept, typed

__all__ = ["chart_level", "name_of"]


def chart_level(cluster: Cluster) -> Mapping[str, str]:
    """Give, for each industry of the table, the one of the chart it belongs to.

    The topmost level with at least four industries is shown; a loop in the parents ends at the code
    where it was entered.
    """
    return kept(cluster, "chart-level", lambda: _chart_level(cluster))


def _chart_level(cluster: Cluster) -> dict[str, str]:
    if not cluster.has("industries"):
        return {}
    rows = typed(cluster, "industries", "industry_id", "parent").collect("polars").to_native().rows()
    parent = {code: above for code, above in rows if code is not None}
    paths = {code: _path(code, parent) for code in parent}
    deepest = max((len(path) for path in paths.values()), default=0)
    for depth in range(deepest):
        level = {path[min(depth, len(path) - 1)] for path in paths.values()}
        if len(level) >= 4:
            return {code: path[min(depth, len(path) - 1)] for code, path in paths.items()}
    return {code: code for code in parent}


def _path(code: str, parent: Mapping[str, str | None]) -> list[str]:
    path = [code]
    above = parent.get(code)
    while above is not None and above in parent and above not in path:
        path.append(above)
        above = parent.get(above)
    return path[::-1]


def name_of(cluster: Cluster, code: str) -> str:
    """Give the name of an industry, its code where it has none."""
    return industry_names(cluster).get(code, code)
