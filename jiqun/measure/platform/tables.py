"""The tidy table of indices of one side: counts, ratios with their intervals, and the distribution of sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.measure.platform.indicators import ratios
from jiqun.measure.platform.replicate import Groups, Statistics, resampled, statistics
from jiqun.measure.platform.sizes import hill, zipf

__all__ = ["Resampling", "indices_of"]

Array = NDArray[np.float64]
_SPREAD = ("gini", "top_1_share", "top_10_share")
_COUNTS = {"participants": "one", "entrants": "entrant", "exits": "leaver"}


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made."""

    replicates: int = 199
    level: float = 0.95
    rng: np.random.Generator | int | None = 0


def indices_of(made: pl.DataFrame, keys: list[str], how: Resampling) -> pl.DataFrame:
    """Evaluate every index of a side that its numbers allow, in each group.

    Parameters
    ----------
    made
        Numbers of each participant in each group, see
        :func:`~jiqun.measure.platform.participation.participation`.
    keys
        Keys of the groups.
    how
        Replicates, coverage and seed of the bootstrap by participant.

    Returns
    -------
    polars.DataFrame
        The keys, ``indicator, value, low, high, note``.
    """
    groups, names, heads = _groups(made, keys)
    observed = statistics(groups)
    drawn = resampled(groups, how.replicates, how.rng) if how.replicates else None
    at = {name: k for k, name in enumerate(names)}
    frames = []
    for name, column in _COUNTS.items():
        if column in at:
            frames.append(_rows(heads, name, observed.sums[0, :, at[column]]))
    for name, (above, below) in ratios().items():
        if above in at and below in at:
            value, draws = (_divided(s, at[above], at[below]) for s in (observed, drawn or observed))
            ends = _ends(draws, how.level) if drawn else None
            frames.append(_rows(heads, name, value[0], ends, "nothing to divide by"))
    for k, name in enumerate(_SPREAD):
        ends = _ends(drawn.spread[:, :, k], how.level) if drawn else None
        frames.append(_rows(heads, name, observed.spread[0, :, k], ends, "all sizes are zero"))
    frames += _tails(groups, heads, how.level)
    return pl.concat(frames)


def _groups(made: pl.DataFrame, keys: list[str]) -> tuple[Groups, list[str], pl.DataFrame]:
    size = "amount" if "amount" in made.columns and made["amount"].max() else "n"
    made = made.with_columns(one=pl.lit(1.0), size=pl.col(size).clip(0.0)).sort(*keys, "size", "actor")
    ratio_names = {part for pair in ratios().values() for part in pair}
    names = sorted({"one", *_COUNTS.values(), *ratio_names} & set(made.columns))
    heads = (
        made.group_by(keys, maintain_order=True).agg(rows=pl.len()) if keys else pl.DataFrame({"rows": [made.height]})
    )
    start = np.concatenate([[0], np.cumsum(heads["rows"].to_numpy())]).astype(np.int64)
    actors, actor = np.unique(made["actor"].to_numpy(), return_inverse=True)
    # a leaver that cannot be known is no number: it makes the sums of its group NaN, hence null
    numbers = np.ascontiguousarray(made.select(pl.col(names).fill_null(float("nan"))).to_numpy().astype(np.float64))
    return (
        Groups(start, actor.astype(np.int64), len(actors), numbers, made["size"].to_numpy()),
        names,
        heads.drop("rows"),
    )


def _divided(made: Statistics, above: int, below: int) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = made.sums[:, :, above] / made.sums[:, :, below]
    return np.where(np.isfinite(ratio), ratio, np.nan)


def _ends(draws: Array, level: float) -> tuple[Array, Array]:
    """Percentile interval where the statistic is defined in more than half of the replicates."""
    low, high = np.full(draws.shape[1], np.nan), np.full(draws.shape[1], np.nan)
    enough = np.isfinite(draws).mean(axis=0) > 0.5
    if enough.any():
        tail = (1.0 - level) / 2.0
        low[enough], high[enough] = np.nanquantile(draws[:, enough], [tail, 1.0 - tail], axis=0)
    return low, high


def _tails(groups: Groups, heads: pl.DataFrame, level: float) -> list[pl.DataFrame]:
    frames = []
    for name, of in (("hill_exponent", hill), ("zipf_exponent", zipf)):
        bounds = zip(groups.start[:-1], groups.start[1:], strict=True)
        made = np.array([of(groups.size[a:b], level=level) for a, b in bounds]).reshape(-1, 3)
        frames.append(
            _rows(
                heads,
                name,
                made[:, 0],
                (made[:, 1], made[:, 2]),
                "needs 100 participants, and a tail of several sizes that begins at six or more",
            )
        )
    return frames


def _rows(
    heads: pl.DataFrame, name: str, value: Array, ends: tuple[Array, Array] | None = None, why: str = ""
) -> pl.DataFrame:
    none = np.full(len(value), np.nan)
    low, high = ends or (none, none)
    reason = "not known this near to the end of the data" if name in ("exits", "exit_rate") else why
    frame = heads.with_columns(
        pl.lit(name).alias("indicator"),
        pl.Series("value", value),
        pl.Series("low", low),
        pl.Series("high", high),
    ).with_columns(pl.col("value", "low", "high").fill_nan(None))
    return frame.with_columns(note=pl.when(pl.col("value").is_null()).then(pl.lit(reason)))
