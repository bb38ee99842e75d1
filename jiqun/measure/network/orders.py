"""Joint orders and projects: what they hold, and who takes part in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, MissingColumn, MissingTable
from jiqun.measure.network.graph import Codes
from jiqun.space.exchanges import coded
from jiqun.space.frames import usable
from jiqun.space.kept import kept
from jiqun.space.links import chosen, rows_of

__all__ = ["Orders", "Side", "orders_of"]

Side = Literal["category", "source", "target"]


@dataclass(frozen=True, slots=True)
class Orders:
    """What each order or project holds: each combination once, sorted. Shapes (rows,) of ``order``, ``item``."""

    order: Codes
    item: Codes
    names: NDArray[np.str_]
    """Categories or actors, in order."""
    by: Codes
    """Who acted first in each order, as a code: a unit for resampling. Shape (orders,)."""
    side: Side


def orders_of(
    cluster: Cluster,
    *,
    of: Literal["category", "members"] = "category",
    interactions: str | list[str] | None = None,
    period: str | None = None,
) -> Orders:
    """Give the categories, or the members, of joint orders and projects: interactions with the same ``group``.

    Members are the actors on the side of which a group has more: the suppliers of a joint order, the investors of a
    round.

    Parameters
    ----------
    cluster
        The data.
    of
        ``"category"`` or ``"members"``.
    interactions, period
        Which of them, see :func:`jiqun.space.links.links`.

    Returns
    -------
    Orders
        Kept in memory while the cluster is open.

    Raises
    ------
    MissingTable, MissingColumn, JiqunError
        If there are no interactions, no groups or no categories.

    Examples
    --------
    >>> sales = pl.DataFrame({"source": ["b", "b"], "target": ["f", "g"], "group": ["1", "1"]})
    >>> found = orders_of(Cluster.from_tables(interactions=sales), of="members")
    >>> found.order.tolist(), found.names[found.item].tolist(), found.side
    ([0, 0], ['f', 'g'], 'target')
    """
    asked = "|".join([interactions] if isinstance(interactions, str) else interactions or [])
    return kept(cluster, f"orders:{of}:{asked}:{period}", lambda: _orders(cluster, of, interactions, period))


def _orders(
    cluster: Cluster, of: Literal["category", "members"], interactions: str | list[str] | None, period: str | None
) -> Orders:
    who = "network.orders"
    if not cluster.has("interactions"):
        raise MissingTable(who, "interactions", cluster.tables)
    choice = chosen(cluster, interactions or ["interactions"])
    if choice.table != "interactions":
        raise JiqunError(
            "network.orders are of interactions; ties have no joint orders. Choose interactions.",
            "network.orders 针对互动数据；关系（ties）中没有联合订单。请选择互动。",
        )
    for column in ("group", *(("category",) if of == "category" else ())):
        if not usable(cluster, "interactions", column):
            raise MissingColumn(who, "interactions", column, cluster.scan("interactions").collect_schema().names())
    columns = ("group", "source", *(("category",) if of == "category" else ("target",)))
    rows = rows_of(cluster, choice, *columns, period=period).collect("polars").to_native().drop_nulls("group")
    side: Side = "category" if of == "category" else _wider(rows)
    held = rows.select("group", item=side).drop_nulls().unique()
    if not held.height:
        raise JiqunError(
            "network.orders: no interaction under these filters belongs to a group (a joint order or project).",
            "network.orders：当前筛选下没有任何互动属于某个组（联合订单或项目）。",
        )
    groups, order = coded(held["group"])
    names, item = coded(held["item"])
    at = np.lexsort((item, order))
    first = rows.group_by("group").agg(pl.col("source").min()).sort("group")
    kept_groups = pl.DataFrame({"group": groups.tolist()}).join(first, on="group", how="left", maintain_order="left")
    by = coded(kept_groups["source"].fill_null(""))[1]
    return Orders(order[at].astype(np.int64), item[at].astype(np.int64), names, by.astype(np.int64), side)


def _wider(rows: pl.DataFrame) -> Side:
    """Say on which side groups have more actors."""
    many = rows.group_by("group").agg(pl.col("source").n_unique(), pl.col("target").n_unique())
    return "source" if float(many["source"].sum()) > float(many["target"].sum()) else "target"
