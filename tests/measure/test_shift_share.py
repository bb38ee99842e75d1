"""Shift–share: identities, a case by hand, periods."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure import shift_share


def jobs(seed: int, periods: int = 2, rows: int = 80) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "place_id": rng.choice(list("pqr"), rows),
            "industry_id": rng.choice(list("abcd"), rows),
            "size": rng.integers(1, 50, rows).astype(float),
            "period": [2000 + n % periods for n in range(rows)],
        }
    )


def table(before: list[list[float]], after: list[list[float]]) -> pl.DataFrame:
    """Rows of regions p, q … and industries a, b … in periods 1 and 2."""
    rows = [
        (place, industry, float(value), period)
        for period, matrix in ((1, before), (2, after))
        for place, line in zip("pqrs", matrix, strict=False)
        for industry, value in zip("abcd", line, strict=False)
    ]
    return pl.DataFrame(rows, schema=["place_id", "industry_id", "size", "period"], orient="row")


def test_by_hand() -> None:
    found = shift_share(table([[100, 100], [100, 300]], [[150, 100], [110, 330]]), of="cell", replicates=0)
    # Nation: a 200 → 260 (+30 %), b 400 → 430 (+7.5 %), all 600 → 690 (+15 %).
    row = found.row(0, named=True)
    assert (row["place_id"], row["industry_id"]) == ("p", "a")
    assert row["national"] == pytest.approx(15.0)
    assert row["mix"] == pytest.approx(15.0)
    assert row["value"] == pytest.approx(20.0)
    # Homothetic employment: 200 · 200/600; own growth 50 % against 30 %.
    assert row["competitive"] == pytest.approx(200 * 200 / 600 * 0.2)
    assert row["allocation"] == pytest.approx((100 - 200 * 200 / 600) * 0.2)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), periods=st.integers(2, 4), of=st.sampled_from(["place", "cell"]))
def test_the_parts_add_up_to_the_change(seed: int, periods: int, of: str) -> None:
    for dynamic in (True, False):
        found = shift_share(jobs(seed, periods), of=of, dynamic=dynamic, replicates=0)
        parts = found.select(pl.col("national") + pl.col("mix") + pl.col("value"))["national"].to_numpy()
        assert parts == pytest.approx(found["change"].to_numpy(), rel=1e-12, abs=1e-9)
        assert (found["end"] - found["start"]).to_numpy() == pytest.approx(found["change"].to_numpy())


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_mix_and_regional_shifts_of_a_nation_cancel(seed: int) -> None:
    found = shift_share(jobs(seed), of="cell", replicates=0)
    national = found.group_by("industry_id").agg(pl.col("value").sum(), pl.col("start").sum())
    shifts = national.filter(pl.col("start") > 0)["value"].to_numpy()
    assert shifts == pytest.approx(np.zeros(len(shifts)), abs=1e-9)
    begun = national.filter(pl.col("start") == 0)["value"].sum()
    assert found["mix"].sum() + begun == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_competitive_and_allocation_effects_are_the_regional_shift(seed: int) -> None:
    found = shift_share(jobs(seed), of="cell", replicates=0)
    split = found.filter((pl.col("start") > 0) & (pl.col("note").is_null()))
    both = (split["competitive"] + split["allocation"]).to_numpy()
    assert both == pytest.approx(split["value"].to_numpy(), rel=1e-9, abs=1e-9)
    begins = found.filter((pl.col("start") == 0) & (pl.col("end") > 0))
    assert begins["competitive"].is_null().all()
    assert begins["note"].is_not_null().all()


def test_dynamic_shifts_are_the_sum_of_those_of_each_step() -> None:
    frame = jobs(3, periods=3)
    whole = shift_share(frame, replicates=0)
    steps = [
        shift_share(frame.filter(pl.col("period").is_in(pair)), replicates=0) for pair in ([2000, 2001], [2001, 2002])
    ]
    for column in ("value", "national", "mix", "competitive", "change"):
        total = steps[0][column].to_numpy() + steps[1][column].to_numpy()
        assert whole[column].to_numpy() == pytest.approx(total)
    ends = shift_share(frame.filter(pl.col("period") != 2001), replicates=0)
    assert shift_share(frame, dynamic=False, replicates=0)["value"].to_numpy() == pytest.approx(
        ends["value"].to_numpy()
    )


def test_a_nation_of_its_own_gives_what_the_sum_gives() -> None:
    frame = jobs(4)
    nation = frame.with_columns(place_id=pl.lit("US"))
    found = shift_share(pl.concat([frame, nation]), nation="US", replicates=0)
    assert found.equals(shift_share(frame, replicates=0))
    with pytest.raises(JiqunError, match="nation 'XX' is not a place"):
        shift_share(frame, nation="XX")


def test_the_interval_holds_the_value_and_depends_on_the_seed_only() -> None:
    frame = jobs(5, rows=400)
    found = shift_share(frame, rng=1)
    assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()
    assert found.equals(shift_share(frame.sample(fraction=1.0, shuffle=True, seed=2), rng=1))


def test_one_period_none_and_unknown_ones_are_refused() -> None:
    frame = jobs(6)
    with pytest.raises(JiqunError, match="has one only: 2000"):
        shift_share(frame.filter(pl.col("period") == 2000))
    with pytest.raises(MissingColumn, match="needs column year"):
        shift_share(frame, period="year")
    with pytest.raises(JiqunError, match="needs period in every row"):
        shift_share(frame.with_columns(period=pl.when(pl.col("place_id") == "p").then("period")))
