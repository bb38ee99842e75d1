"""The events of a platform, read once and coded: who acted on whom, when, where, in what, for how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Finding, JiqunError, Words
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.periods import Grain, calendar, code, label, parse, period_code

__all__ = ["ATTENTION", "Events", "events"]

ATTENTION = ("view", "favourite")
"""Kinds of interaction that are attention only: they count as activity, not as dealings."""

_NUMBERS = ("amount", "quantity", "subsidy_platform", "subsidy_supplier")
_EARLIEST, _LATEST = 1500, 2200


@dataclass(frozen=True, slots=True)
class Events:
    """Events with both actors, a plausible date, and whatever else the cluster records.

    ``frame`` has ``source, target`` (positions in ``actors``), ``period`` (position in ``periods``), ``day`` (days
    since 1970), ``kind, place, category, channel`` (positions in the list of this name, null where unknown) and
    ``amount, quantity, subsidy_platform, subsidy_supplier`` as far as the cluster has them.
    """

    frame: pl.DataFrame
    actors: NDArray[np.str_]
    periods: tuple[str, ...]
    """Periods in order and without gaps, from the first event to the last."""
    names: dict[str, tuple[str, ...]]
    """The values of ``kind, place, category, channel``, sorted."""
    grain: Grain
    findings: tuple[Finding, ...]

    def has(self, column: str) -> bool:
        """Whether any event has a value in this column."""
        return column in self.frame.columns

    def of_kind(self, kind: str) -> pl.DataFrame:
        """Events of one kind; none where the cluster does not record kinds."""
        if kind not in self.names["kind"]:
            return self.frame.clear()
        return self.frame.filter(pl.col("kind") == self.names["kind"].index(kind))

    @property
    def dealings(self) -> pl.DataFrame:
        """Events other than views and favourites."""
        held = [k for k, name in enumerate(self.names["kind"]) if name in ATTENTION]
        if not held:
            return self.frame
        return self.frame.filter(~pl.col("kind").is_in(held) | pl.col("kind").is_null())


def events(cluster: Cluster, *, grain: Grain | None = None) -> Events:
    """Read the dated interactions of a cluster in one pass.

    The place is that of the interaction, or else that of its target.

    Parameters
    ----------
    cluster
        With dated interactions.
    grain
        Length of a period; None takes that of the cluster's calendar.

    Returns
    -------
    Events
        Coded events. Those without two different actors or a plausible date (1500–2199) are left out, and a finding
        says how many.

    Raises
    ------
    MissingTable, MissingColumn
        If there are no interactions or no column ``time``.
    JiqunError
        If no interaction is complete.

    Examples
    --------
    >>> from datetime import datetime
    >>> sales = pl.DataFrame({"source": ["b", "c"], "target": ["s", "s"],
    ...                       "time": [datetime(2020, 1, 2), datetime(2020, 3, 3)]})
    >>> made = events(Cluster.from_tables(interactions=sales), grain="month")
    >>> made.periods, made.frame["period"].to_list(), made.actors.tolist()
    (('2020-01', '2020-02', '2020-03'), [0, 2], ['b', 'c', 's'])
    """
    cluster.require("platform", "interactions", "source", "target", "time")
    chosen = grain or _own_grain(cluster)
    return kept(cluster, f"platform-events:{chosen}", lambda: _events(cluster, chosen))


def _own_grain(cluster: Cluster) -> Grain:
    covered = calendar(cluster)
    if covered is None:
        raise JiqunError(
            "platform needs dated interactions; no value of interactions.time can be read as a date. Correct it.",
            "平台指标需要带日期的互动，而 interactions.time 中没有可识别的日期。请更正。",
        )
    return covered.grain


def _events(cluster: Cluster, grain: Grain) -> Events:
    if not usable(cluster, "interactions", "time"):
        raise JiqunError(
            "platform needs dates; interactions.time is not of a type that is one. Correct it in the recipe.",
            "平台指标需要日期，而 interactions.time 的类型不是日期。请在配方中更正。",
        )
    read = _read(cluster, grain)
    whole = read.filter(
        pl.col("source").is_not_null()
        & pl.col("target").is_not_null()
        & pl.col("day").dt.year().is_between(_EARLIEST, _LATEST - 1)
        & (pl.col("source") != pl.col("target"))
    )
    if not whole.height:
        raise JiqunError(
            "platform: no interaction has a source, a target and a date between 1500 and 2199. Check the recipe.",
            "平台指标：没有一条互动同时具有发起方、对象方和 1500–2199 年间的日期。请检查配方。",
        )
    findings = (_left_out(read.height - whole.height, read.height),) if whole.height < read.height else ()
    del read
    actors, whole = _actors_coded(whole)
    names: dict[str, tuple[str, ...]] = {}
    for column in ("kind", "place", "category", "channel"):
        names[column], whole = _coded(whole, column)
    codes = _codes(whole["day"].min(), whole["day"].max(), grain)  # type: ignore[arg-type]
    position = pl.DataFrame({"code": codes, "period": np.arange(len(codes), dtype=np.int32)})
    whole = whole.join(position.with_columns(pl.col("code").cast(pl.Int32)), on="code", how="left").drop("code")
    whole = whole.with_columns(pl.col("day").cast(pl.Int32))
    return Events(whole, actors, tuple(label(c, grain) for c in codes), names, grain, findings)


def _read(cluster: Cluster, grain: Grain) -> pl.DataFrame:
    kept_numbers = [c for c in _NUMBERS if usable(cluster, "interactions", c)]
    texts = [c for c in ("kind", "place_id", "category", "channel") if usable(cluster, "interactions", c)]
    frame = typed(cluster, "interactions", "source", "target", "time", *texts, *kept_numbers).select(
        "source",
        "target",
        *texts,
        *kept_numbers,
        code=period_code(nw.col("time"), grain),
        day=nw.col("time").cast(nw.Date),
    )
    read: pl.DataFrame = frame.collect("polars").to_native()
    if "place_id" not in texts and usable(cluster, "actors", "place_id"):
        held = typed(cluster, "actors", "actor_id", "place_id").collect("polars").to_native()
        held = held.unique("actor_id", keep="first", maintain_order=True)
        read = read.join(held, left_on="target", right_on="actor_id", how="left", maintain_order="left")
    return read.rename({"place_id": "place"}, strict=False)


def _left_out(rows: int, of: int) -> Finding:
    return Finding(
        "incomplete_interaction",
        "warning",
        Words("Interactions without two different actors or a plausible date", "缺少两个不同主体或合理日期的互动"),
        Words("They were left out of the platform indices.", "未计入平台指标。"),
        "interactions",
        "time",
        rows,
        of,
    )


def _actors_coded(frame: pl.DataFrame) -> tuple[NDArray[np.str_], pl.DataFrame]:
    ids = pl.concat([frame["source"].unique(), frame["target"].unique()]).unique().sort()
    known = pl.Enum(ids)
    coded = frame.with_columns(pl.col("source", "target").cast(known).to_physical().cast(pl.Int32))
    return ids.to_numpy().astype(str), coded


def _coded(frame: pl.DataFrame, column: str) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Code a column of text; drop it where it has no value at all."""
    if column not in frame.columns:
        return (), frame
    values = frame[column].drop_nulls().unique().sort()
    if not values.len():
        return (), frame.drop(column)
    coded = pl.col(column).cast(pl.Enum(values)).to_physical().cast(pl.Int32)
    return tuple(values.to_list()), frame.with_columns(coded)


def _codes(first: date, last: date, grain: Grain) -> list[int]:
    found = []
    day, final = first, code(last, grain)
    while (current := code(day, grain)) <= final:
        found.append(current)
        day = parse(label(current, grain))[1]
    return found
