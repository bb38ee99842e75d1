"""Search and rank many needs among many offers: ``python benchmarks/matching_scale.py [SUPPLIERS] [NEEDS]``.

A generated market: one offer a supplier, three deals a supplier, 200 categories, 300 places, offers and needs of eight
words out of 20,000 by a Zipf law. Measured are the index, needs in blocks, and needs one by one on the warm index.
Allocation has a benchmark of its own.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from jiqun.cluster import Words
from jiqun.match.book import Book, Documents, Trait
from jiqun.match.features import Known, Pairs, features_of
from jiqun.match.learn import Ranker, know, learn
from jiqun.match.memory import partners_of
from jiqun.match.objects import Asked, Deals
from jiqun.match.retrieve import candidates
from jiqun.match.wording import say


def texts(many: int, rng: np.random.Generator) -> list[str]:
    words = np.minimum(rng.zipf(1.3, size=(many, 8)), 20_000)
    return [" ".join(f"w{word}" for word in row) for row in words]


def market(suppliers: int, rng: np.random.Generator) -> Book:
    many = 3 * suppliers
    own = np.stack([rng.integers(0, 200, suppliers), rng.integers(0, 300, suppliers)], axis=1)
    supplier = np.minimum((suppliers * rng.random(many) ** 2).astype(np.int64), suppliers - 1)
    traits = np.where(
        rng.random((many, 2)) < 0.7,
        own[supplier],
        np.stack([rng.integers(0, 200, many), rng.integers(0, 300, many)], 1),
    )
    deals = Deals.of(
        day=np.sort(rng.random(many) * 730.0), need=np.arange(many), seeker=rng.integers(0, suppliers, many),
        supplier=supplier, traits=traits, suppliers=suppliers, seekers=suppliers, levels=(200, 300),
    )  # fmt: skip
    kinds = (Trait("category", "category", Words("category", "类别")), Trait("place", "place", Words("place", "地点")))
    return Book(kinds, deals, Documents.of(np.arange(suppliers), texts(suppliers, rng), category=own[:, 0]))


def rank(known: Known, ranker: Ranker, asked: Asked, words: list[str]) -> int:
    said = say(known.wording, words, {})
    found = candidates(known, asked, said)
    features = features_of(known, asked, said, Pairs(found.need, found.supplier))
    warm = np.diff(partners_of(known.memory, asked).indptr) > 0
    score = ranker.score(features, warm[found.need])
    order = np.lexsort((found.supplier, -score, found.need))
    return len(order)


def main() -> None:
    suppliers, needs = (int(sys.argv[k]) if len(sys.argv) > k else 10_000 for k in (1, 2))
    rng = np.random.default_rng(0)
    book = market(suppliers, rng)
    begin = time.perf_counter(), time.process_time()
    known = know(book, 731.0)
    index = time.perf_counter() - begin[0], time.process_time() - begin[1]
    ranker = learn(book, 731.0, window_days=180.0, needs=500)
    asked = Asked(
        np.full(needs, 731.0), rng.integers(0, suppliers, needs),
        np.stack([rng.integers(0, 200, needs), rng.integers(0, 300, needs)], axis=1), np.full(needs, np.nan),
        np.full((needs, 2), np.nan),
    )  # fmt: skip
    words = texts(needs, rng)
    rank(known, ranker, asked.take(np.arange(2)), words[:2])
    begin, pairs = (time.perf_counter(), time.process_time()), 0
    for low in range(0, needs, 256):
        rows = np.arange(low, min(low + 256, needs))
        pairs += rank(known, ranker, asked.take(rows), words[low : low + 256])
    block = time.perf_counter() - begin[0], time.process_time() - begin[1]
    single = []
    for k in range(min(200, needs)):
        start = time.process_time()
        rank(known, ranker, asked.take(np.array([k])), words[k : k + 1])
        single.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{suppliers:,} suppliers, {needs:,} needs, {pairs / needs:.0f} candidates a need, peak {peak:.2f} GiB")
    print(f"index          {index[0]:8.2f} s  {index[1]:8.2f} s of the processor")
    print(f"all needs      {block[0]:8.2f} s  {block[1]:8.2f} s of the processor, {1e3 * block[1] / needs:.2f} ms each")
    p50, p95 = np.quantile(single, [0.5, 0.95])
    print(f"one need alone {1e3 * p50:8.1f} ms median, {1e3 * p95:.1f} ms in 95 of 100 (of the processor)")


if __name__ == "__main__":
    main()
