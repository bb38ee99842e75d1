"""Allocation of many needs with 30 candidates each, beside OR-Tools' minimum-cost flow where that can run.

``python benchmarks/allocation.py [NEEDS ...]`` (10,000, 100,000 and 1,000,000 where not given). Suppliers are a tenth
of the needs, popular as Zipf's law says, with places for 1.1 of them. CPU seconds, and the distance from the optimum.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from jiqun.match.allocate import Candidates, allocate

EACH = 30
EXACT_UP_TO = 100_000


def market(needs: int) -> tuple[Candidates, np.ndarray]:
    """Needs whose candidates are drawn by popularity, with a value that has a part of its own."""
    rng = np.random.default_rng(1)
    suppliers = needs // 10
    popularity = 1 / np.arange(1, suppliers + 1) ** 0.8
    cumulative = np.cumsum(popularity / popularity.sum())
    supplier = np.minimum(np.searchsorted(cumulative, rng.uniform(size=(needs, EACH))), suppliers - 1)
    supplier.sort(axis=1)
    value = rng.uniform(size=(needs, EACH)) + 0.5 * popularity[supplier] ** 0.2
    # The same supplier twice is once: the second is worth nothing.
    value[:, 1:][supplier[:, 1:] == supplier[:, :-1]] = -1.0
    capacity = np.bincount(rng.integers(0, suppliers, round(1.1 * needs)), minlength=suppliers)
    return Candidates(np.repeat(np.arange(needs), EACH), supplier.ravel(), value.ravel(), needs, suppliers), capacity


def exact(one: Candidates, capacity: np.ndarray) -> tuple[float, float]:
    """The optimum to a millionth for each need, and CPU seconds."""
    from ortools.graph.python import min_cost_flow

    solver, sink, scale = min_cost_flow.SimpleMinCostFlow(), one.needs + one.suppliers, 1_000_000
    cost = -np.rint(one.value * scale).astype(np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(one.need, one.needs + one.supplier, np.ones(cost.size, np.int64), cost)
    every = np.arange(one.needs)
    solver.add_arcs_with_capacity_and_unit_cost(
        every, np.full(one.needs, sink), np.ones_like(every), np.zeros_like(every)
    )
    ends = one.needs + np.arange(one.suppliers), np.full(one.suppliers, sink)
    solver.add_arcs_with_capacity_and_unit_cost(*ends, capacity, np.zeros(one.suppliers, np.int64))
    solver.set_nodes_supplies(every, np.ones_like(every))
    solver.set_node_supply(sink, -one.needs)
    start = time.process_time()
    solver.solve()
    return -solver.optimal_cost() / scale, time.process_time() - start


def main() -> None:
    """Print the table."""
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    allocate(*market(100))
    print("| needs | CPU s | bids | served | over capacity | proved gap | OR-Tools CPU s | below its optimum |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for needs in sizes:
        one, capacity = market(needs)
        start = time.process_time()
        done = allocate(one, capacity)
        seconds = time.process_time() - start
        load = np.bincount(done.supplier[done.supplier >= 0], minlength=one.suppliers)
        other, below = "–", "–"
        if needs <= EXACT_UP_TO:
            best, their_seconds = exact(one, capacity)
            other, below = f"{their_seconds:.2f}", f"{(best - done.value) / best:.5%}"
        print(
            f"| {needs:,} | {seconds:.2f} | {done.bids / 1e6:.2f} M | {(done.supplier >= 0).mean():.4f} | "
            f"{int(np.maximum(load - capacity, 0).sum())} | {done.gap / done.value:.5%} | {other} | {below} |"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory {peak / (1 << 30 if sys.platform == 'darwin' else 1 << 20):.2f} GiB")


if __name__ == "__main__":
    main()
