"""Gravity, its curve and home bias of a cluster: known coefficients, laws, refusals, and what is known of real data."""

from __future__ import annotations

import importlib.util
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import jiqun
from jiqun.cluster import Cluster, JiqunError
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.generated import generate
from jiqun.ingest.shipped import shipped_recipe
from jiqun.measure.gravity import ERRORS, INTERNAL, TERMS, gravity, gravity_curve, home_bias
from jiqun.measure.points import great_circle, on_sphere
from jiqun.space.effective import effective_distance

TOWNS = 14
ELASTICITY = {"2020": -1.4, "2021": -1.2, "2022": -1.0, "2023": -0.8}


def towns(seed: int = 1, **columns: object) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    place = [f"p{n:02d}" for n in range(TOWNS)]
    lon, lat = 110 + rng.uniform(0, 8, TOWNS), 30 + rng.uniform(0, 8, TOWNS)
    return pl.DataFrame({"place_id": place, "lon": lon, "lat": lat, **columns})


def far(places: pl.DataFrame) -> np.ndarray:
    at = on_sphere(places["lon"].to_numpy(), places["lat"].to_numpy())
    return great_circle(np.sqrt(((at[:, None] - at) ** 2).sum(axis=2)))


def falling(seed: int = 1, home: float = 1.0, channel: str | None = None, scale: float = 4000.0) -> Cluster:
    """A cluster of one firm in each town, whose orders fall with distance less every year."""
    rng = np.random.default_rng(seed)
    places = towns(area=[100.0 + 20 * n for n in range(TOWNS)])
    km = far(places)
    km[np.diag_indices(TOWNS)] = 2 / 3 * np.sqrt(places["area"].to_numpy() / np.pi)
    size = np.outer(rng.lognormal(0, 0.7, TOWNS), rng.lognormal(0, 0.7, TOWNS))
    rows = []
    for year, elasticity in ELASTICITY.items():
        mean = scale * size * km**elasticity * np.exp(home * np.eye(TOWNS))
        for (i, j), n in np.ndenumerate(rng.poisson(mean)):
            rows += [(datetime(int(year), 3, 1), f"f{i:02d}", f"g{j:02d}")] * int(n)
    firms = [(f"{kind}{n:02d}", f"p{n:02d}") for kind in "fg" for n in range(TOWNS)]
    return Cluster.from_tables(
        places=places,
        actors=pl.DataFrame(firms, schema=["actor_id", "place_id"], orient="row"),
        interactions=pl.DataFrame(rows, schema=["time", "source", "target"], orient="row").with_columns(
            channel=pl.lit(channel, dtype=pl.String)
        ),
    )


@pytest.fixture(scope="module")
def orders() -> Cluster:
    return falling()


def terms(found: pl.DataFrame, *, period: str | None = None) -> dict[str, tuple[float, float, float]]:
    some = found.filter(pl.col("period").eq_missing(pl.lit(period, dtype=pl.String)))
    return {row[0]: row[1:] for row in some.select("term", "value", "low", "high").iter_rows()}


def test_elasticities_of_each_year_and_their_trend_are_those_that_made_the_orders(orders: Cluster) -> None:
    found = gravity(orders, by="period", grain="year")
    for year, truth in ELASTICITY.items():
        value, low, high = terms(found, period=year)["distance"]
        assert low - 0.05 < truth < high + 0.05
        assert high - low < 0.8
        assert abs(value - truth) < 0.15
    together = terms(found)
    assert together["distance_trend"][1] > 0.0
    assert together["distance_trend"][0] == pytest.approx(0.2, abs=0.06)
    assert together["home"][1] < 1.0 < together["home"][2]
    assert found.filter(term="distance_equal")["p"][0] < 0.001
    assert found["note"].unique().to_list() == ["inside a place: 2/3 √(area/π)"]
    assert set(found["term"]) <= set(TERMS)


def test_orders_that_fall_the_same_every_year_have_no_trend() -> None:
    rejected = 0
    for seed in range(12):
        rng = np.random.default_rng(100 + seed)
        places = towns(seed)
        km = far(places) + np.diag(np.full(TOWNS, 30.0))
        rows = []
        for year in (2020, 2021, 2022):
            mean = 300.0 * np.outer(rng.lognormal(0, 0.5, TOWNS), rng.lognormal(0, 0.5, TOWNS)) / km
            for (i, j), n in np.ndenumerate(rng.poisson(mean)):
                rows += [(datetime(year, 3, 1), f"f{i:02d}", f"g{j:02d}")] * int(n)
        firms = [(f"{kind}{n:02d}", f"p{n:02d}") for kind in "fg" for n in range(TOWNS)]
        c = Cluster.from_tables(
            places=places,
            actors=pl.DataFrame(firms, schema=["actor_id", "place_id"], orient="row"),
            interactions=pl.DataFrame(rows, schema=["time", "source", "target"], orient="row"),
        )
        found = gravity(c, by="period", grain="year", internal="exclude")
        rejected += int(found.filter(term="distance_trend")["p"][0] < 0.05)
    # five or more of twelve at a true size of 5 % happen twice in ten thousand
    assert rejected < 5


def test_channels_are_told_apart_and_a_generated_platform_knows_no_distance() -> None:
    c = Cluster.from_tables(**generate(actors=600, interactions=40_000, places=14, industries=6, seed=5).tables)
    found = gravity(c, by="channel")
    each = {row[0]: row[1:] for row in found.filter(term="distance").select("channel", "value", "low", "high").rows()}
    assert set(each) == {"offline", "platform", None}
    assert each["offline"][2] < -0.3
    assert abs(each["platform"][0]) < 0.1
    assert found.filter(term="distance_equal")["p"][0] < 1e-6
    both = gravity(c, by="period+channel", grain="year", interactions="channel=offline")
    assert both.filter(term="distance_trend")["low"][0] > 0.0
    assert both["channel"].unique().to_list() == ["offline"]


def test_given_distances_are_those_on_the_ground_and_order_does_not_matter(orders: Cluster) -> None:
    places = orders.polars("places")
    km = far(places)
    km[np.diag_indices(TOWNS)] = 2 / 3 * np.sqrt(places["area"].to_numpy() / np.pi)
    names = places["place_id"].to_list()
    pairs = [(a, b, km[i, j]) for i, a in enumerate(names) for j, b in enumerate(names) if i <= j]
    table = pl.DataFrame(pairs, schema=["origin", "destination", "distance_km"], orient="row")
    one, other = gravity(orders), gravity(orders, distance=table.sample(fraction=1.0, shuffle=True, seed=1))
    assert other["value"].to_numpy() == pytest.approx(one["value"].to_numpy(), abs=1e-8)
    shuffled = Cluster.from_tables(
        places=places.reverse(),
        actors=orders.polars("actors").sample(fraction=1.0, shuffle=True, seed=2),
        interactions=orders.polars("interactions").sample(fraction=1.0, shuffle=True, seed=3),
    )
    assert gravity(shuffled).equals(one)


def test_a_coordinate_free_place_takes_that_of_its_firms_and_one_without_is_left_out_and_said(orders: Cluster) -> None:
    places = orders.polars("places")
    bare = places.with_columns(
        lon=pl.when(pl.col("place_id") == "p00").then(None).otherwise("lon"), area=pl.lit(None, dtype=pl.Float64)
    )
    first = places.row(0, named=True)
    actors = orders.polars("actors")
    at = pl.col("place_id") == "p00"
    own = actors.with_columns(lon=pl.when(at).then(first["lon"]), lat=pl.when(at).then(first["lat"]))
    rows = orders.polars("interactions")
    without = gravity(Cluster.from_tables(places=bare, actors=actors, interactions=rows))
    assert "1 places without coordinates left out" in without["note"][0]
    assert INTERNAL["nearest"].en in without["note"][0]
    assert without["origins"][0] == TOWNS - 1
    whole = gravity(Cluster.from_tables(places=bare, actors=own, interactions=rows))
    assert whole["origins"][0] == TOWNS
    plain = gravity(orders, internal="nearest")
    assert whole["value"].to_numpy() == pytest.approx(plain["value"].to_numpy(), abs=1e-6)


def test_regions_get_an_effect_of_their_own(orders: Cluster) -> None:
    rng = np.random.default_rng(3)
    places = towns(parent=[f"r{n % 3}" for n in range(TOWNS)])
    region = np.arange(TOWNS) % 3
    km = far(places) + np.diag(np.full(TOWNS, np.inf))
    same = (region[:, None] == region) & ~np.eye(TOWNS, dtype=bool)
    counts = rng.poisson(4000.0 / km * np.exp(0.7 * same))
    rows = [(f"f{i:02d}", f"g{j:02d}") for (i, j), n in np.ndenumerate(counts) for _ in range(n)]
    c = Cluster.from_tables(
        places=places,
        actors=orders.polars("actors"),
        interactions=pl.DataFrame(rows, schema=["source", "target"], orient="row"),
    )
    found = terms(gravity(c, border="parent", internal="exclude"))
    assert found["border"][1] < 0.7 < found["border"][2]
    assert found["distance"][1] < -1.0 < found["distance"][2]
    mapped = gravity(c, border={f"p{n:02d}": str(n % 3) for n in range(TOWNS)}, internal="exclude")
    assert terms(mapped) == terms(gravity(c, border="parent", internal="exclude"))


def test_effective_distance_is_of_the_year_before(orders: Cluster) -> None:
    found = gravity(orders, by="period", grain="year", distance="effective")
    first = found.filter(period="2020", term="effective_distance")
    assert first["value"][0] is None
    assert "not identified" in first["note"][0]
    assert found.filter(period="2021", term="effective_distance")["high"][0] < 0.0
    square = np.array([[0.0, 3.0], [1.0, 0.0]])
    import scipy.sparse as sp

    assert effective_distance(sp.csr_array(square)).tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_inferred_places_are_said_and_those_of_earlier_years_do_not_look_ahead() -> None:
    rows = [(datetime(2020, 1, 1), "v", "f0"), (datetime(2021, 1, 1), "v", "f1"), (datetime(2021, 2, 1), "v", "f1")]
    rows += [(datetime(2020, 1, 1), "w", "f1"), (datetime(2021, 1, 1), "w", "f2"), (datetime(2021, 1, 1), "u", "f2")]
    actors = pl.DataFrame(
        {"actor_id": ["v", "w", "u", "f0", "f1", "f2"], "place_id": [None, None, None, "p00", "p01", "p02"]}
    )
    c = Cluster.from_tables(
        places=towns(),
        actors=actors,
        interactions=pl.DataFrame(rows, schema=["time", "source", "target"], orient="row"),
    )
    from jiqun.measure.gravity.flows import flows

    earlier = flows(c, by="period", grain="year", places="earlier")
    assert earlier.origins.tolist() == ["p00", "p01"]
    assert earlier.periods == ("2021",)
    assert earlier.flow.tolist() == [[[2.0, 0.0], [0.0, 1.0]]]
    assert earlier.unplaced == 3
    modal = flows(c, places="modal")
    assert modal.origins.tolist() == ["p01", "p02"]
    assert modal.inferred
    assert modal.flow.sum() == 6.0
    with pytest.raises(JiqunError, match="places='modal'"):
        flows(c)


def test_what_cannot_be_done_is_refused_in_words(orders: Cluster) -> None:
    with pytest.raises(JiqunError, match=r"column channel"):
        gravity(
            Cluster.from_tables(
                places=orders.polars("places"),
                actors=orders.polars("actors"),
                interactions=orders.polars("interactions").drop("channel"),
            ),
            by="channel",
        )
    with pytest.raises(JiqunError, match="longitude and latitude"):
        gravity(Cluster.from_tables(actors=orders.polars("actors"), interactions=orders.polars("interactions")))
    with pytest.raises(JiqunError, match="by='period'"):
        gravity(orders, distance="effective")
    with pytest.raises(JiqunError, match="column parent"):
        gravity(orders, border="parent")
    with pytest.raises(JiqunError, match="same region"):
        gravity(orders, border={"p00": "r", "p01": "s"})
    with pytest.raises(JiqunError, match=r"level .*2"):
        gravity(orders, level=2.0)
    with pytest.raises(JiqunError, match="distance_km"):
        gravity(orders, distance=pl.DataFrame({"origin": ["p00"], "destination": ["p01"], "km": [1.0]}))
    with pytest.raises(JiqunError, match="above 0"):
        gravity(orders, distance=pl.DataFrame({"origin": ["p00"], "destination": ["p01"], "distance_km": [0.0]}))
    with pytest.raises(JiqunError, match="knows errors pair"):
        gravity(orders, errors="all")  # type: ignore[arg-type]
    assert set(ERRORS) == {"pair", "origin+destination"}


def test_the_curve_of_orders_falls_and_sums_to_all_orders(orders: Cluster) -> None:
    found = gravity_curve(orders, bins=6)
    assert found["interactions"].sum() == orders.rows("interactions")
    assert found["expected"].sum() == pytest.approx(orders.rows("interactions"), rel=1e-8)
    between = found.filter(pl.col("class") == "between").sort("distance_km")
    assert found["value"][0] == found["value"].max()
    assert np.polyfit(np.log(between["distance_km"]), np.log(between["value"]), 1)[0] < -0.5
    assert (between["fitted"] / between["value"]).to_numpy() == pytest.approx(1.0, abs=0.35)
    assert (found["low"] <= found["value"]).all()


def test_home_bias_keeps_its_level_where_there_is_none_and_sees_one_that_is_planted() -> None:
    rng = np.random.default_rng(4)
    place = rng.choice(["a", "b", "c"], 300, p=[0.5, 0.3, 0.2])
    firms = [(f"f{n:03d}", str(p)) for n, p in enumerate(place)]
    rows, p = [], []
    for n in range(40):
        rows += [(f"v{n:02d}", f"f{k:03d}") for k in rng.choice(300, 30, replace=False)]
    local = np.flatnonzero(place == "c")
    rows += [("home", f"f{k:03d}") for k in rng.choice(local, 20, replace=False)]
    c = Cluster.from_tables(
        actors=pl.DataFrame(firms, schema=["actor_id", "place_id"], orient="row"),
        interactions=pl.DataFrame(rows, schema=["source", "target"], orient="row"),
    )
    found = home_bias(c, most=50, n=399, replicates=99)
    assert found["inferred"].all()
    p = found.filter(pl.col("actor_id") != "home")["p"].to_numpy()
    assert (p <= 0.05).sum() <= 7  # of forty; more than seven once in 400 at 5 %
    planted = found.filter(actor_id="home").row(0, named=True)
    assert planted["place_id"] == "c"
    assert planted["value"] == 1.0
    assert planted["p"] == pytest.approx(2 / 400)
    # where most of thirty deals are is more than the largest share of a place in all deals
    share = np.bincount(np.searchsorted(["a", "b", "c"], place[[int(f[1:]) for _, f in rows]])).max() / len(rows)
    assert found.filter(pl.col("actor_id") != "home")["expected"].min() > share


def test_home_bias_of_a_known_home_is_its_share_and_the_same_for_any_order_of_rows() -> None:
    actors = pl.DataFrame(
        {"actor_id": ["v", "f", "g", "h"], "name": ["Venture", "F", "G", "H"], "place_id": ["a", "a", "b", "b"]}
    )
    rows = pl.DataFrame({"source": ["v"] * 4, "target": ["f", "g", "h", "h"]})
    c = Cluster.from_tables(actors=actors, interactions=rows)
    found = home_bias(c, actors=["Venture", "v"])
    assert found.select("place_id", "inferred", "value", "interactions", "counterparts").rows() == [
        ("a", False, 0.25, 4, 3)
    ]
    other = Cluster.from_tables(actors=actors.reverse(), interactions=rows.reverse())
    assert home_bias(other, actors=["v"]).equals(found)
    with pytest.raises(JiqunError, match="no actor 'nobody'"):
        home_bias(c, actors=["nobody"])
    empty = home_bias(c, actors=["f"]).row(0, named=True)
    assert empty["value"] is None
    assert empty["note"].startswith("no interaction")


@pytest.fixture(scope="module")
def crunchbase(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    folder = shared_data / "crunchbase_2013"
    out = tmp_path_factory.mktemp("crunchbase") / "cluster"
    ingest(parse_recipe(draft(sorted(folder.glob("*.parquet"))), folder=folder), out)
    return jiqun.open(out)


def test_known_home_bias_of_two_investors(crunchbase: Cluster) -> None:
    found = home_bias(crunchbase, interactions="investment", actors=["New Enterprise Associates", "Sequoia Capital"])
    facts = {row["name"]: row for row in found.iter_rows(named=True)}
    assert {row["place_id"] for row in facts.values()} == {"SF Bay"}
    assert found["inferred"].all()
    nea, sequoia = facts["New Enterprise Associates"], facts["Sequoia Capital"]
    assert round(nea["value"], 2) == 0.54
    assert round(sequoia["value"], 2) == 0.77
    assert nea["low"] < 0.54 < nea["high"]
    assert 0.70 < sequoia["low"] < 0.77 < sequoia["high"] < 0.84
    assert 0.40 < nea["expected"] < 0.46
    assert sequoia["p"] <= 0.002


def test_investments_fall_with_distance_and_most_of_it_is_home(crunchbase: Cluster) -> None:
    ask = {"interactions": "investment", "period": "2005/2013", "grain": "year", "places": "earlier"}
    found = gravity(crunchbase, by="period", internal="exclude", **ask)  # type: ignore[arg-type]
    each = found.filter(pl.col("period").is_not_null(), term="distance")
    assert each.height == 9
    assert (each["value"] < 0.0).all()
    assert (each["high"][1:] < 0.0).all()
    assert found.filter(pl.col("period").is_null(), term="distance")["value"][0] == pytest.approx(-0.25, abs=0.01)
    home = gravity(crunchbase, by="period", **ask).filter(pl.col("period").is_null(), term="home")  # type: ignore[arg-type]
    assert home["value"][0] == pytest.approx(1.52, abs=0.01)
    assert 0.0 < home["low"][0] < 0.5  # it rests on one place: without San Francisco's own deals it is 2.04


def test_flows_inside_places_can_be_left_out_of_effective_distance_too(orders: Cluster) -> None:
    found = gravity(orders, by="period", grain="year", distance="effective", internal="exclude")
    assert found.filter(period="2021")["cells"].max() <= TOWNS * (TOWNS - 1)
    assert "home" not in found["term"].to_list()


def test_known_gravity_of_collaboration_between_economies(shared_data: Path, tmp_path: Path) -> None:
    study = Path(__file__).parents[2] / "benchmarks" / "studies" / "economies.py"
    made = importlib.util.spec_from_file_location("economies", study)
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    if not module.ATLAS.exists():
        pytest.skip("needs the outlines of the web client: python hatch_build.py")
    pytest.importorskip("babel")
    economies = module.economies()
    middle = {row["iso2_code"]: (row["lon"], row["lat"]) for row in economies.iter_rows(named=True)}
    assert middle["NA"] == pytest.approx((17.2, -22.1), abs=0.5)
    assert middle["FR"] == pytest.approx((2.5, 46.5), abs=1.0)
    for name in ("economy_collaborators", "developers", "git_pushes", "repositories", "organizations"):
        pl.read_parquet(shared_data / "github_innovation" / f"{name}.parquet").write_csv(tmp_path / f"{name}.csv")
    economies.write_csv(tmp_path / "economies.csv")
    ingest(parse_recipe(shipped_recipe("github_innovation_graph"), folder=tmp_path), tmp_path / "cluster")
    c = jiqun.open(tmp_path / "cluster")
    found = gravity(c, period="2022-Q4", internal="exclude")
    assert found["value"][0] == pytest.approx(-0.722, abs=0.005)
    assert -0.95 < found["low"][0] < -0.8
    assert -0.6 < found["high"][0] < -0.5
    assert gravity(c, period="2022-Q4", internal="exclude", zeros=False)["value"][0] > found["value"][0]
