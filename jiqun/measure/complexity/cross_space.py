"""Cross-space relatedness: how activities of one classification go with those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from jiqun.cluster import MissingColumn, Reference, Words
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, cells, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, from_weights
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights

Method = Literal["proximity", "assist"]

BETWEEN = "\x1f"
UNKNOWN = "\x1e"


@index(
    title=Words("Cross-space relatedness", "跨空间关联度"),
    question=Words(
        "Which activities of one kind (technologies, or the industries of another year) go with which industries?",
        "一类活动（如技术领域，或另一年份的行业）与哪些行业相伴出现？",
    ),
    reading=Words(
        "proximity: the smaller of the two conditional probabilities, 0 never together, 1 always. "
        "assist: the chance that a step from the first over a place leads to the second.",
        "proximity 为两个条件概率中较小者：0 表示从不同时出现，1 表示总是同时出现；"
        "assist 为从前者出发、经由某地走到后者的概率。",
    ),
    formula=r"\phi_{ij} = \frac{\sum_r b_{ri} b'_{rj}}{\max(u_i, u'_j)},\quad "
    r"A_{ij} = \frac{1}{u_i}\sum_r b_{ri} \frac{b'_{rj}}{d'_r}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id", "industry_id_2"),
    bounds=Bounds(0.0, 1.0),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Catalán, Navarrete & Figueroa (2022), The scientific and technological cross-space (proximity)",
            "10.1016/j.respol.2020.104016",
        ),
        Reference(
            "Pugliese, Cimini, Patelli, Zaccaria, Pietronero & Gabrielli (2019), Unfolding the innovation system for "
            "the development of countries (assist matrix)",
            "10.1038/s41598-019-52767-5",
        ),
    ),
)
def cross_space(
    frame: IntoFrame,
    *,
    method: Annotated[
        Method, Field(description="proximity: symmetric in the two spaces; assist: from the first to the second.")
    ] = "proximity",
    second: Annotated[
        str | None,
        Field(description="Column of the second classification; empty: the same as the first.", max_length=200),
    ] = None,
    other: Annotated[
        SkipJsonSchema[Any],
        Field(description="Table of the second space or year, with the same places; empty: the table itself."),
    ] = None,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the relatedness between the activities of two spaces over the places they share.

    The two spaces are two classifications of one table (industry and technology of a firm), two tables
    (firms and patents), or two years of one. Presence is decided in each by itself; a place that one table
    lacks has nothing there. A space with itself gives :func:`jiqun.measure.proximity`, with 1 on the diagonal.

    Parameters
    ----------
    frame
        One row for each actor or cell; the first space.
    method
        ``"proximity"``: ``φ_ij = Σ_r b_ri b'_rj / max(u_i, u'_j)``.
        ``"assist"``: ``A_ij = 1/u_i Σ_r b_ri b'_rj / d'_r``, the chance that a random step from ``i`` to a place that
        has it leads on to ``j``; its rows sum to 1 where every place with ``i`` has something in the second space.
    second
        Column of the second classification, in ``other`` or in the table itself; None is ``industry``.
    other
        A second table, in any library Narwhals knows; None is the table itself.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or activity are part of the totals of the quotient.
    cut
        Location quotient from which on an activity is present in a place; 0 for any weight.
    replicates, level, rng
        Poisson bootstrap over rows: of both classifications together, of two tables independently.

    Returns
    -------
    frame
        ``industry_id, industry_id_2, value, low, high, note``: every ordered pair, ``industry_id`` of the first
        space and ``industry_id_2`` of the second. Null where an activity is present nowhere.

    References
    ----------
    Catalán, P. et al. (2022). doi:10.1016/j.respol.2020.104016

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q"], "industry_id": ["a", "b", "b"]})
    >>> patents = pl.DataFrame({"place_id": ["p", "q", "q"], "field": ["x", "x", "y"]})
    >>> cross_space(firms, other=patents, second="field", cut=0).select("industry_id", "industry_id_2", "value").rows()
    [('a', 'x', 0.5), ('a', 'y', 0.0), ('b', 'x', 1.0), ('b', 'y', 0.5)]
    """
    keys = {"place": place, "weight": weight, "unknown": unknown}
    spaces = _two_tables(frame, other, industry, second, keys) if other is not None else None
    spaces = spaces or _one_table(frame, industry, second, keys)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        return across(*spaces.present(cut, times), method).ravel()

    value = statistic(None)
    low = high = np.full(value.shape, np.nan)
    if replicates:
        low, high, _ = interval(statistic, poisson_weights(spaces.rows, replicates, rng), level)
    undefined = np.isnan(value)
    return tidy(
        {
            "industry_id": np.repeat(spaces.first, len(spaces.second)).tolist(),
            "industry_id_2": np.tile(spaces.second, len(spaces.first)).tolist(),
            "value": value,
            "low": np.where(undefined, np.nan, low),
            "high": np.where(undefined, np.nan, high),
            "note": [None if np.isfinite(v) else "present nowhere" for v in value],
        },
        frame,
    )


def across(b: Matrix, c: Matrix, method: Method) -> Array:
    """Relatedness of the columns of two matrices over the same places; NaN where 0/0.

    Examples
    --------
    >>> eye = np.eye(2, dtype=bool)
    >>> across(eye, np.array([[True, True], [False, True]]), "assist").tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    first, second = b.astype(np.float64), c.astype(np.float64)
    u, v = first.sum(axis=0), second.sum(axis=0)
    if method == "assist":
        diversity = second.sum(axis=1, keepdims=True)
        found: Array = first.T @ np.divide(second, diversity, out=np.zeros_like(second), where=diversity > 0)
        found /= np.where(u > 0, u, np.nan)[:, None]
    else:
        found = first.T @ second / np.maximum(np.maximum.outer(u, v), 1.0)
    found[u == 0], found[:, v == 0] = np.nan, np.nan
    return found


@dataclass(frozen=True, slots=True)
class Spaces:
    """Groups of rows of two spaces over common places, each row with a code in one space or in both."""

    first: NDArray[np.str_]
    second: NDArray[np.str_]
    places: int
    place: NDArray[np.int64]
    code: NDArray[np.int64]
    """Code in the first space, shape (groups,): the one after the last where unknown, −1 where not of this space."""
    code_2: NDArray[np.int64]
    weight: Array
    rows: NDArray[np.int64]

    def present(self, cut: float, times: NDArray[np.int64] | None) -> tuple[Matrix, Matrix]:
        """Presence in the two spaces, (places, activities) each."""
        mass = self.weight * (self.rows if times is None else times)
        return (
            from_weights(self._sums(self.code, len(self.first), mass), cut),
            from_weights(self._sums(self.code_2, len(self.second), mass), cut),
        )

    def _sums(self, code: NDArray[np.int64], count: int, mass: Array) -> Array:
        here = code >= 0
        flat = np.bincount(self.place[here] * (count + 1) + code[here], mass[here], (self.places + 1) * (count + 1))
        return flat.reshape(self.places + 1, count + 1).astype(np.float64)


def _one_table(frame: Any, industry: str, second: str | None, keys: dict[str, Any]) -> Spaces:
    """Two classifications of one table: rows are counted by both, so that a resample is of whole rows."""
    if second is None or second == industry:
        groups = cells(frame, "cross_space", industry=industry, **keys)
        code = groups.industry
        return _spaces(groups, groups.industries, code, groups.industries, code)
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    present = lazy.collect_schema().names()
    for name in (industry, second):
        if name not in present:
            raise MissingColumn("cross_space", "actors", name, present)
    text = [_text(lazy, name) for name in (industry, second)]
    if keys["unknown"] == "exclude":
        lazy = lazy.filter(~nw.col(industry).is_null(), ~nw.col(second).is_null())
    both = lazy.with_columns(nw.concat_str(text, separator=BETWEEN).alias(BETWEEN))
    groups = cells(both.to_native(), "cross_space", industry=BETWEEN, **keys)
    pairs = np.array([name.split(BETWEEN) for name in groups.industries.tolist()])
    (names, code), (names_2, code_2) = (_known(pairs[:, k], groups.industry) for k in (0, 1))
    return _spaces(groups, names, code, names_2, code_2)


def _text(table: nw.LazyFrame[Any], name: str) -> nw.Expr:
    text = nw.col(name).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
    whole = text.str.replace(r"\.0$", "") if table.collect_schema()[name].is_float() else text
    return whole.fill_null(UNKNOWN)


def _known(names: NDArray[np.str_], of: NDArray[np.int64]) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Distinct known names, and the code of each group; unknown ones come after the last."""
    distinct = np.unique(names[names != UNKNOWN])
    code = np.where(names == UNKNOWN, len(distinct), np.searchsorted(distinct, names))
    return distinct, code[of].astype(np.int64)


def _spaces(
    groups: Cells, first: NDArray[np.str_], code: NDArray[np.int64], second: NDArray[np.str_], code_2: NDArray[np.int64]
) -> Spaces:
    return Spaces(first, second, len(groups.places), groups.place, code, code_2, groups.weight, groups.rows)


def _two_tables(frame: Any, other: Any, industry: str, second: str | None, keys: dict[str, Any]) -> Spaces:
    one = cells(frame, "cross_space", industry=industry, **keys)
    two = cells(other, "cross_space", industry=second or industry, **keys)
    places = np.union1d(one.places, two.places)
    at = [np.append(np.searchsorted(places, g.places), len(places))[g.place].astype(np.int64) for g in (one, two)]
    absent = [np.full(len(g.place), -1, dtype=np.int64) for g in (one, two)]
    return Spaces(
        one.industries,
        two.industries,
        len(places),
        np.concatenate(at),
        np.concatenate([one.industry, absent[1]]),
        np.concatenate([absent[0], two.industry]),
        np.concatenate([one.weight, two.weight]),
        np.concatenate([one.rows, two.rows]),
    )
