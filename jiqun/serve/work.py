"""Expensive answers: a bounded number at a time, each computed once, none waited for without end."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jiqun.cluster import Words
from jiqun.serve.refusals import Refusal

__all__ = ["Work"]

T = TypeVar("T")
LOOK = 0.25
"""Seconds between two looks at whether the caller is still there."""
_FULL = Words("Too much is being computed at once. Try again shortly.", "计算任务过多，请稍后再试。")
_GONE = Words("The caller is gone.", "请求方已断开。")


@dataclass
class Work:
    """Threads that compute answers.

    Two requests for the same answer share one computation. One that takes longer than ``patience``
    seconds goes on, so that its result is there (in ``derived/``) for the next request, but its caller
    is told to come back. One that has not begun when its last caller has gone is dropped: whoever
    drags a slider leaves many questions behind.

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
    _callers: Counter[Hashable] = field(init=False, repr=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="jiqun-work")

    async def run(
        self, key: Hashable, compute: Callable[[], T], *, gone: Callable[[], Awaitable[bool]] | None = None
    ) -> T:
        """Compute an answer, or wait for the one that is being computed under the same key.

        Parameters
        ----------
        key
            Names the answer.
        compute
            Gives it; called in a thread.
        gone
            Whether the caller has gone away.

        Raises
        ------
        Refusal
            If it takes too long (504), too much is waiting already (503), or the caller has gone (499).
        """
        future: Future[T] = self._shared.get(key) or self._start(key, compute)
        until = time.monotonic() + self.patience
        self._callers[key] += 1
        try:
            waited = asyncio.wrap_future(future)
            # A failure after everyone has left is of interest to no one.
            waited.add_done_callback(lambda done: done.cancelled() or done.exception())
            while time.monotonic() < until:
                # Unlike wait_for, this cancels nothing: others may wait for the same answer.
                await asyncio.wait({waited}, timeout=min(LOOK, max(0.0, until - time.monotonic())))
                if waited.done():
                    return waited.result()
                if gone is not None and await gone():
                    if self._callers[key] == 1:
                        future.cancel()
                    raise Refusal(_GONE, status=499)
        finally:
            self._callers[key] -= 1
            if not self._callers[key]:
                del self._callers[key]
        raise Refusal(
            Words(
                f"This takes longer than {self.patience:g} s. It is still being computed: ask again shortly.",
                f"计算超过 {self.patience:g} 秒，仍在进行中，请稍后再试。",
            ),
            status=504,
        )

    def close(self) -> None:
        """Drop what is waiting; what is running ends with the process."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, key: Hashable, compute: Callable[[], T]) -> Future[T]:
        if len(self._shared) >= self.waiting:
            raise Refusal(_FULL, status=503)
        future = self._pool.submit(compute)
        self._shared[key] = future
        future.add_done_callback(lambda _: self._shared.pop(key, None))
        return future
