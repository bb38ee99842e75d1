"""What can be read as a number, a date, a truth value – and what becomes null because it would be a guess."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiqun.engine.canonical import Reading, first_unreadable, rows_query, unreadable_counts
from jiqun.engine.casting import Cast
from jiqun.engine.reading import Reader, Unreadable, reading


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with reading(scratch=tmp_path_factory.mktemp("scratch")) as made:
        yield made


def read(reader: Reader, folder: Path, values: list[Any], cast: Cast, type_: pa.DataType | None = None) -> list[Any]:
    """Read values through a cast, tolerantly."""
    pq.write_table(pa.table({"x": pa.array(values, type_ or pa.string())}), folder / "in.parquet")
    reader.parquet("v", [folder / "in.parquet"])
    what = Reading("v", reader.types("v"), [cast])
    reader.copy(rows_query(what, strict=False), folder / "out.parquet")
    got = pq.read_table(folder / "out.parquet").column(0).to_pylist()
    bad = [v for v, g in zip(values, got, strict=True) if v is not None and str(v).strip() and g is None]
    counted = unreadable_counts(reader, what).get(cast.name, (0, 0))[0] if cast.type != "string" else 0
    assert counted == len(bad)
    if bad:
        assert [v for _, v in first_unreadable(reader, what, cast.name, limit=99)] == [str(v)[:80] for v in bad]
        with pytest.raises(Unreadable):
            reader.copy(rows_query(what, strict=True), folder / "strict.parquet")
        assert not (folder / "strict.parquet").exists()
    else:
        reader.copy(rows_query(what, strict=True), folder / "strict.parquet")
        assert pq.read_table(folder / "strict.parquet").column(0).to_pylist() == got
    return got


def number(**options: Any) -> Cast:
    return Cast("n", "number", ("x",), **options)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0), (" 12 ", 12.0), ("-1.5e3", -1500.0), ("１２．５", 12.5), ("　7　", 7.0), ("+3", 3.0),
        ("", None), ("  ", None), ("1,234", None), ("1_000", None), ("nan", None), ("inf", None), ("-Infinity", None),
        ("1e999", None), ("12%", None), ("¥5", None), ("12 000", None), ("five", None), ("0x10", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_a_number_is_read_in_one_notation_and_never_guessed(
    reader: Reader, tmp_path: Path, text: str, value: float | None
) -> None:
    assert read(reader, tmp_path, [text, None, "1"], number()) == [value, None, 1.0]


@pytest.mark.parametrize(
    ("text", "options", "value"),
    [
        ("1,234,567.5", {"thousands": ","}, 1234567.5),
        ("1.234,5", {"thousands": ".", "decimal": ","}, 1234.5),
        ("1234,5", {"decimal": ","}, 1234.5),
        ("1.5", {"decimal": ","}, None),
        ("$1,200.00", {"strip": "$", "thousands": ","}, 1200.0),
        ("12.5%", {"strip": "%％", "factor": 0.01}, 0.125),
        ("４５％", {"strip": "%", "factor": 0.01}, 0.45),
        ("3", {"factor": 10_000.0}, 30_000.0),
    ],
)
def test_a_notation_that_is_declared_is_read(
    reader: Reader, tmp_path: Path, text: str, options: dict[str, Any], value: float | None
) -> None:
    assert read(reader, tmp_path, [text], number(**options)) == [pytest.approx(value, rel=1e-15) if value else None]


def test_floats_say_missing_with_nan_and_nothing_else_is_lost(reader: Reader, tmp_path: Path) -> None:
    values = [1.5, float("nan"), None, -0.0]
    assert read(reader, tmp_path, values[:1] + values[2:], number(), pa.float64()) == [1.5, None, -0.0]
    pq.write_table(pa.table({"x": values}), tmp_path / "nan.parquet")
    reader.parquet("v", [tmp_path / "nan.parquet"])
    what = Reading("v", reader.types("v"), [number()])
    reader.copy(rows_query(what, strict=True), tmp_path / "nan-out.parquet")
    assert pq.read_table(tmp_path / "nan-out.parquet").column(0).to_pylist() == [1.5, None, None, -0.0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2013-01-31", date(2013, 1, 31)), ("2013/1/5", date(2013, 1, 5)), ("2013.01.05", date(2013, 1, 5)),
        ("20130105", date(2013, 1, 5)), ("2013年1月5日", date(2013, 1, 5)), (" 2013-01-05 ", date(2013, 1, 5)),
        ("2013-01-05 10:11:12", date(2013, 1, 5)), ("2013-01-05T10:11:12Z", date(2013, 1, 5)),
        ("2013-02-30", None), ("31/01/2013", None), ("01-02-2013", None), ("2013", None), ("epoch", None),
        ("infinity", None), ("12345-01-01", None), ("today", None), ("-infinity", None),
    ],
)  # fmt: skip
def test_a_date_is_read_year_first_or_not_at_all(reader: Reader, tmp_path: Path, text: str, value: date | None) -> None:
    assert read(reader, tmp_path, [text, None], Cast("d", "date", ("x",))) == [value, None]


@pytest.mark.parametrize(
    ("text", "formats", "value"),
    [
        ("31/01/2013", ("%d/%m/%Y",), datetime(2013, 1, 31)),
        ("2013", ("%d/%m/%Y", "%Y"), datetime(2013, 1, 1)),
        ("05-Mar-13", ("%d-%b-%y",), datetime(2013, 3, 5)),
        ("2013-01-31", ("%d/%m/%Y",), None),
        ("41305", ("excel",), datetime(2013, 1, 31)),
        ("41305.5", ("excel",), datetime(2013, 1, 31, 12)),
        ("1359590400", ("unix",), datetime(2013, 1, 31)),
        ("1359590400500", ("unix_ms",), datetime(2013, 1, 31, 0, 0, 0, 500_000)),
        ("31/01/2013", ("excel", "%d/%m/%Y"), datetime(2013, 1, 31)),
        ("x", ("excel",), None),
        ("epoch", ("%d/%m/%Y",), None),
        ("infinity", ("%Y",), None),
    ],
)
def test_a_format_that_is_declared_is_the_only_one(
    reader: Reader, tmp_path: Path, text: str, formats: tuple[str, ...], value: datetime | None
) -> None:
    assert read(reader, tmp_path, [text], Cast("t", "time", ("x",), formats=formats)) == [value]


def test_a_time_with_a_zone_is_in_utc_wherever_the_machine_stands(tmp_path: Path) -> None:
    noon = datetime(2020, 1, 1, 4, tzinfo=UTC)
    pq.write_table(pa.table({"x": pa.array([noon], pa.timestamp("us", tz="Asia/Shanghai"))}), tmp_path / "z.parquet")
    code = (
        "import sys; from pathlib import Path; from jiqun.engine.reading import reading\n"
        "from jiqun.engine.canonical import Reading, rows_query; from jiqun.engine.casting import Cast\n"
        "with reading(scratch=Path('s')) as r:\n"
        "    r.parquet('v', [Path('z.parquet')])\n"
        "    what = Reading('v', r.types('v'), [Cast('t', 'time', ('x',))])\n"
        "    print(r.rows(rows_query(what, strict=True)))\n"
    )
    for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "TZ": zone}, capture_output=True, check=True
        )
        assert done.stdout.strip() == b"[(datetime.datetime(2020, 1, 1, 4, 0),)]"


def test_truth_is_told_in_both_languages(reader: Reader, tmp_path: Path) -> None:
    values = ["是", "否", "YES", "n", "1", "0", "True", " false ", "maybe", "2", None]
    expected = [True, False, True, False, True, False, True, False, None, None, None]
    assert read(reader, tmp_path, values, Cast("b", "boolean", ("x",))) == expected


def test_a_list_is_split_and_trimmed(reader: Reader, tmp_path: Path) -> None:
    cast = Cast("l", "strings", ("x",), separator="、")
    assert read(reader, tmp_path, ["甲、 乙、", None], cast) == [["甲", "乙"], None]


def test_whole_numbers_are_not_rounded_into_being(reader: Reader, tmp_path: Path) -> None:
    values = ["12", "12.0", "1.5", "9007199254740993000", "x"]
    assert read(reader, tmp_path, values, Cast("i", "integer", ("x",))) == [12, 12, None, None, None]
    assert read(reader, tmp_path, [2**62 + 1], Cast("i", "integer", ("x",)), pa.int64()) == [2**62 + 1]


def test_an_identifier_in_a_float_column_is_the_whole_number_it_was(reader: Reader, tmp_path: Path) -> None:
    values = [1001.0, 2.5, None]
    assert read(reader, tmp_path, values, Cast("s", "string", ("x",)), pa.float64()) == ["1001", "2.5", None]


def test_words_for_missing_and_translations_come_before_reading(reader: Reader, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": ["NA", "-", "5"]}), tmp_path / "nulls.parquet")
    reader.parquet("v", [tmp_path / "nulls.parquet"])
    what = Reading("v", reader.types("v"), [number(nulls=("NA", "-"))])
    reader.copy(rows_query(what, strict=True), tmp_path / "nulls-out.parquet")
    assert pq.read_table(tmp_path / "nulls-out.parquet").column(0).to_pylist() == [None, None, 5.0]
    cast = Cast("k", "string", ("x",), replace={"旧": "新", "drop": ""})
    got = read(reader, tmp_path, ["旧", "same", "it's"], cast)
    assert got == ["新", "same", "it's"]
    pq.write_table(pa.table({"x": ["drop", "旧"]}), tmp_path / "map.parquet")
    reader.parquet("v", [tmp_path / "map.parquet"])
    reader.copy(rows_query(Reading("v", reader.types("v"), [cast]), strict=True), tmp_path / "map-out.parquet")
    assert pq.read_table(tmp_path / "map-out.parquet").column(0).to_pylist() == [None, "新"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_any_number_python_writes_is_read_as_the_same_number(
    reader: Reader, tmp_path: Path, values: list[float]
) -> None:
    assert read(reader, tmp_path, [repr(v) for v in values], number()) == values


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.datetimes(), min_size=1, max_size=30))
def test_any_time_python_writes_is_read_as_the_same_time(
    reader: Reader, tmp_path: Path, values: list[datetime]
) -> None:
    assert read(reader, tmp_path, [v.isoformat(sep=" ") for v in values], Cast("t", "time", ("x",))) == values


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12), min_size=1))
def test_any_text_is_either_read_or_counted(reader: Reader, tmp_path: Path, values: list[str]) -> None:
    plain = [v for v in values if v.strip(" \t\r\n\u00a0\u3000") == v.strip()]
    for type_ in ("number", "date", "time", "boolean", "integer"):
        read(reader, tmp_path, plain, Cast("c", type_, ("x",)))
