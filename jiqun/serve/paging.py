"""Some rows of a canonical table, with what is known of every column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from jiqun.cluster import TABLES
from jiqun.engine import relation
from jiqun.report.shapes import Text
from jiqun.serve.shapes import TableColumn, TablePage
from jiqun.serve.tabular import plain_rows

if TYPE_CHECKING:
    from jiqun.cluster import Cluster

__all__ = ["page"]


def page(cluster: Cluster, table: str, *, limit: int, offset: int = 0) -> TablePage:
    """Give some rows of a table of a cluster."""
    facts = TABLES[table]
    names = cluster.columns(table)
    columns, omitted = [], []
    for name in names:
        known = facts.by_name.get(name)
        if known is not None and known.type == "geometry":
            omitted.append(name)
            continue
        title = Text(en=known.title, zh=known.title_zh) if known else Text(en=name, zh=name)
        columns.append(
            TableColumn(
                name=name,
                title=title,
                type=known.type if known else _type(cluster.scan(table).collect_schema()[name]),
                unit=known.unit if known else "",
                references=known.references if known else "",
            )
        )
    shown = cluster.scan(table).select(*(c.name for c in columns))
    some = relation(shown).limit(limit, offset).to_arrow_table()
    return TablePage(
        table=table,
        title=Text(en=facts.title, zh=facts.title_zh),
        total=cluster.rows(table),
        offset=offset,
        limit=limit,
        columns=columns,
        rows=plain_rows(some),
        omitted=omitted,
    )


def _type(dtype: nw.dtypes.DType) -> Any:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    kinds = {nw.Boolean: "boolean", nw.Date: "date", nw.Datetime: "time", nw.Binary: "geometry", nw.List: "strings"}
    return next((kind for base, kind in kinds.items() if isinstance(dtype, base)), "string")
