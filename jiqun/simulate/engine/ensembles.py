"""Many runs: replicates of several arms with common random numbers, resumable, the same wherever they run."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from jiqun.cluster import JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.simulate.engine.model import Model, World, model_named
from jiqun.simulate.engine.running import MEMORY, manifest, refuse_absurd, run

__all__ = ["Ensemble", "ensemble"]

_STEP = Words("Runs", "次运行")
Task = tuple[str, str, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Runs of several arms under the same random numbers."""

    runs: pl.DataFrame
    """``arm``, ``replicate``, ``period`` and a column for each number recorded, sorted by these."""
    manifest: dict[str, object]
    """Model, arms with their worlds, seed, replicates, periods, version, and the hashes of the runs."""

    def fan(self, name: str, *, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> pl.DataFrame:
        """Quantiles of a number over replicates, for each arm and period.

        Parameters
        ----------
        name
            A column of ``runs``.
        levels
            Of the quantiles.

        Returns
        -------
        polars.DataFrame
            ``arm, period, mean`` and ``q05`` and so on.
        """
        quantiles = [
            pl.col(name).quantile(level, interpolation="linear").alias(f"q{round(100 * level):02d}") for level in levels
        ]
        grouped = self.runs.group_by("arm", "period").agg(pl.col(name).mean().alias("mean"), *quantiles)
        return grouped.sort("arm", "period")

    def difference(self, name: str, arm: str, base: str, *, level: float = 0.95) -> pl.DataFrame:
        """Mean difference of an arm from another, pair by pair of replicates, with its interval.

        Parameters
        ----------
        name
            A column of ``runs``.
        arm, base
            Names of arms.
        level
            Of the t interval of the mean of the paired differences.

        Returns
        -------
        polars.DataFrame
            ``period, value, low, high``; the interval is null for a single replicate.
        """
        from scipy.stats import t

        known = self.runs["arm"].unique().to_list()
        for each in (arm, base):
            if each not in known:
                raise JiqunError(
                    f"There is no arm {each!r}; there are {', '.join(sorted(known))}.",
                    f"没有名为 {each!r} 的方案；现有：{'、'.join(sorted(known))}。",
                )
        keys = ["replicate", "period"]
        ours = self.runs.filter(pl.col("arm") == arm).select(*keys, pl.col(name).cast(pl.Float64).alias("ours"))
        theirs = self.runs.filter(pl.col("arm") == base).select(*keys, pl.col(name).cast(pl.Float64).alias("theirs"))
        pairs = ours.join(theirs, on=keys).with_columns(d=pl.col("ours") - pl.col("theirs"))
        table = pairs.group_by("period").agg(value=pl.col("d").mean(), sd=pl.col("d").std(), n=pl.len()).sort("period")
        n = table["n"].to_numpy()
        half = np.full(n.shape, np.nan)
        many = n > 1
        sd = table["sd"].fill_null(np.nan).to_numpy()
        half[many] = t.ppf(0.5 + level / 2, n[many] - 1) * sd[many] / np.sqrt(n[many])
        width = pl.Series(half).fill_nan(None)
        return table.select("period", "value", low=pl.col("value") - width, high=pl.col("value") + width)


def ensemble(
    model: Model,
    arms: Mapping[str, World],
    *,
    periods: int,
    replicates: int,
    seed: int = 0,
    processes: int = 1,
    folder: Path | None = None,
    memory: int = MEMORY,
    progress: Progress = silent,
) -> Ensemble:
    """Run every arm as often as there are replicates; replicate ``r`` of each arm has the same random numbers.

    Parameters
    ----------
    model
        What is run.
    arms
        Worlds by name.
    periods, replicates, seed
        How long, how often, and the seed of all.
    processes
        Runs at a time; above one, in spawned processes. The result is the same to the bit.
    folder
        Where finished runs are kept under the hash of their manifest. An ensemble that was stopped goes on
        from there; a run that is there is not run again.
    memory
        Bytes of state allowed for each run.
    progress
        Told of each run; may raise to stop, and what is finished stays.

    Returns
    -------
    Ensemble
        All runs and the manifest.

    Raises
    ------
    JiqunError
        If a world is absurd or there is nothing to run.

    Examples
    --------
    >>> from jiqun.simulate.models import bass
    >>> arms = {"slow": bass.BassWorld(agents=200, imitation=0.1), "fast": bass.BassWorld(agents=200)}
    >>> done = ensemble(bass.MODEL, arms, periods=5, replicates=3)
    >>> done.runs.height, done.difference("share", "fast", "slow")["value"][0]
    (36, 0.0)
    """
    if not arms or replicates < 1:
        raise JiqunError("An ensemble needs an arm and a replicate.", "集合模拟至少需要一个方案和一次重复。")
    for world in arms.values():
        refuse_absurd(model, world, periods=periods, memory=memory)
    tasks = [
        (model.name, arm, world.model_dump_json(), periods, seed, replicate)
        for arm, world in arms.items()
        for replicate in range(replicates)
    ]
    hashes = [str(manifest(model, arms[t[1]], periods=periods, seed=seed, replicate=t[5])["hash"]) for t in tasks]
    found: dict[int, pl.DataFrame] = {}
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        found = {i: pl.read_parquet(p) for i, h in enumerate(hashes) if (p := folder / f"{h}.parquet").exists()}
    progress(_STEP, len(found), len(tasks))
    missing = [i for i in range(len(tasks)) if i not in found]
    for i, series in _compute(missing, tasks, processes, memory):
        found[i] = series
        if folder is not None:
            _keep(folder / f"{hashes[i]}.parquet", series)
        progress(_STEP, len(found), len(tasks))
    frames = [
        found[i].select(pl.lit(tasks[i][1]).alias("arm"), pl.lit(tasks[i][5]).alias("replicate"), pl.all())
        for i in range(len(tasks))
    ]
    facts: dict[str, object] = {
        "model": model.name,
        "arms": {arm: world.model_dump(mode="json") for arm, world in arms.items()},
        "periods": periods,
        "replicates": replicates,
        "seed": seed,
        "runs": hashes,
    }
    if folder is not None:
        (folder / "ensemble.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    return Ensemble(pl.concat(frames), facts)


def _compute(missing: list[int], tasks: list[Task], processes: int, memory: int) -> Iterator[tuple[int, pl.DataFrame]]:
    if processes <= 1 or len(missing) < 2:
        for i in missing:
            yield i, _one(tasks[i], memory)
        return
    # Spawned, not forked: compiled kernels and threads of the parent do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(missing)), mp_context=context) as pool:
        futures = {pool.submit(_one, tasks[i], memory): i for i in missing}
        try:
            for done in as_completed(futures):
                yield futures[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _one(task: Task, memory: int) -> pl.DataFrame:
    import jiqun.simulate  # noqa: F401 - a spawned process has to know the models

    name, _, text, periods, seed, replicate = task
    model = model_named(name)
    world = model.world.model_validate_json(text)
    return run(model, world, periods=periods, seed=seed, replicate=replicate, memory=memory).series


def _keep(path: Path, series: pl.DataFrame) -> None:
    beside = path.with_name(f".{path.name}")
    series.write_parquet(beside)
    beside.replace(path)
