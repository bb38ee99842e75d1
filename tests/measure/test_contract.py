"""What is true of every index, checked on each without naming any: the contract of the one-file shape."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiqun
from jiqun.cluster import TABLES, JiqunError, MissingColumn, MissingTable, UnknownName
from jiqun.measure import Index, bootstrap, envelope, explain, indices, measure, plot, to_latex
from jiqun.measure.subject import subject

ALL = list(indices().values())
each = pytest.mark.parametrize("chosen", ALL, ids=lambda i: i.name)


def sample(seed: int = 3, rows: int = 300) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "actor_id": [f"a{n:04d}" for n in range(rows)],
            "place_id": rng.choice(["北京", "p1", "p2", "p3", "p4", "p5", "p6", "p7"], rows),
            "industry_id": rng.choice(["i1", "i2", "i3", "i4", "纺织"], rows, p=[0.3, 0.2, 0.2, 0.2, 0.1]),
            "size": rng.integers(1, 40, rows).astype(float),
            "lon": 120.0 + rng.normal(0.0, 1.0, rows).round(3),
            "lat": 30.0 + rng.normal(0.0, 1.0, rows).round(3),
            "period": [2020 + n % 2 for n in range(rows)],
        }
    ).with_columns(
        area=pl.col("place_id").str.len_bytes().cast(pl.Float64) + 1.0,
        population=pl.col("place_id").str.tail(1).str.len_bytes().cast(pl.Float64) * 1000.0,
    )


def result(chosen: Index, frame: pl.DataFrame, **parameters: object) -> pl.DataFrame:
    return chosen.function(frame, replicates=0, **parameters)


def same(left: pl.DataFrame, right: pl.DataFrame) -> None:
    assert left.columns == right.columns
    for name in left.columns:
        if left.schema[name].is_float():
            assert left[name].to_numpy() == pytest.approx(right[name].to_numpy(), rel=1e-9, abs=1e-12, nan_ok=True)
        else:
            assert left[name].to_list() == right[name].to_list()


@each
def test_is_documented_in_both_languages_with_a_source(chosen: Index) -> None:
    for words in (chosen.title, chosen.question, chosen.reading):
        assert words.en
        assert re.search("[一-鿿]", words.zh)
    assert chosen.formula
    assert any(r.doi for r in chosen.references)
    assert all(re.fullmatch(r"10\.\d{4,9}/\S+", r.doi) for r in chosen.references if r.doi)
    doc = chosen.function.__doc__ or ""
    for heading in ("Parameters", "Returns", "References", "Examples", ">>>"):
        assert heading in doc
    assert all(name in doc for name in chosen.parameters.model_fields)


@each
def test_needs_and_grain_are_of_the_schema(chosen: Index) -> None:
    table = TABLES[chosen.needs.table]
    assert set(chosen.needs.columns + chosen.needs.optional) <= set(table.by_name)
    keys = {key.removesuffix("_2") for key in chosen.grain} - {"distance_km"}
    assert keys <= set(chosen.needs.columns)
    assert chosen.spaces


@each
def test_parameters_have_a_json_schema_and_a_description_each(chosen: Index) -> None:
    schema = chosen.parameters.model_json_schema()
    assert json.dumps(schema)
    assert all(
        field.description or name in ("place", "industry") for name, field in chosen.parameters.model_fields.items()
    )


@each
def test_result_is_tidy(chosen: Index) -> None:
    found = chosen.function(sample(), replicates=20)
    assert found.height
    assert tuple(found.columns[: len(chosen.grain)]) == chosen.grain
    assert {"value", "low", "high", "note"} <= set(found.columns)
    assert not found.select(chosen.grain).is_duplicated().any()
    assert found.sort(chosen.grain).equals(found)
    nulls = found.filter(pl.col("value").is_null())
    assert nulls["note"].is_not_null().all()
    both = found.drop_nulls(["low", "high"])
    assert (both["low"] <= both["high"]).all()


@each
def test_values_lie_within_the_bounds(chosen: Index) -> None:
    value = result(chosen, sample())["value"].drop_nulls()
    if chosen.bounds.low is not None:
        assert value.min() >= chosen.bounds.low - 1e-12  # type: ignore[operator]
    if chosen.bounds.high is not None:
        assert value.max() <= chosen.bounds.high + 1e-12  # type: ignore[operator]


@each
@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "lazy", "duckdb"])
def test_every_engine_gives_the_same_answer_in_its_own_kind(chosen: Index, engine: str) -> None:
    frame = sample()
    given: dict[str, object] = {
        "pandas": frame.to_pandas(),
        "pyarrow": frame.to_arrow(),
        "lazy": frame.lazy(),
        "duckdb": duckdb.connect().from_arrow(frame.to_arrow()),
    }
    found = chosen.function(given[engine], replicates=10)
    kind: type = {"pandas": pd.DataFrame, "pyarrow": pa.Table, "lazy": pl.DataFrame, "duckdb": pl.DataFrame}[engine]
    assert isinstance(found, kind)
    as_polars = (
        found
        if isinstance(found, pl.DataFrame)
        else pl.from_pandas(found)
        if engine == "pandas"
        else pl.from_arrow(found)
    )
    assert isinstance(as_polars, pl.DataFrame)
    same(as_polars.drop("note"), chosen.function(frame, replicates=10).drop("note"))


@each
def test_of_a_cluster_equals_that_of_its_table(chosen: Index) -> None:
    cluster = jiqun.Cluster.from_tables(actors=sample())
    same(cluster.measure(chosen.name, replicates=0), result(chosen, sample()))


@each
def test_of_a_cluster_is_of_its_firms_and_not_of_its_buyers(chosen: Index) -> None:
    firms = sample().with_columns(kind=pl.lit("firm"))
    buyers = sample(9).with_columns(kind=pl.lit("buyer"), size=pl.lit(None, pl.Float64))
    cluster = jiqun.Cluster.from_tables(actors=pl.concat([firms, buyers]))
    same(cluster.measure(chosen.name, replicates=0), result(chosen, sample()))
    everyone = (
        cluster.measure(chosen.name, kind=None, weight="count", replicates=0)
        if "weight" in (chosen.parameters.model_fields)
        else cluster.measure(chosen.name, kind=None, replicates=0)
    )
    assert not everyone["value"].equals(result(chosen, sample())["value"])


@each
def test_the_same_seed_gives_the_same_interval(chosen: Index) -> None:
    assert "rng" in chosen.parameters.model_fields
    one, two, *others = (chosen.function(sample(), replicates=20, rng=seed) for seed in (1, 1, 2, 3, 4))
    assert one.equals(two)
    assert not all(one.equals(other) for other in others)


@each
def test_does_not_change_what_it_is_given(chosen: Index) -> None:
    frame = sample()
    before = frame.clone()
    chosen.function(frame, replicates=5)
    assert frame.equals(before)


def _row_order(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    return frame[rng.permutation(frame.height).tolist()]


def _labels(frame: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
    return frame.with_columns(pl.col("place_id", "industry_id") + "′")


def _scale(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    return frame.with_columns(pl.col("size") * float(rng.uniform(0.01, 1000.0)))


def _split(frame: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
    return pl.concat([frame.with_columns(pl.col("size") * 0.25), frame.with_columns(pl.col("size") * 0.75)])


LAWS: dict[str, Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]] = {
    "row_order": _row_order,
    "labels": _labels,
    "scale": _scale,
    "split": _split,
}


@pytest.mark.parametrize(
    ("chosen", "law"), [(i, law) for i in ALL for law in i.laws], ids=lambda x: getattr(x, "name", x)
)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(4, 80))
def test_laws_hold(chosen: Index, law: str, seed: int, rows: int) -> None:
    frame = sample(seed, rows)
    before = result(chosen, frame)["value"].to_numpy()
    after = result(chosen, LAWS[law](frame, np.random.default_rng(seed)))["value"].to_numpy()
    assert after == pytest.approx(before, rel=1e-7, abs=1e-9, nan_ok=True)


@each
def test_a_missing_column_is_named_with_what_is_there(chosen: Index) -> None:
    column = chosen.needs.columns[0]
    with pytest.raises(
        MissingColumn, match=f"{chosen.name} needs column {column} of table {chosen.needs.table}, which has"
    ):
        chosen.function(sample().drop(column))
    with pytest.raises(MissingColumn, match=r"Add it in the recipe under \[\w+\.columns\]"):
        jiqun.Cluster.from_tables(actors=sample().drop(column)).measure(chosen.name)


@each
def test_a_missing_table_is_named(chosen: Index) -> None:
    places = pa.table({"place_id": ["p"]})
    with pytest.raises(MissingTable, match=f"{chosen.name} is not computable: needs table {chosen.needs.table}"):
        jiqun.Cluster.from_tables(places=places).measure(chosen.name)


@each
def test_an_unknown_parameter_is_refused_with_the_right_one(chosen: Index) -> None:
    with pytest.raises(JiqunError, match=f"{chosen.name} has no parameter 'replicate'. Did you mean 'replicates'?"):
        chosen.function(sample(), replicate=3)


@each
def test_a_value_out_of_range_is_refused(chosen: Index) -> None:
    with pytest.raises(JiqunError, match=f"{chosen.name}: parameter level = 2 is not right"):
        chosen.function(sample(), level=2)


@each
def test_a_space_it_has_not_is_refused(chosen: Index) -> None:
    if "digital" in chosen.spaces:
        pytest.skip("is computable in both spaces")
    with pytest.raises(JiqunError, match="not computable in digital space"):
        jiqun.Cluster.from_tables(actors=sample()).measure(chosen.name, space="digital")


@each
def test_an_empty_table_is_refused(chosen: Index) -> None:
    with pytest.raises(JiqunError, match="the table given has none"):
        chosen.function(sample().head(0))


def test_an_unknown_index_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownName, match=r"no index called 'lq'. Known: .*location_quotient"):
        measure(jiqun.Cluster.from_tables(actors=sample()), "lq")


@each
def test_unknown_keys_and_weightless_rows_do_no_harm(chosen: Index) -> None:
    frame = sample()
    odd = pl.DataFrame(
        {
            "actor_id": ["x", "y", "z"],
            "place_id": [None, "p1", "p9"],
            "industry_id": ["i1", None, "i9"],
            "size": [2.0, 3.0, 0.0],
            "lon": [120.0, 121.0, 119.5],
            "lat": [30.0, 31.0, 29.5],
            "period": [2020, 2021, 2021],
            "area": [3.0, 3.0, 3.0],
            "population": [1000.0, 1000.0, 1000.0],
        }
    )
    found = result(chosen, pl.concat([frame, odd]))
    assert found.filter(pl.any_horizontal(pl.col(chosen.grain).is_null())).is_empty()
    if "unknown" in chosen.parameters.model_fields:
        same(result(chosen, pl.concat([frame, odd[:2]]), unknown="exclude"), result(chosen, frame))


# What comes in may be bad


def _at(rows: int, column: str, value: object) -> pl.DataFrame:
    """Put one bad value into one row."""
    frame = sample()
    return frame.with_columns(pl.when(pl.int_range(frame.height) < rows).then(value).otherwise(column).alias(column))


def _blocks() -> pl.DataFrame:
    """Two groups of places that share no industry: the graph of places and industries is in two parts."""
    places, industries = list("aabccd") * 4, list("ijiklk") * 4
    return sample(1, 24).with_columns(place_id=pl.Series(places), industry_id=pl.Series(industries))


BAD: dict[str, Callable[[], pl.DataFrame]] = {
    "negative weight": lambda: _at(1, "size", pl.lit(-1.0)),
    "weight that is not a number": lambda: _at(1, "size", pl.lit(float("nan"))),
    "infinite weight": lambda: _at(1, "size", pl.lit(float("inf"))),
    "missing weight": lambda: _at(1, "size", pl.lit(None)),
    "no weight anywhere": lambda: _at(300, "size", pl.lit(0.0)),
    "text for weight": lambda: sample().with_columns(size=pl.lit("many")),
    "weights that overflow": lambda: sample().with_columns(pl.col("size") * 1e200),
    "weights that vanish": lambda: sample().with_columns(pl.col("size") * 1e-200),
    "industry without weight": lambda: sample().with_columns(
        size=pl.when(pl.col("industry_id") == "i1").then(0.0).otherwise("size")
    ),
    "place without weight": lambda: sample().with_columns(
        size=pl.when(pl.col("place_id") == "p1").then(0.0).otherwise("size")
    ),
    "one place": lambda: sample().with_columns(place_id=pl.lit("p"), lon=pl.lit(120.0), lat=pl.lit(30.0)),
    "one industry": lambda: sample().with_columns(industry_id=pl.lit("i")),
    "one plant": lambda: sample(3, 1),
    "two plants": lambda: sample(3, 2),
    "industry of one plant": lambda: pl.concat(
        [sample().filter(pl.col("industry_id") != "i1"), sample().filter(pl.col("industry_id") == "i1").head(1)]
    ),
    "all at one point": lambda: sample().with_columns(lon=pl.lit(120.0), lat=pl.lit(30.0)),
    "coordinate that is not a number": lambda: _at(1, "lon", pl.lit(float("nan"))),
    "missing coordinates": lambda: _at(50, "lon", pl.lit(None)),
    "no coordinate that is a number": lambda: _at(300, "lat", pl.lit(float("nan"))),
    "infinite coordinate": lambda: _at(1, "lon", pl.lit(float("inf"))),
    "coordinate off the globe": lambda: _at(1, "lat", pl.lit(95.0)),
    "disconnected graph": _blocks,
}


@each
@pytest.mark.parametrize("case", BAD)
def test_bad_input_gives_null_with_a_note_or_an_error_in_both_languages(chosen: Index, case: str) -> None:
    frame = BAD[case]()
    for replicates in (0, 6):
        found, refused = attempt(chosen, frame, replicates=replicates)
        if refused is not None:
            assert complains(chosen).match(str(refused)), refused
            assert refused.words is not None
            assert re.search("[一-鿿]", refused.words.zh)
            continue
        assert found.filter(pl.col("value").is_null() & pl.col("note").is_null()).is_empty()
        for name, kind in found.schema.items():
            assert not kind.is_float() or found[name].drop_nulls().is_finite().all(), name


def attempt(chosen: Index, frame: pl.DataFrame, **parameters: object) -> tuple[pl.DataFrame, JiqunError | None]:
    """Give the result, or the error in words; any other exception, and any warning, fails the test."""
    try:
        return chosen.function(frame, **parameters), None
    except JiqunError as refused:
        return frame, refused


def complains(chosen: Index) -> re.Pattern[str]:
    """Who complains: the index, or the one whose values it looks at."""
    of = chosen.parameters.model_fields.get("of")
    return re.compile(rf"({chosen.name}|{of.default if of else chosen.name})\b")


REFUSED = ("negative weight", "weight that is not a number", "infinite weight", "missing weight", "text for weight")


@each
@pytest.mark.parametrize("case", REFUSED)
def test_a_weight_that_is_none_is_refused_wherever_weights_are_read(chosen: Index, case: str) -> None:
    if "weight" not in chosen.parameters.model_fields:
        pytest.skip("reads no weight")
    with pytest.raises(JiqunError, match=f"^{complains(chosen).pattern} needs "):
        chosen.function(BAD[case](), replicates=0, weight="size")
    assert chosen.function(BAD[case](), replicates=0, weight="count").height


# What comes out can be shown, and tested


@each
def test_a_result_explains_prints_and_draws_itself_in_both_languages(chosen: Index) -> None:
    found = chosen.function(sample(), replicates=6)
    assert explain(found).startswith(f"{chosen.title.en} ({chosen.name})")
    assert explain(found, lang="zh").startswith(f"{chosen.title.zh}（{chosen.name}）")
    for lang in ("en", "zh"):
        assert to_latex(found, lang=lang).count(r"\\") > 1  # type: ignore[arg-type]
        figure = plot(found, lang=lang)  # type: ignore[arg-type]
        assert len(figure.axes) > 0
    for frame in (found.to_arrow(), found.to_pandas()):
        assert explain(frame, index=chosen.name).splitlines()[:4] == explain(found).splitlines()[:4]


@each
def test_an_index_can_be_set_against_a_null_and_resampled(chosen: Index) -> None:
    null = envelope(chosen, sample(), n=9)
    assert {"expected", "band_low", "band_high", "p", "p_adjusted"} <= set(null.columns)
    assert null.select(chosen.grain).equals(result(chosen, sample()).select(chosen.grain))
    inside = null.drop_nulls(["band_low", "expected", "band_high"])
    assert (inside["band_low"] <= inside["band_high"]).all()
    assert null["p"].drop_nulls().is_between(0.0, 1.0).all()
    again = bootstrap(chosen, sample(), n=9)
    both = again.drop_nulls(["low", "high"])
    assert (both["low"] <= both["high"]).all()


@each
def test_cells_that_are_counted_give_what_their_table_gives(chosen: Index) -> None:
    counted = subject(chosen, sample(), {})
    if not counted.counted:
        pytest.skip("reads more than cells")
    groups, _ = counted.cells()
    assert counted.of(groups) == pytest.approx(counted.value, nan_ok=True, rel=1e-12)


def spark(frame: pl.DataFrame) -> object:
    """Give a Spark frame, where Spark is installed."""
    sql = pytest.importorskip("pyspark.sql", reason="needs pyspark and Java")
    options = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": "1"}
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate().createDataFrame(frame.rows(), frame.columns)


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
@each
def test_a_spark_frame_gives_the_same_answer(chosen: Index) -> None:
    found = chosen.function(spark(sample(rows=120)), replicates=5)
    assert isinstance(found, pl.DataFrame)
    same(found, chosen.function(sample(rows=120), replicates=5))
