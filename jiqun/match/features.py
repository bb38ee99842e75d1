"""What speaks for a supplier: named features of a pair of need and supplier, read from the past alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jiqun.cluster import Words
from jiqun.match.book import Trait
from jiqun.match.kernels.lookup import entries
from jiqun.match.latent import Latent
from jiqun.match.memory import Memory, partners_of
from jiqun.match.objects import Asked, Floats, Ints
from jiqun.match.wording import Said, Wording, meaning_scores, word_scores

__all__ = ["GROUPS", "Feature", "Known", "Pairs", "feature_names", "features_of"]

GROUPS: Mapping[str, Words] = MappingProxyType(
    {
        "words": Words("Words in common", "用词相符"),
        "meaning": Words("Meaning of the texts", "语义相近"),
        "category": Words("Experience in the category", "同类经验"),
        "place": Words("Experience in the place", "本地经验"),
        "stage": Words("Experience at the stage", "同阶段经验"),
        "profile": Words("Experience with such needs", "同类需求经验"),
        "activity": Words("How active it is", "活跃程度"),
        "recency": Words("How recently it dealt", "近期成交"),
        "partner": Words("Past partner", "既往合作"),
        "network": Words("Partners in common", "共同伙伴"),
        "price": Words("Price asked and price usual", "价格匹配"),
    }
)
"""Headings under which the parts of a score are explained."""

SHRINK = 5.0
"""Deals at which a supplier's own shares weigh as much as those of all suppliers."""


UNKNOWN_KM = 300.0
"""Distance that is assumed where a supplier's, or a need's, position is unknown and others' are known."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the features."""

    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known at one moment."""

    traits: tuple[Trait, ...]
    memory: Memory
    latent: Latent
    wording: Wording
    offered: sparse.csr_array
    """Categories × suppliers: 1 where a document of the supplier is in the category."""
    position: Floats
    """Suppliers × 2: longitude and latitude, nan where unknown."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of need and supplier, those of one need together."""

    need: Ints
    supplier: Ints

    def __len__(self) -> int:
        return len(self.need)


def feature_names(traits: Sequence[Trait], encoders: Sequence[str]) -> tuple[Feature, ...]:
    """Give the columns of :func:`features_of` for a market with these traits and encoders.

    >>> [f.name for f in feature_names((), ())][:3]
    ['words', 'words_all', 'nearness']
    """
    made = [
        Feature("words", "words"),
        Feature("words_all", "words"),
        Feature("nearness", "place"),
        *(Feature(f"meaning_{name}", "meaning") for name in encoders),
    ]
    made += [Feature("offered", "category"), Feature("latent", "profile")]
    for one in traits:
        made += [Feature(f"{one.name}_share", one.group), Feature(f"{one.name}_count", one.group)]
    for a in range(len(traits)):
        for b in range(a + 1, len(traits)):
            name = f"{traits[a].name}_{traits[b].name}"
            made += [Feature(f"{name}_share", "profile"), Feature(f"{name}_count", "profile")]
    made += [Feature("activity", "activity"), Feature("year", "activity")]
    made += [Feature(f"{one.name}_unknown", "activity") for one in traits]
    made += [Feature("quarter", "recency"), Feature("since", "recency"), Feature("since_late", "recency")]
    partner = (
        "partner",
        "partner_count",
        "partner_share",
        "partner_latest",
        "partner_loyalty",
        "partner_since",
        "partner_needs",
        "partner_late",
    )
    made += [Feature(name, "partner") for name in partner]
    for name in ("together", "alike", "after"):
        made += [Feature(f"{name}_sum", "network"), Feature(f"{name}_mean", "network")]
    made += [Feature("latent_partners", "network"), Feature("price_gap", "price")]
    return (*made, *_bent(tuple(made), traits))


def _bent(made: tuple[Feature, ...], traits: Sequence[Trait]) -> tuple[Feature, ...]:
    """Name squares and products of the main columns.

    A second deal says less than the first, and what speaks for a partner speaks less for a stranger. A product is
    explained under the heading of its second part.
    """
    group = {feature.name: feature.group for feature in made}
    shares = [f"{one.name}_share" for one in traits[:4]]
    counts = [f"{one.name}_count" for one in traits[:4]]
    ties = ["together_mean", "alike_mean", "after_mean"]
    squares = ["activity", "year", "since", "latent", *shares, *counts, *ties]
    by_partner = ["activity", "year", "since", "latent", *shares]
    by_activity = ["latent", *shares, "alike_mean", "after_mean", "since", "year"]
    by_ties = ["latent", *shares, "after_mean", "together_mean", "latent_partners"]
    products = [("partner", name) for name in by_partner] + [("activity", name) for name in by_activity]
    products += [("alike_mean", name) for name in by_ties]
    return tuple(Feature(f"{name}^2", group[name]) for name in squares) + tuple(
        Feature(f"{first}*{second}", group[second]) for first, second in products
    )


def features_of(known: Known, asked: Asked, said: Said, pairs: Pairs) -> NDArray[np.float32]:
    """Compute the features of pairs.

    Parameters
    ----------
    known
        What the past says; it must not hold anything of the day of the needs or after.
    asked
        The needs.
    said
        The same needs in words.
    pairs
        Row of the need and code of the supplier.

    Returns
    -------
    features
        Shape (pairs, features), columns as :func:`feature_names` has them.
    """
    encoders = tuple(known.wording.vectors)
    words, _, words_all = word_scores(known.wording, said, pairs.need, pairs.supplier)
    columns: list[Floats] = [words, np.log1p(words_all)]
    columns.append(_nearness(known, asked, pairs))
    columns += [meaning_scores(known.wording, said, name, pairs.need, pairs.supplier)[0] for name in encoders]
    columns += [_offered(known, asked, pairs), known.latent.cosines(known.memory, asked, pairs.need, pairs.supplier)]
    columns += _experience(known.memory, asked, pairs)
    columns += _activity(known.memory, asked, pairs)
    columns += _partner(known.memory, asked, pairs)
    columns += _network(known, asked, pairs)
    columns.append(_price_gap(known.memory, asked, pairs))
    names = [feature.name for feature in feature_names(known.traits, encoders)]
    out = np.empty((len(pairs), len(names)), dtype=np.float32)
    for k, column in enumerate(columns):
        out[:, k] = column
    at = {name: k for k, name in enumerate(names)}
    for k in range(len(columns), len(names)):
        first, _, second = names[k].removesuffix("^2").partition("*")
        out[:, k] = out[:, at[first]] * out[:, at[second or first]]
    return out


def distance_km(a: Floats, b: Floats) -> Floats:
    """Give great-circle distances between rows of longitude and latitude; nan where either is unknown.

    >>> distance_km(np.array([[0.0, 0.0]]), np.array([[0.0, 90.0]])).round().tolist()
    [10008.0]
    """
    one, two = np.radians(a), np.radians(b)
    half = np.sin((two - one) / 2.0) ** 2
    return np.asarray(
        2.0
        * 6371.0088
        * np.arcsin(np.sqrt(np.minimum(half[:, 1] + np.cos(one[:, 1]) * np.cos(two[:, 1]) * half[:, 0], 1.0)))
    )


def _nearness(known: Known, asked: Asked, pairs: Pairs) -> Floats:
    """Log of distance, as a loss: 0 at the spot; where it is unknown, as at :data:`UNKNOWN_KM`."""
    far = distance_km(asked.position[pairs.need], known.position[pairs.supplier])
    near = -np.log1p(far / 10.0)
    unknown = ~np.isfinite(near)
    near[unknown] = 0.0 if unknown.all() else -np.log1p(UNKNOWN_KM / 10.0)
    return near


def _offered(known: Known, asked: Asked, pairs: Pairs) -> Floats:
    if not known.traits or known.offered.nnz == 0:
        return np.zeros(len(pairs))
    rows = asked.traits[:, 0]
    return entries(known.offered, np.where(rows < known.offered.shape[0], rows, -1)[pairs.need], pairs.supplier)


def _experience(memory: Memory, asked: Asked, pairs: Pairs) -> list[Floats]:
    """Of each trait, and pair of traits: how much more of it than all suppliers (log), and deals in it (log)."""
    whole = max(memory.activity.sum(), 1e-12)
    mine = memory.activity[pairs.supplier]
    made: list[Floats] = []
    for profile in memory.profiles:
        rows = profile.rows(asked.traits, memory.levels)
        count = entries(profile.counts, rows[pairs.need], pairs.supplier)
        usual = (
            np.where(rows >= 0, profile.total[np.maximum(rows, 0)] / whole, 1.0)
            if len(profile.total)
            else np.ones(len(rows))
        )
        prior = SHRINK * len(profile.of)
        share = usual[pairs.need]
        lift = np.log((count + prior * share) / ((mine + prior) * share))
        made += [np.where(rows[pairs.need] >= 0, lift, 0.0), np.log1p(count)]
    return made


def _activity(memory: Memory, asked: Asked, pairs: Pairs) -> list[Floats]:
    """Deals, over all and over the last year; where a trait is unknown, activity has to stand in for it; last deals."""
    deals = np.log(memory.activity + 0.1)[pairs.supplier]
    since = np.log1p(np.clip(memory.at - memory.last, 0.0, 3650.0) / 30.0)[pairs.supplier]
    unknown = [np.where(column[pairs.need] < 0, deals, 0.0) for column in asked.traits.T]
    return [
        deals,
        np.log1p(memory.recent[1])[pairs.supplier],
        *unknown,
        np.log1p(memory.recent[0])[pairs.supplier],
        since,
        since * _late(memory, asked)[pairs.need],
    ]


def _late(memory: Memory, asked: Asked) -> Floats:
    """Say how old the memory is when the need comes: log of years, 0 for none."""
    return np.asarray(np.log1p(np.maximum(asked.day - memory.at, 0.0) / 365.0))


def _partner(memory: Memory, asked: Asked, pairs: Pairs) -> list[Floats]:
    inside = (asked.seeker >= 0) & (asked.seeker < memory.partners.shape[0])
    seeker = np.where(inside, asked.seeker, -1)[pairs.need]
    count = entries(memory.partners, seeker, pairs.supplier)
    met = (count > 0).astype(float)
    since = memory.at - memory.epoch - entries(memory.partner_last, seeker, pairs.supplier)
    needs = np.where(seeker >= 0, memory.known_seekers[np.maximum(seeker, 0)], 0) if len(memory.known_seekers) else met
    return [
        met,
        np.log1p(count),
        entries(memory.share, seeker, pairs.supplier),
        entries(memory.latest, seeker, pairs.supplier),
        met * np.log(memory.loyalty[pairs.supplier] + 0.01),
        met * np.log1p(np.maximum(since, 0.0) / 30.0),
        met * np.log1p(needs),
        met * _late(memory, asked)[pairs.need],
    ]


def _network(known: Known, asked: Asked, pairs: Pairs) -> list[Floats]:
    """Ties of a supplier to the past partners of the seeker: all of them together, and on the mean."""
    memory = known.memory
    met = partners_of(memory, asked)
    met.data = np.ones_like(met.data)
    many = np.maximum(np.diff(met.indptr), 1).astype(float)
    made: list[Floats] = []
    for ties in (memory.together, memory.alike, memory.after):
        reached = sparse.csr_array(met @ ties)
        reached.sort_indices()
        total = entries(reached, pairs.need, pairs.supplier)
        made += [np.log1p(10.0 * total), np.log1p(100.0 * total / np.sqrt(many)[pairs.need])]
    made.append(known.latent.partner_cosines(met, pairs.need, pairs.supplier))
    return made


def _price_gap(memory: Memory, asked: Asked, pairs: Pairs) -> Floats:
    """How far the price looked for is from the supplier's usual one, in its own spread; 0 where either is unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        looked = np.log(asked.price)
    gap = np.abs(looked[pairs.need] - memory.price[pairs.supplier]) / memory.price_spread[pairs.supplier]
    return np.where(np.isfinite(gap), -np.minimum(gap, 5.0), -1.0)
