"""How a value stands among its peers: the groups that may be chosen, and the percentile within them.

An index alone says little to somebody who has never seen it: 0.07 is much for one and little for another.
The place of a value among comparable ones says more, if it is said which ones they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jiqun.cluster import Cluster, UnknownName, Words
from jiqun.space import kept, typed

__all__ = ["PEERS", "among", "peer_choices", "peer_groups", "percentiles"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

CLASSES = 4
"""Size classes: quarters of the units by weight."""
ALONG = ("distance_km", "period")
"""Keys along which a unit has many values: those at one distance, or of one period, are comparable."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to say who is comparable with whom."""

    title: Words
    says: Words


PEERS: Mapping[str, Peer] = {
    "all": Peer(Words("All rows", "全部"), Words("All rows that have a value.", "所有有数值的记录。")),
    "industry": Peer(
        Words("Same industry, all places", "同一行业的各地点"),
        Words("The same industry in every place.", "同一行业在各个地点的数值。"),
    ),
    "place": Peer(
        Words("Same place, all industries", "同一地点的各行业"),
        Words("Every industry of the same place.", "同一地点各个行业的数值。"),
    ),
    "parent": Peer(
        Words("Same parent", "同一上级"),
        Words(
            "Industries of the same division, or places of the same higher place.",
            "同一门类下的行业，或同一上级地区内的地点。",
        ),
    ),
    "size": Peer(
        Words("Same size class", "同一规模档"),
        Words(
            "The quarter of all units with about the same weight (employment, or number of rows).",
            "按权重（从业人员或记录数）等分的四档中，处于同一档的单位。",
        ),
    ),
}


def peer_choices(cluster: Cluster, table: pa.Table, grain: Sequence[str]) -> list[str]:
    """Name the peer groups that make sense for a result: those that put at least two values together.

    Parameters
    ----------
    cluster
        The data, for the parents of places and industries.
    table
        Result of an index: keys, ``value`` and further columns.
    grain
        Its keys.
    """
    keys = [key for key in grain if key not in ALONG]
    if not keys or "value" not in table.column_names:
        return []
    possible = ["all"]
    if {"place_id", "industry_id"} <= set(keys):
        possible += ["industry", "place"]
    elif len(keys) == 1 and _parents(cluster, keys[0]):
        possible.append("parent")
    if len(keys) == 1 and _size(table) is not None:
        possible.append("size")
    known = _values(table)
    return [each for each in possible if _useful(peer_groups(cluster, table, grain, each), known)]


def peer_groups(cluster: Cluster, table: pa.Table, grain: Sequence[str], peers: str) -> Labels:
    """Give the group of each row, shape (rows,); −1 where it has none, such as a place without a parent.

    Raises
    ------
    UnknownName
        If there is no such kind of peers.
    """
    if peers not in PEERS:
        raise UnknownName("peer group", peers[:60], list(PEERS))
    keys = [key for key in grain if key not in ALONG]
    columns: list[Any] = [_codes(table[key]) for key in grain if key in ALONG]
    if peers in {"industry", "place"} and f"{peers}_id" in keys:
        columns.append(_codes(table[f"{peers}_id"]))
    elif peers == "parent" and len(keys) == 1:
        above = _parents(cluster, keys[0])
        columns.append(_codes(pa.array([above.get(str(unit)) for unit in table[keys[0]].to_pylist()], pa.string())))
    elif peers == "size" and len(keys) == 1 and (size := _size(table)) is not None:
        columns.append(_classes(_codes(table[keys[0]]), size))
    return _joint(columns, table.num_rows)


def percentiles(value: Array, group: Labels) -> Array:
    """Percentile of each value within its group: the share below it, in percent, equal ones counted half.

    Parameters
    ----------
    value
        Shape (rows,); NaN where there is none.
    group
        Group of each row, shape (rows,); −1 for none.

    Returns
    -------
    numpy.ndarray
        Shape (rows,), in (0, 100): ``100 (below + equal / 2) / n``, the row itself among the equal. NaN where
        there is no value, no group, or no other value in the group.

    Examples
    --------
    >>> percentiles(np.array([1.0, 2.0, 2.0, 9.0, 5.0]), np.array([0, 0, 0, 0, 1])).tolist()
    [12.5, 50.0, 50.0, 87.5, nan]
    """
    found = np.full(len(value), np.nan)
    rows = np.flatnonzero(np.isfinite(value) & (group >= 0))
    if not len(rows):
        return found
    order = rows[np.lexsort((value[rows], group[rows]))]
    g, v = group[order], value[order]
    new_group = np.r_[True, g[1:] != g[:-1]]
    new_value = new_group | np.r_[True, v[1:] != v[:-1]]
    start, count = _runs(new_group)
    first, equal = _runs(new_value)
    found[order] = np.where(count > 1, 100.0 * (first - start + equal / 2.0) / count, np.nan)
    return found


def among(cluster: Cluster, table: pa.Table, grain: Sequence[str], peers: str) -> pa.Table:
    """Give the result with a column ``percentile``, after the value and its interval."""
    found = percentiles(_values(table), peer_groups(cluster, table, grain, peers))
    last = max(table.column_names.index(name) for name in ("value", "low", "high", "p") if name in table.column_names)
    return table.add_column(last + 1, "percentile", pa.array(found, from_pandas=True))


def _values(table: pa.Table) -> Array:
    return np.asarray(table["value"].cast(pa.float64()).to_numpy(), dtype=np.float64)


def _runs(new: NDArray[np.bool_]) -> tuple[Labels, Labels]:
    """Give start and length of the run that each position belongs to."""
    starts = np.flatnonzero(new)
    which = np.cumsum(new) - 1
    return starts[which], np.diff(np.r_[starts, len(new)])[which]


def _useful(group: Labels, value: Array) -> bool:
    inside = group[np.isfinite(value) & (group >= 0)]
    return bool(len(inside)) and bool(np.bincount(inside).max() > 1)


def _codes(column: pa.Array | pa.ChunkedArray) -> Labels:
    coded = pc.dictionary_encode(column)
    whole = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    return np.asarray(pc.fill_null(whole.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _joint(columns: Sequence[Labels], rows: int) -> Labels:
    """Number the combinations of several groupings; a row that lacks one has no group."""
    joint = np.zeros(rows, dtype=np.int64)
    for codes in columns:
        joint = np.where((joint < 0) | (codes < 0), -1, joint * (int(codes.max(initial=0)) + 1) + codes)
    _, dense = np.unique(joint, return_inverse=True)
    # −1, where there is one, is the first of the sorted names.
    return dense - int(bool(len(joint)) and int(joint.min()) < 0)


def _size(table: pa.Table) -> Array | None:
    name = next((each for each in ("weight", "rows") if each in table.column_names), None)
    if name is None:
        return None
    return np.asarray(table[name].cast(pa.float64()).to_numpy(), dtype=np.float64)


def _classes(unit: Labels, size: Array) -> Labels:
    """Quarters of the units by size; units of the same size are in the same class."""
    weight = np.full(int(unit.max(initial=-1)) + 1, np.nan)
    weight[unit[unit >= 0]] = size[unit >= 0]
    known = np.sort(weight[np.isfinite(weight)])
    if not len(known):
        return np.full(len(unit), -1, dtype=np.int64)
    rank = np.searchsorted(known, weight, side="left")
    level = np.where(np.isfinite(weight), np.minimum(CLASSES * rank // len(known), CLASSES - 1), -1)
    return np.where(unit >= 0, level[np.maximum(unit, 0)], -1).astype(np.int64)


def _parents(cluster: Cluster, key: str) -> Mapping[str, str]:
    table = {"industry_id": "industries", "place_id": "places"}.get(key)
    if table is None or not cluster.has(table, "parent"):
        return {}

    def read() -> dict[str, str]:
        rows = typed(cluster, table, key, "parent").collect("polars").to_native().drop_nulls().rows()
        return {str(unit): str(parent) for unit, parent in rows}

    return kept(cluster, f"parents-{table}", read)
