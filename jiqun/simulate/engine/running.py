"""One run of a model: periods, checkpoints, and a manifest by which anyone obtains the same again."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from jiqun.cluster import JiqunError, Words, code_version
from jiqun.cluster.progress import Progress, silent
from jiqun.simulate.engine.chunks import Chunks
from jiqun.simulate.engine.model import Context, Model, State, World
from jiqun.simulate.engine.philox import key_of

__all__ = ["MEMORY", "PERIODS", "Run", "manifest", "refuse_absurd", "run"]

MEMORY = 4 << 30
"""Bytes of state above which a run is refused unless the caller allows more."""
PERIODS = 100_000
_STEP = Words("Periods", "期")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    series: pl.DataFrame
    """``period`` and a column for each number the model records; period 0 is the start."""
    state: State
    """After the last period."""
    manifest: dict[str, Any]
    """Model, world, seed, replicate, periods, version, and the hash of these."""


def manifest(model: Model, world: World, *, periods: int, seed: int, replicate: int) -> dict[str, Any]:
    """What determines a run, and its hash; the number of threads is not part of it."""
    facts: dict[str, Any] = {
        "model": model.name,
        "world": world.model_dump(mode="json"),
        "seed": seed,
        "replicate": replicate,
        "periods": periods,
        "version": code_version(),
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return facts | {"hash": hashlib.sha256(text.encode()).hexdigest()}


def refuse_absurd(model: Model, world: World, *, periods: int, memory: int = MEMORY) -> None:
    """Refuse a run that would not fit, before anything is allocated.

    Raises
    ------
    JiqunError
        If there are no periods or more than 100,000, or the state takes more than ``memory`` bytes.
    """
    if not 1 <= periods <= PERIODS:
        raise JiqunError(
            f"{model.name} runs for 1 to {PERIODS:,} periods, not {periods}.",
            f"{model.name} 可运行 1 至 {PERIODS:,} 期，而不是 {periods} 期。",
        )
    needed = model.memory(world)
    if needed > memory:
        raise JiqunError(
            f"This world would take {needed / 2**30:,.1f} GiB of memory; {memory / 2**30:,.1f} GiB are allowed. "
            f"Use fewer agents, or allow more memory.",
            f"该世界需要 {needed / 2**30:,.1f} GiB 内存，允许 {memory / 2**30:,.1f} GiB。"
            f"请减少主体数量，或允许更多内存。",
        )


def run(
    model: Model,
    world: World,
    *,
    periods: int,
    seed: int = 0,
    replicate: int = 0,
    threads: int = 1,
    checkpoint: Path | None = None,
    every: int = 0,
    memory: int = MEMORY,
    progress: Progress = silent,
) -> Run:
    """Run a model for a number of periods.

    Parameters
    ----------
    model, world
        What is run.
    periods
        Steps after the start.
    seed, replicate
        The key of the random numbers; each below 2³².
    threads
        Used within a step. The result is the same to the bit for any number.
    checkpoint
        A file. If it is there, the run goes on from it, and gives what a run without a break would have
        given; while the run goes on it is written ``every`` so many periods.
    every
        Periods between two checkpoints; 0: none is written.
    memory
        Bytes of state allowed.
    progress
        Told of each period; may raise to cancel.

    Returns
    -------
    Run
        Series, last state, manifest.

    Raises
    ------
    JiqunError
        If the run is absurd, or the checkpoint is of another run.

    Examples
    --------
    >>> from jiqun.simulate.models import bass
    >>> done = run(bass.MODEL, bass.BassWorld(agents=1000), periods=3, seed=1)
    >>> done.series["period"].to_list()
    [0, 1, 2, 3]
    """
    refuse_absurd(model, world, periods=periods, memory=memory)
    facts = manifest(model, world, periods=periods, seed=seed, replicate=replicate)
    key, chunks = key_of(seed, replicate), Chunks(threads)
    kept = _resume(checkpoint, facts) if checkpoint is not None else None
    if kept is None:
        state = model.start(world, Context(key, 0, chunks))
        rows = [dict(model.observe(state, world))]
    else:
        state, rows = kept
    for period in range(len(rows), periods + 1):
        progress(_STEP, period - 1, periods)
        model.step(state, world, Context(key, period, chunks))
        rows.append(dict(model.observe(state, world)))
        if checkpoint is not None and every and period % every == 0:
            _keep(checkpoint, facts, state, rows)
    progress(_STEP, periods, periods)
    series = pl.DataFrame({"period": range(len(rows))} | {name: [row[name] for row in rows] for name in rows[0]})
    return Run(series, state, facts)


def _keep(path: Path, facts: dict[str, Any], state: State, rows: list[dict[str, float]]) -> None:
    """Write a checkpoint beside the old one and put it in its place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    about = json.dumps({"manifest": facts, "rows": rows, "names": list(state)}).encode()
    with beside.open("wb") as file:
        arrays = {f"array{i}": array for i, array in enumerate(state.values())}
        np.savez(file, about=np.frombuffer(about, dtype=np.uint8), **arrays)  # type: ignore[arg-type]
    beside.replace(path)


def _resume(path: Path, facts: dict[str, Any]) -> tuple[State, list[dict[str, float]]] | None:
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            state = {name: file[f"array{i}"] for i, name in enumerate(about["names"])}
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise JiqunError(
            f"{path.name} is not a checkpoint that can be read ({error}). Delete it to start from the beginning.",
            f"{path.name} 不是可读取的检查点（{error}）。删除它可从头开始。",
        ) from error
    # A longer run may go on from a shorter one: only the number of periods may differ.
    ours, theirs = ({k: v for k, v in f.items() if k not in {"periods", "hash"}} for f in (facts, about["manifest"]))
    if ours != theirs:
        different = [name for name in ours if ours[name] != theirs.get(name)]
        raise JiqunError(
            f"The checkpoint {path.name} is of another run: {', '.join(different)} differ. Give it another name.",
            f"检查点 {path.name} 属于另一次运行：{'、'.join(different)} 不同。请换一个文件名。",
        )
    return state, about["rows"][: facts["periods"] + 1]
