"""Location quotient: by hand, by three other packages, by the BLS, and by known facts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import jiqun
from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure import location_quotient

FIRMS = pl.DataFrame(
    {
        "place_id": ["p", "p", "p", "q"],
        "industry_id": ["games", "games", "cars", "cars"],
        "size": [1.0, 3.0, 4.0, 2.0],
    }
)


def matrix(path: Path, value: str) -> pl.DataFrame:
    wide = pl.read_csv(path)
    return wide.rename({wide.columns[0]: "place_id"}).unpivot(
        index="place_id", variable_name="industry_id", value_name=value
    )


def values(frame: pl.DataFrame) -> dict[tuple[str, str], float | None]:
    return {(p, i): v for p, i, v in frame.select("place_id", "industry_id", "value").rows()}


def test_by_hand_with_weights() -> None:
    found = values(location_quotient(FIRMS, replicates=0))
    # p: games 4 of 8, cars 4 of 8; q: cars 2 of 2; all: games 4 of 10, cars 6 of 10.
    assert found == pytest.approx(
        {("p", "games"): 0.5 / 0.4, ("p", "cars"): 0.5 / 0.6, ("q", "games"): 0.0, ("q", "cars"): 1 / 0.6}
    )


def test_by_hand_with_counts() -> None:
    found = values(location_quotient(FIRMS, weight="count", replicates=0))
    assert found[("p", "games")] == pytest.approx((2 / 3) / (2 / 4))


@pytest.mark.parametrize("package", ["econgeo", "economiccomplexity", "reat"])
def test_equals_three_other_packages(reference: Path, package: str) -> None:
    ours = location_quotient(matrix(reference / "mat.csv", "size"), replicates=0)
    theirs = matrix(reference / f"lq_{package}.csv", "theirs")
    both = ours.join(theirs, on=["place_id", "industry_id"])
    assert both.height == theirs.height == 96
    assert both["value"].to_numpy() == pytest.approx(both["theirs"].to_numpy(), rel=1e-12, abs=1e-12)


def test_equals_the_official_figures_of_the_bls(shared_data: Path) -> None:
    """The BLS publishes employment and quotients of counties, rounded to 0.01, but not the national base.

    The base is one unknown number for each industry; it follows from the county whose quotient is
    least rounded, and must then reproduce every other county's published quotient.
    """
    table = pl.read_parquet(shared_data / "us_industry" / "qcew_nj_2016q1_4.parquet").filter(
        pl.col("disclosure_code").is_null(), pl.col("lq_disclosure_code").is_null(), pl.col("qtr") == 1
    )
    total = table.filter(pl.col("own_code") == 0, pl.col("industry_code") == "10").select(
        "area_fips", total="month3_emplvl"
    )
    private = table.filter(
        pl.col("own_code") == 5,
        pl.col("agglvl_code") == 78,
        pl.col("month3_emplvl") > 0,
        pl.col("lq_month3_emplvl") > 0,
    )
    industries = private.join(total, on="area_fips").select(
        "area_fips",
        "industry_code",
        "month3_emplvl",
        "total",
        published="lq_month3_emplvl",
        base=pl.col("month3_emplvl") / pl.col("total") / pl.col("lq_month3_emplvl"),
    )
    best = industries.sort("published").group_by("industry_code", maintain_order=True).last()
    base = dict(best.select("industry_code", "base").rows())
    rest = total.join(industries.group_by("area_fips").agg(known=pl.col("month3_emplvl").sum()), on="area_fips")
    frame = pl.concat(
        [
            industries.select(place_id="area_fips", industry_id="industry_code", size="month3_emplvl"),
            rest.select(
                place_id="area_fips", industry_id=pl.lit("undisclosed"), size=pl.col("total") - pl.col("known")
            ),
        ]
    )
    base["undisclosed"] = 1.0 - sum(base.values())
    ours = location_quotient(frame, reference=base, replicates=0)
    both = industries.join(ours, left_on=["area_fips", "industry_code"], right_on=["place_id", "industry_id"])
    others = both.join(best, on=["area_fips", "industry_code"], how="anti")
    assert others.height > 2000
    # Half a cent of rounding in the published value, and half a cent of the base county's, scaled.
    scale = others.join(best.select("industry_code", top="published"), on="industry_code")
    allowed = 0.005 + scale["published"] * 0.005 / scale["top"] + 1e-9
    wrong = scale.filter((pl.col("value") - pl.col("published")).abs() > allowed)
    assert wrong.height == 0


def test_known_facts_of_american_start_ups(shared_data: Path) -> None:
    companies = pl.read_parquet(shared_data / "crunchbase_2013" / "companies.parquet")
    actors = companies.select(actor_id="permalink", place_id="region", industry_id="category_code")
    found = jiqun.Cluster.from_tables(actors=actors).measure("location_quotient", replicates=0)
    facts = values(found)
    assert round(facts[("New York", "fashion")] or 0, 2) == 4.36
    assert round(facts[("Los Angeles", "games_video")] or 0, 2) == 2.40
    assert round(facts[("Boston", "biotech")] or 0, 2) == 1.57


def test_rows_of_unknown_industry_count_in_the_total_unless_excluded() -> None:
    frame = pl.concat(
        [FIRMS, pl.DataFrame({"place_id": ["p"], "industry_id": [None], "size": [8.0]})], how="vertical_relaxed"
    )
    assert values(location_quotient(frame, replicates=0))[("p", "games")] == pytest.approx((4 / 16) / (4 / 18))
    excluded = values(location_quotient(frame, unknown="exclude", replicates=0))
    assert excluded == pytest.approx(values(location_quotient(FIRMS, replicates=0)))


@pytest.mark.parametrize(("policy", "expected"), [("null", None), ("zero", 0.0), ("one", 1.0)])
def test_a_place_without_weight_is_what_the_caller_says(policy: str, expected: float | None) -> None:
    empty = pl.DataFrame({"place_id": ["z"], "industry_id": ["cars"], "size": [0.0]})
    found = location_quotient(pl.concat([FIRMS, empty]), undefined=policy, replicates=0)
    assert values(found)[("z", "cars")] == expected


def test_forms_are_functions_of_the_ratio() -> None:
    ratio = location_quotient(FIRMS, replicates=0)["value"].to_numpy()
    symmetric = location_quotient(FIRMS, form="symmetric", replicates=0)["value"].to_numpy()
    log = location_quotient(FIRMS, form="log", replicates=0)["value"]
    assert symmetric == pytest.approx((ratio - 1) / (ratio + 1))
    assert log.is_null().to_list() == [False, False, False, True]
    assert log.drop_nulls().to_numpy() == pytest.approx(np.log(ratio[ratio > 0]))


def test_standardised_form_has_mean_nought_and_deviation_one_within_an_industry(reference: Path) -> None:
    frame = matrix(reference / "mat.csv", "size")
    found = location_quotient(frame, form="standardised", replicates=0).drop_nulls("value")
    by = found.group_by("industry_id").agg(mean=pl.col("value").mean(), deviation=pl.col("value").std())
    assert by["mean"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    assert by["deviation"].to_numpy() == pytest.approx(1.0)


def test_small_cells_are_null_with_a_note() -> None:
    found = location_quotient(FIRMS, minimum_rows=2, replicates=0).filter(pl.col("rows") == 1)
    assert found["value"].is_null().all()
    assert set(found["note"]) == {"fewer than 2 rows"}


def test_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    truth = np.array([[0.30, 0.20], [0.15, 0.35]])
    quotient = truth[0, 0] / truth[0].sum() / truth[:, 0].sum()
    hits = 0
    for trial in range(300):
        drawn = rng.choice(4, size=400, p=truth.ravel())
        frame = pl.DataFrame({"place_id": (drawn // 2).astype(str), "industry_id": (drawn % 2).astype(str)})
        low, high = location_quotient(frame, replicates=199, rng=trial).select("low", "high").row(0)
        hits += low <= quotient <= high
    assert 0.91 <= hits / 300 <= 0.98


def test_an_empty_cell_has_no_interval_and_says_so() -> None:
    row = location_quotient(FIRMS).filter(pl.col("value") == 0).row(0, named=True)
    assert row["low"] is None
    assert row["note"] == "no row in the cell: no interval"


def test_negative_weight_is_refused_with_the_number_of_rows() -> None:
    bad = FIRMS.with_columns(size=pl.Series([1.0, -1.0, 2.0, 2.0]))
    with pytest.raises(JiqunError, match=r"size ≥ 0 in every row; .* in 1 rows"):
        location_quotient(bad)


def test_a_weight_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingColumn, match="needs column employees of table actors"):
        location_quotient(FIRMS, weight="employees")


def test_whole_numbers_that_pandas_keeps_as_floats_are_the_identifiers_they_were() -> None:
    numbered = FIRMS.with_columns(place_id=pl.Series([7, 7, 7, 8]))
    gap = pl.concat([numbered, FIRMS.head(1).with_columns(place_id=pl.lit(None, pl.Int64))]).to_pandas()
    assert gap["place_id"].dtype == float
    found = location_quotient(gap, replicates=0)
    assert set(found["place_id"]) == {"7", "8"}
    whole = location_quotient(pl.from_pandas(gap).with_columns(pl.col("place_id").cast(pl.Int64)), replicates=0)
    assert found["value"].to_list() == whole["value"].to_list()


def test_by_population_it_is_the_weight_per_resident() -> None:
    frame = FIRMS.with_columns(residents=pl.when(pl.col("place_id") == "p").then(30.0).otherwise(10.0))
    found = values(location_quotient(frame, population="residents", replicates=0))
    # games: 4 of 30 residents in p, 4 of 40 in all; cars: 4 of 30 and 2 of 10, 6 of 40 in all.
    expected = {("p", "games"): 4 / 3, ("p", "cars"): 8 / 9, ("q", "games"): 0.0, ("q", "cars"): 4 / 3}
    assert found == pytest.approx(expected)
    unknown = frame.with_columns(residents=pl.when(pl.col("place_id") == "p").then("residents"))
    assert values(location_quotient(unknown, population="residents", replicates=0))[("q", "cars")] is None
    with pytest.raises(JiqunError, match="two different bases"):
        location_quotient(frame, population="residents", reference={"cars": 1.0})


def test_shrinkage_is_the_posterior_mean_of_the_gamma_that_has_the_moments() -> None:
    counts = np.array([[30, 10, 60], [5, 20, 75], [40, 0, 60], [2, 3, 5]])
    rows = [(f"p{p}", f"i{i}") for (p, i), n in np.ndenumerate(counts) for _ in range(n)]
    frame = pl.DataFrame(rows, schema=["place_id", "industry_id"], orient="row")
    found = values(location_quotient(frame, shrinkage="gamma_poisson", replicates=0))
    raw = values(location_quotient(frame, replicates=0))
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    for i in range(3):
        e, ratio = expected[:, i], counts[:, i] / expected[:, i]
        variance = (e * (ratio - 1) ** 2).sum() / e.sum() - 1 / e.mean()
        for p in range(4):
            shape = 1 / variance if variance > 0 else np.inf
            posterior = (shape + counts[p, i]) / (shape + e[p]) if variance > 0 else 1.0
            assert found[f"p{p}", f"i{i}"] == pytest.approx(posterior, rel=1e-9)
            assert abs(found[f"p{p}", f"i{i}"] - 1) <= abs(raw[f"p{p}", f"i{i}"] - 1) + 1e-12  # type: ignore[operator]


def test_shrunk_quotients_are_nearer_to_the_truth() -> None:
    rng = np.random.default_rng(8)
    places, per_place = 200, 20
    rate = rng.gamma(4.0, 1 / 4.0, places)
    own = rng.poisson(rate * per_place * 0.1)
    rows = [(f"{p:03d}", "a") for p, n in enumerate(own) for _ in range(n)]
    rows += [(f"{p:03d}", "z") for p in range(places) for _ in range(per_place)]
    frame = pl.DataFrame(rows, schema=["place_id", "industry_id"], orient="row")

    def error(**options: object) -> float:
        found = location_quotient(frame, replicates=0, **options).filter(pl.col("industry_id") == "a")  # type: ignore[arg-type]
        return float(((found["value"].to_numpy() - rate) ** 2).mean())

    assert error(shrinkage="gamma_poisson") < 0.6 * error()


def test_shrinkage_does_not_depend_on_the_unit_of_the_weights_or_on_large_samples() -> None:
    small = values(location_quotient(FIRMS, shrinkage="gamma_poisson", replicates=0))
    scaled = FIRMS.with_columns(pl.col("size") * 1000.0)
    assert values(location_quotient(scaled, shrinkage="gamma_poisson", replicates=0)) == pytest.approx(small)
    many = pl.concat([FIRMS] * 2_000)
    assert values(location_quotient(many, shrinkage="gamma_poisson", replicates=0)) == pytest.approx(
        values(location_quotient(FIRMS, replicates=0)), rel=5e-2, abs=5e-2
    )
