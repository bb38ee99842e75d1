"""Two-sided adoption in Mesa and here, side by side in one run: agent-steps per CPU second, and how time grows.

``python benchmarks/simulate.py [RUNS]`` prints a table. Mesa runs 10,000 and 100,000 buyers with as many sellers; here
also a million and ten million. CPU seconds of this process alone; the median of the runs.
"""

from __future__ import annotations

import math
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable

import mesa

from jiqun.simulate import run
from jiqun.simulate.models import adoption

PERIODS = 10


class Side(mesa.Agent):
    """A buyer or a seller."""

    def __init__(self, model: Market, side: int, on: bool) -> None:
        super().__init__(model)
        self.side, self.on = side, on

    def step(self) -> None:
        """Join with the logit probability of what the other side was at the start of the period."""
        self.on = self.model.random.random() < self.model.chance[self.side]


class Market(mesa.Model):
    """The same model as ours, written as Mesa's tutorial writes models."""

    def __init__(self, agents: int) -> None:
        super().__init__(rng=1)
        self.random = random.Random(1)
        self.size = agents
        self.sides = [[Side(self, side, i < agents / 2) for i in range(agents)] for side in (0, 1)]
        self.chance = [0.0, 0.0]

    def step(self) -> None:
        """One period, all at once."""
        shares = [sum(agent.on for agent in side) / self.size for side in self.sides]
        self.chance = [1 / (1 + math.exp(3 - 6 * share)) for share in reversed(shares)]
        self.agents.do("step")


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def of_mesa(agents: int) -> float:
    """CPU seconds of the periods; making the agents is not counted."""
    market = Market(agents)
    return seconds(lambda: [market.step() for _ in range(PERIODS)])


def of_ours(agents: int, threads: int = 1) -> float:
    """CPU seconds of the periods, from a run with them less a run with one."""
    world = adoption.AdoptionWorld(buyers=agents, sellers=agents)
    long = seconds(lambda: run(adoption.MODEL, world, periods=PERIODS + 1, threads=threads))
    return max(long - seconds(lambda: run(adoption.MODEL, world, periods=1, threads=threads)), 1e-9)


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    of_ours(1_000)
    print(f"{PERIODS} periods, median of {runs} runs, CPU seconds of one core; buyers and as many sellers")
    print("| buyers | Mesa, s | here, s | agent-steps per CPU second: Mesa | here | ratio |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for agents in (10_000, 100_000, 1_000_000, 10_000_000):
        pairs = [(of_mesa(agents) if agents <= 100_000 else math.nan, of_ours(agents)) for _ in range(runs)]
        theirs, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
        steps = 2 * agents * PERIODS
        if math.isnan(theirs):
            print(f"| {agents:,} | – | {ours:.3f} | – | {steps / ours / 1e6:.0f} M | – |")
        else:
            print(
                f"| {agents:,} | {theirs:.2f} | {ours:.4f} | {steps / theirs / 1e6:.2f} M | "
                f"{steps / ours / 1e6:.0f} M | {theirs / ours:.0f} × |"
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory {peak / (1 << 30 if sys.platform == 'darwin' else 1 << 20):.2f} GiB; Mesa {mesa.__version__}")


if __name__ == "__main__":
    main()
