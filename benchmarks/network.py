"""The network at the size of a platform: ties, core, mixing, shares across, sampled paths, resilience; time, memory.

``python benchmarks/network.py [actors] [interactions]``; the default is a tenth of 1 M actors and 20 M interactions.
With ``paths`` as the only argument: edge-disjoint paths beside SciPy's maximum flow and NetworkX on the same pairs.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from jiqun.measure.network.centrality import pagerank
from jiqun.measure.network.closure import degree_assortativity
from jiqun.measure.network.cores import core_numbers
from jiqun.measure.network.graph import graph
from jiqun.measure.network.mixing import crossing, mixing
from jiqun.measure.network.of_cluster import network_of
from jiqun.measure.network.paths import cyclomatic, disjoint_paths, paths_between
from jiqun.measure.network.resilience import resilience

sys.path.insert(0, str(Path(__file__).parent))


def now() -> tuple[float, float]:
    """Seconds of the clock and of the processor."""
    return time.perf_counter(), time.process_time()


def timed(what: str, started: tuple[float, float]) -> tuple[float, float]:
    """Say how long a step took and how much memory the process has had at most."""
    ended = now()
    clock, processor = (b - a for a, b in zip(started, ended, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what:<40} {clock:8.1f} s {processor:8.1f} s of the processor   {peak:5.2f} GiB", flush=True)
    return ended


def whole(actors: int, interactions: int) -> None:
    """Run everything that a page asks of a large network."""
    from digital import trade

    at = now()
    cluster, _ = trade(actors, interactions)
    at = timed("generated (not counted)", at)
    made = network_of(cluster, layer="digital").graph
    made.adjacency  # noqa: B018
    at = timed(f"network, {len(made.merged.source):,} pairs", at)
    label = np.random.default_rng(1).integers(0, 30, made.nodes)
    print(f"deepest core {core_numbers(made).max()}")
    at = timed("core numbers", at)
    print(f"degree assortativity {degree_assortativity(made, across=True):.4f}")
    at = timed("degree assortativity", at)
    found = mixing(made, label)
    print(f"E–I {found.ei:.4f}, by chance {found.ei_chance:.4f}, p {found.p:.3f}")
    at = timed("E–I, assortativity, exact moments", at)
    print(f"across, by value {crossing(made, label, weighted=True).value:.4f}")
    at = timed("share of value across", at)
    ways = disjoint_paths(made, pairs=1_000)
    print(f"disjoint paths {ways.mean:.2f} [{ways.mean_low:.2f}, {ways.mean_high:.2f}], two or more {ways.several:.3f}")
    at = timed("1,000 sampled pairs", at)
    print(f"cycles per actor {cyclomatic(made) / made.nodes:.2f}")
    at = timed("cycles", at)
    pagerank(made, tolerance=1e-9)
    at = timed("PageRank", at)
    print(f"R {resilience(made, strategies=['degree'], seeds=2)[0].robustness:.3f}")
    timed("resilience by degree, 2 seeds", at)


def paths(runs: int = 5) -> None:
    """Compare the paths of 50 pairs with two peers."""
    rng = np.random.default_rng(0)
    for nodes, ties in ((2_000, 10_000), (50_000, 500_000)):
        made = graph(rng.integers(nodes, size=ties), rng.integers(nodes, size=ties), nodes=nodes)
        pairs = 20
        s, t = rng.integers(nodes, size=pairs), rng.integers(nodes, size=pairs)
        t = np.where(s == t, (t + 1) % nodes, t)
        two = made.merged
        ends = np.r_[two.source, two.target], np.r_[two.target, two.source]
        matrix = sp.csr_array((np.ones(len(ends[0]), dtype=np.int32), ends), shape=(nodes, nodes))
        other = nx.Graph(zip(two.source.tolist(), two.target.tolist(), strict=True))
        ours, scipys, theirs = [], [], []
        paths_between(made, s[:1], t[:1])
        for _ in range(runs):
            at = time.process_time()
            found = paths_between(made, s, t, threads=1)
            ours.append(time.process_time() - at)
        at = time.process_time()
        peer = [maximum_flow(matrix, int(a), int(b)).flow_value for a, b in zip(s, t, strict=True)]
        scipys.append(time.process_time() - at)
        assert peer == found.tolist()
        if nodes <= 2_000:
            at = time.process_time()
            for a, b in zip(s.tolist(), t.tolist(), strict=True):
                nx.algorithms.connectivity.local_edge_connectivity(other, a, b)
            theirs.append(time.process_time() - at)
        each = [f"{1e3 * statistics.median(x) / pairs:.3f}" if x else "–" for x in (ours, scipys, theirs)]
        print(f"{nodes:,} actors, {ties:,} ties: ms a pair: jiqun {each[0]}, scipy {each[1]}, networkx {each[2]}")


if __name__ == "__main__":
    if sys.argv[1:] == ["paths"]:
        paths()
    else:
        whole(*(int(a) for a in (sys.argv[1:] or ("100000", "2000000"))))
