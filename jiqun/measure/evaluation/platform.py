"""The panel of a platform: participants, interactions and activity by place and period, from its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import narwhals as nw

from jiqun.cluster import Cluster, Finding, Words
from jiqun.measure.evaluation.remarks import remark
from jiqun.space.periods import label, period_code

if TYPE_CHECKING:
    import polars as pl

__all__ = ["platform_panel"]


def platform_panel(
    cluster: Cluster, *, grain: Literal["year", "quarter", "month", "week"] = "month"
) -> tuple[pl.DataFrame, list[Finding]]:
    """Count participants, interactions and activity of each place in each period.

    The source of an interaction is the buyer, the target the supplier; the place is that of the interaction, or else
    that of the supplier.

    ``suppliers``, ``buyers``: those active. ``new_buyers``: buyers never seen in the place before. ``pairs``: buyer
    and supplier that met; ``returning_pairs``: those that met in an earlier period. ``interactions``: events other
    than views and favourites, which are ``visits`` and ``favourites``. ``interaction_value``: sum of amounts.
    ``supplier_days``: days on which each supplier was active, added up.

    Parameters
    ----------
    cluster
        With dated interactions, and a place of interactions or of actors.
    grain
        Length of a period.

    Returns
    -------
    panel, findings
        ``place_id, period, indicator, value``; a kind of event that the cluster does not record is not there, rather
        than zero. Findings say what was left out.

    Raises
    ------
    MissingTable, MissingColumn
        If there are no dated interactions or nothing says where they are.

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import datetime
    >>> events = pl.DataFrame({"source": ["b", "b", "c"], "target": ["s", "s", "s"], "place_id": ["p"] * 3,
    ...     "time": [datetime(2020, 1, 2), datetime(2020, 2, 3), datetime(2020, 2, 3)]})
    >>> panel, _ = platform_panel(Cluster.from_tables(interactions=events))
    >>> panel.filter(pl.col("indicator").is_in(["new_buyers", "returning_pairs"]))["value"].to_list()
    [1.0, 1.0, 0.0, 1.0]
    """
    import polars as pl

    events, findings = _events(cluster, grain)
    traded = events.filter(~pl.col("kind").is_in(["view", "favourite"]))
    keys = ["place_id", "code"]
    met = traded.group_by(*keys, "source", "target").agg(n=pl.len())
    buyers = traded.select(*keys, "source").unique()
    first_met = met.with_columns(first=pl.col("code").min().over("place_id", "source", "target"))
    first_seen = buyers.with_columns(first=pl.col("code").min().over("place_id", "source"))
    made = [
        traded.group_by(keys).agg(
            suppliers=pl.col("target").n_unique(),
            buyers=pl.col("source").n_unique(),
            interactions=pl.len(),
            interaction_value=pl.col("amount").sum(),
        ),
        first_seen.group_by(keys).agg(new_buyers=(pl.col("first") == pl.col("code")).sum()),
        first_met.group_by(keys).agg(pairs=pl.len(), returning_pairs=(pl.col("first") < pl.col("code")).sum()),
        traded.select(*keys, "target", "day").unique().group_by(keys).agg(supplier_days=pl.len()),
    ]
    for kind, name in (("view", "visits"), ("favourite", "favourites")):
        some = events.filter(pl.col("kind") == kind)
        if some.height:
            made.append(some.group_by(keys).agg(pl.len().alias(name)))
    valued = events["amount"].is_not_null().any()
    long = pl.concat(
        part.unpivot(index=keys, variable_name="indicator", value_name="value").with_columns(
            pl.col("value").cast(pl.Float64)
        )
        for part in made
    )
    if not valued:
        long = long.filter(pl.col("indicator") != "interaction_value")
    periods = {c: label(int(c), grain) for c in long["code"].unique().to_list()}
    named = long.with_columns(period=pl.col("code").replace_strict(periods, return_dtype=pl.String))
    return named.select("place_id", "period", "indicator", "value").sort("indicator", "place_id", "period"), findings


def _events(cluster: Cluster, grain: Literal["year", "quarter", "month", "week"]) -> tuple[pl.DataFrame, list[Finding]]:
    """Events with a place, a period code, a day, a kind and an amount."""
    import polars as pl

    who = "platform_panel"
    cluster.require(who, "interactions", "source", "target", "time")
    has = cluster.columns("interactions")
    if "place_id" not in has:
        cluster.require(who, "actors", "actor_id", "place_id")
    kept = [c for c in ("source", "target", "place_id", "kind", "amount") if c in has]
    read = (
        cluster.scan("interactions")
        .select(*kept, code=period_code(nw.col("time"), grain), day=nw.col("time").cast(nw.Date))
        .collect("polars")
        .to_polars()
    )
    if "place_id" not in has:
        held = cluster.scan("actors").select("actor_id", "place_id").collect("polars").to_polars()
        read = read.join(held, left_on="target", right_on="actor_id", how="left")
    for column, kind in (("kind", pl.String), ("amount", pl.Float64)):
        if column not in read.columns:
            read = read.with_columns(pl.lit(None, dtype=kind).alias(column))
    read = read.with_columns(
        pl.col("place_id").cast(pl.String), pl.col("kind").fill_null(""), pl.col("amount").cast(pl.Float64)
    )
    whole = read.drop_nulls(["place_id", "code", "source", "target"])
    findings = []
    if whole.height < read.height:
        done = Words("They were left out of the panel.", "未计入面板。")
        findings.append(remark("missing_key", "place_id", read.height - whole.height, read.height, done=done))
    return whole, findings
