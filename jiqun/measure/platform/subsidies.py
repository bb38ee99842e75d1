"""Who bears the discounts of a platform: subsidies by side that pays, period, category, place and participant side."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.measure.platform.events import PARTS, Events
from jiqun.measure.resample import generators

__all__ = ["BEARERS", "subsidies"]

Array = NDArray[np.float64]

BEARERS = {"platform": "subsidy_platform", "supplier": "subsidy_supplier"}
"""Who bears a subsidy, and in which column of the interactions it is. The side that receives it is the buyer."""


def subsidies(
    events: Events, keys: list[str], *, replicates: int, level: float, rng: np.random.Generator | int | None
) -> pl.DataFrame:
    """Sum subsidies by who bears them, in each group.

    Parameters
    ----------
    events
        The events; dealings without a value in the column count as not subsidised.
    keys
        Keys of the groups: some of ``place, category, period``.
    replicates, level, rng
        Poisson bootstrap over the acting side (buyers), for the share and the incidence.

    Returns
    -------
    polars.DataFrame
        The keys, ``bearer`` (``platform``, ``supplier``, ``both``, and the parts for which the cluster
        has extra columns such as ``subsidy_platform_loyalty``), ``amount``, ``value`` (the subsidy as a share of
        the gross value, that is of what was paid and what the platform gave on top) with ``low, high``, and
        ``incidence`` (share of dealings with a subsidy) with ``incidence_low, incidence_high``. Empty where the
        cluster records no subsidies. ``value`` is null where the gross value is not positive or no amount is known.

    Notes
    -----
    Amounts are what the supplying side receives. A discount of the platform lowers the amount, one of the supplier
    (a coupon it redeems) is part of it: so the gross value is ``amount + subsidy_platform``.
    """
    held = {who: column for who, column in BEARERS.items() if events.has(column)}
    parts = [c for c in events.frame.columns if c.startswith(PARTS)]
    columns = [*keys, "bearer", "amount", "value", "low", "high", "incidence", "incidence_low", "incidence_high"]
    if not held:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.Float64))
    bearers = [*held, *(["both"] if len(held) > 1 else []), *(c.removeprefix("subsidy_") for c in parts)]
    summed = _by_buyer(events, held | {c.removeprefix("subsidy_"): c for c in parts}, keys)
    groups = summed.select(*keys).unique(maintain_order=True) if keys else pl.DataFrame({"_": [0]})
    code = _code(summed, keys)
    numbers = {c: summed[c].to_numpy() for c in summed.columns if c not in (*keys, "source")}
    buyers, position = np.unique(summed["source"].to_numpy(), return_inverse=True)
    weights = [g.poisson(1.0, len(buyers)).astype(np.float64) for g in generators(rng, replicates)]

    def total(name: str, times: Array | None = None) -> Array:
        x = numbers[name] if times is None else numbers[name] * times[position]
        return np.bincount(code, weights=x, minlength=groups.height).astype(np.float64)

    drawn = {c: np.array([total(c, w) for w in weights]).reshape(replicates, groups.height) for c in numbers}
    made = []
    for who in bearers:
        shares = {
            "value": (total(who), total("gross"), drawn[who], drawn["gross"]),
            "incidence": (total(f"{who}_count"), total("n"), drawn[f"{who}_count"], drawn["n"]),
        }
        frame = groups.with_columns(bearer=pl.lit(who), amount=pl.Series(total(who)))
        for name, (above, below, d_above, d_below) in shares.items():
            value, low, high = _ratio(above, below, d_above, d_below, level)
            ends = ("low", "high") if name == "value" else ("incidence_low", "incidence_high")
            frame = frame.with_columns(pl.Series(name, value), pl.Series(ends[0], low), pl.Series(ends[1], high))
        made.append(frame)
    result = pl.concat(made).select(columns).sort(*keys, "bearer")
    return result.with_columns(pl.col(pl.Float64).fill_nan(None))


def _by_buyer(events: Events, held: dict[str, str], keys: list[str]) -> pl.DataFrame:
    known = events.dealings.drop_nulls(keys)
    given = {who: pl.col(column).fill_null(0.0) for who, column in held.items()}
    given["both"] = pl.sum_horizontal(*(given[who] for who in BEARERS if who in given))
    paid = pl.col("amount") if events.has("amount") else pl.lit(None, dtype=pl.Float64)
    gross = paid + (given["platform"] if "platform" in given else pl.lit(0.0))
    sums = {who: expression.sum() for who, expression in given.items()}
    counts = {f"{who}_count": (expression > 0).sum().cast(pl.Float64) for who, expression in given.items()}
    made = known.group_by(*keys, "source").agg(**sums, **counts, gross=gross.sum(), n=pl.len().cast(pl.Float64))
    return made.sort(*keys, "source")


def _code(summed: pl.DataFrame, keys: list[str]) -> NDArray[np.int64]:
    if not keys:
        return np.zeros(summed.height, dtype=np.int64)
    return summed.select(pl.struct(keys).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()


def _ratio(above: Array, below: Array, d_above: Array, d_below: Array, level: float) -> tuple[Array, Array, Array]:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(below > 0, above / below, np.nan)
        draws = np.where(d_below > 0, d_above / d_below, np.nan)
    low = high = np.full(value.shape, np.nan)
    enough = np.isfinite(draws).mean(axis=0) > 0.5 if len(draws) else np.zeros(value.shape, dtype=bool)
    if enough.any():
        low, high = low.copy(), high.copy()
        tail = (1 - level) / 2
        low[enough], high[enough] = np.nanquantile(draws[:, enough], [tail, 1 - tail], axis=0)
    return value, low, high
