"""Expensive answers: a bounded number at a time, each computed once, none waited for without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jiqun.cluster import Words
from jiqun.serve.refusals import Refusal

__all__ = ["Work"]

T = TypeVar("T")


@dataclass
class Work:
    """Threads that compute answers.

    Two requests for the same answer share one computation. A computation that takes longer than
    ``patience`` seconds goes on, so that its result is there (in ``derived/``) for the next request,
    but its caller is told to come back.

    Parameters
    ----------
    threads
        Computations at a time.
    patience
        Seconds after which a caller is told to come back.
    waiting
        Computations, running or waiting, above which further ones are refused.
    """

    threads: int = 4
    patience: float = 60.0
    waiting: int = 64
    _pool: ThreadPoolExecutor = field(init=False, repr=False)
    _shared: dict[Hashable, Future[Any]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="jiqun-work")

    async def run(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Compute an answer, or wait for the one that is being computed under the same key.

        Raises
        ------
        Refusal
            If it takes too long (504), or too much is waiting already (503).
        """
        future: Future[T] | None = self._shared.get(key)
        if future is None:
            if len(self._shared) >= self.waiting:
                raise Refusal(
                    Words("Too much is being computed at once. Try again shortly.", "计算任务过多,请稍后再试。"),
                    status=503,
                )
            future = self._pool.submit(compute)
            self._shared[key] = future
            future.add_done_callback(lambda _: self._shared.pop(key, None))
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), self.patience)
        except TimeoutError as error:
            if future.done():
                raise
            raise Refusal(
                Words(
                    f"This takes longer than {self.patience:g} s. It is still being computed: ask again shortly.",
                    f"计算超过 {self.patience:g} 秒,仍在进行中,请稍后再试。",
                ),
                status=504,
            ) from error

    def close(self) -> None:
        """Drop what is waiting; what is running ends with the process."""
        self._pool.shutdown(wait=False, cancel_futures=True)
