"""Why this supplier, in parts that sum to its score, in words, and what would have put it first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Words
from jiqun.match.features import GROUPS, Feature
from jiqun.match.lexical import shared_terms
from jiqun.match.objects import Floats, Ints
from jiqun.match.wording import Said, Wording, word_scores

__all__ = ["MOVABLE", "Change", "contributions", "reasons", "would_be_first"]

MOVABLE: Mapping[str, Words] = MappingProxyType(
    {
        "words": Words(
            "its offer named what is asked for ({now:.0%} → {then:.0%} of the best text)",
            "其供给文本写明所需内容（相符度 {now:.0%} → {then:.0%}）",
        ),
        "price_gap": Words(
            "its usual price were within {then:.1f} spreads of the price asked (now {now:.1f})",
            "其常见价格与所求价格相差不超过 {then:.1f} 个离差（现为 {now:.1f}）",
        ),
        "nearness": Words(
            "it were within {then:,.0f} km (now {now:,.0f})", "其距离不超过 {then:,.0f} 公里（现为 {now:,.0f}）"
        ),
        "category_count": Words(
            "it had {then:,.1f} recent deals in the category (now {now:,.1f})",
            "其在该类别近期成交达 {then:,.1f} 笔（现为 {now:,.1f}）",
        ),
        "place_count": Words(
            "it had {then:,.1f} recent deals in the place (now {now:,.1f})",
            "其在该地近期成交达 {then:,.1f} 笔（现为 {now:,.1f}）",
        ),
        "since": Words(
            "its last deal were {then:,.0f} days ago (now {now:,.0f})",
            "其最近一次成交在 {then:,.0f} 天前（现为 {now:,.0f}）",
        ),
        "partner_count": Words(
            "it had served this seeker {then:,.1f} times of late (now {now:,.1f})",
            "其近期与该需求方合作达 {then:,.1f} 次（现为 {now:,.1f}）",
        ),
    }
)
"""Features that a supplier could move, and how a change is said."""


def _shown(name: str, value: float) -> float:
    """Give the value of a feature in the unit in which it is said."""
    if name == "price_gap":
        return -value
    if name == "nearness":
        return 10.0 * math.expm1(-value)
    if name == "since":
        return 30.0 * math.expm1(value)
    return value if name == "words" else math.expm1(value)


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change of one feature that would have put a supplier first."""

    feature: str
    now: float
    then: float
    words: Words
    value: float
    """What the feature itself would have to be; ``now`` and ``then`` are in the unit that is said."""


def contributions(
    features: NDArray[np.float32], weights: Floats, columns: Sequence[Feature]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Give the parts of the scores of one need's candidates, by heading, against the mean candidate.

    Parameters
    ----------
    features
        Of the candidates of one need, shape (candidates, features).
    weights
        Of its segment, shape (features,).
    columns
        What the features are.

    Returns
    -------
    headings, parts
        Names of :data:`~jiqun.match.features.GROUPS`, and candidates × headings. The parts of a candidate sum to its
        score less the mean score of the candidates.
    """
    x = features.astype(np.float64)
    each = (x - x.mean(axis=0)) * weights
    headings = tuple(name for name in GROUPS if any(column.group == name for column in columns))
    at = {name: k for k, name in enumerate(headings)}
    parts = np.zeros((len(x), len(headings)))
    for k, column in enumerate(columns):
        parts[:, at[column.group]] += each[:, k]
    return headings, parts


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of one pair, beyond the size of the parts."""

    terms: tuple[str, ...]
    served: int
    category: str
    deals: float


def reasons(headings: Sequence[str], parts: Floats, facts: Facts, most: int = 3) -> Words:
    """Say the greatest parts in favour of a supplier, the greatest first."""
    order = [k for k in np.argsort(-parts, kind="stable") if parts[k] > 0.05][:most]
    said = [_reason(headings[k], facts) for k in order]
    if not said:
        return Words("Nothing sets it apart from the other candidates.", "与其他候选相比无突出之处。")
    return Words("; ".join(one.en for one in said) + ".", "；".join(one.zh for one in said) + "。")


def _reason(heading: str, facts: Facts) -> Words:
    if heading == "words" and facts.terms:
        return Words(f"its offer says {', '.join(facts.terms)}", f"供给文本含“{'、'.join(facts.terms)}”")
    if heading == "partner" and facts.served:
        times = "once" if facts.served == 1 else f"{facts.served} times"
        return Words(f"served this seeker {times}", f"曾与该需求方合作 {facts.served} 次")
    if heading == "category" and facts.category:
        if facts.deals >= 1:
            return Words(
                f"about {facts.deals:,.0f} recent deals in {facts.category}",
                f"{facts.category}近期成交约 {facts.deals:,.0f} 笔",
            )
        return Words(f"supplies {facts.category}", f"提供 {facts.category}")
    said = {
        "words": Words("words in common", "用词相符"),
        "meaning": Words("its offer means the same", "供给文本与需求语义相近"),
        "category": Words("experience in the category", "有同类经验"),
        "place": Words("near, or with deals in the place", "距离近或在当地有成交"),
        "stage": Words("deals at the same stage", "有同阶段成交"),
        "profile": Words("deals with needs like this one", "有同类需求的成交"),
        "activity": Words("active", "成交活跃"),
        "recency": Words("dealt recently", "近期有成交"),
        "partner": Words("knows this seeker", "与该需求方有往来"),
        "network": Words("works with this seeker's partners", "与该需求方的伙伴有合作"),
        "price": Words("its usual price fits", "常见价格相符"),
    }
    return said[heading]


def would_be_first(
    features: NDArray[np.float32], score: Floats, weights: Floats, columns: Sequence[Feature], row: int
) -> Change | None:
    """Find the smallest change of one feature that would put a candidate first, all else as it is.

    Parameters
    ----------
    features, score
        Of all candidates of one need.
    weights, columns
        As for :func:`contributions`. Squares and products that hold the feature move with it.
    row
        The candidate.

    Returns
    -------
    Change
        Among :data:`MOVABLE`, no farther than the best of the candidates stands; smallest as a share of the range
        of the candidates. None where the candidate is first, or no such change suffices.
    """
    gap = float(score.max() - score[row])
    if gap <= 0:
        return None
    names = [column.name for column in columns]
    best: tuple[float, Change] | None = None
    for name in MOVABLE:
        if name not in names:
            continue
        k = names.index(name)
        low, high = float(features[:, k].min()), float(features[:, k].max())
        now = float(features[row, k])
        if high - low < 1e-9:
            continue
        # Only for the better: more deals, fewer days, less distance.
        between = (low, now) if name == "since" else (now, high)
        then = _reached(features[row].astype(float), weights, names, k, between=between, gap=gap)
        if then is None:
            continue
        part = abs(then - now) / (high - low)
        if best is None or part < best[0] - 1e-12:
            shown = {"now": _shown(name, now), "then": _shown(name, then)}
            words = Words(
                f"would rank first if {MOVABLE[name].en.format(**shown)}",
                f"若{MOVABLE[name].zh.format(**shown)}，将排第一",
            )
            best = (part, Change(name, shown["now"], shown["then"], words, then))
    return best[1] if best else None


def _reached(
    x: Floats, weights: Floats, names: Sequence[str], k: int, *, between: tuple[float, float], gap: float
) -> float | None:
    """Solve for the value of one feature at which the score has risen by the gap: nearest root of a quadratic."""
    name = names[k]
    linear, square = float(weights[k]), 0.0
    for j, other in enumerate(names):
        if other == f"{name}^2":
            square = float(weights[j])
        elif "*" in other and name in other.split("*"):
            first, second = other.split("*")
            linear += float(weights[j] * x[names.index(second if first == name else first)])
    now = float(x[k])
    # square·t² + linear·t = square·now² + linear·now + gap
    goal = square * now**2 + linear * now + gap
    if abs(square) > 1e-12:
        under = linear**2 + 4.0 * square * goal
        roots = [(-linear + sign * math.sqrt(under)) / (2.0 * square) for sign in (-1.0, 1.0)] if under >= 0 else []
    else:
        roots = [goal / linear] if abs(linear) > 1e-12 else []
    inside = [root for root in roots if between[0] - 1e-9 <= root <= between[1] + 1e-9]
    return min(inside, key=lambda root: abs(root - now)) if inside else None


def matched_terms(index: Wording, said: Said, need: int, supplier: int) -> tuple[tuple[str, ...], int]:
    """Name the terms by which the best text of a supplier was found, and the text (-1: none)."""
    _, text, _ = word_scores(index, said, np.array([need]), np.array([supplier]))
    if text[0] < 0:
        return (), -1
    return tuple(term for term, _ in shared_terms(index.lexicon, said.texts[need], int(text[0]), 3)), int(text[0])


def split_by_need(need: Ints, many: int) -> Ints:
    """Give where the pairs of each need begin and end, for pairs in order of their need."""
    return np.searchsorted(need, np.arange(many + 1))
