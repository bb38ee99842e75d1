"""What is said beside the matches: needs without an answer, and how the ranking came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jiqun.cluster import Finding, Words
from jiqun.match.asking import Request
from jiqun.match.learn import Ranker
from jiqun.match.reading import Market

__all__ = ["notes_of", "unanswered"]


def unanswered(request: Request, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Say which needs got no answer, and why."""
    findings = []
    answered = {row["need_id"] for row in rows}
    empty = [need for need, good in zip(request.table["need_id"], request.answerable, strict=True) if not good]
    none = [need for need in request.table["need_id"] if need not in answered and need not in set(empty)]
    if empty:
        findings.append(
            Finding(
                "empty_need", "error",
                Words("The need says nothing: no words, no known category, no known seeker.",
                      "需求没有内容：无文字、无已知类别、无已知需求方。"),
                Words("Say in words what is needed, or name a category.", "请用文字说明需求，或给出类别。"),
                "needs", "text", rows=len(empty), of=request.table.height, examples=tuple(empty[:5]),
            )
        )  # fmt: skip
    if none:
        findings.append(
            Finding(
                "no_supplier", "warning",
                Words("No supplier may serve the need: all are excluded, closed, too far or without the licence.",
                      "没有可服务该需求的供给方：均被排除、已注销、距离过远或缺少资质。"),
                Words("Relax a condition.", "请放宽条件。"),
                "needs", "need_id", rows=len(none), of=request.table.height, examples=tuple(none[:5]),
            )
        )  # fmt: skip
    return findings


def notes_of(market: Market, ranker: Ranker) -> tuple[Words, ...]:
    """Say what a reader must know of how the ranking came about."""
    notes = list(market.notes)
    if min(ranker.learned) == 0:
        notes.append(
            Words(
                "The past is too short to learn all weights; those of needs "
                + (
                    "of any kind"
                    if max(ranker.learned) == 0
                    else "without past partners"
                    if ranker.learned[1] == 0
                    else "with past partners"
                )
                + " are set by hand.",
                "历史成交不足以学习全部权重；"
                + ("全部" if max(ranker.learned) == 0 else "无既往伙伴" if ranker.learned[1] == 0 else "有既往伙伴")
                + "需求的权重为人工设定。",
            )
        )
    if max(ranker.learned) > 0:
        notes.append(
            Words(
                "Weights are learned from what was concluded; what was found through the market so far is favoured.",
                "权重由历史成交学习而来，因此偏向以往在市场中被看到的供给方。",
            )
        )
    return tuple(notes)
