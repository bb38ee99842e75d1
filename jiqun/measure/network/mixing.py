"""Who is tied to whom by attribute: E–I index, assortativity, and the share of ties that cross a border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from jiqun.cluster import JiqunError
from jiqun.measure.network.graph import Array, Codes, Graph, graph
from jiqun.measure.resample import generators

__all__ = ["Mixing", "Share", "crossing", "known_part", "mixing"]

WORK = 400_000_000
"""Ties × permutations up to which labels are permuted; beyond, the normal law with the exact moments gives p."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval, and how much there was."""

    value: float
    low: float
    high: float
    error: float
    total: float


@dataclass(frozen=True, slots=True)
class Mixing:
    """How ties mix the groups of an attribute. ``p`` is two-sided: as far from chance as this, either way."""

    ei: float
    """E–I index: −1 all ties inside groups, 1 all between."""
    ei_low: float
    ei_high: float
    ei_chance: float
    """Its mean where labels are dealt to actors at random."""
    assortativity: float
    """Newman's coefficient: 1 all ties inside, 0 as independent ends."""
    assortativity_low: float
    assortativity_high: float
    across: Share
    """Share of ties between groups."""
    p: float
    z: float
    """Standard deviations of the internal ties above what random labels give."""
    permutations: int
    """0 where p is of the normal law with exact moments."""
    actors: int
    groups: int
    ties: int
    inside: Array
    """Weight of ties inside each group, shape (groups,)."""
    between: Array
    """Weight of ties of each group with others, shape (groups,)."""


def known_part(network: Graph, label: Codes) -> tuple[Graph, Codes]:
    """Keep the ties of which both ends have a label ≥ 0, and the actors that have them; undirected.

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> part, label = known_part(graph([0, 1], [1, 2]), np.array([0, 5, -1]))
    >>> part.nodes, len(part.source), label.tolist()
    (2, 1, [0, 1])
    """
    part, kinds, _ = _known(network, label)
    return part, kinds


def _known(network: Graph, label: Codes) -> tuple[Graph, Codes, Codes]:
    """The same, and which actors they were."""
    whole = network.merged
    both = (label[whole.source] >= 0) & (label[whole.target] >= 0)
    ends = np.unique(np.concatenate([whole.source[both], whole.target[both]]))
    source, target = np.searchsorted(ends, whole.source[both]), np.searchsorted(ends, whole.target[both])
    kinds = np.unique(label[ends], return_inverse=True)[1].ravel().astype(np.int64)
    return graph(source, target, whole.weight[both], nodes=len(ends)), kinds, ends.astype(np.int64)


def crossing(network: Graph, label: Codes, *, weighted: bool = False, level: float = 0.95) -> Share:
    r"""Share of ties (or of their weight) between actors of different groups, with an interval by actor.

    Ties that share an actor are not independent. The error is that of the linearised share, summed over all pairs of
    ties with an actor in common (dyadic cluster-robust):

    .. math:: \widehat{V} = \frac{1}{W^2}\Bigl[\sum_i \Bigl(\sum_{e \ni i} u_e\Bigr)^2 - \sum_e u_e^2\Bigr],
        \quad u_e = w_e (x_e - \hat s), \; W = \sum_e w_e

    The interval is normal on the logit scale, so that it stays in [0, 1].

    Parameters
    ----------
    network
        Ties; direction does not count.
    label
        Group of each actor, −1 where it is not known: its ties do not count. Shape (nodes,).
    weighted
        Count weight, not ties.
    level
        Coverage.

    Returns
    -------
    Share
        NaN where no tie has both labels; without an interval where the share is 0 or 1.

    References
    ----------
    Fafchamps, M. & Gubert, F. (2007), The formation of risk sharing networks. doi:10.1016/j.jdeveco.2006.05.005
    Aronow, P., Samii, C. & Assenova, V. (2015), Cluster-robust variance estimation for dyadic data.
    doi:10.1093/pan/mpv018

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> crossing(graph([0, 0, 1], [1, 2, 2]), np.array([0, 0, 1])).value.__round__(4)
    0.6667
    """
    part, kinds = known_part(network, label)
    return _crossing(part, kinds, weighted, level)


def _crossing(part: Graph, kinds: Codes, weighted: bool, level: float) -> Share:
    weight = part.weight if weighted else np.ones(len(part.source))
    total = float(weight.sum())
    if total <= 0:
        return Share(np.nan, np.nan, np.nan, np.nan, 0.0)
    across = (kinds[part.source] != kinds[part.target]).astype(np.float64)
    share = float(weight @ across) / total
    u = weight * (across - share)
    by_actor = np.bincount(part.source, u, part.nodes) + np.bincount(part.target, u, part.nodes)
    error = float(np.sqrt(max(float((by_actor**2).sum() - (u**2).sum()), float((u**2).sum()))) / total)
    if not 0.0 < share < 1.0:
        return Share(share, np.nan, np.nan, np.nan, total)
    wide = float(ndtri((1 + level) / 2)) * error / (share * (1 - share))
    logit = np.log(share / (1 - share))
    low, high = (float(1 / (1 + np.exp(-(logit + side * wide)))) for side in (-1, 1))
    return Share(share, low, high, error, total)


def mixing(
    network: Graph,
    label: Codes,
    *,
    weighted: bool = False,
    permutations: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> Mixing:
    r"""E–I index and assortativity of an attribute, and whether its labels matter.

    .. math:: EI = \frac{E - I}{E + I}, \qquad r = \frac{\sum_g e_{gg} - \sum_g a_g^2}{1 - \sum_g a_g^2}

    with :math:`E` ties between groups and :math:`I` inside, :math:`e_{gg}` the share of ties inside group g and
    :math:`a_g` the share of ends in it. The null deals the labels to the actors at random: the network, and how many
    actors each group has, stay. Where every actor only supplies or only is supplied, labels are dealt on each side
    apart. Its mean and variance are exact in closed form.

    Parameters
    ----------
    network
        Ties; direction does not count, each pair is one tie.
    label
        Group of each actor, −1 where it is not known: its ties do not count. Shape (nodes,).
    weighted
        Count weight, not ties.
    permutations
        Permutations for p; none where there would be too many ties for them.
    level
        Coverage of the intervals, by actor as in :func:`crossing`.
    rng
        Generator, seed or None.

    Returns
    -------
    Mixing
        Indices with interval, chance and probability, and the weights of the groups.

    Raises
    ------
    JiqunError
        If no tie has both ends in a group, or there is one group alone.

    References
    ----------
    Krackhardt, D. & Stern, R. (1988), Informal networks and organizational crises. doi:10.2307/2786835
    Newman, M. (2003), Mixing patterns in networks. doi:10.1103/PhysRevE.67.026126

    Examples
    --------
    Two pairs, each of one group: all ties inside.

    >>> from jiqun.measure.network.graph import graph
    >>> found = mixing(graph([0, 1, 2], [1, 0, 3]), np.array([0, 0, 1, 1]))
    >>> found.ei, found.assortativity, round(found.ei_chance, 6)
    (-1.0, 1.0, 0.333333)
    """
    part, kinds, ends_of = _known(network, label)
    side = np.zeros(part.nodes, dtype=np.int64)
    if network.one_way:
        side = (np.bincount(network.source, minlength=network.nodes) > 0)[ends_of].astype(np.int64)
    groups = int(kinds.max(initial=-1)) + 1
    if not len(part.source) or groups < 2:
        raise JiqunError(
            "mixing is not computable: needs ties whose two ends both have the attribute, in at least two groups.",
            "无法计算混合程度：需要两端都有该属性的联系，且至少分属两个组。",
        )
    weight = part.weight if weighted else np.ones(len(part.source))
    share = _crossing(part, kinds, weighted, level)
    inside = float(weight[kinds[part.source] == kinds[part.target]].sum())
    mean, deviation = (_sided if side.any() else _moments)(part, kinds, weight, side)
    total = float(weight.sum())
    same = kinds[part.source] == kinds[part.target]
    held = np.bincount(kinds[part.source][same], weight[same], groups)
    ends = np.bincount(kinds[part.source], weight, groups) + np.bincount(kinds[part.target], weight, groups)
    ends_squared = float(((ends / ends.sum()) ** 2).sum())
    r = (inside / total - ends_squared) / (1 - ends_squared) if ends_squared < 1 else np.nan
    wide = float(ndtri((1 + level) / 2)) * _newman_error(part, kinds, weight, groups)
    p, drawn = _probability(part, kinds, weight, side, (inside, mean, deviation), permutations, rng)
    return Mixing(
        ei=2 * share.value - 1,
        ei_low=2 * share.low - 1,
        ei_high=2 * share.high - 1,
        ei_chance=1 - 2 * mean / total,
        assortativity=r,
        assortativity_low=max(r - wide, -1.0),
        assortativity_high=min(r + wide, 1.0),
        across=share,
        p=p,
        z=(inside - mean) / deviation if deviation > 0 else np.nan,
        permutations=drawn,
        actors=part.nodes,
        groups=groups,
        ties=len(part.source),
        inside=held.astype(np.float64),
        between=(ends - 2 * held).astype(np.float64),
    )


def _moments(part: Graph, kinds: Codes, weight: Array, side: Codes) -> tuple[float, float]:  # noqa: ARG001
    """Exact mean and deviation of the weight inside groups where labels are dealt at random (join counts)."""
    n, total = part.nodes, float(weight.sum())
    size = np.bincount(kinds).astype(np.float64)
    two = float((size * (size - 1)).sum()) / (n * (n - 1))
    three = float((size * (size - 1) * (size - 2)).sum()) / max(n * (n - 1) * (n - 2), 1)
    fours = float((size * (size - 1) * (size - 2) * (size - 3)).sum())
    fours += float((size * (size - 1)).sum()) ** 2 - float(((size * (size - 1)) ** 2).sum())
    four = fours / max(float(n) * (n - 1) * (n - 2) * (n - 3), 1.0)
    squares = float((weight**2).sum())
    strength = np.bincount(part.source, weight, n) + np.bincount(part.target, weight, n)
    incident = float((strength**2).sum()) - 2 * squares
    apart = total**2 - squares - incident
    mean = total * two
    variance = squares * two + incident * three + apart * four - mean**2
    return mean, float(np.sqrt(max(variance, 0.0)))


def _sided(part: Graph, kinds: Codes, weight: Array, side: Codes) -> tuple[float, float]:
    """The same where all ties lead from one side to the other, and labels are dealt on each side apart."""
    total, groups = float(weight.sum()), int(kinds.max()) + 1
    a, b = (np.bincount(kinds[side == k], minlength=groups).astype(np.float64) for k in (0, 1))
    n, m = float(a.sum()), float(b.sum())
    two = float((a * b).sum()) / (n * m)
    at_a = float((a * b * (b - 1)).sum()) / max(n * m * (m - 1), 1.0)
    at_b = float((b * a * (a - 1)).sum()) / max(m * n * (n - 1), 1.0)
    same = float((a * (a - 1) * b * (b - 1)).sum())
    other = float((a * b).sum()) ** 2 - float(((a * b) ** 2).sum())
    four = (same + other) / max(n * (n - 1) * m * (m - 1), 1.0)
    squares = float((weight**2).sum())
    strength = np.bincount(part.source, weight, part.nodes) + np.bincount(part.target, weight, part.nodes)
    share_a, share_b = (float((strength[side == k] ** 2).sum()) - squares for k in (0, 1))
    apart = total**2 - squares - share_a - share_b
    mean = total * two
    variance = squares * two + share_a * at_a + share_b * at_b + apart * four - mean**2
    return mean, float(np.sqrt(max(variance, 0.0)))


def _newman_error(part: Graph, kinds: Codes, weight: Array, groups: int) -> float:
    """Error of r by the influence of each actor's ties: the linearised coefficient, dyadic cluster-robust."""
    total = float(weight.sum())
    a = (np.bincount(kinds[part.source], weight, groups) + np.bincount(kinds[part.target], weight, groups)) / (
        2 * total
    )
    same = (kinds[part.source] == kinds[part.target]).astype(np.float64)
    e, b = float(weight @ same) / total, float((a**2).sum())
    if b >= 1:
        return np.nan
    # r(e, b): dr/de = 1/(1 − b), dr/db = −(1 − e)/(1 − b)²; b moves by 2 Σ a da
    ends = a[kinds[part.source]] + a[kinds[part.target]]
    u = weight * ((same - e) / (1 - b) - (1 - e) / (1 - b) ** 2 * (ends - 2 * b))
    by_actor = np.bincount(part.source, u, part.nodes) + np.bincount(part.target, u, part.nodes)
    return float(np.sqrt(max(float((by_actor**2).sum() - (u**2).sum()), float((u**2).sum()))) / total)


def _probability(  # noqa: PLR0917
    part: Graph,
    kinds: Codes,
    weight: Array,
    side: Codes,
    moments: tuple[float, float, float],
    permutations: int,
    rng: np.random.Generator | int | None,
) -> tuple[float, int]:
    inside, mean, deviation = moments
    if deviation <= 1e-12 * max(mean, 1.0):
        return 1.0, 0
    if permutations < 1 or permutations * len(part.source) > WORK:
        return float(2 * ndtr(-abs(inside - mean) / deviation)), 0
    far = abs(inside - mean) * (1 - 1e-12)
    beyond = 0
    sides = [np.flatnonzero(side == k) for k in (0, 1)]
    for child in generators(rng, permutations):
        dealt = kinds.copy()
        for members in sides:
            dealt[members] = child.permutation(kinds[members])
        beyond += abs(float(weight[dealt[part.source] == dealt[part.target]].sum()) - mean) >= far
    return (beyond + 1) / (permutations + 1), permutations
