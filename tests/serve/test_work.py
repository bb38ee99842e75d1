"""Answers computed once, by few threads, for whoever is still there."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jiqun.serve.refusals import Refusal
from jiqun.serve.work import Work


def test_callers_of_one_answer_share_it() -> None:
    work, calls, release = Work(threads=2), [], threading.Event()

    def compute() -> int:
        calls.append(1)
        release.wait(5)
        return 7

    async def ask() -> list[int]:
        asked = [asyncio.create_task(work.run("key", compute)) for _ in range(5)]
        await asyncio.sleep(0.05)
        release.set()
        return list(await asyncio.gather(*asked))

    assert asyncio.run(ask()) == [7] * 5
    assert len(calls) == 1
    work.close()


def test_a_failure_reaches_every_caller_and_is_not_kept() -> None:
    work, answers = Work(), iter([ZeroDivisionError("first"), None])

    def compute() -> str:
        error = next(answers)
        if error is not None:
            raise error
        return "second"

    async def ask() -> str:
        with pytest.raises(ZeroDivisionError):
            await work.run("key", compute)
        return await work.run("key", compute)

    assert asyncio.run(ask()) == "second"
    work.close()


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    work, release, begun = Work(threads=1), threading.Event(), []

    async def ask() -> None:
        busy = asyncio.create_task(work.run("busy", lambda: release.wait(10)))

        async def gone() -> bool:
            return True

        async def here() -> bool:
            return False

        leaving = asyncio.create_task(work.run("left", lambda: begun.append("left"), gone=gone))
        both = [
            asyncio.create_task(work.run("wanted", lambda: begun.append("wanted"), gone=asks)) for asks in (gone, here)
        ]
        for task in (leaving, both[0]):
            with pytest.raises(Refusal) as told:
                await task
            assert told.value.status == 499
        release.set()
        await asyncio.gather(busy, both[1])

    asyncio.run(ask())
    assert begun == ["wanted"]
    work.close()


def test_patience_ends_and_the_work_goes_on() -> None:
    work, release = Work(patience=0.05), threading.Event()

    async def ask() -> bool:
        with pytest.raises(Refusal) as told:
            await work.run("key", lambda: release.wait(10))
        assert told.value.status == 504
        release.set()
        work.patience = 10
        return await work.run("key", lambda: False)

    assert asyncio.run(ask()) is True, "the computation that was begun is the one that answers"
    work.close()
