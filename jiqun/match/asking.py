"""Read the needs of a caller: a sentence, a list, a frame, or the needs of the cluster itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from jiqun.cluster import Cluster, Finding, JiqunError, Words
from jiqun.match.objects import Asked, Floats
from jiqun.match.reading import Market, listed
from jiqun.match.text import MOST_CHARACTERS, terms

__all__ = ["Request", "read_needs"]

MOST_NEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """Needs as they were read: arrays, texts, and whom each rules out."""

    table: pl.DataFrame
    """need_id, actor_id, text, category, quantity, price and whatever else came, one row a need."""
    asked: Asked
    texts: tuple[str, ...]
    answerable: tuple[bool, ...]
    """False where a need says nothing that could be matched."""
    exclude: tuple[tuple[str, ...], ...]
    licences: tuple[tuple[str, ...], ...]
    distance_km: Floats
    """No supplier farther than this, nan for no limit."""
    findings: tuple[Finding, ...]


def read_needs(cluster: Cluster, market: Market, needs: Any = None) -> Request:
    """Read needs.

    Parameters
    ----------
    cluster
        Its own needs are taken where none are given.
    market
        The market they are asked in.
    needs
        A text, a list of texts or of mappings, or a frame with any of ``need_id, actor_id, text, category, quantity,
        price, place_id, lon, lat, exclude, licences, distance_km`` and the traits of the market.

    Raises
    ------
    JiqunError
        If there are no needs, too many, or they are in no shape that can be read.
    """
    frame, findings = _identified(_frame(cluster, needs))
    findings += _said(frame, market)
    asked = _asked(frame, market)
    texts = tuple(text or "" for text in frame["text"])
    known = (asked.seeker >= 0) | (asked.traits >= 0).any(axis=1)
    answerable = tuple(bool(terms(text)) or bool(good) for text, good in zip(texts, known, strict=True))
    return Request(
        frame,
        asked,
        texts,
        answerable,
        _column_lists(frame, "exclude"),
        _column_lists(frame, "licences"),
        _numbers(frame, "distance_km"),
        tuple(findings),
    )


def _frame(cluster: Cluster, needs: Any) -> pl.DataFrame:
    if needs is None:
        if not cluster.has("needs"):
            raise JiqunError(
                "match needs needs: this cluster has no table needs. Hand in a text, a list of texts, or a frame with "
                "text or category.",
                "match 需要需求：本集群没有 needs 表。请给出一段文本、文本列表，或含 text 或 category 列的表。",
            )
        return cluster.polars("needs")
    if isinstance(needs, str):
        return pl.DataFrame({"text": [needs]})
    if isinstance(needs, Sequence):
        if all(isinstance(one, str) for one in needs):
            return pl.DataFrame({"text": list(needs)}, schema={"text": pl.String})
        if all(isinstance(one, Mapping) for one in needs):
            return pl.DataFrame([dict(one) for one in needs], infer_schema_length=None, strict=False)
    try:
        frame = nw.from_native(needs)
    except TypeError as error:
        raise JiqunError(
            f"match cannot read needs from a {type(needs).__name__}. Hand in a text, a list of texts or mappings, or a "
            "frame: Polars, pandas or Arrow.",
            f"match 无法从 {type(needs).__name__} 读取需求。"
            "请给出文本、文本或字典的列表，或 Polars、pandas、Arrow 表。",
        ) from error
    eager = frame.collect("polars") if isinstance(frame, nw.LazyFrame) else frame
    return pl.from_arrow(eager.to_arrow())  # type: ignore[return-value]


def _identified(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Bring the canonical columns in, give missing identifiers, and keep the first of needs of one identifier."""
    if not {"text", "category"} & set(frame.columns) or frame.height > MOST_NEEDS:
        raise JiqunError(
            f"match needs a column text or category and at most {MOST_NEEDS:,} needs; got {frame.height:,} rows of "
            f"{', '.join(frame.columns) or 'no columns'}.",
            f"match 需要 text 或 category 列，且需求不超过 {MOST_NEEDS:,} 条；收到 {frame.height:,} 行，"
            f"列为：{'、'.join(frame.columns) or '无'}。",
        )
    for name in ("need_id", "actor_id", "text", "category"):
        column = pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name)
        frame = frame.with_columns(column)
    number = pl.format("N{}", pl.int_range(1, pl.len() + 1))
    frame = frame.with_columns(pl.coalesce("need_id", number).alias("need_id"))
    twice = frame.height - frame["need_id"].n_unique()
    findings = []
    if twice:
        findings.append(
            Finding(
                "duplicate_need", "warning",
                Words("The identifier of a need repeats; the first of each is matched.",
                      "需求编号重复；每个编号仅匹配第一条。"),
                Words("Give every need an identifier of its own.", "请为每条需求指定唯一编号。"),
                "needs", "need_id", rows=twice, of=frame.height,
            )
        )  # fmt: skip
        frame = frame.unique("need_id", keep="first", maintain_order=True)
    return frame, findings


def _said(frame: pl.DataFrame, market: Market) -> list[Finding]:
    findings = []
    traits = {trait.name: set(trait.levels) for trait in market.book.traits}
    known = traits.get("category", set()) | set(market.offers["category"].drop_nulls().unique().to_list())
    unknown = frame.filter(pl.col("category").is_not_null() & ~pl.col("category").is_in(list(known)))
    if unknown.height:
        findings.append(
            Finding(
                "unknown_category", "warning",
                Words("Nothing was concluded or offered in the category; the need is matched by what else it says.",
                      "该类别从未有成交或供给，将按其余信息匹配。"),
                Words("Use a category of the cluster, or say in words what is needed.",
                      "请使用集群已有类别，或用文字说明需求。"),
                "needs", "category", rows=unknown.height, of=frame.height,
                examples=tuple(unknown["category"].unique().sort().head(5).to_list()),
            )
        )  # fmt: skip
    long = frame.filter(pl.col("text").str.len_chars() > MOST_CHARACTERS).height
    if long:
        findings.append(
            Finding(
                "long_text", "info",
                Words(f"The text is longer than {MOST_CHARACTERS:,} characters; the rest is not read.",
                      f"文本超过 {MOST_CHARACTERS:,} 字，超出部分不读取。"),
                Words("Say first what is needed.", "请将所需内容写在前面。"),
                "needs", "text", rows=long, of=frame.height,
            )
        )  # fmt: skip
    return findings


def _asked(frame: pl.DataFrame, market: Market) -> Asked:
    book, many = market.book, frame.height
    seekers = {name: code for code, name in enumerate(book.seekers)}
    seeker = np.array([seekers.get(name or "", -1) for name in frame["actor_id"]], dtype=np.int64)
    category = frame["category"].to_list()
    stated = frame["place_id"].to_list() if "place_id" in frame.columns else [None] * many
    place = [given or market.places.get(actor or "") for given, actor in zip(stated, frame["actor_id"], strict=True)]
    values = {
        "category": category,
        "sector": [market.parents.get(one or "") for one in category],
        "place": place,
        "region": [market.parents.get(one or "") for one in place],
    }
    traits = np.full((many, len(book.traits)), -1, dtype=np.int64)
    for k, trait in enumerate(book.traits):
        code = {level: n for n, level in enumerate(trait.levels)}
        column = values.get(trait.name) or (
            frame[trait.name].to_list() if trait.name in frame.columns else [None] * many
        )
        traits[:, k] = [code.get(str(one), -1) if one is not None else -1 for one in column]
    unknown = (np.nan, np.nan)
    position = np.array(
        [
            market.positions.get(actor or "") or market.positions.get(at or "", unknown)
            for actor, at in zip(frame["actor_id"], place, strict=True)
        ]
    ).reshape(-1, 2)
    if {"lon", "lat"} <= set(frame.columns):
        given = np.stack([_numbers(frame, "lon"), _numbers(frame, "lat")], axis=1)
        position = np.where(np.isfinite(given).all(axis=1, keepdims=True), given, position)
    return Asked(np.full(many, market.at), seeker, traits, _numbers(frame, "price"), position)


def _numbers(frame: pl.DataFrame, column: str) -> Floats:
    if column not in frame.columns:
        return np.full(frame.height, np.nan)
    return frame[column].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()


def _column_lists(frame: pl.DataFrame, column: str) -> tuple[tuple[str, ...], ...]:
    if column not in frame.columns:
        return ((),) * frame.height
    return tuple(tuple(listed(value)) for value in frame[column].to_list())
