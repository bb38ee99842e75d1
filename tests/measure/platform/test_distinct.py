"""Distinct rows of codes: the same as those of unique(), however wide the codes are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from jiqun.measure.platform.distinct import distinct


@pytest.mark.parametrize("wide", [(4, 5), (3000, 7000), (2**31 - 2, 2**30), (1, 1)], ids=str)
@pytest.mark.parametrize("columns", [["a", "b"], ["b", "a"], ["a", "b", "c"], ["c"]], ids=",".join)
def test_distinct_rows_are_those_of_unique_in_order(wide: tuple[int, int], columns: list[str]) -> None:
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(
        {
            "a": rng.integers(wide[0], size=400).astype(np.int32),
            "b": np.repeat(rng.integers(wide[1], size=100), 4).astype(np.int64),
            "c": rng.integers(30, size=400).astype(np.int32),
        }
    )
    expected = frame.select(columns).unique().sort(columns)
    made = distinct(frame, columns)
    assert made.equals(expected)
    assert made.schema == expected.schema


def test_no_rows_and_days_before_1970_are_no_trouble() -> None:
    empty = pl.DataFrame(schema={"a": pl.Int32, "b": pl.Int32})
    assert distinct(empty, ["a", "b"]).rows() == []
    early = pl.DataFrame({"a": [1, 1, 0], "day": [-5, -5, 3]})
    assert distinct(early, ["a", "day"]).rows() == [(0, 3), (1, -5)]
