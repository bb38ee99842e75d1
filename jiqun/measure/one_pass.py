"""Many indices from one pass over the plants: the sums of each place and industry are made once and shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from jiqun.cluster import Cluster, JiqunError
from jiqun.measure.cells import cells
from jiqun.measure.index import Index, find, registered
from jiqun.measure.joined import joined
from jiqun.measure.read import table_of

__all__ = ["together"]

OF_THE_PASS = ("place", "industry", "weight", "unknown", "plants")
"""Parameters that say what is counted: the same for all indices of a pass."""
COLUMNS = ("area", "population")
"""Parameters that name a column without which an index cannot be computed."""


def together(
    of: Any,
    names: Sequence[str] | None = None,
    *,
    kind: str | None = "firm",
    options: Mapping[str, Mapping[str, Any]] | None = None,
    replicates: int = 0,
    **shared: Any,
) -> dict[str, Any]:
    """Compute several cell-based indices from one pass over a table.

    Each is what :func:`~jiqun.measure.measure` gives, to the last bit (pairs with an industry that is only in unknown
    places are there, and null); only the reading of the table and the sums by
    place and industry (plants, Σe, Σe², Σe⁴) are shared.

    Parameters
    ----------
    of
        A cluster, or a table of plants in any library that is known.
    names
        Names of indices of place × industry cells; None takes every index of concentration and
        specialisation that the columns allow, all pairs of industries among them.
    kind
        Kind of actors of a cluster that are measured; None takes all.
    options
        Further parameters of single indices, by name.
    replicates
        Bootstrap replicates. Off by default: every replicate costs each index about one more sum over the
        distinct plants (place, industry and size).
    **shared
        Parameters for all: ``place, industry, weight, unknown, plants`` say what is counted; any other goes to
        the indices that have it.

    Returns
    -------
    dict
        Result of each index by name.

    Raises
    ------
    UnknownName
        If there is no such index.
    JiqunError
        If an index is not one of cells, or a parameter is not one of any index, or one of the pass is given for one.

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> found = together(firms, ["hoover", "herfindahl", "coagglomeration"])
    >>> {name: frame["value"].to_list() for name, frame in found.items()}
    {'hoover': [0.5, 0.5], 'herfindahl': [1.0, 1.0], 'coagglomeration': [-1.0]}
    """
    from jiqun.measure import indices

    known = indices()
    table, present = _table(of, kind, known)
    chosen = [find(name, known) for name in names] if names is not None else _computable(present)
    each = {index.name: _parameters(index, {**shared, "replicates": replicates}, options or {}) for index in chosen}
    _check(chosen, shared, options or {})
    counted = {name: shared[name] for name in OF_THE_PASS if name in shared}
    base = cells(
        table,
        "together",
        place=counted.get("place", "place_id"),
        industry=counted.get("industry", "industry_id"),
        weight=counted.get("weight"),
        unknown=counted.get("unknown", "count"),
        plants=counted.get("plants"),
    )
    return {index.name: index.function(base, **each[index.name]) for index in chosen}


def _table(of: Any, kind: str | None, known: Mapping[str, Index]) -> tuple[Any, list[str]]:
    if not isinstance(of, Cluster):
        table = nw.from_native(of)
        lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
        return of, lazy.collect_schema().names()
    plain = known["litzenberger_sternberg"]
    table = joined(of, plain, nw.from_native(table_of(of, known["hoover"], kind=kind)).lazy(), {})
    return table.to_native(), table.collect_schema().names()


def _of_cells(index: Index) -> bool:
    return index.needs.table == "actors" and set(index.needs.columns) == {"place_id", "industry_id"}


def _computable(present: list[str]) -> list[Index]:
    """Indices of concentration whose columns are there; those that compare periods are of several passes."""
    found = []
    for index in registered().values():
        fields = index.parameters.model_fields
        if index.family != "concentration" or ("period" in fields and fields["period"].default is not None):
            continue
        needed = [fields[name].default for name in COLUMNS if name in fields]
        if all(column is None or column in present for column in needed):
            found.append(index)
    return found


def _parameters(index: Index, shared: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    fields = index.parameters.model_fields
    own = {name: value for name, value in shared.items() if name in fields and name != "plants"}
    # the cells already hold the plants of each row
    return {**own, **options.get(index.name, {})}


def _check(chosen: list[Index], shared: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]]) -> None:
    for index in chosen:
        if not _of_cells(index) or ("of" in index.parameters.model_fields and index.family == "association"):
            raise JiqunError(
                f"together: {index.name} is not an index of place × industry cells. Compute it with measure().",
                f"together：{index.name} 不是基于“地点×行业”单元的指标，请用 measure() 计算。",
            )
    known = {name for index in chosen for name in index.parameters.model_fields} | set(OF_THE_PASS)
    for name in shared:
        if name not in known:
            raise JiqunError(
                f"together: none of the indices has a parameter {name!r}.",
                f"together：所选指标都没有参数 {name!r}。",
            )
    for name, given in options.items():
        wrong = [p for p in given if p in OF_THE_PASS]
        if wrong or name not in {index.name for index in chosen}:
            raise JiqunError(
                f"together: options of {name} are not right: "
                + (
                    f"{wrong[0]} is one for all indices of a pass; give it beside options."
                    if wrong
                    else "it is not among the indices."
                ),
                f"together：{name} 的选项不正确："
                + (f"{wrong[0]} 须对全部指标相同，请在 options 之外给出。" if wrong else "它不在所选指标之中。"),
            )
