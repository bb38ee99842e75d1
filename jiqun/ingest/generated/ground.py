"""The ground: generated places in the Yangtze River Delta, and how far they are from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["Ground", "make_ground"]

# Land points of the delta around which generated cities are set; the names of the cities are invented.
CENTRES = np.array(
    [[120.72, 31.38], [121.32, 31.20], [120.30, 30.38], [118.86, 31.96], [121.50, 29.86], [120.92, 32.06],
     [119.96, 31.80], [120.66, 30.78], [120.40, 31.64], [119.42, 32.42]]
)  # fmt: skip
CITY_NAMES = (
    ("Chengwan", "澄湾"), ("Lanting", "岚汀"), ("Qingyu", "青屿"), ("Jiangxu", "江墟"), ("Haimu", "海沐"),
    ("Beitang", "北棠"), ("Yunbo", "云泊"), ("Hezhu", "禾渚"), ("Xihu'an", "溪滸"), ("Guanlu", "观麓"),
)  # fmt: skip
KINDS = (("Park", "园区", "park"), ("District", "新区", "district"))
# Lake Tai, Hangzhou Bay and the mouth of the Yangtze as ellipses: longitude, latitude, half axes. No park stands there.
WATER = np.array([[120.13, 31.22, 0.33, 0.33], [121.15, 30.42, 0.55, 0.19], [121.45, 31.75, 0.60, 0.10]])
WEST, SOUTH, EAST, NORTH = 118.3, 29.6, 121.95, 32.6
KM_PER_DEGREE = 111.195
ROOT = "Y"


@dataclass(frozen=True, slots=True)
class Ground:
    """Places, their positions, and the share of activity that each attracts."""

    table: pl.DataFrame
    ids: pl.Series
    """Places in which firms are: parks and districts, without the cities above them."""
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    share: NDArray[np.float64]
    distance_km: NDArray[np.float64]


def make_ground(places: int, rng: np.random.Generator) -> Ground:
    """Set parks and districts around generated cities, on land and inside the bounds of the delta.

    Parameters
    ----------
    places
        Number of parks and districts.
    rng
        Source of randomness.
    """
    cities = min(len(CENTRES), max(2, round(places / 4)))
    city = np.arange(places) % cities
    lon, lat = _on_land(CENTRES[city], rng)
    share = rng.dirichlet(np.full(places, 3.0))
    # No place is so small that its expected number of firms vanishes: shares are a mixture with the uniform.
    share = 0.85 * share + 0.15 / places
    ids = pl.Series("place_id", [f"{ROOT}{c + 1:02d}{k // cities + 1:03d}" for k, c in enumerate(city)])
    area = np.round(rng.lognormal(np.log(60.0), 0.5, places), 1)
    population = np.round(share * 9.0e6 * rng.lognormal(0.0, 0.2, places), -2)
    table = pl.concat(
        [
            pl.DataFrame(
                {
                    "place_id": [ROOT],
                    "name": ["Generated Delta 生成三角洲"],
                    "parent": pl.Series([None], dtype=pl.String),
                    "level": ["region"],
                    "lon": [round(float(lon.mean()), 6)],
                    "lat": [round(float(lat.mean()), 6)],
                    "area": [round(float(area.sum()), 1)],
                    "population": [float(population.sum())],
                }
            ),
            _cities(cities, city, area, population),
            pl.DataFrame(
                {
                    "place_id": ids,
                    "name": [_place_name(k, int(c), cities) for k, c in enumerate(city)],
                    "parent": [f"{ROOT}{c + 1:02d}" for c in city],
                    "level": [KINDS[(k // cities) % 2][2] for k in range(places)],
                    "lon": np.round(lon, 6),
                    "lat": np.round(lat, 6),
                    "area": area,
                    "population": population,
                }
            ),
        ]
    )
    return Ground(table, ids, lon, lat, share, _distances(lon, lat))


def _cities(
    cities: int, city: NDArray[np.int64], area: NDArray[np.float64], population: NDArray[np.float64]
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "place_id": [f"{ROOT}{c + 1:02d}" for c in range(cities)],
            "name": [f"{CITY_NAMES[c][0]} {CITY_NAMES[c][1]}市" for c in range(cities)],
            "parent": [ROOT] * cities,
            "level": ["city"] * cities,
            "lon": CENTRES[:cities, 0],
            "lat": CENTRES[:cities, 1],
            "area": np.round(np.bincount(city, area, cities), 1),
            "population": np.bincount(city, population, cities),
        }
    )


def _place_name(k: int, city: int, cities: int) -> str:
    number = k // cities + 1
    english, chinese, _ = KINDS[(number - 1) % 2]
    return f"{CITY_NAMES[city][0]} {english} {number} {CITY_NAMES[city][1]}{number}号{chinese}"


def _on_land(centres: NDArray[np.float64], rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = centres[:, 0].copy(), centres[:, 1].copy()
    wanted = np.ones(len(centres), dtype=bool)
    for _ in range(200):
        n = int(wanted.sum())
        if n == 0:
            break
        lon[wanted] = centres[wanted, 0] + rng.normal(0.0, 0.14, n)
        lat[wanted] = centres[wanted, 1] + rng.normal(0.0, 0.11, n)
        wanted = _wet(lon, lat)
    lon[wanted], lat[wanted] = centres[wanted, 0], centres[wanted, 1]
    return lon, lat


def _wet(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which points lie in the water or outside the bounds."""
    x, y = lon[:, None] - WATER[:, 0], lat[:, None] - WATER[:, 1]
    wet = ((x / WATER[:, 2]) ** 2 + (y / WATER[:, 3]) ** 2 < 1).any(axis=1)
    outside = (lon < WEST) | (lon > EAST) | (lat < SOUTH) | (lat > NORTH)
    return np.asarray(wet | outside)


def _distances(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distances would differ by less than 0.1 % over the delta; a local plane is enough."""
    x = lon * np.cos(np.radians(lat.mean())) * KM_PER_DEGREE
    y = lat * KM_PER_DEGREE
    return np.asarray(np.hypot(x[:, None] - x, y[:, None] - y))
