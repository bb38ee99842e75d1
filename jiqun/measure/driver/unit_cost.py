"""Supply-side economies of scale: whether a unit costs less where more of the same industry is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Words
from jiqun.measure.regression import Fit, regress

__all__ = ["COSTS", "cost_lines", "local_scale", "scale_elasticity"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

COSTS: Mapping[str, Words] = MappingProxyType(
    {
        "freight": Words("freight per unit", "单位运费"),
        "lead_days": Words("days until delivery", "交付天数"),
        "price": Words("price per unit", "单价"),
    }
)
"""Unit costs, in the order in which the position takes the first that the data hold."""


def cost_lines(dealings: pl.DataFrame) -> pl.DataFrame:
    """Give unit costs by item, place, category and period.

    Parameters
    ----------
    dealings
        Coded dealings, with ``place, category, period, source, target`` and any of ``amount, quantity, freight,
        lead_days, offer`` (the thing sold).

    Returns
    -------
    polars.DataFrame
        Sums of a supplier's item in a place and period: ``place, category, period, target, item, amount`` and those
        of ``price, freight, lead_days`` that the data hold. An item is the offer where the same offer is mostly seen
        in several periods; else the supplier within its category; else the category.
    """
    has = set(dealings.columns)
    units = pl.col("quantity").fill_null(0.0) if "quantity" in has else pl.lit(1.0)
    sums = {"units": units.sum(), "n": pl.len()}
    sums |= {c: pl.col(c).sum() for c in ("amount", "freight") if c in has}
    if "lead_days" in has:
        sums["lead_days"] = pl.col("lead_days").filter(pl.col("lead_days") > 0).mean()
    keys = ["place", "category", "period", "target", *(["offer"] if "offer" in has else [])]
    made = dealings.group_by(keys).agg(**sums).filter(pl.col("units") > 0)
    if "amount" in has and "quantity" in has:
        made = made.with_columns(price=pl.col("amount") / pl.col("units"))
    if "freight" in has:
        made = made.with_columns(freight=pl.col("freight") / pl.col("units"))
    kept = [c for c in ("price", "freight", "lead_days") if c in made.columns]
    amount = pl.col("amount") if "amount" in has else pl.col("units").cast(pl.Float64)
    item, width = _item(made)
    return made.with_columns(item=item, amount=amount).select(
        "place", "category", "period", "target", "item", "amount", *kept, width=pl.lit(width)
    )


def _item(made: pl.DataFrame) -> tuple[pl.Series, str]:
    """Choose the finest item of which at least half the rows are seen in several periods."""
    finest = [("offer", ["target", "offer"])] if "offer" in made.columns else []
    for name, keys in [*finest, ("supplier", ["target", "category"])]:
        several = pl.col("period").n_unique().over(keys) > 1
        if float(made.select(several.mean()).item() or 0.0) >= 0.5:
            return made.select(pl.struct(keys).rank("dense").cast(pl.Int64)).to_series(), name
    return made["category"].cast(pl.Int64), "category"


def local_scale(lines: pl.DataFrame, *, lookback: int) -> Array:
    """Give the scale of the same industry at the place: what other suppliers sold there in the preceding periods.

    Parameters
    ----------
    lines
        Rows with ``place, category, period, target, amount``.
    lookback
        How many periods are preceding.

    Returns
    -------
    numpy.ndarray
        Shape (rows,); 0 where nobody else sold.

    Examples
    --------
    >>> rows = pl.DataFrame({"place": [0, 0, 0], "category": [0, 0, 0], "period": [0, 0, 1], "target": [1, 2, 1],
    ...                      "amount": [5.0, 7.0, 1.0]})
    >>> local_scale(rows, lookback=1).tolist()
    [0.0, 0.0, 7.0]
    """
    key = ["place", "category", "period"]
    ahead = pl.DataFrame({"after": np.arange(1, lookback + 1)}).with_columns(
        pl.col("after").cast(lines["period"].dtype)
    )

    def past(keys: list[str], name: str) -> pl.DataFrame:
        summed = lines.group_by(keys).agg(pl.col("amount").sum().alias(name))
        later = summed.join(ahead, how="cross").with_columns(period=pl.col("period") + pl.col("after"))
        return later.group_by(keys).agg(pl.col(name).sum())

    joined = lines.select(*key, "target").join(past(key, "all"), on=key, how="left", maintain_order="left")
    own = [*key, "target"]
    joined = joined.join(past(own, "own"), on=own, how="left", maintain_order="left")
    rest = joined["all"].fill_null(0.0) - joined["own"].fill_null(0.0)
    return np.maximum(np.where(np.abs(rest.to_numpy()) < 1e-9, 0.0, rest.to_numpy()), 0.0)


def scale_elasticity(
    cost: Array,
    scale: Array,
    codes: tuple[Codes, Codes, Codes, Codes],
    *,
    within: bool = True,
    level: float = 0.95,
) -> Fit:
    """Regress the logarithm of a unit cost on that of the scale of the same industry at the place.

    ``ln c = η ln scale + effects + ε``: η < 0 says that a unit costs less where the industry is larger, which is what
    Marshall expected of suppliers, labour and knowledge near by.

    Parameters
    ----------
    cost, scale
        Shape (rows,); rows count where both are positive.
    codes
        Item, place, category and period, each of shape (rows,).
    within
        With effects of item, place × category and category × period: only the change of scale at a place speaks.
        Otherwise of item, place and category × period: places are compared with one another as well.
    level
        Coverage; errors are clustered by place, or by category where there are fewer than ten places.

    References
    ----------
    Ciccone, A. & Hall, R. (1996), Productivity and the density of economic activity. American Economic Review 86,
    54–70.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> place, category, period = (a.ravel() for a in np.meshgrid(np.arange(12), np.arange(5), np.arange(9)))
    >>> scale = np.exp(rng.normal(size=540))
    >>> fit = scale_elasticity(scale**-0.2, scale, (category, place, category, period))
    >>> round(float(fit.value[0]), 6)
    -0.2
    """
    there = (cost > 0) & (scale > 0) & np.isfinite(cost)
    item, place, category, period = (c[there].astype(np.int64) for c in codes)
    wide, long = int(category.max(initial=0)) + 1, int(period.max(initial=0)) + 1
    effects = [item, place * wide + category if within else place, category * long + period]
    cluster = place if np.unique(place).size >= 10 else category
    y, x = np.log(cost[there]), np.log(scale[there])[:, None]
    return regress(y, x, effects, cluster, family="linear", level=level)
