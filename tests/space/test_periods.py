"""Periods: what they mean, what the cluster's grain is, and what a filter keeps."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.cluster import Cluster, JiqunError
from jiqun.engine import database
from jiqun.space import calendar, parse, period_code, window
from jiqun.space.periods import code, grain_for, label

GRAINS = ("year", "quarter", "month", "week")
days = st.dates(date(1600, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize("grain", GRAINS)
@given(day=days)
def test_a_day_lies_in_the_period_it_is_labelled_with(grain, day):
    start, end = parse(label(code(day, grain), grain))
    assert start <= day < end


@pytest.mark.parametrize("grain", GRAINS)
@given(day=days, later=st.integers(0, 4000))
def test_codes_sort_as_time_does(grain, day, later):
    after = min(day + timedelta(days=later), date(2199, 12, 31))
    assert code(day, grain) <= code(after, grain)


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("backend", ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
def test_every_engine_gives_the_code_that_python_gives(grain, backend):
    # Ends of years with 52 and 53 weeks, leap days, and the first and last weekday of weeks.
    dates = [
        datetime(year, month, day, 23, 59)
        for year in (1999, 2000, 2004, 2005, 2009, 2010, 2015, 2016, 2020, 2021, 2100)
        for month, day in ((1, 1), (1, 2), (1, 3), (1, 4), (2, 28), (3, 1), (6, 30), (12, 28), (12, 29), (12, 31))
    ]
    frame = pl.DataFrame({"time": dates})
    native = {
        "polars": lambda: frame,
        "polars-lazy": frame.lazy,
        "pandas": lambda: pd.DataFrame({"time": pd.Series(dates, dtype="datetime64[us]")}),
        "pyarrow": lambda: pa.table({"time": dates}),
        "duckdb": lambda: database().cursor().from_arrow(frame.to_arrow()),
    }[backend]()
    made = nw.from_native(native)
    lazy = made.lazy() if isinstance(made, nw.DataFrame) else made
    found = lazy.select(period_code(nw.col("time"), grain).alias("code")).collect("polars")["code"].to_list()
    assert found == [code(d.date(), grain) for d in dates]


@pytest.mark.parametrize(
    "hostile",
    [
        "", "2017-13", "2017-Q5", "2017-W54", "2021-W53", "17", "2017-1", " 2017", "2017\n", "0000", "9999",
        "2017-Q1; DROP TABLE", "２０１７", "../etc", "2017-W00", "9" * 10_000,
    ],
)  # fmt: skip
def test_what_is_not_a_period_is_refused_with_a_short_message(hostile):
    with pytest.raises(JiqunError, match="A period is written") as error:
        parse(hostile)
    assert len(str(error.value)) < 200


def cluster(*times: datetime | None) -> Cluster:
    n = len(times)
    return Cluster.from_tables(
        interactions=pl.DataFrame(
            {"time": list(times), "source": ["b"] * n, "target": ["f"] * n}, schema_overrides={"time": pl.Datetime}
        )
    )


def test_the_calendar_has_no_gaps_and_skips_impossible_dates():
    c = cluster(datetime(2017, 1, 31), datetime(2017, 12, 1), datetime(9999, 12, 31), datetime(1, 1, 1), None)
    covered = calendar(c)
    assert covered is not None
    assert covered.grain == "month"
    assert covered.periods == tuple(f"2017-{month:02d}" for month in range(1, 13))


def test_without_interactions_the_panel_says_what_time_it_is():
    rows = {"place_id": ["p"] * 3, "period": ["2001", "2003", "never"], "indicator": ["i"] * 3, "value": [1.0] * 3}
    covered = calendar(Cluster.from_tables(panel=pl.DataFrame(rows)))
    assert covered is not None
    assert covered.periods == ("2001", "2002", "2003")


def test_nothing_dated_has_no_calendar():
    assert calendar(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))) is None


def test_a_filter_over_everything_is_no_filter():
    c = cluster(datetime(2017, 1, 1), datetime(2017, 6, 30))
    assert window(c, "2017-01", "2017-06") is None
    assert window(c, "2017", "2017") is None
    assert window(c, None, None) is None
    assert window(c, "2017-01", None) is None
    part = window(c, "2017-02", None)
    assert part is not None
    assert (part.first, part.last) == (201702, 201706)


def test_a_week_in_a_cluster_of_months_is_widened_to_the_months_it_touches():
    c = cluster(datetime(2017, 1, 1), datetime(2017, 12, 30))
    part = window(c, "2017-W05", "2017-W05")
    assert part is not None
    assert (part.first, part.last) == (201701, 201702)


def test_a_filter_whose_end_is_before_its_start_is_refused():
    with pytest.raises(JiqunError, match="comes before"):
        window(cluster(datetime(2017, 1, 1), datetime(2017, 6, 1)), "2017-05", "2017-03")


def test_the_grain_keeps_the_slider_short():
    for length in range(1, 40_000, 97):
        first = date(1900, 1, 1)
        last = first + timedelta(days=length)
        grain = grain_for(first, last)
        days_each = {"year": 365.25, "quarter": 91.3, "month": 30.4, "week": 7}[grain]
        assert length / days_each < 125
