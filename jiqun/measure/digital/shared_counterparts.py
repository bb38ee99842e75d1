"""Shared counterparts: what the actors of an industry have in common with whom they deal, beyond chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
import scipy.sparse as sp
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.bands import local_band, p_pointwise
from jiqun.measure.cells import ColumnName, tidy
from jiqun.measure.digital.swapping import Network, null_values
from jiqun.measure.elsewhere import elsewhere
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.linked import Linked, linked
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.space.communities import communities_of
from jiqun.space.expectation import probabilities
from jiqun.space.strata import activity_strata, own_activity

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@index(
    title=Words("Shared counterparts", "共同对手方集聚度"),
    question=Words(
        "Do the firms of an industry deal with the same customers or partners more often than chance would have it?",
        "一个行业的企业是否比随机情形更多地与相同的客户或伙伴打交道？",
    ),
    reading=Words(
        "1: as many shared counterparts as by chance, given how many each firm and each counterpart has; 2: twice as "
        "many. p compares with industries dealt anew among equally active firms. Customers choose by what they "
        "need, so firms of one trade share customers almost by construction: compare industries, periods and "
        "channels, and read “elsewhere”, which leaves the industry's own trade out.",
        "1：在给定各企业和各对手方联系数的条件下，共同对手方与随机情形一样多；2：为其两倍。"
        "p 值来自在活跃度相同的企业间重新分配行业标签。"
        "客户按需求选择，同行企业几乎必然共享客户：应在行业、时期、渠道之间比较，并参看排除本行业自身交易的“elsewhere”。",
    ),
    formula=r"R_c = \frac{\sum_{i<j\in c} S_{ij}}{\sum_{i<j\in c} \sum_a p_{ia}p_{ja}},\quad "
    r"S_{ij} = \sum_a A_{ia}A_{ja},\quad p_{ia} = \frac{1}{1+e^{-\theta_i-\varphi_a}}",
    needs=Needs("actors", ("actor_id", "place_id", "industry_id")),
    grain=("industry_id",),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    references=(
        Reference(
            "Saracco, Straka, Di Clemente, Gabrielli, Caldarelli & Squartini (2017), Inferring monopartite projections "
            "of bipartite networks: an entropy-based approach",
            "10.1088/1367-2630/aa6b38",
        ),
    ),
)
def shared_counterparts(
    frame: IntoFrame,
    *,
    actor: Annotated[ColumnName, Field(description="Column of the actors.")] = "actor_id",
    place: Annotated[
        ColumnName, Field(description="Column of the counterparts; on the ground the places.")
    ] = "place_id",
    industry: ColumnName = "industry_id",
    weighted: Annotated[
        bool, Field(description="Whether links count by the column weight (number or amount of interactions).")
    ] = False,
    compare: Annotated[
        bool,
        Field(
            description="Whether to compute the version that leaves out the industry's own trade (columns elsewhere)."
        ),
    ] = True,
    quantiles: Annotated[
        Annotated[int, Field(ge=1, le=100_000)] | None,
        Field(
            description="Strata of activity within which the null swaps labels; 1 does not control; empty: 20, or as "
            "many as hold 32 actors each where these are more."
        ),
    ] = None,
    against: Annotated[
        Literal["all", "others"],
        Field(
            description="With whom the null swaps labels. all: all industries; others: those that are not found "
            "concentrated themselves, so that a few concentrated ones do not make the rest look dispersed or not."
        ),
    ] = "all",
    simulations: Annotated[int, Field(ge=0, le=99_999, description="Draws under the null; 0 leaves p out.")] = 199,
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute how many counterparts the actors of an industry share, relative to chance.

    ``S_ij`` counts the counterparts that two actors share. What they would share by chance follows from the
    bipartite configuration model, in which every actor and every counterpart keeps its expected number of links and
    all else is as random as can be. The value is the sum of ``S`` over all pairs of the industry divided by the sum
    of what is expected. This is ours; the model is that of Saracco et al.

    Parameters
    ----------
    frame
        One row for each link of an actor and a counterpart, with the industry of the actor; further columns that
        are used where present: ``weight`` and ``category``. A table of plants is such a table, too: the
        counterparts are then the places, and what is measured is co-location.
    actor, place, industry
        Columns of the keys. Rows without a counterpart name actors that have none; actors without an industry
        are part of the network and of no industry.
    weighted
        False: a link counts once. True: ``S_ij = Σ_a w_ia w_ja`` with expectation ``s_i s_j Σ_a t_a² / W²`` (``s``,
        ``t`` and ``W`` sums of weights of the actor, the counterpart and all).
    compare
        Whether to compute the version that leaves out the industry's own trade: of all links but those of the
        industry's actors or of its ``category``, how many actors do pairs of counterparts of the industry share,
        relative to the mean over draws of as many other actors that are as active. Takes
        ``simulations``, and a pass over all links for each of them and each industry.
    quantiles
        The null swaps the industries of actors within this many quantiles of their number of counterparts (None: 20, or
        as many as hold 32 actors each where these are more), net of what their community gives to all who are in it
        (:func:`jiqun.space.strata.own_activity`; Leiden's communities).
    against
        ``"all"``: labels are swapped among all actors. ``"others"``: those of each industry with those of the
        industries that are not found concentrated, see :func:`jiqun.measure.digital.swapping.null_values`.
    simulations
        Draws under the null.
    replicates, level, rng
        Poisson bootstrap over actors, percentile interval; the network's probabilities stay. ``level`` is also that
        of the null band.

    Returns
    -------
    frame
        ``industry_id, value, low, high, expected, band_low, band_high, p, shared, by_chance, elsewhere,
        elsewhere_low, elsewhere_high, p_elsewhere, actors, links, note`` in the caller's library, sorted by
        industry. ``shared`` and ``by_chance`` are numerator and denominator of the value; ``expected`` and the band
        are of the value under the null, ``p`` its two-sided Monte-Carlo probability; ``elsewhere_low`` and
        ``elsewhere_high`` are the null band of ``elsewhere``; ``actors`` have a link. The value is null, with a note,
        where fewer than two actors of the industry have links.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    JiqunError
        If there are no links, or a weight is negative or missing.

    Notes
    -----
    Popularity is taken out twice: that of single firms by the configuration model, that of industries by the strata.
    Counts that are not set against the configuration model reject a true null of one popular industry nearly
    always where labels are swapped among all; the size and power of each are in docs/two-spaces.md.

    References
    ----------
    Saracco, F., Straka, M., Di Clemente, R., Gabrielli, A., Caldarelli, G. & Squartini, T. (2017).
    doi:10.1088/1367-2630/aa6b38

    Examples
    --------
    Two sellers of ``a`` share both of their buyers, those of ``b`` too; all four links of a buyer are as likely.

    >>> import polars as pl
    >>> sales = pl.DataFrame({"actor_id": list("ffgghhkk"), "industry_id": list("aaaabbbb"),
    ...                       "place_id": list("xyxyzwzw")})
    >>> found = shared_counterparts(sales, replicates=0, simulations=0)
    >>> found.select("industry_id", "value", "shared", "by_chance").rows()
    [('a', 2.0, 2.0, 1.0), ('b', 2.0, 2.0, 1.0)]
    """
    weight = "weight" if weighted else None
    read = linked(frame, "shared_counterparts", actor=actor, counterpart=place, industry=industry, weight=weight)
    net = _network(read, weighted=weighted)
    strata = _strata(net, quantiles) if simulations else np.zeros(len(net.degree), dtype=np.int64)
    observed = net.ratio(net.label, np.ones(len(net.label)))
    low = high = np.full(net.groups, np.nan)
    if replicates:
        one = np.ones(len(net.label), dtype=np.int64)
        draws = poisson_weights(one, replicates, rng)
        low, high, _ = interval(lambda t: net.ratio(net.label, t.astype(np.float64)), draws, level)
    defined = np.isfinite(observed)
    null = null_values(net, strata, simulations, least=against == "others", rng=rng)
    null[:, ~defined] = np.nan
    shared, chance = net.sums(net.label, np.ones(len(net.label)))
    band = local_band(null, level) if simulations else (np.full(net.groups, np.nan),) * 2
    columns = {
        "industry_id": read.industries.tolist(),
        "value": observed,
        "low": np.where(defined, low, np.nan),
        "high": np.where(defined, high, np.nan),
        "expected": _mean(null),
        "band_low": band[0],
        "band_high": band[1],
        "p": p_pointwise(observed, null) if simulations else np.full(net.groups, np.nan),
        "shared": shared,
        "by_chance": chance,
    }
    if compare:
        columns |= elsewhere(read, strata, simulations=simulations, level=level, rng=rng)
    held = np.bincount(net.label[net.label >= 0], minlength=net.groups)
    links = np.bincount(net.label[net.label >= 0], net.degree[net.label >= 0], net.groups)
    columns |= {
        "actors": held.astype(np.int64),
        "links": links.astype(np.int64),
        "note": [
            None if d else ("no links" if not n else "needs two actors with links")
            for d, n in zip(defined, held, strict=True)
        ],
    }
    return tidy(columns, frame)


def _network(read: Linked, *, weighted: bool) -> Network:
    """Keep the actors that have links, each link once whatever its category."""
    rows = np.flatnonzero(read.linked)
    matrix = sp.csr_array((read.matrix.data, read.matrix.indices, read.matrix.indptr), shape=read.matrix.shape)[rows]
    matrix.sum_duplicates()
    if not weighted:
        matrix.data[:] = 1.0
    turned = sp.csc_array(matrix)
    turned.sort_indices()
    degree, met = np.diff(matrix.indptr).astype(np.int64), np.diff(turned.indptr)
    label = np.where(read.industry[rows] < len(read.industries), read.industry[rows], -1)
    alone = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64).ravel()
    return Network(
        links=matrix,
        turned=turned,
        label=label,
        degree=degree,
        alone=alone,
        chance=_by_weight(matrix) if weighted else probabilities(degree, met[met > 0].astype(np.int64)).pairs,
        groups=len(read.industries),
    )


def _strata(net: Network, quantiles: int | None) -> Codes:
    """Strata of activity net of communities; where all are equally active there is one."""
    if quantiles == 1 or not np.ptp(net.degree):
        return np.zeros(len(net.degree), dtype=np.int64)
    community = communities_of(net.links, seeds=1).actor
    return activity_strata(own_activity(net.degree, net.label, community), quantiles)


def _by_weight(matrix: sp.csr_array) -> Callable[[Codes, Array, int], Array]:
    strength = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    met = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    same = float((met**2).sum() / met.sum() ** 2)

    def pairs(group: Codes, times: Array, groups: int) -> Array:
        inside = group >= 0
        each = (times * strength)[inside]
        total = np.bincount(group[inside], each, groups)
        return np.asarray((total**2 - np.bincount(group[inside], each**2, groups)) / 2.0 * same)

    return pairs


def _mean(null: Array) -> Array:
    known = np.isfinite(null)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, null, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
