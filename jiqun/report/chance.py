"""The values of an index beside what they would be by chance, and what “chance” means in each space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.measure import Index
from jiqun.measure.placed import Placed
from jiqun.measure.subject import draws_its_own_null
from jiqun.report.shapes import Text

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["DRAWS", "beside_chance", "chance_words", "default_draws"]

DRAWS = 199
"""Draws where none are asked for in the network: there a formula takes popularity for concentration."""
ADDED = ("expected", "band_low", "band_high", "p")
_FORMULA = "p_formula"
_UNCONTROLLED = "does not control for activity"
"""What the note of a curve says whose band swaps places among all."""

_STRATA = Words(
    "Chance means: industries swapped among firms about as popular (strata of activity net of communities), so that "
    "popularity is not read as concentration; {n} draws.",
    "随机假设：在受欢迎程度相近的企业之间（按扣除社群影响后的活跃度分层）交换行业标签，"
    "以免把受欢迎程度误作集聚；共抽取 {n} 次。",
)
_PLAIN = Words(
    "Chance means: industries swapped among all firms, each at its place and of its size; {n} draws.",
    "随机假设：在全部企业之间交换行业标签，企业的位置与规模不变；共抽取 {n} 次。",
)
_SITES = Words(
    "Chance means: places swapped among all actors, however active. The band does not control for activity, so a "
    "popular industry may seem concentrated.",
    "随机假设：在全部主体之间交换位置，不论其活跃程度。该带未控制活跃度，受欢迎的行业可能显得集聚。",
)
_NONE = Words(
    "Not set against chance: a p in the result is that of a formula, which does not control for activity, so a popular "
    "industry may seem concentrated. Ask for draws.",
    "未与随机情形比较：结果中的 p 值来自公式，未控制活跃度，受欢迎的行业可能显得集聚。可要求随机抽取。",
)


def default_draws(index: Index, space: str) -> int:
    """Give the draws of an index where the caller names none: 0 on the ground, and for one that draws its null itself.

    >>> from jiqun.measure import indices
    >>> [default_draws(indices()["ellison_glaeser"], space) for space in ("physical", "digital")]
    [0, 199]
    """
    return DRAWS if space == "digital" and not draws_its_own_null(index) else 0


def beside_chance(
    cluster: Cluster, index: Index, table: pa.Table, *, placed: Placed, draws: int, parameters: Mapping[str, Any]
) -> pa.Table:
    """Put beside the values of an index what they would be by chance.

    Parameters
    ----------
    cluster, index, table
        The result of the index on the cluster.
    placed
        Where it was computed.
    draws
        Draws under the null.
    parameters
        Parameters of the index, as they were given.

    Returns
    -------
    pyarrow.Table
        With ``expected, band_low, band_high, p`` from :func:`jiqun.measure.envelope`; a ``p`` that the index gave
        is ``p_formula``.

    Raises
    ------
    JiqunError
        If the index cannot be drawn under the null.
    """
    import polars as pl

    from jiqun.measure.enveloping import envelope

    own = {name: value for name, value in parameters.items() if name not in ("rng", "level", "replicates")}
    shared = {name: parameters[name] for name in ("rng", "level") if name in parameters}
    made = envelope(index.name, cluster, n=draws, space=placed, global_=False, adjust="none", **shared, **own)
    found = nw.from_native(made, eager_only=True).to_polars()
    whole: pl.DataFrame = pl.DataFrame(table)
    keys = [name for name in index.grain if name in whole.columns and name in found.columns]
    if whole.height != found.height or not keys:
        raise JiqunError(
            f"{index.name} gives other rows under the null than on the data. Leave the draws out (chance=0).",
            f"{index.name} 在零假设下给出的行与数据不同。请不要求随机抽取（chance=0）。",
        )
    whole = whole.rename({"p": _FORMULA}) if "p" in whole.columns else whole
    added = [name for name in ADDED if name not in whole.columns]
    joined = whole.join(found.select(*keys, *added), on=keys, how="left", maintain_order="left")
    first = [name for name in (*keys, "value", "low", "high", *ADDED) if name in joined.columns]
    return joined.select(*first, *(name for name in joined.columns if name not in first)).to_arrow()


def chance_words(index: Index, space: str, table: pa.Table, draws: int) -> Text:
    """Say what the probabilities and bands of a result are against.

    Parameters
    ----------
    index, space, table
        The result.
    draws
        Draws under the null.
    """
    names = set(table.column_names)
    if draws_its_own_null(index):
        if index.family != "digital" and space == "digital":
            notes = set(table["note"].to_pylist()) if "note" in names else set()
            return _said(_SITES if any(note and _UNCONTROLLED in str(note) for note in notes) else _STRATA, draws)
        if index.family != "digital":
            return Text(en="", zh="")
        return _said(_STRATA if space == "digital" else _PLAIN, draws) if draws else Text(en="", zh="")
    if "band_low" in names and draws:
        return _said(_STRATA if space == "digital" else _PLAIN, draws)
    return _said(_NONE, 0) if space == "digital" else Text(en="", zh="")


def _said(words: Words, draws: int) -> Text:
    return Text(en=words.en.format(n=draws), zh=words.zh.format(n=draws))
