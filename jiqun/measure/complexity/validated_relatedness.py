"""Validated relatedness: which industries meet more often than diversity and ubiquity make them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.configuration import Configuration, configuration, tail_at_least, tail_near
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.multiple import Adjust, Adjustment, adjust
from jiqun.measure.presence import Array, Cut, Matrix, of_pairs, presence
from jiqun.measure.resample import Level, Replicates, Seed

Tail = Literal["auto", "exact", "saddlepoint"]

WORK = 2e10
"""Up to so many multiplications “auto” computes every tail exactly: seconds to half a minute."""
CHECKED = 500


@index(
    title=Words("Validated relatedness", "经检验的产业关联度"),
    question=Words(
        "Which industries share places more often than chance allows, given how diverse places and how common "
        "industries are?",
        "考虑各地多样性和各行业普遍程度之后，哪些行业的共现仍显著多于随机？",
    ),
    reading=Words(
        "Places with both, over the number expected by chance: 1 is chance. validated says which pairs stand out "
        "when all pairs are tested together.",
        "同时拥有两个行业的地方数与随机期望之比：1 表示与随机一致；validated 指出对所有行业对同时检验后仍显著的关联。",
    ),
    formula=r"\frac{C_{ij}}{\sum_r p_{ri} p_{rj}},\quad p_{ri} = \frac{x_r y_i}{1 + x_r y_i}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id", "industry_id_2"),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Saracco, Straka, Di Clemente, Gabrielli, Caldarelli & Squartini (2017), Inferring monopartite projections "
            "of bipartite networks: an entropy-based approach",
            "10.1088/1367-2630/aa6b38",
        ),
        Reference(
            "Benjamini & Hochberg (1995), Controlling the false discovery rate",
            "10.1111/j.2517-6161.1995.tb02031.x",
        ),
    ),
)
def validated_relatedness(
    frame: IntoFrame,
    *,
    tail: Annotated[
        Tail,
        Field(
            description="exact: the Poisson–binomial distribution; saddlepoint: its tail to a small relative error, "
            "which is measured; auto: exact unless that takes too long."
        ),
    ] = "auto",
    adjustment: Adjust = "fdr",
    rate: Annotated[
        float, Field(gt=0.0, lt=1.0, description="A pair is validated where its adjusted p is at most this.")
    ] = 0.05,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Test the co-occurrence of every pair of industries against the bipartite configuration model.

    Ubiquitous industries meet often whatever they have in common. The null keeps the expected diversity of
    each place and ubiquity of each industry and is otherwise as random as can be; under it the number of
    places with both is a sum of independent draws with chances ``p_ri p_rj``, whose distribution
    (Poisson–binomial) is known. No simulation is needed. All pairs are tested together. The data meet the
    margins exactly and the null only on average, so that the test is conservative, the more so the more the
    margins determine.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    tail
        How the tail is computed. ``"auto"`` takes the saddlepoint where the exact one would need more than
        2·10¹⁰ multiplications (about 600 industries in 2,000 places).
    adjustment
        Control of the many tests at once, see :func:`jiqun.measure.adjust`; Saracco et al. take ``"fdr"``.
    rate
        False discovery rate (or family-wise error rate) accepted.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the totals of the quotient.
    cut
        Location quotient from which on an industry is present in a place; 0 for any weight.
    replicates, level, rng
        Poisson bootstrap over rows of the ratio; the model is fitted anew in each replicate. Off by default.

    Returns
    -------
    frame
        ``industry_id, industry_id_2, value, low, high, cooccurrence, expected, deviation, p, p_adjusted,
        validated, error, note``: each unordered pair once, the smaller code first. ``deviation`` is the
        standard deviation of the co-occurrence under the null, ``p`` the probability of as many or more,
        ``p_adjusted`` the smallest rate at which the pair would be validated. ``error`` is the largest relative
        error of p found on a part of the pairs, 0 where exact. Null where an industry is present nowhere.

    References
    ----------
    Saracco, F. et al. (2017). doi:10.1088/1367-2630/aa6b38

    Examples
    --------
    ``a`` and ``b`` are in the same two of four places, as are ``c`` and ``d``; chance lets each pair meet once.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": list("ppqqrrss"), "industry_id": list("ababcdcd")})
    >>> found = validated_relatedness(firms, cut=0)
    >>> found.select("industry_id", "industry_id_2", pl.col("value", "expected", "p").round(6)).rows()[:2]
    [('a', 'b', 2.0, 1.0, 0.261719), ('a', 'c', 0.0, 1.0, 1.0)]
    """
    groups = cells(frame, "validated_relatedness", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        there = presence(groups, cut, times)
        model = configuration(there)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: Array = together(there) / expected(model)[0][np.ix_(model.industry_class, model.industry_class)]
        none = ~there.any(axis=0)
        ratio[none], ratio[:, none] = np.nan, np.nan
        return ratio

    there = presence(groups, cut)
    return of_pairs(groups, statistic, (replicates, level, rng), extra=tested(there, tail, adjustment, rate))


def together(present: Matrix) -> Array:
    """Count the places with both industries of each pair, shape (industries, industries)."""
    b = present.astype(np.float64)
    counted: Array = b.T @ b
    return counted


def expected(model: Configuration) -> tuple[Array, Array]:
    """Mean and variance of the co-occurrence of industries of each pair of classes."""
    p = model.probability
    mean: Array = (p * model.places[:, None]).T @ p
    square = p**2
    return mean, np.maximum(mean - (square * model.places[:, None]).T @ square, 0.0)


def tested(present: Matrix, tail: Tail, adjustment: Adjustment, rate: float) -> dict[str, Any]:
    """Columns of the test of every unordered pair of industries."""
    model = configuration(present)
    first, second = np.triu_indices(present.shape[1], k=1)
    count = np.rint(together(present)[first, second]).astype(np.int64)
    one, other = model.industry_class[first], model.industry_class[second]
    mean, variance = expected(model)
    p, error = _tails(model, np.minimum(one, other), np.maximum(one, other), count, tail)
    known = np.asarray(present.any(axis=0))
    possible = known[first] & known[second]
    p[~possible] = np.nan
    adjusted = adjust(p, adjustment)
    return {
        "cooccurrence": count,
        "expected": np.where(possible, mean[one, other], np.nan),
        "deviation": np.where(possible, np.sqrt(variance[one, other]), np.nan),
        "p": p,
        "p_adjusted": adjusted,
        "validated": adjusted <= rate,
        "error": np.full(len(p), error),
    }


def _tails(
    model: Configuration, one: NDArray[np.int64], other: NDArray[np.int64], count: NDArray[np.int64], tail: Tail
) -> tuple[Array, float]:
    """Tail probability of each pair, computed once for all pairs of the same classes and count."""
    distinct, inverse = np.unique(np.stack([one, other, count]), axis=1, return_inverse=True)
    i, j, need = distinct
    exactly = tail == "exact" or (tail == "auto" and float(need.sum()) * model.places.sum() <= WORK)
    result = np.empty(len(need))
    for start in range(0, len(need), 1 << 14):
        part = slice(start, start + (1 << 14))
        chances = np.ascontiguousarray((model.probability[:, i[part]] * model.probability[:, j[part]]).T)
        result[part] = (tail_at_least if exactly else tail_near)(chances, model.places, need[part])
    if exactly:
        return result[inverse.ravel()], 0.0
    spread = np.unique(np.linspace(0, len(need) - 1, CHECKED).astype(np.int64))
    chances = np.ascontiguousarray((model.probability[:, i[spread]] * model.probability[:, j[spread]]).T)
    truth = tail_at_least(chances, model.places, need[spread])
    seen = truth > 1e-250
    error = float(np.abs(result[spread][seen] / truth[seen] - 1.0).max(initial=0.0))
    return result[inverse.ravel()], error
