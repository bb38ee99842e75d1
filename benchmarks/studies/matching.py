"""Every model and baseline of the matching on real data: ``python benchmarks/studies/matching.py [SET …] [--needs N]``.

Sets: crunchbase, olist, olist_budget, canada, toronto, chinese, pairs; all where none is named. The data lie in
``../shared/data`` beside the checkout and are not part of the project. Tuning is done on windows before the test
windows; nothing here is fitted to them. Tables go to standard output; ``--out FILE`` writes them as Parquet.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from jiqun.cluster import Words
from jiqun.match.book import Book, Documents, Trait
from jiqun.match.evaluate import CAVEAT, evaluate_book
from jiqun.match.features import Known
from jiqun.match.lexical import ask, index_texts
from jiqun.match.objects import Asked, Deals
from jiqun.match.semantic import encode
from jiqun.match.wording import Said

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


def day(date: str) -> float:
    return float(np.datetime64(date, "D").astype(int))


def code(values: list[Any]) -> tuple[np.ndarray, list[Any]]:
    levels = sorted({value for value in values if value is not None})
    at = {level: k for k, level in enumerate(levels)}
    return np.array([at.get(value, -1) if value is not None else -1 for value in values], dtype=np.int64), levels


def book_of(
    frame: pl.DataFrame,
    traits: list[tuple[str, str]],
    *,
    texts: bool = False,
    position: bool = False,
    price: bool = False,
) -> Book:
    """Make a book of a frame with day, need, seeker, supplier, the traits and, as asked for, text, lon, lat, price."""
    frame = frame.sort("day", "need", "supplier")
    supplier, suppliers = code(frame["supplier"].to_list())
    seeker, seekers = code(frame["seeker"].to_list())
    need, needs = code(frame["need"].to_list())
    coded = [code(frame[name].to_list()) for name, _ in traits]
    deals = Deals.of(
        day=frame["day"].to_numpy(), need=need, seeker=seeker, supplier=supplier,
        traits=np.stack([c for c, _ in coded], axis=1) if coded else np.empty((frame.height, 0), dtype=np.int64),
        price=frame["price"].to_numpy() if price else None,
        position=frame.select("lon", "lat").fill_null(float("nan")).to_numpy() if position else None,
        suppliers=len(suppliers), seekers=len(seekers), levels=tuple(len(levels) for _, levels in coded),
    )  # fmt: skip
    kinds = tuple(
        Trait(name, group, Words(name, name), tuple(map(str, levels)))
        for (name, group), (_, levels) in zip(traits, coded, strict=True)
    )
    documents = Documents.of(np.empty(0, dtype=np.int64), [])
    need_texts: dict[int, str] = {}
    vectors: tuple[tuple[str, Any], ...] = ()
    if texts:
        documents = Documents.of(
            supplier, frame["text"].to_list(), day=frame["day"].to_numpy(), category=coded[0][0],
            vectors=(("use", encode(frame["text"].to_list())),),
        )  # fmt: skip
        need_texts = dict(zip(need.tolist(), frame["text"].to_list(), strict=True))
        vectors = (("use", encode(list(need_texts.values()))),)
    where = None
    if position:
        held = (
            frame.group_by("supplier")
            .agg(pl.col("supplier_lon").first(), pl.col("supplier_lat").first())
            .sort("supplier")
        )
        where = held.select("supplier_lon", "supplier_lat").fill_null(float("nan")).to_numpy()
    del needs
    return Book(kinds, deals, documents, tuple(suppliers), tuple(seekers), need_texts, vectors, where)


def crunchbase() -> Book:
    folder = DATA / "crunchbase_2013"
    names = ("investments", "rounds", "companies")
    investments, rounds, companies = (pl.read_parquet(folder / f"{name}.parquet") for name in names)
    stage = rounds.group_by("company_permalink", "funded_at").agg(pl.col("funding_round_type").sort().first())
    firms = companies.select(
        company_permalink="permalink", category="category_code", region="region", state="state_code"
    )
    frame = (
        investments.join(firms, on="company_permalink")
        .join(stage.rename({"funded_at": "funded_when"}), on=["company_permalink", "funded_when"], how="left")
        .filter(pl.col("funded_when").is_not_null(), pl.col("investor_name").is_not_null())
        .unique(["company_permalink", "investor_name", "funded_when"])
        .select(
            "category", "region", "state",
            day=pl.col("funded_when").str.to_date().to_physical().cast(pl.Float64),
            need=pl.format("{} {}", "company_permalink", "funded_when"),
            seeker="company_permalink", supplier="investor_name", stage="funding_round_type",
        )
    )  # fmt: skip
    return book_of(frame, [("category", "category"), ("region", "place"), ("state", "place"), ("stage", "stage")])


def olist(*, budget: bool) -> Book:
    folder = DATA / "olist_sample_NC"
    names = ("order_items", "orders", "products", "customers", "sellers", "geolocation")
    items, orders, products, customers, sellers, places = (pl.read_parquet(folder / f"{n}.parquet") for n in names)
    at = places.unique("geolocation_zip_code_prefix")
    buyer = at.select(customer_zip_code_prefix="geolocation_zip_code_prefix", lon="lon", lat="lat")
    seller = at.select(seller_zip_code_prefix="geolocation_zip_code_prefix", supplier_lon="lon", supplier_lat="lat")
    frame = (
        items.join(orders, on="order_id").join(products, on="product_id").join(customers, on="customer_id")
        .join(sellers, on="seller_id").join(buyer, on="customer_zip_code_prefix", how="left")
        .join(seller, on="seller_zip_code_prefix", how="left")
        .select(
            "lon", "lat", "supplier_lon", "supplier_lat",
            day=pl.col("order_purchase_timestamp").str.to_datetime().dt.epoch("s") / 86_400.0,
            need=pl.format("{} {}", "order_id", pl.col("product_category_name").fill_null("")),
            seeker="customer_unique_id", supplier="seller_id", category="product_category_name",
            state="customer_state", price=pl.col("price").cast(pl.Float64),
        )
        .sort("need", "supplier", "price")
        .unique(["need", "supplier"], keep="first", maintain_order=True)
    )  # fmt: skip
    return book_of(frame, [("category", "category"), ("state", "place")], position=True, price=budget)


def canada() -> Book:
    frame = (
        pl.read_parquet(DATA / "procurement" / "canada_department_vendor_year.parquet")
        .filter(pl.col("total") > 0)
        .select(
            year=pl.col("d_fiscal_year").str.slice(0, 4).cast(pl.Int64), seeker="department", supplier="d_vendor_name"
        )
        .unique()
    )
    frame = frame.select(
        day=pl.date(pl.col("year"), 10, 1).to_physical().cast(pl.Float64), need=pl.format("{} {}", "seeker", "year"),
        seeker="seeker", supplier="supplier", department="seeker",
    )  # fmt: skip
    return book_of(frame, [("department", "place")])


def toronto() -> Book:
    frame = pl.read_parquet(DATA / "procurement" / "toronto_awards_EVAL.parquet").select(
        text="Solicitation Document Description", need="Document Number", supplier="Successful Supplier",
        seeker="Division", division="Division", category="High Level Category", form="RFx (Solicitation) Type",
        date="Award Authority Obtained Date",
    )  # fmt: skip
    frame = frame.filter(pl.col("text").is_not_null(), pl.col("supplier").is_not_null(), pl.col("date").is_not_null())
    frame = frame.with_columns(
        day=pl.col("date").cast(pl.String).str.slice(0, 10).str.to_date().to_physical().cast(pl.Float64)
    )
    frame = frame.with_columns(pl.col("day").min().over("need")).unique(
        ["need", "supplier"], keep="first", maintain_order=True
    )
    return book_of(frame, [("category", "category"), ("division", "place"), ("form", "stage")], texts=True)


def library(kind: str) -> Callable[[Known, Asked, Said], np.ndarray]:
    """Give ALS or BPR of the package implicit, fitted once for each memory; a seeker it has not seen gets nothing."""
    fitted: dict[int, tuple[Any, sparse.csr_matrix]] = {}

    def arm(known: Known, asked: Asked, said: Said) -> np.ndarray:
        del said
        if id(known) not in fitted:
            from implicit.als import AlternatingLeastSquares
            from implicit.bpr import BayesianPersonalizedRanking

            table = sparse.csr_matrix(known.memory.partners).astype(np.float32)
            table.data[:] = 1.0
            model = (
                AlternatingLeastSquares(64, random_state=0, num_threads=1)
                if kind == "als"
                else BayesianPersonalizedRanking(63, random_state=0, num_threads=1)
            )
            model.fit(table, show_progress=False)
            fitted.clear()
            fitted[id(known)] = (model, table)
        model, table = fitted[id(known)]
        tie = known.memory.activity / known.memory.activity.max() * 1e-6
        out = np.tile(tie, (len(asked), 1))
        seen = (asked.seeker >= 0) & (np.diff(table.indptr)[np.maximum(asked.seeker, 0)] > 0)
        out[seen] += np.asarray(model.user_factors[asked.seeker[seen]] @ model.item_factors.T)
        return out

    return arm


def chinese() -> pl.DataFrame:
    """Description → class of GB/T 4754-2017, own name removed: reciprocal rank among all classes of four digits."""
    table = pl.read_parquet(DATA / "gbt4754_2017_EVAL.parquet").filter(pl.col("level").cast(pl.String) == "4")
    names, notes = table["name"].to_list(), table["remark"].fill_null("").to_list()
    asked = [(k, note.replace(name, "")) for k, (name, note) in enumerate(zip(names, notes, strict=True))]
    asked = [(k, text) for k, text in asked if text.strip()]
    gold, texts = np.array([k for k, _ in asked]), [text for _, text in asked]
    index = index_texts(names)
    words = index.scores(ask(index, texts)).toarray()
    use = encode(texts) @ encode(names).T
    e5 = encode(texts, "e5", role="need") @ encode(names, "e5").T
    fused = {
        "words": words, "use": use, "e5": e5, "words + use": share(words) + lifted(use),
        "words + use + e5": share(words) + lifted(use) + 2.0 * lifted(e5),
    }  # fmt: skip
    return pl.DataFrame([{"arm": name, "needs": len(gold), **ranked(score, gold)} for name, score in fused.items()])


def pairs() -> pl.DataFrame:
    """The same capability in Chinese and English, our own forty pairs: is the translation nearest."""
    with (ROOT / "tests" / "match" / "capabilities.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    zh, en = [row["zh"] for row in rows], [row["en"] for row in rows]
    out = []
    for encoder in ("use", "e5"):
        for name, a, b in (("zh → en", zh, en), ("en → zh", en, zh)):
            score = encode(a, encoder, role="need") @ encode(b, encoder, role="offer").T
            out.append({"arm": f"{encoder} {name}", "needs": len(a), **ranked(score, np.arange(len(a)))})
    return pl.DataFrame(out)


def share(score: np.ndarray) -> np.ndarray:
    return score / np.maximum(score.max(axis=1, keepdims=True), 1e-9)


def lifted(score: np.ndarray) -> np.ndarray:
    mean = score.mean(axis=1, keepdims=True)
    return (score - mean) / np.maximum(score.max(axis=1, keepdims=True) - mean, 1e-9)


def ranked(score: np.ndarray, gold: np.ndarray) -> dict[str, float]:
    mine = score[np.arange(len(gold)), gold][:, None]
    # Of equal scores half come before.
    rank = 1.0 + (score > mine).sum(axis=1) + ((score == mine).sum(axis=1) - 1) / 2.0
    return {
        "mrr": float((1.0 / rank).mean()),
        "recall@1": float((rank <= 1).mean()),
        "recall@10": float((rank <= 10).mean()),
    }


CRUNCHBASE = [("2010-01-01", "2011-01-01"), ("2011-01-01", "2012-01-01"), ("2012-01-01", "2014-12-31")]
OLIST = [("2018-03-01", "2018-05-01"), ("2018-05-01", "2018-07-01"), ("2018-07-01", "2018-10-31")]
CANADA = [("2019-04-01", "2020-03-31"), ("2020-04-01", "2021-03-31"), ("2021-04-01", "2022-03-31")]
TORONTO = [("2024-11-01", "2025-05-01"), ("2025-05-01", "2025-11-01"), ("2025-11-01", "2026-12-31")]
SETS: dict[str, tuple[Callable[[], Book], list[tuple[str, str]], dict[str, Any]]] = {
    "crunchbase": (crunchbase, CRUNCHBASE, {}),
    "olist": (lambda: olist(budget=False), OLIST, {}),
    "olist_budget": (lambda: olist(budget=True), OLIST, {}),
    "canada": (canada, CANADA, {"draws": 1_000, "lessons": (1.0, 2.0), "l2": 300.0}),
    "toronto": (toronto, TORONTO, {"draws": 200, "lessons": (0.25, 0.5, 0.75, 1.0, 1.5)}),
}
"""Sets, their windows, and what is chosen for them on windows before the last."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=[*SETS, "chinese", "pairs"])
    parser.add_argument("--needs", type=int, default=6_000)
    parser.add_argument("--last", action="store_true", help="the last origin alone")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    pl.Config(tbl_rows=500, tbl_cols=20, tbl_width_chars=140, float_precision=3)
    tables = []
    for name in asked.sets:
        begin = time.process_time()
        if name in ("chinese", "pairs"):
            table = chinese() if name == "chinese" else pairs()
        else:
            make, windows, learning = SETS[name]
            outcome = evaluate_book(
                make(), [(day(a), day(b)) for a, b in (windows[-1:] if asked.last else windows)],
                further={"als": library("als"), "bpr": library("bpr")}, needs=asked.needs, **learning,
            )  # fmt: skip
            table = outcome.table
            tables.append(table.with_columns(set=pl.lit(name)))
            metrics = ("ndcg@10", "recall@50", "hit@1", "hit@10", "coverage@10", "exposure_gini@10")
            table = table.filter(pl.col("metric").is_in(metrics)).pivot(
                on="metric", index=["origin", "arm", "part", "needs"], values="value"
            )
        print(f"## {name}: {time.process_time() - begin:.0f} s of the processor\n{table}\n", flush=True)
    print(CAVEAT.en)
    if asked.out is not None and tables:
        pl.concat(tables).write_parquet(asked.out)


if __name__ == "__main__":
    main()
