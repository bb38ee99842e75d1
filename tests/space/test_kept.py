"""What is kept in memory: computed once, for the right cluster, whoever asks."""

from __future__ import annotations

import threading
import time

import polars as pl
import pytest

from jiqun.cluster import Cluster
from jiqun.space import forget, kept


def cluster() -> Cluster:
    return Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))


def test_two_clusters_of_the_same_shape_are_not_mistaken_for_each_other():
    one, other = cluster(), cluster()
    assert kept(one, "x", lambda: 1) == 1
    assert kept(other, "x", lambda: 2) == 2


def test_many_threads_compute_once():
    c, calls = cluster(), []

    def slow() -> int:
        calls.append(1)
        time.sleep(0.05)
        return 7

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(kept(c, "slow", slow))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7] * 8
    assert len(calls) == 1


def test_a_failure_is_not_kept():
    c = cluster()
    with pytest.raises(ZeroDivisionError):
        kept(c, "x", lambda: 1 // 0)
    assert kept(c, "x", lambda: 3) == 3


def test_forgetting_computes_again():
    c = cluster()
    kept(c, "x", lambda: 1)
    forget(c)
    assert kept(c, "x", lambda: 2) == 2


def test_memory_is_bounded():
    from jiqun.space.kept import LIMIT, _shelf

    c = cluster()
    for k in range(LIMIT + 50):
        kept(c, str(k), lambda k=k: k)
    assert len(_shelf(c)) == LIMIT
