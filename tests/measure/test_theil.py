"""Theil and Brülhart–Traeger: by REAT, by algebra, by decomposition, by simulation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure import brulhart_traeger, entropy, herfindahl, hoover, locational_gini, theil

COUNTRY = {"a": "north", "b": "north", "c": "south", "d": "south", "e": "south"}


def plants(seed: int, rows: int = 120) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    place = rng.choice(list("abcde"), rows)
    return pl.DataFrame(
        {
            "place_id": place,
            "industry_id": rng.choice(["i", "j", "k"], rows),
            "size": rng.lognormal(1.0, 1.0, rows),
            "country": [COUNTRY[p] for p in place],
            "area": [float("abcde".index(p) + 1) for p in place],
        }
    )


@pytest.fixture(scope="module")
def vector(reference: Path) -> tuple[pl.DataFrame, dict[str, float]]:
    """The totals of the regions as one industry, and what REAT says of this vector."""
    wide = pl.read_csv(reference / "mat.csv")
    totals = wide.select(place_id="", industry_id=pl.lit("all"), size=wide[:, 1:].sum_horizontal())
    theirs = pl.read_csv(reference / "inequality_vector.csv", null_values="NA", has_header=False)
    return totals, dict(theirs.rows())


def test_inequality_of_a_vector_equals_reat(vector: tuple[pl.DataFrame, dict[str, float]]) -> None:
    totals, theirs = vector
    low = theil(totals, form="L", compare="uniform", replicates=0)["value"][0]
    assert low == pytest.approx(theirs["theil_reat(MLD)"], abs=1e-12)
    assert hoover(totals, compare="uniform", replicates=0)["value"][0] == pytest.approx(
        theirs["hoover_reat"], abs=1e-12
    )
    plain = locational_gini(totals, definition="plain", replicates=0)["value"][0]
    assert plain == pytest.approx(theirs["gini_reat"], abs=1e-12)
    mean = totals["size"].mean()
    assert np.log(mean) / (np.log(mean) - low) == pytest.approx(theirs["dalton"], abs=1e-12)
    n = totals.height
    h = herfindahl(totals, replicates=0)["value"][0]
    assert np.sqrt((n * h - 1.0) * n / (n - 1.0)) == pytest.approx(theirs["cv_reat"], abs=1e-12)


def test_no_option_gives_the_weighted_values_that_are_wrong(vector: tuple[pl.DataFrame, dict[str, float]]) -> None:
    totals, theirs = vector
    assert theirs["theil_reat_weighted"] < 0
    for form in ("T", "L"):
        for compare in ("whole", "uniform"):
            assert theil(totals, form=form, compare=compare, replicates=0)["value"][0] >= 0


def test_t_against_equal_parts_is_what_entropy_lacks_to_its_maximum() -> None:
    frame = plants(1)
    t = theil(frame, compare="uniform", replicates=0)["value"].to_numpy()
    nats = entropy(frame, of="industry", replicates=0)["value"].to_numpy()
    assert t == pytest.approx(np.log(5) - nats)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(5, 200), form=st.sampled_from("TL"))
def test_between_and_within_add_up(seed: int, rows: int, form: str) -> None:
    frame = plants(seed, rows)
    for compare in ("whole", "uniform"):
        found = theil(frame, form=form, compare=compare, group="country", replicates=0).drop_nulls("value")
        total = found["between"].to_numpy() + found["within"].to_numpy()
        assert total == pytest.approx(found["value"].to_numpy(), rel=1e-12, abs=1e-14)
        assert (found["between"] >= 0).all()
        assert (found["within"] >= 0).all()


def test_between_groups_is_the_index_of_the_groups_themselves() -> None:
    frame = plants(2)
    merged = frame.with_columns(place_id="country")
    for form in ("T", "L"):
        parts = theil(frame, form=form, group="country", replicates=0)["between"]
        assert parts.to_numpy() == pytest.approx(theil(merged, form=form, replicates=0)["value"].to_numpy())


def test_l_is_infinite_where_a_place_has_none_and_says_so() -> None:
    frame = pl.DataFrame({"place_id": ["p", "q"], "industry_id": ["i", "j"]})
    found = theil(frame, form="L", replicates=0)
    assert found["value"].is_null().all()
    assert set(found["note"]) == {"absent from a part of the reference: L is infinite"}


def test_places_without_a_group_are_a_group_together() -> None:
    frame = plants(3).with_columns(country=pl.when(pl.col("place_id") < "c").then("country"))
    known = plants(3)
    assert theil(frame, group="country", replicates=0).equals(theil(known, group="country", replicates=0))


def test_a_place_in_two_groups_is_refused() -> None:
    frame = plants(4).with_columns(country=pl.int_range(pl.len()).cast(pl.String))
    with pytest.raises(JiqunError, match="needs one country for each place_id"):
        theil(frame, group="country", replicates=0)


def test_specialisation_is_decomposed_by_sectors_of_industries() -> None:
    frame = plants(5).with_columns(
        sector=pl.when(pl.col("industry_id") == "i").then(pl.lit("x")).otherwise(pl.lit("y"))
    )
    found = theil(frame, of="place", group="sector", replicates=0)
    assert found.columns[0] == "place_id"
    assert (found["between"] + found["within"]).to_numpy() == pytest.approx(found["value"].to_numpy())


def test_topographic_concentration_by_hand() -> None:
    frame = pl.DataFrame(
        {"place_id": ["p", "q", "q"], "industry_id": ["i", "i", "j"], "size": [1.0, 3.0, 4.0], "area": [2.0, 6.0, 6.0]}
    )
    found = brulhart_traeger(frame, replicates=0)
    # i: shares ¼, ¾ of land ¼, ¾: even. j: all on ¾ of the land.
    assert found["value"].to_list() == pytest.approx([0.0, np.log(4 / 3)], abs=1e-15)
    everything = 1 / 8 * np.log(1 / 8 / 0.25) + 7 / 8 * np.log(7 / 8 / 0.75)
    assert found["compared"].to_list() == pytest.approx([everything] * 2)


def test_merging_equally_dense_places_changes_nothing_topographic() -> None:
    frame = pl.DataFrame(
        {
            "place_id": ["p1", "p2", "q", "q"],
            "industry_id": ["i", "i", "i", "j"],
            "size": [2.0, 4.0, 5.0, 1.0],
            "area": [1.0, 2.0, 7.0, 7.0],
        }
    )
    merged = frame.with_columns(
        place_id=pl.col("place_id").str.head(1),
        area=pl.when(pl.col("place_id") == "q").then(pl.lit(7.0)).otherwise(pl.lit(3.0)),
    )
    one = brulhart_traeger(frame.filter(pl.col("industry_id") == "i"), replicates=0)["value"][0]
    two = brulhart_traeger(merged.filter(pl.col("industry_id") == "i"), replicates=0)["value"][0]
    assert one == pytest.approx(two, rel=1e-12)


def test_relative_and_absolute_forms_are_theils() -> None:
    frame = plants(6)
    for against, compare in (("whole", "whole"), ("uniform", "uniform")):
        found = brulhart_traeger(frame, against=against, group="country", replicates=0)
        same = theil(frame, compare=compare, group="country", replicates=0)
        for column in ("value", "between", "within"):
            assert found[column].to_numpy() == pytest.approx(same[column].to_numpy())


def test_the_test_rejects_a_true_null_as_often_as_it_says_and_sees_a_difference() -> None:
    rng = np.random.default_rng(7)
    density = np.array([0.4, 0.3, 0.2, 0.1])
    land = {str(k): float(k + 1) for k in range(4)}

    def p(own: np.ndarray, trial: int) -> float:
        place = np.concatenate([rng.choice(4, 150, p=own), rng.choice(4, 450, p=density)]).astype(str)
        frame = pl.DataFrame(
            {"place_id": place, "industry_id": ["i"] * 150 + ["z"] * 450, "area": [land[x] for x in place]}
        )
        found: float = brulhart_traeger(frame, replicates=99, rng=trial)["p"][0]
        return found

    null = np.array([p(density, trial) for trial in range(120)])
    assert 0.01 <= (null <= 0.05).mean() <= 0.12
    assert np.median([p(np.array([0.7, 0.2, 0.05, 0.05]), t) for t in range(5)]) <= 0.05


def test_the_last_period_is_measured_and_compared_with_the_first() -> None:
    early, late = plants(8, 400), plants(9, 400).filter(pl.col("place_id") != "e")
    both = pl.concat([early.with_columns(year=2000), late.with_columns(year=2010)])
    found = brulhart_traeger(both, period="year", replicates=50)
    for column, one in (("value", late), ("compared", early)):
        alone = pl.concat([one, early.head(0)])
        land = both.select("place_id", "area").unique()
        share = alone.group_by("industry_id", "place_id").agg(pl.col("size").sum())
        table = share.join(land, on="place_id")
        total = land["area"].sum()
        expected = (
            table.with_columns(s=pl.col("size") / pl.col("size").sum().over("industry_id"))
            .with_columns(t=pl.col("s") * (pl.col("s") / (pl.col("area") / total)).log())
            .group_by("industry_id")
            .agg(pl.col("t").sum())
            .sort("industry_id")
        )
        assert found[column].to_numpy() == pytest.approx(expected["t"].to_numpy())
    assert found["p"].is_between(0, 1).all()


def test_a_place_without_land_is_named() -> None:
    frame = plants(10).with_columns(area=pl.when(pl.col("place_id") == "c").then(None).otherwise("area"))
    with pytest.raises(JiqunError, match="1 have none, such as c"):
        brulhart_traeger(frame, replicates=0)
    with pytest.raises(MissingColumn, match="needs column area"):
        brulhart_traeger(frame.drop("area"), replicates=0)
