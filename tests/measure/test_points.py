"""Points: which rows have a place, in which order, and how far apart they are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure.points import EARTH_RADIUS_KM, Points, great_circle, on_sphere, points


def read(frame: pl.DataFrame, **options: object) -> Points:
    return points(frame, "kd", industry="industry_id", weight=None, **options)  # type: ignore[arg-type]


def plants(rows: int = 40, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "actor_id": [f"a{n}" for n in range(rows)],
            "industry_id": rng.choice(["b", "a", None], rows).tolist(),
            "size": rng.integers(1, 5, rows).astype(float),
            "lon": rng.integers(100, 104, rows).astype(float),
            "lat": rng.integers(20, 24, rows).astype(float),
        }
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    frame = plants()
    one, two = (
        read(frame, actor="actor_id"),
        read(frame.sample(fraction=1.0, shuffle=True, seed=seed), actor="actor_id"),
    )
    for name in ("at", "industry", "weight", "industries", "actors"):
        assert (getattr(one, name) == getattr(two, name)).all()


def test_points_of_an_industry_are_its_rows_and_those_of_unknown_industry_come_last() -> None:
    found = read(plants())
    assert found.industries.tolist() == ["a", "b"]
    assert [len(found.of(k)) for k in range(3)] == [
        plants().filter(pl.col("industry_id").eq_missing(pl.lit(k, pl.String))).height for k in ("a", "b", None)
    ]
    assert found.industry[-1] == 2
    assert len(found) == 40


def test_great_circles_are_those_of_the_haversine() -> None:
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(-180, 180, (2, 500)), np.degrees(np.arcsin(rng.uniform(-1, 1, (2, 500))))
    chord = np.linalg.norm(on_sphere(lon[0], lat[0]) - on_sphere(lon[1], lat[1]), axis=1)
    (l1, l2), (p1, p2) = np.radians(lon), np.radians(lat)
    half = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin((l2 - l1) / 2) ** 2
    assert great_circle(chord) == pytest.approx(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)), rel=1e-9)


def test_rows_without_coordinates_are_left_out_and_counted() -> None:
    frame = plants().with_columns(lon=pl.when(pl.int_range(40) < 3).then(None).otherwise("lon"))
    frame = frame.with_columns(lat=pl.when(pl.int_range(40) == 5).then(float("nan")).otherwise("lat"))
    assert read(frame).left_out == 4
    assert len(read(frame)) == 36


def test_planar_coordinates_serve_where_no_row_has_degrees() -> None:
    frame = plants().with_columns(x=pl.col("lon") * 2, y="lat", lon=pl.lit(None, pl.Float64))
    assert not read(frame).spherical
    assert read(frame).at.shape == (40, 2)
    assert read(plants()).spherical
    both = plants().with_columns(x=1.0, y=2.0)
    assert read(both).spherical
    assert not read(both, coordinates="planar").spherical


@pytest.mark.parametrize("engine", ["pandas", "arrow", "lazy"])
def test_every_engine_gives_the_same_points(engine: str) -> None:
    frame = plants().with_columns(size=pl.when(pl.int_range(40) < 40).then("size"))
    given = {"pandas": frame.to_pandas(), "arrow": frame.to_arrow(), "lazy": frame.lazy()}[engine]
    assert (read(given).at == read(frame).at).all()  # type: ignore[arg-type]
    assert (read(given).industry == read(frame).industry).all()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message", "zh"),
    [
        ({"lon": pl.lit(float("inf"))}, r"kd needs lon in \[-180, 180\]", "kd 要求 lon"),
        ({"lat": pl.lit(91.0)}, r"40 rows have others, such as lon = 10\d, lat = 91", "不符，例如"),
        (
            {"lon": pl.lit(None, pl.Float64)},
            "needs rows with industry_id, lon and lat; the table given has none",
            "没有",
        ),
        ({"industry_id": pl.lit(None, pl.String)}, "the table given has none", "没有"),
        ({"size": pl.lit(-1.0)}, "size ≥ 0 in every row; .* in 40 rows", "不小于 0"),
        ({"size": pl.lit(float("nan"))}, "size ≥ 0 in every row", "不小于 0"),
    ],
)
def test_what_cannot_be_placed_is_refused_in_both_languages(change: dict[str, pl.Expr], message: str, zh: str) -> None:
    with pytest.raises(JiqunError, match=message) as raised:
        read(plants().with_columns(**change))
    assert raised.value.words is not None
    assert zh in raised.value.words.zh


def test_infinite_planar_coordinates_are_refused() -> None:
    frame = plants().select("industry_id", x=pl.lit(float("inf")), y=pl.lit(1.0))
    with pytest.raises(JiqunError, match=r"kd needs finite x and y \(km\)"):
        read(frame)


def test_a_missing_coordinate_column_is_named() -> None:
    with pytest.raises(MissingColumn, match="kd needs column lat of table actors"):
        read(plants().drop("lat"))
    with pytest.raises(MissingColumn, match="kd needs column x of table actors"):
        read(plants(), coordinates="planar")
