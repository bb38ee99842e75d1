"""Tables handed in, in any library, come back in every other one as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiqun.cluster import TABLES, Cluster, MissingColumn, MissingTable, UnknownName

COLUMNS: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
    "actor_id": (pl.String(), st.none() | st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=6)),
    "name": (pl.String(), st.none() | st.sampled_from(["", "集群", "a,b", "line\nbreak", '"quoted"', "é", "😀"])),
    "size": (pl.Float64(), st.none() | st.floats(allow_nan=False, width=64)),
    "digital_native": (pl.Boolean(), st.booleans()),
    "founded": (pl.Datetime("us"), st.none() | st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))),
    "employees": (pl.Int64(), st.integers(-(2**62), 2**62)),
}


@st.composite
def some_actors(draw: st.DrawFn) -> pl.DataFrame:
    chosen = ["actor_id", *draw(st.lists(st.sampled_from(list(COLUMNS)[1:]), unique=True))]
    rows = draw(st.integers(0, 8))
    return pl.DataFrame(
        {name: draw(st.lists(COLUMNS[name][1], min_size=rows, max_size=rows)) for name in chosen},
        schema={name: COLUMNS[name][0] for name in chosen},
    )


OUT: dict[str, Callable[[Cluster], pl.DataFrame]] = {
    "polars": lambda c: c.polars("actors"),
    "pandas": lambda c: pl.from_pandas(c.pandas("actors")),
    "arrow": lambda c: pl.from_arrow(c.arrow("actors")),  # type: ignore[dict-item, return-value]
    "duckdb": lambda c: c.duckdb("actors").pl(),
}


def same(came: pl.DataFrame, went: pl.DataFrame) -> None:
    assert came.columns == went.columns
    # pandas has no type for a text column without a text, and other units of time: values are what counts
    assert came.rows() == went.rows() or came.cast(went.schema).rows() == went.rows()  # type: ignore[arg-type]


@pytest.mark.parametrize("out", OUT)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=some_actors())
def test_a_table_comes_back_as_it_went_in(library: Callable, out: str, frame: pl.DataFrame) -> None:
    c = Cluster.from_tables(actors=library(frame))
    same(OUT[out](c), frame)
    assert c.rows("actors") == len(frame)
    assert c.columns("actors") == tuple(frame.columns)


def test_dates_and_lists_come_back(library: Callable) -> None:
    needs = pl.DataFrame(
        {"need_id": ["n"], "actor_id": ["a"], "deadline": [date(2020, 1, 2)], "components": [["x", "y"]]}
    )
    c = Cluster.from_tables(needs=library(needs))
    back = c.arrow("needs").to_pylist()[0]
    assert list(back["components"]) == ["x", "y"]
    assert str(back["deadline"])[:10] == "2020-01-02"


def test_frames_are_not_copied_and_not_changed() -> None:
    frame = pl.DataFrame({"actor_id": ["b", "a"]})
    before = frame.clone()
    c = Cluster.from_tables(actors=frame)
    c.polars("actors").sort("actor_id")
    assert frame.equals(before)


def test_a_lazy_relation_stays_lazy() -> None:
    import duckdb

    c = Cluster.from_tables(actors=duckdb.sql("select range::varchar as actor_id from range(1000000000)"))
    assert c.columns("actors") == ("actor_id",)  # a thousand million rows, none of them made
    assert c.scan("actors").head(2).collect("polars").to_native()["actor_id"].to_list() == ["0", "1"]


def test_tables_stand_in_the_order_of_the_schema_however_they_were_given() -> None:
    ids = pl.DataFrame({"actor_id": ["a"]})
    places = pl.DataFrame({"place_id": ["p"]})
    c = Cluster.from_tables(places=places, actors=ids)
    assert c.tables == ("actors", "places") == tuple(n for n in TABLES if n in c.tables)


def test_a_table_that_is_not_canonical_is_named_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match=r"no canonical table called 'firms'\. Known: actors, flows"):
        Cluster.from_tables(firms=pl.DataFrame({"actor_id": ["a"]}))


def test_a_missing_required_column_is_named_with_those_present(library: Callable) -> None:
    with pytest.raises(MissingColumn, match="needs column actor_id of table actors, which has id, name"):
        Cluster.from_tables(actors=library(pl.DataFrame({"id": ["a"], "name": ["A"]})))


def test_a_table_that_is_not_there_is_asked_for_by_name() -> None:
    c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))
    with pytest.raises(MissingTable, match=r"needs table ties; this cluster has actors\. Add it .* \[\[ties\]\]"):
        c.polars("ties")
    with pytest.raises(UnknownName, match="canonical table"):
        c.rows("tie")
    assert not c.has("ties")
    assert c.has("actors", "actor_id")
    assert not c.has("actors", "size")


@pytest.mark.parametrize("given", [{"actor_id": ["a"]}, [1, 2], "actors.csv", None, 3])
def test_what_is_no_table_is_refused_with_what_is(given: object) -> None:
    from jiqun.cluster import JiqunError

    with pytest.raises(JiqunError, match=r"from_tables.*actors.*Polars, pandas, Arrow"):
        Cluster.from_tables(actors=given)  # type: ignore[arg-type]
