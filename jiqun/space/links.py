"""Who is linked to whom: actors and their counterparts, by period and kind of interaction, as a sparse matrix.

Everything in the digital space is computed from one such matrix, which says of itself what it was made of:
what “near” means on a platform depends on whether it is orders, views or common projects that bring near.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, MissingTable, Words
from jiqun.space.actors import actors
from jiqun.space.digital import which_side
from jiqun.space.exchanges import coded
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.periods import Window, calendar, period_code, window

__all__ = ["CHOOSABLE", "Choice", "LinkWeight", "Links", "actor_graph", "chosen", "links", "pairs_of", "rows_of"]

LinkWeight = Literal["binary", "count", "amount"]
Table = Literal["interactions", "ties"]

CHOOSABLE: dict[Table, tuple[str, ...]] = {
    "interactions": ("kind", "channel", "matched_by", "category", "place_id", "source", "target"),
    "ties": ("kind", "layer", "source", "target"),
}
"""Columns by which interactions and ties can be chosen."""

_TERM = re.compile(r"(\w+)(!?=)(.+)")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows of which table make the links: (column, equal or not, value)."""

    table: Table
    terms: tuple[tuple[str, bool, str], ...]

    def __str__(self) -> str:
        """Write the choice as it is asked for."""
        terms = ", ".join(f"{column}{'=' if same else '!='}{value}" for column, same, value in self.terms)
        if not terms:
            return self.table
        return terms if self.table == "interactions" else f"ties, {terms}"


@dataclass(frozen=True, slots=True)
class Links:
    """Actors × counterparts. ``matrix`` has shape (actors, counterparts) and positive weights.

    ``actors`` and ``counterparts`` are sorted identifiers; every one of them has a link. Where firms deal with
    firms (``one_mode``) both are the same and the matrix is symmetric.
    """

    actors: NDArray[np.str_]
    counterparts: NDArray[np.str_]
    matrix: sp.csr_array
    one_mode: bool
    choice: Choice
    period: str | None

    @property
    def degree(self) -> NDArray[np.int64]:
        """Counterparts of each actor, shape (actors,)."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @property
    def strength(self) -> NDArray[np.float64]:
        """Weight of the links of each actor, shape (actors,)."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()

    @property
    def words(self) -> Words:
        """What the links were made of, for those who read a result."""
        when = (f"; {self.period}", f"；{self.period}") if self.period else ("", "")
        return Words(f"{self.choice}{when[0]}", f"{str(self.choice).replace(', ', '，')}{when[1]}")


def chosen(cluster: Cluster, interactions: str | list[str] | None) -> Choice:
    """Read which interactions are asked for.

    Parameters
    ----------
    cluster
        The data.
    interactions
        None: all interactions, or all ties where there are none. A kind (``"order"``), ``"column=value"``,
        ``"column!=value"``, several of them as a list or separated by commas; ``"ties"`` first for the table
        of ties. Values of one column are alternatives, different columns hold together.

    Raises
    ------
    JiqunError
        If a column cannot be chosen by, or no row has the value.

    Examples
    --------
    >>> sales = pl.DataFrame({"source": ["x", "y"], "target": ["f", "f"], "kind": ["order", "view"]})
    >>> c = Cluster.from_tables(interactions=sales)
    >>> str(chosen(c, "view")), str(chosen(c, ["kind!=view"])), str(chosen(c, None))
    ('kind=view', 'kind!=view', 'interactions')
    """
    asked = [t.strip() for t in (interactions.split(",") if isinstance(interactions, str) else interactions or [])]
    table: Table = "ties" if asked[:1] == ["ties"] else "interactions"
    if not asked and cluster.has("ties") and not (cluster.has("interactions") and cluster.rows("interactions")):
        table = "ties"
    asked = [t for t in asked if t not in ("ties", "interactions", "")]
    if not cluster.has(table):
        raise MissingTable("space.digital", table, cluster.tables)
    return Choice(table, tuple(sorted(_term(cluster, table, t) for t in asked)))


def _term(cluster: Cluster, table: Table, text: str) -> tuple[str, bool, str]:
    found = _TERM.fullmatch(text)
    column, same, value = (found[1], found[2] == "=", found[3]) if found else ("kind", True, text)
    if column not in CHOOSABLE[table] or not usable(cluster, table, column):
        can = ", ".join(c for c in CHOOSABLE[table] if usable(cluster, table, c))
        raise JiqunError(
            f"space.digital: {table} cannot be chosen by {column!r}. Choose by one of: {can}.",
            f"space.digital：{table} 不能按 {column!r} 选取，可用：{can.replace(', ', '、')}。",
        )
    known = _values(cluster, table, column)
    if value not in known:
        shown = ", ".join(sorted(known)[:12])
        raise JiqunError(
            f"space.digital: no row of {table} has {column} {value!r}. There are: {shown}.",
            f"space.digital：{table} 中没有 {column} 为 {value!r} 的记录，现有：{shown.replace(', ', '、')}。",
        )
    return column, same, value


def _values(cluster: Cluster, table: Table, column: str) -> frozenset[str]:
    def read() -> frozenset[str]:
        found = typed(cluster, table, column).unique().collect("polars")[column].to_list()
        return frozenset(v for v in found if v is not None)

    return kept(cluster, f"values:{table}.{column}", read)


def links(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None = None,
    period: str | None = None,
    weight: LinkWeight = "count",
) -> Links:
    """Give the links of actors and their counterparts.

    Parameters
    ----------
    cluster
        The data.
    interactions
        Which interactions or ties, see :func:`chosen`.
    period
        A period, or two with a slash (``"2017-03/2017-06"``), both included; None takes all.
    weight
        ``"count"`` of interactions (ties: their weight), ``"amount"`` of money, or ``"binary"``.

    Returns
    -------
    Links
        Kept in memory while the cluster is open.

    Raises
    ------
    JiqunError
        If there is no such interaction, an amount is negative, or nobody is linked.

    Examples
    --------
    >>> sales = pl.DataFrame({"source": ["x", "x", "y"], "target": ["f", "f", "g"]})
    >>> made = links(Cluster.from_tables(interactions=sales))
    >>> made.actors.tolist(), made.counterparts.tolist(), made.matrix.toarray().tolist()
    (['f', 'g'], ['x', 'y'], [[2.0, 0.0], [0.0, 1.0]])
    """
    choice = chosen(cluster, interactions)
    if weight == "amount" and not usable(cluster, choice.table, "amount" if choice.table != "ties" else "weight"):
        raise JiqunError(
            f"space.digital: {choice.table} has no amounts. Use weight='count'.",
            f"space.digital：{choice.table} 没有金额，请用 weight='count'。",
        )
    return kept(cluster, f"links:{choice}:{period}:{weight}", lambda: _links(cluster, choice, period, weight))


def _links(cluster: Cluster, choice: Choice, period: str | None, weight: LinkWeight) -> Links:
    dealt, number = _rows(cluster, choice, _window(cluster, period), weight)
    # where each row counts once, the matrix sums by codes what would else be grouped by text
    pairs: pl.DataFrame = dealt.collect("polars").to_native() if number is None else _summed_pairs(dealt, number)
    if not pairs.height:
        raise JiqunError(
            f"space.digital: nobody is linked by {choice} in {period or 'any period'}. Choose others.",
            f"space.digital：在 {period or '任何时期'} 没有由 {choice} 形成的联系，请另选。",
        )
    sources, source = coded(pairs["source"])
    targets, target = coded(pairs["target"])
    value = np.ones(len(source)) if number is None else pairs["weight"].to_numpy().astype(np.float64)
    del pairs
    if not np.isfinite(value).all() or (value < 0).any():
        raise JiqunError(
            f"space.digital needs weights ≥ 0; {choice} has negative or missing sums. Use weight='count'.",
            f"space.digital 要求权重不小于 0；{choice} 有负值或缺失，请用 weight='count'。",
        )
    side = which_side(cluster, sources, targets)
    if side == "both":
        ids = np.union1d(sources, targets)
        a, b = np.searchsorted(ids, sources)[source], np.searchsorted(ids, targets)[target]
        matrix = _summed(np.r_[a, b], np.r_[b, a], np.r_[value, value], (len(ids), len(ids)), binary=weight == "binary")
        return _trimmed(ids, ids, matrix, one_mode=True, choice=choice, period=period)
    rows, columns = (source, target) if side == "source" else (target, source)
    ids, others = (sources, targets) if side == "source" else (targets, sources)
    matrix = _summed(rows, columns, value, (len(ids), len(others)), binary=weight == "binary")
    return _trimmed(ids, others, matrix, one_mode=False, choice=choice, period=period)


def pairs_of(
    cluster: Cluster, choice: Choice, *, period: str | None = None, weight: LinkWeight = "count"
) -> pl.DataFrame:
    """Give the weight of each ordered pair of source and target: ``source, target, weight``, in order of both.

    Parameters
    ----------
    cluster
        The data.
    choice
        Which rows, see :func:`chosen`.
    period, weight
        As in :func:`links`.

    Examples
    --------
    >>> c = Cluster.from_tables(interactions=pl.DataFrame({"source": ["x", "x"], "target": ["f", "f"]}))
    >>> pairs_of(c, chosen(c, None)).rows()
    [('x', 'f', 2)]
    """
    return _pairs(cluster, choice, _window(cluster, period), weight)


def rows_of(cluster: Cluster, choice: Choice, *columns: str, period: str | None = None) -> nw.LazyFrame[Any]:
    """Give columns of the rows that are chosen, lazily and in no order.

    Parameters
    ----------
    cluster
        The data.
    choice
        Which rows, see :func:`chosen`.
    *columns
        Canonical columns of the table of the choice; null where the cluster does not have them.
    period
        As in :func:`links`.

    Examples
    --------
    >>> c = Cluster.from_tables(interactions=pl.DataFrame({"source": ["x"], "target": ["f"], "group": ["g"]}))
    >>> rows_of(c, chosen(c, None), "group", "target").collect("polars").to_native().rows()
    [('g', 'f')]
    """
    within = _window(cluster, period)
    used = {column for column, _, _ in choice.terms}
    times = {c for c in (("time",) if choice.table == "interactions" else ("from", "to")) if within is not None}
    frame = typed(cluster, choice.table, *columns, *sorted((used | times) - set(columns)))
    frame = frame.filter(*_conditions(choice)) if choice.terms else frame
    if within is not None:
        frame = frame.filter(_during(cluster, choice.table, within))
    return frame.select(*columns)


def _pairs(cluster: Cluster, choice: Choice, within: Window | None, weight: LinkWeight) -> pl.DataFrame:
    return _summed_pairs(*_rows(cluster, choice, within, weight))


def _summed_pairs(rows: nw.LazyFrame[Any], number: str | None) -> pl.DataFrame:
    value = nw.len() if number is None else nw.col(number).sum()
    found: pl.DataFrame = rows.group_by("source", "target").agg(weight=value).collect("polars").to_native()
    return found.sort("source", "target")


def _rows(
    cluster: Cluster, choice: Choice, within: Window | None, weight: LinkWeight
) -> tuple[nw.LazyFrame[Any], str | None]:
    """Rows with both ends, and the column of what each weighs; None where each counts once."""
    used = sorted({column for column, _, _ in choice.terms} - {"source", "target"})
    times = [c for c in (("time",) if choice.table == "interactions" else ("from", "to")) if within is not None]
    number = "amount" if choice.table == "interactions" else "weight"
    frame = typed(cluster, choice.table, "source", "target", number, *used, *times)
    frame = frame.filter(~nw.col("source").is_null(), ~nw.col("target").is_null(), *_conditions(choice))
    if within is not None:
        frame = frame.filter(_during(cluster, choice.table, within))
    ties = choice.table == "ties" and usable(cluster, "ties", "weight") and weight == "count"
    if weight != "amount" and not ties:
        return frame.select("source", "target"), None
    return frame.select("source", "target", nw.col(number).fill_null(1.0 if ties else 0.0)), number


def _conditions(choice: Choice) -> list[nw.Expr]:
    """Alternatives of one column together; what is excluded, and a missing value, apart."""
    made: list[nw.Expr] = []
    for column in sorted({c for c, _, _ in choice.terms}):
        named = [v for c, same, v in choice.terms if c == column and same]
        barred = [v for c, same, v in choice.terms if c == column and not same]
        if named:
            made.append(reduce(or_, [nw.col(column) == v for v in named]))
        if barred:
            made.append(reduce(and_, [nw.col(column) != v for v in barred]) | nw.col(column).is_null())
    return made


def _during(cluster: Cluster, table: Table, within: Window) -> nw.Expr:
    covered = calendar(cluster)
    assert covered is not None
    if table == "interactions":
        if not usable(cluster, table, "time"):
            return nw.lit(value=True)
        code = period_code(nw.col("time"), covered.grain)
        return (code >= within.first) & (code <= within.last)
    made = nw.lit(value=True)
    if usable(cluster, table, "from"):
        made &= nw.col("from").is_null() | (period_code(nw.col("from"), covered.grain) <= within.last)
    if usable(cluster, table, "to"):
        made &= nw.col("to").is_null() | (period_code(nw.col("to"), covered.grain) >= within.first)
    return made


def _window(cluster: Cluster, period: str | None) -> Window | None:
    if period is None:
        return None
    first, _, last = period.partition("/")
    return window(cluster, first, last or first)


def _summed(
    rows: NDArray[Any], columns: NDArray[Any], value: NDArray[np.float64], shape: tuple[int, int], *, binary: bool
) -> sp.csr_array:
    matrix = sp.csr_array((value, (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if binary:
        matrix.data[:] = 1.0
    return matrix


def _trimmed(
    ids: NDArray[np.str_],
    others: NDArray[np.str_],
    matrix: sp.csr_array,
    *,
    one_mode: bool,
    choice: Choice,
    period: str | None,
) -> Links:
    """Leave out those whose links all weigh nothing, and in one mode links of an actor with itself."""
    if one_mode:
        matrix.setdiag(0)
        matrix.eliminate_zeros()
    rows = np.flatnonzero(np.diff(matrix.indptr))
    columns = rows if one_mode else np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    if not len(rows):
        raise JiqunError(
            f"space.digital: the links of {choice} weigh nothing. Use weight='count'.",
            f"space.digital：{choice} 的联系权重全为 0，请用 weight='count'。",
        )
    if len(rows) < matrix.shape[0] or len(columns) < matrix.shape[1]:
        matrix = sp.csr_array(matrix[rows][:, columns])
    matrix.sort_indices()
    return Links(ids[rows], others[columns], matrix, one_mode, choice, period)


def actor_graph(made: Links, *, kind: str | None = None, cluster: Cluster | None = None) -> sp.csr_array:
    """Give the weight between each two actors through the counterparts they share.

    ``W_ij = Σ_a w_ia w_ja / t_a`` with ``t_a`` the weight of all links of counterpart ``a``: a counterpart that
    everybody has brings nobody near, and the sum over ``j`` (with ``i`` itself) is the strength of ``i``.

    Parameters
    ----------
    made
        Links.
    kind
        Keep the actors of this kind only; needs ``cluster``.
    cluster
        The data, for the kinds of actors.

    Returns
    -------
    scipy.sparse.csr_array
        Symmetric, without a diagonal, shape (actors, actors).

    Examples
    --------
    >>> sales = pl.DataFrame({"source": ["x", "x", "y"], "target": ["f", "g", "g"]})
    >>> actor_graph(links(Cluster.from_tables(interactions=sales))).toarray().tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    matrix = made.matrix
    if kind is not None and cluster is not None:
        roster = actors(cluster)
        member = roster.filter(pl.col("kind") == kind)["actor_id"].to_numpy().astype(str)
        matrix = matrix[np.flatnonzero(np.isin(made.actors, member))]
    total = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    scaled = matrix @ sp.diags_array(1.0 / np.where(total > 0, total, 1.0))
    graph = sp.csr_array(scaled @ matrix.T)
    graph.setdiag(0)
    graph.eliminate_zeros()
    return graph
