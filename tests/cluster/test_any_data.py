"""Whatever the data hold, the check ends with findings and not with an error, and says the same in every library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jiqun.cluster import Cluster, check

NUMBERS = st.none() | st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, 400.0, 116.4, 39.9, float("inf")])
IDS = st.none() | st.sampled_from(
    ["a", "b", "c", "a ", "", "　", "nobody", "x" * 300, "'; drop table actors; --", "%s", "{0}"]
)
DATES = st.none() | st.sampled_from([date(1, 1, 1), date(1500, 1, 1), date(2015, 1, 1), date(9999, 12, 31)])
TIMES = st.none() | st.sampled_from(
    [datetime(1, 1, 1), datetime(1900, 1, 1), datetime(2015, 1, 1, 3), datetime(9999, 12, 31)]
)
KINDS = st.none() | st.sampled_from(["firm", "buyer", "order", "锟斤拷"])
PERIODS = st.none() | st.sampled_from(["2017", "2017-Q1", "2017-13", "", "2017-W05", "2018"])

SHAPES: dict[str, dict[str, tuple[Any, st.SearchStrategy[Any]]]] = {
    "actors": {
        "actor_id": (pl.String, IDS), "kind": (pl.String, KINDS), "industry_id": (pl.String, IDS),
        "place_id": (pl.String, IDS), "lon": (pl.Float64, NUMBERS), "lat": (pl.Float64, NUMBERS),
        "founded": (pl.Date, DATES), "closed": (pl.Date, DATES), "size": (pl.Float64, NUMBERS),
    },
    "places": {
        "place_id": (pl.String, IDS), "parent": (pl.String, IDS), "lon": (pl.Float64, NUMBERS),
        "lat": (pl.Float64, NUMBERS), "geometry": (pl.Binary, st.none() | st.binary(max_size=9)),
    },
    "interactions": {
        "source": (pl.String, IDS), "target": (pl.String, IDS), "time": (pl.Datetime("us"), TIMES),
        "kind": (pl.String, KINDS), "amount": (pl.Float64, NUMBERS),
    },
    "panel": {
        "place_id": (pl.String, IDS), "period": (pl.String, PERIODS), "indicator": (pl.String, IDS),
        "value": (pl.Float64, NUMBERS),
    },
}  # fmt: skip


@st.composite
def any_tables(draw: st.DrawFn) -> dict[str, pl.DataFrame]:
    tables = {}
    for name in draw(st.lists(st.sampled_from(sorted(SHAPES)), unique=True, min_size=1)):
        rows = draw(st.integers(0, 25))
        columns = SHAPES[name]
        tables[name] = pl.DataFrame(
            {column: draw(st.lists(values, min_size=rows, max_size=rows)) for column, (_, values) in columns.items()},
            schema={column: kind for column, (kind, _) in columns.items()},
        )
    return tables


def counted(tables: dict[str, Any]) -> set[tuple[str, str, str, str, int, int]]:
    found = check(
        Cluster.from_tables(**tables), today=date(2020, 1, 1), codes={"place": "CN-division", "industry": "?"}
    )
    assert 0.0 <= found.grade.score <= 100.0
    for f in found:
        assert 0 <= f.rows <= f.of or (f.rows, f.of) == (0, 0)
        assert f.examples or f.rule in ("empty_table", "column_not_given")
    return {(f.rule, f.severity, f.table, f.column, f.rows, f.of) for f in found}


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a check takes a tenth of a second: shrinking takes minutes
)
@given(tables=any_tables())
def test_any_data_is_checked_to_the_end_with_the_same_counts(
    library: Callable, tables: dict[str, pl.DataFrame]
) -> None:
    assert counted({name: library(frame) for name, frame in tables.items()}) == counted(tables)
