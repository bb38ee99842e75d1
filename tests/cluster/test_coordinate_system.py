"""Positions shifted as Chinese map services shift them are told from positions that only scatter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, check
from jiqun.cluster.coordinates import from_wgs84


def firms_of_districts(data: Path, *, scatter: float, actors: str = "WGS84", places: str = "WGS84") -> Cluster:
    """Twenty firms in each of 300 districts, scattered by metres, in the systems named."""
    points = pl.read_parquet(data / "china_city" / "admin_points.parquet").filter(pl.col("level") == "district")
    districts = points.sort("code").sample(300, seed=7)
    rng = np.random.default_rng(7)
    at = np.repeat(np.arange(300), 20)
    lon, lat = districts["lon"].to_numpy(), districts["lat"].to_numpy()
    east = lon[at] + rng.normal(0, scatter / 96_000, len(at))
    north = lat[at] + rng.normal(0, scatter / 111_000, len(at))
    east, north = from_wgs84(east, north, actors)
    lon, lat = from_wgs84(lon, lat, places)
    return Cluster.from_tables(
        actors=pl.DataFrame(
            {
                "actor_id": [f"a{i}" for i in range(len(at))],
                "place_id": districts["code"].to_numpy()[at],
                "lon": east,
                "lat": north,
            }
        ),
        places=pl.DataFrame({"place_id": districts["code"], "lon": lon, "lat": lat}),
    )


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("scatter", [50.0, 1000.0, 3000.0])
def test_shifted_firms_are_named_with_their_system(shared_data: Path, system: str, scatter: float) -> None:
    (found,) = check(firms_of_districts(shared_data, scatter=scatter, actors=system), only=["shifted_coordinates"])
    assert found.title.en == f"Coordinates of actors look like {system}, read as WGS84"
    assert system in found.title.zh
    assert found.severity == "warning"
    assert found.of == 6000


def test_shifted_places_are_told_from_shifted_firms(shared_data: Path) -> None:
    (found,) = check(firms_of_districts(shared_data, scatter=500.0, places="GCJ-02"), only=["shifted_coordinates"])
    assert found.title.en.startswith("Coordinates of places look like GCJ-02")


@pytest.mark.parametrize("scatter", [0.0, 50.0, 1000.0, 3000.0, 8000.0])
@pytest.mark.parametrize("both", ["WGS84", "GCJ-02"])
def test_firms_and_places_of_one_system_raise_no_suspicion(shared_data: Path, scatter: float, both: str) -> None:
    c = firms_of_districts(shared_data, scatter=scatter, actors=both, places=both)
    assert len(check(c, only=["shifted_coordinates"])) == 0


def test_nothing_is_said_where_firms_scatter_too_widely_to_tell(shared_data: Path) -> None:
    c = firms_of_districts(shared_data, scatter=30_000.0, actors="GCJ-02")
    assert len(check(c, only=["shifted_coordinates"])) == 0


def squares(system: str) -> Cluster:
    """Firms spread over a chequerboard of blocks of 4 km, in the system named."""
    shapely = pytest.importorskip("shapely")
    rng = np.random.default_rng(3)
    corner = [(116.0 + 0.04 * i, 39.5 + 0.04 * j) for i in range(8) for j in range(8)]
    outlines = [shapely.to_wkb(shapely.box(x, y, x + 0.04, y + 0.04)) for x, y in corner]
    at = np.repeat(np.arange(64), 40)
    inside = np.array(corner)[at] + rng.uniform(0, 0.04, (len(at), 2))
    lon, lat = from_wgs84(inside[:, 0], inside[:, 1], system)
    return Cluster.from_tables(
        actors=pl.DataFrame(
            {"actor_id": [f"a{i}" for i in range(len(at))], "place_id": [f"b{i}" for i in at], "lon": lon, "lat": lat}
        ),
        places=pl.DataFrame({"place_id": [f"b{i}" for i in range(64)], "geometry": outlines}),
    )


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_outlines_tell_shifted_firms_by_where_they_fall(system: str) -> None:
    (found,) = check(squares(system), only=["shifted_coordinates"])
    assert found.title.en == f"Coordinates of actors look like {system}, read as WGS84"


def test_outlines_raise_no_suspicion_of_firms_that_lie_in_them() -> None:
    assert len(check(squares("WGS84"), only=["shifted_coordinates"])) == 0
