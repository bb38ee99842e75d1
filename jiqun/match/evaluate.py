"""Hold the ranking against plain browsing, on needs that came after everything it has read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from jiqun.cluster import Cluster, JiqunError, UnknownName, Words
from jiqun.match.arms import ARMS, Arm
from jiqun.match.book import Book
from jiqun.match.features import Known, Pairs, features_of
from jiqun.match.learn import Ranker, know, learn, texts_of
from jiqun.match.memory import partners_of
from jiqun.match.metrics import Lists, bootstrap_mean, coverage, exposure_gini, hit, ndcg, recall, reciprocal_rank
from jiqun.match.objects import Asked, Floats, Ints
from jiqun.match.reading import Meaning, read_market
from jiqun.match.retrieve import candidates
from jiqun.match.wording import Said, say

__all__ = ["CAVEAT", "Held", "Outcome", "evaluate_book", "evaluate_matching", "held_out"]

DEPTH = 50
PARTS = ("all", "new", "cold")
CAVEAT = Words(
    "This replays what was concluded: its partners were found through the market as it was, so incumbents and "
    "what the market showed are favoured, and a supplier that would have been better but was never met is wrong here.",
    "本评测为回放历史成交：其中的合作方是通过当时的市场找到的，因此偏向在位者和市场已展示者；从未相遇但可能更合适的供给方会被记为错误。",
)
"""What every reader of an evaluation must know."""


@dataclass(frozen=True, slots=True)
class Held:
    """Needs that came after a moment, and what was known then."""

    known: Known
    asked: Asked
    said: Said
    truth: tuple[Ints, Ints]
    """Row of the need and supplier of each deal, of suppliers known at the moment."""
    met: tuple[Ints, Ints]
    """Row of the need and supplier for past partners of its seeker."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation found."""

    table: pl.DataFrame
    """``origin, arm, part, metric, value, low, high, needs``."""
    caveat: Words
    rankers: Mapping[str, Ranker]


def held_out(
    book: Book, at: float, until: float, *, needs: int = 3_000, rng: Any = 0, known: Known | None = None
) -> Held:
    """Give the needs of a window and what was known when it began.

    Parameters
    ----------
    book
        The market.
    at, until
        The window; the memory ends where it begins.
    needs
        How many are drawn where there are more.
    rng
        Source of the draw.
    known
        What was known, where it is at hand.
    """
    past = known or know(book, at)
    window = book.deals.before(until).since(at)
    asked, need, supplier = window.needs()
    there = past.memory.activity[supplier] > 0
    pairs = np.unique(np.stack([need[there], supplier[there]], axis=1), axis=0)
    rows = np.unique(pairs[:, 0])
    if len(rows) > needs:
        rows = np.sort(np.random.default_rng(rng).permutation(rows)[:needs])
    pairs = pairs[np.isin(pairs[:, 0], rows)]
    asked = asked.take(rows)
    texts, vectors = texts_of(book, window.needs_codes()[rows])
    met = partners_of(past.memory, asked)
    return Held(
        past,
        asked,
        say(past.wording, texts, vectors),
        (np.searchsorted(rows, pairs[:, 0]), pairs[:, 1]),
        (np.repeat(np.arange(len(asked)), np.diff(met.indptr)), met.indices.astype(np.int64)),
    )


def lists_of_ranker(held: Held, ranker: Ranker, *, depth: int = DEPTH) -> Mapping[str, Lists]:
    """Rank the candidates of every need, and give the lists for all partners and for new ones."""
    found = candidates(held.known, held.asked, held.said)
    features = features_of(held.known, held.asked, held.said, Pairs(found.need, found.supplier))
    warm = np.isin(np.arange(len(held.asked)), held.met[0])
    known, new = (ranker.score(features, warm[found.need], new_only=only) for only in (False, True))
    both = dict(_both(held, found.need, found.supplier, known, depth))
    return both | {"new": _both(held, found.need, found.supplier, new, depth)["new"]}


def lists_of_arm(held: Held, arm: Arm, *, depth: int = DEPTH, block: int = 256) -> Mapping[str, Lists]:
    """Rank all active suppliers by a baseline, and give the lists for all partners and for new ones."""
    active = np.flatnonzero(held.known.memory.activity > 0)
    # The seeker's past partners are struck from the list of new ones, so that many more are needed of it.
    many = np.bincount(held.met[0], minlength=len(held.asked))
    keep = min(len(active), depth + int(many.max(initial=0)))
    needs, who, scores = [], [], []
    for low in range(0, len(held.asked), block):
        rows = np.arange(low, min(low + block, len(held.asked)))
        said = Said(
            tuple(held.said.texts[k] for k in rows), held.said.asked[rows],
            {name: vectors[rows] for name, vectors in held.said.vectors.items()}, held.said.best_words[rows],
            {name: (mean[rows], best[rows]) for name, (mean, best) in held.said.scale.items()},
        )  # fmt: skip
        score = arm(held.known, held.asked.take(rows), said)[:, active]
        order = np.argsort(-score, axis=1, kind="stable")[:, :keep]
        needs.append(np.repeat(rows, keep))
        who.append(active[order].ravel())
        scores.append(np.take_along_axis(score, order, axis=1).ravel())
    return _both(held, np.concatenate(needs), np.concatenate(who), np.concatenate(scores), depth)


def _both(held: Held, need: Ints, supplier: Ints, score: Floats, depth: int) -> Mapping[str, Lists]:
    many, size = len(held.asked), held.known.memory.suppliers
    met = held.met[0] * size + held.met[1]
    fresh = ~np.isin(need * size + supplier, met)
    new = ~np.isin(held.truth[0] * size + held.truth[1], met)
    return {
        "all": Lists.of(need, supplier, score, held.truth, many, depth),
        "new": Lists.of(
            need[fresh], supplier[fresh], score[fresh], (held.truth[0][new], held.truth[1][new]), many, depth
        ),
    }


def summary(held: Held, lists: Mapping[str, Lists], *, replicates: int = 499, rng: Any = 0) -> list[dict[str, Any]]:
    """Give every metric of every part with its interval, needs of one seeker drawn together."""
    seeker = held.asked.seeker
    cluster = np.where(seeker >= 0, seeker, len(seeker) + seeker.max(initial=0) + 1 + np.arange(len(seeker)))
    warm = np.isin(np.arange(len(held.asked)), held.met[0])
    active = int((held.known.memory.activity > 0).sum())
    rows: list[dict[str, Any]] = []
    for part in PARTS:
        chosen = lists["new" if part == "new" else "all"]
        mine = ~warm if part == "cold" else np.ones(len(warm), dtype=bool)
        kept = chosen.take(mine)
        needs = int((kept.many > 0).sum())
        for name, values in (
            ("ndcg@10", ndcg(kept)), ("recall@50", recall(kept)), ("hit@1", hit(kept, 1)), ("hit@10", hit(kept)),
            ("mrr", reciprocal_rank(kept)),
        ):  # fmt: skip
            mean, low, high = bootstrap_mean(values, cluster[mine], replicates=replicates, rng=rng)
            rows.append({"part": part, "metric": name, "value": mean, "low": low, "high": high, "needs": needs})
        for name, value in (("coverage@10", coverage(kept, active)), ("exposure_gini@10", _gini(kept, held))):
            rows.append({"part": part, "metric": name, "value": value, "low": None, "high": None, "needs": needs})
    return rows


def _gini(lists: Lists, held: Held) -> float:
    active = np.flatnonzero(held.known.memory.activity > 0)
    at = np.searchsorted(active, lists.supplier)
    inside = (lists.supplier >= 0) & (at < len(active))
    return exposure_gini(Lists(np.where(inside, at, -1), lists.right, lists.many), len(active))


def evaluate_book(
    book: Book,
    origins: Sequence[tuple[float, float]],
    *,
    arms: Collection[str] | None = None,
    further: Mapping[str, Arm] | None = None,
    needs: int = 3_000,
    replicates: int = 499,
    rng: int = 0,
    **learning: Any,
) -> Outcome:
    """Evaluate the ranking and baselines of a book at several origins.

    Parameters
    ----------
    book
        The market.
    origins
        Windows of test needs, each with its begin and end; for each the weights are learned anew from what lies before.
    arms
        Baselines by name, see :data:`~jiqun.match.arms.ARMS`; None: all.
    further
        Further baselines.
    needs, replicates, rng
        Needs drawn of each window, replicates of the intervals, seed.
    **learning
        Parameters of :func:`~jiqun.match.learn.learn`.
    """
    for name in arms or ():
        if name not in ARMS:
            raise UnknownName("arm", name, ARMS)
    chosen = {name: arm for name, arm in ARMS.items() if arms is None or name in arms} | dict(further or {})
    rows: list[dict[str, Any]] = []
    rankers: dict[str, Ranker] = {}
    for at, until in origins:
        origin = str(np.datetime64(int(at), "D"))
        held = held_out(book, at, until, needs=needs, rng=rng)
        if len(held.asked) == 0:
            raise JiqunError(
                f"evaluate_matching found no need from {origin} on whose supplier was known before. "
                "Choose an earlier date.",
                f"evaluate_matching 自 {origin} 起未找到供给方此前已知的需求。请选择更早的日期。",
            )
        ranker = learn(book, at, window_days=until - at, rng=rng, **learning)
        rankers[origin] = ranker
        for name, lists in (
            ("model", lists_of_ranker(held, ranker)),
            *((name, lists_of_arm(held, arm)) for name, arm in chosen.items()),
        ):  # fmt: skip
            found = summary(held, lists, replicates=replicates, rng=rng)
            rows += [{"origin": origin, "arm": name, **row} for row in found]
    table = pl.DataFrame(rows, infer_schema_length=None).select(
        "origin", "arm", "part", "metric", "value", "low", "high", "needs"
    )
    return Outcome(table, CAVEAT, rankers)


def evaluate_matching(
    cluster: Cluster,
    *,
    origins: Sequence[str] | None = None,
    window_days: float = 91.0,
    meaning: Meaning = "none",
    traits: Sequence[str] = (),
    needs: int = 1_000,
    arms: Collection[str] | None = None,
    replicates: int = 499,
    rng: int = 0,
) -> Outcome:
    """Evaluate the matching of a cluster on its own past, beside browsing and item-based neighbours.

    Of each origin everything before it is read and learned from, and the needs of the window after it are ranked. New
    partners – suppliers that the seeker had not met – and cold needs – of seekers without any – are told apart.

    Parameters
    ----------
    cluster
        Needs ``interactions`` with times.
    origins
        Dates; None: three, ending a window before the last deal, a window apart.
    window_days
        Days after an origin whose needs are ranked.
    meaning, traits
        See :func:`~jiqun.match.prepare`.
    needs
        Needs drawn of each window.
    arms
        Baselines by name; None: all.
    replicates, rng
        Replicates of the intervals; seed.

    Returns
    -------
    Outcome
        Metrics with intervals, needs of one seeker drawn together, and what a replay cannot say.
    """
    market = read_market(cluster, meaning=meaning, traits=traits)
    if len(market.book.deals) == 0:
        raise JiqunError(
            "evaluate_matching needs past deals: table interactions with time, source and target.",
            "evaluate_matching 需要历史成交：含 time、source、target 的 interactions 表。",
        )
    last = float(np.ceil(market.book.deals.day[-1]))
    begins = (
        [last - back * window_days for back in (3, 2, 1)]
        if origins is None
        else [float(np.datetime64(origin, "D").astype(int)) for origin in origins]
    )
    windows = [(begin, begin + window_days) for begin in begins]
    return evaluate_book(market.book, windows, arms=arms, needs=needs, replicates=replicates, rng=rng)
