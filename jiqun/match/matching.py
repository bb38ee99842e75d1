"""Match the needs of a cluster: search, rank, and say why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Findings, JiqunError, UnknownName, Words
from jiqun.engine.derived import derived
from jiqun.match.asking import Request, read_needs
from jiqun.match.conditions import allowed_of
from jiqun.match.explain import Facts, contributions, matched_terms, reasons, split_by_need, would_be_first
from jiqun.match.features import GROUPS, Known, Pairs, distance_km, feature_names, features_of
from jiqun.match.kernels.lookup import entries
from jiqun.match.learn import Ranker, know, learn, plain_ranker
from jiqun.match.memory import partners_of
from jiqun.match.objects import Floats, Ints
from jiqun.match.reading import Market, Meaning, read_market, vectors_folder
from jiqun.match.remarks import notes_of, unanswered
from jiqun.match.retrieve import Candidates, candidates
from jiqun.match.semantic import encode
from jiqun.match.wording import Said, meaning_scores, say

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Matcher", "Matches", "match", "prepare"]

BLOCK = 256
"""Needs matched at once."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A market ready to be asked: indexed, with a ranker learned from its past."""

    cluster: Cluster
    market: Market
    known: Known
    ranker: Ranker

    def match(self, needs: Any = None, *, top: int = 10, weights: Mapping[str, float] | None = None) -> Matches:
        """Match needs; see :func:`match`."""
        return _matched(self, read_needs(self.cluster, self.market, needs), top, _weighted(self.ranker, weights))


@dataclass(frozen=True, slots=True)
class Matches:
    """Who can serve each need, in order, and why."""

    table: pl.DataFrame
    """``need_id, rank, actor_id, name, offer_id, score, share, found_by, capacity, distance_km, reason_en, reason_zh,
    first_if_en, first_if_zh``. ``share`` is the chance of being chosen among the candidates, by the model;
    ``first_if`` says what would have put the supplier first, null where nothing it could move would have."""
    contributions: pl.DataFrame
    """``need_id, actor_id, part, contribution``: the parts of a score, against the mean candidate of the need."""
    baseline: pl.DataFrame
    """``need_id, rank, actor_id``: what browsing shows – the most active in the category, for comparison."""
    findings: Findings
    ranker: Ranker
    notes: tuple[Words, ...]


def prepare(
    cluster: Cluster,
    *,
    at: str | None = None,
    meaning: Meaning = "auto",
    traits: Sequence[str] = (),
    learned: bool = True,
    window_days: float = 182.0,
    rng: np.random.Generator | int | None = 0,
) -> Matcher:
    """Index a cluster and learn from its past, so that needs can be matched at once.

    Parameters
    ----------
    cluster
        Needs ``interactions`` or ``offers``; ``actors``, ``places`` and ``industries`` say more.
    at
        Date of the matching; nothing of it or after is read. None: the day after the last deal.
    meaning
        ``"auto"``, ``"use"``, ``"e5"``, ``"both"`` or ``"none"``: the encoders of texts (extra ``semantic``).
    traits
        Further columns by which needs are told apart, in interactions and needs.
    learned
        Learn the weights from the past; False, or too short a past, takes those that are set by hand.
    window_days
        How long after a memory the needs lie from which is learned.
    rng
        Source of randomness of the learning.
    """
    market = read_market(cluster, at=at, meaning=meaning, traits=traits)
    known = know(market.book, market.at)
    columns = feature_names(market.book.traits, market.encoders)
    if not learned:
        return Matcher(cluster, market, known, plain_ranker(columns, market.at))

    def lessons() -> str:
        made = learn(market.book, market.at, window_days=window_days, needs=1_500, rng=rng)
        return json.dumps({"weights": made.weights.tolist(), "learned": made.learned, "l2": made.l2})

    # A generator has a state of its own: what is learned with it is not kept.
    kept = lessons() if isinstance(rng, np.random.Generator) else derived(
        cluster, "ranker", lessons, at=market.at, traits=list(traits), encoders=market.encoders,
        window_days=window_days, rng=rng,
    )  # fmt: skip
    held = json.loads(kept)
    weights, counts = np.array(held["weights"]), held["learned"]
    ranker = Ranker(columns, weights, (counts[0], counts[1], counts[2]), held["l2"], market.at)
    return Matcher(cluster, market, known, ranker)


def match(
    cluster: Cluster,
    needs: Any = None,
    *,
    top: int = 10,
    at: str | None = None,
    meaning: Meaning = "auto",
    traits: Sequence[str] = (),
    learned: bool = True,
    weights: Mapping[str, float] | None = None,
    rng: np.random.Generator | int | None = 0,
) -> Matches:
    """Show each need who can serve it, and why.

    Several searches – words, meaning, deals of the kind, partners and their partners, offers – find who comes into
    question among those that may (not closed, with capacity, not excluded by either side, with the licences asked for,
    near enough: applied before the best are taken). A conditional logit, learned from what was concluded in the past
    and corrected for sampling, ranks them; its parts are the explanation.

    Parameters
    ----------
    cluster
        Needs ``interactions`` or ``offers``.
    needs
        A text, a list of texts or of mappings, or a frame with ``text`` or ``category`` and, as far as known,
        ``need_id, actor_id, quantity, price, place_id, lon, lat, exclude, licences, distance_km``; None takes the
        cluster's own.
    top
        Suppliers given for each need.
    at, meaning, traits, learned
        See :func:`prepare`.
    weights
        What-if: factors on the parts of the score by heading, such as ``{"price": 2.0, "activity": 0.0}``.
    rng
        Source of randomness of the learning.

    Returns
    -------
    Matches
        Tables in Polars; one row for each need and supplier.

    Raises
    ------
    JiqunError
        If there is nothing to match, or a need or parameter cannot be read.

    Examples
    --------
    >>> import polars as pl
    >>> from jiqun import Cluster
    >>> c = Cluster.from_tables(
    ...     actors=pl.DataFrame({"actor_id": ["f1", "f2"], "name": ["Foundry", "Printer"]}),
    ...     offers=pl.DataFrame({"offer_id": ["o1", "o2"], "actor_id": ["f1", "f2"],
    ...                          "text": ["铝合金压铸 aluminium die casting", "纸箱印刷 printed cartons"]}))
    >>> match(c, ["需要压铸件", "cartons"], meaning="none").table.filter(pl.col("rank") == 1)["actor_id"].to_list()
    ['f1', 'f2']
    """
    matcher = prepare(cluster, at=at, meaning=meaning, traits=traits, learned=learned, rng=rng)
    return matcher.match(needs, top=top, weights=weights)


def _weighted(ranker: Ranker, factors: Mapping[str, float] | None) -> Ranker:
    if not factors:
        return ranker
    for name, factor in factors.items():
        if name not in GROUPS:
            raise UnknownName("part", name, GROUPS)
        if not np.isfinite(factor) or factor < 0:
            raise JiqunError(
                f"match needs weights of 0 or more; {name} came as {factor}. 1 leaves a part as it is.",
                f"match 的权重须不小于 0；{name} 为 {factor}。1 表示不变。",
            )
    scale = np.array([factors.get(feature.group, 1.0) for feature in ranker.features])
    return replace(ranker, weights=ranker.weights * scale)


def _matched(matcher: Matcher, request: Request, top: int, ranker: Ranker) -> Matches:
    allowed = allowed_of(matcher.market, request)
    folder = vectors_folder(matcher.cluster)
    # USE is faster than its store of all offers can be read; E5 keeps those of needs apart.
    vectors = {
        name: encode(request.texts, name, role="need", folder=folder if name == "e5" else None)
        for name in matcher.market.encoders
    }
    rows: list[dict[str, Any]] = []
    parts: list[pl.DataFrame] = []
    browse: list[dict[str, Any]] = []
    for low in range(0, len(request.asked), BLOCK):
        at = np.arange(low, min(low + BLOCK, len(request.asked)))
        asked = request.asked.take(at)
        said = say(matcher.known.wording, [request.texts[k] for k in at], {name: v[at] for name, v in vectors.items()})
        mask = allowed if allowed.ndim == 1 else allowed[at]
        block = _Block(
            matcher, ranker, request, at, asked.traits, said, candidates(matcher.known, asked, said, allowed=mask)
        )
        features = features_of(matcher.known, asked, said, Pairs(block.found.need, block.found.supplier))
        met = partners_of(matcher.known.memory, asked)
        warm = np.diff(met.indptr) > 0
        for made, part in _ranked(block, features, warm, top):
            rows += made
            parts.append(part)
        browse += _browsed(block, mask, top)
    findings = Findings.of((*request.findings, *unanswered(request, rows)))
    table = pl.DataFrame(rows, schema=_SCHEMA)
    contribution = pl.concat(parts) if parts else pl.DataFrame(schema=_PARTS)
    return Matches(
        table, contribution, pl.DataFrame(browse, schema=_BASELINE), findings, ranker, notes_of(matcher.market, ranker)
    )


_SCHEMA: dict[str, Any] = {
    "need_id": pl.String, "rank": pl.Int64, "actor_id": pl.String, "name": pl.String, "offer_id": pl.String,
    "score": pl.Float64, "share": pl.Float64, "found_by": pl.List(pl.String), "capacity": pl.Float64,
    "distance_km": pl.Float64, "reason_en": pl.String, "reason_zh": pl.String, "first_if_en": pl.String,
    "first_if_zh": pl.String,
}  # fmt: skip
_PARTS: dict[str, Any] = {"need_id": pl.String, "actor_id": pl.String, "part": pl.String, "contribution": pl.Float64}
_BASELINE: dict[str, Any] = {"need_id": pl.String, "rank": pl.Int64, "actor_id": pl.String}


@dataclass(frozen=True, slots=True)
class _Block:
    matcher: Matcher
    ranker: Ranker
    request: Request
    at: Ints
    traits: Ints
    said: Said
    found: Candidates


def _ranked(
    block: _Block, features: NDArray[np.float32], warm: NDArray[np.bool_], top: int
) -> Iterator[tuple[list[dict[str, Any]], pl.DataFrame]]:
    found = block.found
    score = block.ranker.score(features, warm[found.need])
    start = split_by_need(found.need, len(block.at))
    for k in range(len(block.at)):
        mine = slice(start[k], start[k + 1])
        if start[k] == start[k + 1] or not block.request.answerable[block.at[k]]:
            continue
        order = np.lexsort((found.supplier[mine], -score[mine]))[:top]
        weights = block.ranker.weights[0 if warm[k] else 1]
        yield _rows_of(block, k, mine, order, features[mine], score[mine], weights)


def _rows_of(  # noqa: PLR0917
    block: _Block, k: int, mine: slice, order: Ints, features: NDArray[np.float32], score: Floats, weights: Floats
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    market, known, found = block.matcher.market, block.matcher.known, block.found
    columns = block.ranker.features
    need_id = block.request.table["need_id"][int(block.at[k])]
    headings, parts = contributions(features, weights, columns)
    share = np.exp(score - score.max())
    share /= share.sum()
    supplier = found.supplier[mine]
    asked = block.request.asked.take(block.at[k : k + 1])
    far = distance_km(np.repeat(asked.position, len(order), axis=0), known.position[supplier[order]])
    rows = []
    for rank, j in enumerate(order):
        who = int(supplier[j])
        terms, text = matched_terms(known.wording, block.said, k, who)
        change = would_be_first(features, score, weights, columns, int(j))
        why = reasons(headings, parts[j], _facts(block, k, who, terms))
        actor = market.book.suppliers[who]
        rows.append(
            {
                "need_id": need_id,
                "rank": rank + 1,
                "actor_id": actor,
                "name": market.names.get(actor),
                "offer_id": _offer(block, k, who, text),
                "score": float(score[j]),
                "share": float(share[j]),
                "found_by": list(found.sources(mine.start + int(j))),
                "capacity": None if np.isnan(market.capacity[who]) else float(market.capacity[who]),
                "distance_km": float(far[rank]) if np.isfinite(far[rank]) else None,
                "reason_en": why.en,
                "reason_zh": why.zh,
                "first_if_en": change.words.en if change else None,
                "first_if_zh": change.words.zh if change else None,
            }
        )
    long = pl.DataFrame(
        {
            "need_id": [need_id] * (len(order) * len(headings)),
            "actor_id": [market.book.suppliers[int(supplier[j])] for j in order for _ in headings],
            "part": list(headings) * len(order),
            "contribution": parts[order].ravel(),
        },
        schema=_PARTS,
    )
    return rows, long


def _facts(block: _Block, k: int, supplier: int, terms: tuple[str, ...]) -> Facts:
    memory, market = block.matcher.known.memory, block.matcher.market
    seeker = int(block.request.asked.seeker[block.at[k]])
    at = (np.array([seeker]), np.array([supplier]))
    needs = memory.known_seekers[seeker] if 0 <= seeker < len(memory.known_seekers) else 0
    served = round(float(entries(memory.share, *at)[0]) * int(needs)) if needs else 0
    category = block.request.table["category"][int(block.at[k])] or ""
    deals = 0.0
    if memory.profiles and category:
        row = memory.profiles[0].rows(block.traits[k : k + 1], memory.levels)
        deals = float(entries(memory.profiles[0].counts, row, np.array([supplier]))[0])
    return Facts(terms, served, market.names.get(category, category), deals)


def _offer(block: _Block, k: int, supplier: int, text: int) -> str | None:
    """Name the offer that answers best: by words, else by meaning, else any in the category, else the first."""
    index, market = block.matcher.known.wording, block.matcher.market
    if text < 0:
        for name in index.vectors:
            _, other = meaning_scores(index, block.said, name, np.array([k]), np.array([supplier]))
            text = int(other[0])
    if text < 0:
        mine = index.order[index.start[supplier] : index.start[supplier + 1]]
        if len(mine) == 0:
            return None
        level = block.traits[k, 0] if block.traits.shape[1] else -1
        same = mine[(index.category[mine] == level) & (level >= 0)]
        text = int(same[0]) if len(same) else int(mine[0])
    offer: str | None = market.offers["offer_id"][int(index.rows[text])]
    return offer


def _browsed(block: _Block, mask: NDArray[np.bool_], top: int) -> list[dict[str, Any]]:
    """List the most active suppliers in the category of each need , of all where it is unknown, as a platform would."""
    memory, market = block.matcher.known.memory, block.matcher.market
    rows: list[dict[str, Any]] = []
    for k, need in enumerate(block.at):
        activity = memory.activity
        if memory.profiles and len(memory.profiles[0].keys):
            row = int(memory.profiles[0].rows(block.traits[k : k + 1], memory.levels)[0])
            if row >= 0:
                activity = memory.profiles[0].counts[[row]].toarray()[0]
        ok = mask if mask.ndim == 1 else mask[k]
        order = np.argsort(-np.where(ok, activity, -1.0), kind="stable")[:top]
        rows += [
            {
                "need_id": block.request.table["need_id"][int(need)],
                "rank": n + 1,
                "actor_id": market.book.suppliers[int(s)],
            }
            for n, s in enumerate(order)
            if ok[s] and activity[s] > 0
        ]
    return rows
