"""Cells: the same groups from any engine, in any order of rows, compiled or not."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest

from jiqun.cluster import JiqunError
from jiqun.measure.cells import Cells, cells
from jiqun.measure.kernels.groups import by_two_keys, grouped


def plants(rows: int, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "place_id": rng.choice(np.array(["p", "q", None, "上海", "z9"], dtype=object), rows).tolist(),
            "industry_id": rng.choice(np.array(["a", "b", "c", None], dtype=object), rows).tolist(),
            "size": rng.lognormal(1.0, 1.0, rows).round(1),
        }
    )


def counted(frame: object, weight: str | None = None, unknown: str = "count") -> Cells:
    return cells(frame, "test", place="place_id", industry="industry_id", weight=weight, unknown=unknown)  # type: ignore[arg-type]


def same(one: Cells, two: Cells) -> None:
    for name in ("places", "industries", "place", "industry", "weight", "rows"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes(), name


@pytest.mark.parametrize("cells_there_are", [1, 7, 5000])
def test_the_kernel_gives_what_a_sort_by_two_keys_gives(cells_there_are: int) -> None:
    rng = np.random.default_rng(2)
    cell = rng.integers(0, cells_there_are, 60_000)
    weight = rng.integers(0, 50, 60_000) / 4.0
    for ours, theirs in zip(grouped(cell, weight, cells_there_are), by_two_keys(cell, weight), strict=True):
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("rows", [500, 60_000])
def test_the_order_of_rows_does_not_change_a_single_bit(rows: int) -> None:
    frame = plants(rows)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    same(counted(frame), counted(shuffled))
    assert counted(frame).total(4).tobytes() == counted(shuffled).total(4).tobytes()


@pytest.mark.parametrize("weight", [None, "count"])
@pytest.mark.parametrize("unknown", ["count", "exclude"])
def test_a_database_gives_the_same_groups(weight: str | None, unknown: str) -> None:
    frame = plants(3000)
    relation = duckdb.connect().from_arrow(frame.to_arrow())
    same(counted(frame, weight, unknown), counted(relation, weight, unknown))


def test_sums_are_those_of_a_group_by() -> None:
    frame = plants(2000)
    groups = counted(frame)
    expected = (
        frame.drop_nulls()
        .group_by("place_id", "industry_id")
        .agg(n=pl.len(), s1=pl.col("size").sum(), s4=(pl.col("size") ** 4).sum())
        .sort("place_id", "industry_id")
    )
    for power, name in ((0, "n"), (1, "s1"), (4, "s4")):
        assert groups.total(power)[:-1, :-1].ravel() == pytest.approx(expected[name].to_numpy())
        assert groups.total(power, groups.rows) == pytest.approx(groups.total(power))
    assert groups.total()[-1, :].sum() == pytest.approx(frame.filter(pl.col("place_id").is_null())["size"].sum())
    assert groups.by_industry(2) == pytest.approx(groups.by_industry(2, groups.rows))


def test_sums_that_are_shared_can_not_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        counted(plants(100)).total()[0, 0] = 1.0


def test_a_weight_that_is_infinite_is_refused() -> None:
    with pytest.raises(JiqunError, match="not a number in 1 rows"):
        counted(plants(10).with_columns(size=pl.Series([1.0] * 9 + [float("inf")])))
