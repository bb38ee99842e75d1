"""Invented names, and the words of offers and needs in Chinese and English."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Words
from jiqun.ingest.generated.plan import Planted

__all__ = ["brand_names", "buyer_names", "need_texts", "offer_texts"]

# Three syllables and a number: no firm is called so.
SYLLABLES = (
    ("lan", "岚"), ("ke", "珂"), ("wei", "苇"), ("xun", "浔"), ("ruo", "若"), ("ting", "汀"), ("mu", "沐"),
    ("qi", "淇"), ("shu", "澍"), ("yao", "曜"), ("ning", "甯"), ("bo", "泊"), ("zhe", "浙"), ("lin", "霖"),
    ("cen", "岑"), ("yu", "屿"), ("he", "禾"), ("jing", "璟"), ("tao", "洮"), ("luo", "洛"),
)  # fmt: skip
GOODS = (
    Words("small batches", "小批量"), Words("samples within three days", "三天打样"),
    Words("export packing", "出口包装"), Words("quality reports", "质检报告"), Words("custom logos", "定制标识"),
    Words("door-to-door delivery", "送货上门"), Words("drawings on request", "按图加工"),
    Words("returns within 30 days", "三十天退换"),
)  # fmt: skip
SERVICES = (
    Words("remote delivery", "远程交付"), Words("on-site support", "驻场支持"), Words("a free trial", "免费试用"),
    Words("two rounds of revision", "两轮修改"), Words("open interfaces", "开放接口"),
    Words("training of staff", "员工培训"), Words("a named contact", "专人对接"), Words("service at night", "夜间服务"),
)  # fmt: skip
FEATURES = GOODS + SERVICES


def brand_names(n: int, rng: np.random.Generator) -> pl.Series:
    """Give names such as ``岚珂苇 Lankewei 000421``; the number makes each of them unique and unreal."""
    latin = pl.Series([s for s, _ in SYLLABLES])
    han = pl.Series([c for _, c in SYLLABLES])
    picked = rng.integers(len(SYLLABLES), size=(3, n))
    a, b, c = (pl.Series(p) for p in picked)
    frame = pl.DataFrame(
        {
            "h": han.gather(a) + han.gather(b) + han.gather(c),
            "l": (latin.gather(a).str.to_titlecase() + latin.gather(b) + latin.gather(c)),
        }
    )
    number = pl.int_range(1, n + 1).cast(pl.String).str.zfill(6)
    return frame.select(pl.format("{} {} {}", "h", "l", number).alias("name")).to_series()


def buyer_names(ids: pl.Series) -> pl.Series:
    """Give names such as ``买家 Buyer B0000001``."""
    return ("买家 Buyer " + ids).alias("name")


def offer_texts(
    planted: tuple[Planted, ...], industry: NDArray[np.int64], capacity: NDArray[np.float64], rng: np.random.Generator
) -> pl.Series:
    """Say what a firm supplies, how much of it a month, and with what service."""
    product, first, second = _words(planted, industry, rng)
    frame = pl.DataFrame({"c": pl.Series(capacity).cast(pl.Int64), **product, **first, **second})
    return frame.select(
        pl.format("供应{}，月产能{}件，支持{}、{}。Supplies {}, {} units a month, with {} and {}.",
                  "product_zh", "c", "first_zh", "second_zh", "product_en", "c", "first_en", "second_en")
    ).to_series()  # fmt: skip


def need_texts(
    planted: tuple[Planted, ...], industry: NDArray[np.int64], quantity: NDArray[np.float64], rng: np.random.Generator
) -> pl.Series:
    """Say what a buyer is looking for."""
    product, first, second = _words(planted, industry, rng)
    frame = pl.DataFrame({"q": pl.Series(quantity).cast(pl.Int64), **product, **first, **second})
    return frame.select(
        pl.format("求购{}{}件，需要{}，最好{}。Looking for {} units of {}, needing {}, ideally {}.",
                  "product_zh", "q", "first_zh", "second_zh", "q", "product_en", "first_en", "second_en")
    ).to_series()  # fmt: skip


def _words(
    planted: tuple[Planted, ...], industry: NDArray[np.int64], rng: np.random.Generator
) -> tuple[dict[str, pl.Series], dict[str, pl.Series], dict[str, pl.Series]]:
    n, many = len(industry), len(GOODS)
    service = np.array([p.service for p in planted])[industry]
    one = rng.integers(many, size=n)
    # A different feature: the second is drawn from the others.
    two = (one + rng.integers(1, many, size=n)) % many
    one, two = one + many * service, two + many * service
    products = tuple(p.product for p in planted)
    return (
        _column("product", products, industry),
        _column("first", FEATURES, one),
        _column("second", FEATURES, two),
    )


def _column(name: str, words: tuple[Words, ...], index: NDArray[np.int64]) -> dict[str, pl.Series]:
    at = pl.Series(index)
    return {
        f"{name}_en": pl.Series([w.en for w in words], dtype=pl.String).gather(at),
        f"{name}_zh": pl.Series([w.zh for w in words], dtype=pl.String).gather(at),
    }
