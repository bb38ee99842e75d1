"""Work over agents in chunks of a fixed size: the same sums for any number of threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["CHUNK", "Chunks", "chunk_count"]

CHUNK = 1 << 16
"""Agents in a chunk. A constant, never a function of the number of threads."""


def chunk_count(agents: int) -> int:
    """Number of chunks of so many agents, at least one.

    Examples
    --------
    >>> chunk_count(0), chunk_count(65_536), chunk_count(65_537)
    (1, 1, 2)
    """
    return max(1, -(-agents // CHUNK))


@dataclass(frozen=True, slots=True)
class Chunks:
    """Calls a kernel for each chunk of agents, on one thread or several.

    A kernel is called as ``kernel(low, high, chunk, *arguments)`` and must release the lock of the
    interpreter (``nogil``). It may write to the rows of its agents and to row ``chunk`` of a table of
    partial sums; whoever asked adds the rows in their order.

    Parameters
    ----------
    threads
        Chunks at a time.

    Examples
    --------
    >>> partial = np.zeros((chunk_count(100_000), 1), dtype=np.int64)
    >>> def count(low, high, chunk, partial):
    ...     partial[chunk, 0] += high - low
    >>> Chunks(threads=2).each(count, 100_000, partial)
    >>> int(partial.sum())
    100000
    """

    threads: int = 1

    def each(self, kernel: Callable[..., Any], agents: int, *arguments: Any) -> None:
        """Call the kernel for every chunk; returns when all are done."""
        bounds = [(chunk * CHUNK, min(agents, (chunk + 1) * CHUNK), chunk) for chunk in range(chunk_count(agents))]
        if self.threads <= 1 or len(bounds) == 1:
            for bound in bounds:
                kernel(*bound, *arguments)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            for done in [pool.submit(kernel, *bound, *arguments) for bound in bounds]:
                done.result()

    def total(self, kernel: Callable[..., Any], agents: int, bins: int, *arguments: Any) -> np.ndarray:
        """Sum what a kernel adds to its row of a table of integers.

        Parameters
        ----------
        kernel
            Called as ``kernel(low, high, chunk, *arguments, partial)``.
        agents
            How many.
        bins
            Columns of the table.
        arguments
            Passed on.

        Returns
        -------
        numpy.ndarray
            Shape (bins,), int64. Whole numbers, so that no order of adding could change them.
        """
        partial = np.zeros((chunk_count(agents), bins), dtype=np.int64)
        self.each(kernel, agents, *arguments, partial)
        return np.asarray(partial.sum(axis=0))
