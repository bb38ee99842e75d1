"""All cell-based indices together are what each is alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import jiqun
from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure import indices, together


def plants(rows: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    place = rng.integers(0, 9, rows)
    return pl.DataFrame(
        {
            "actor_id": np.arange(rows).astype(str),
            "place_id": [f"p{p}" for p in place],
            "industry_id": rng.choice(list("abcde"), rows),
            "size": rng.lognormal(1.0, 1.0, rows),
            "area": place + 1.0,
            "population": place * 10.0 + 3,
        }
    )


@pytest.mark.parametrize("options", [{}, {"weight": "count"}, {"replicates": 9, "rng": 4}])
def test_each_is_what_it_is_alone_to_the_last_bit(options: dict[str, object]) -> None:
    frame = plants()
    found = together(frame, **options)
    assert set(found) == {i.name for i in indices().values() if i.family == "concentration"} - {"shift_share"}
    for name, result in found.items():
        chosen = indices()[name]
        own = {k: v for k, v in {"replicates": 0, **options}.items() if k in chosen.parameters.model_fields}
        assert result.equals(chosen.function(frame, **own)), name


def test_indices_that_lack_a_column_are_left_out_unless_named() -> None:
    frame = plants().drop("area")
    assert "litzenberger_sternberg" not in together(frame)
    with pytest.raises(JiqunError, match="needs column area"):
        together(frame, ["litzenberger_sternberg"])


def test_of_a_cluster_they_are_of_its_firms_with_the_land_of_its_places() -> None:
    frame = plants()
    places = frame.select("place_id", "area", "population").unique()
    firms = frame.drop("area", "population").with_columns(kind=pl.lit("firm"))
    buyers = firms.with_columns(kind=pl.lit("buyer"))
    cluster = jiqun.Cluster.from_tables(actors=pl.concat([firms, buyers]), places=places)
    found, alone = together(cluster), together(frame)
    assert set(found) == set(alone)
    for name, result in found.items():
        assert result.equals(alone[name]), name


def test_options_of_one_index_are_its_own() -> None:
    found = together(plants(), ["locational_gini", "eci"], options={"locational_gini": {"definition": "half"}})
    whole = together(plants(), ["locational_gini"])["locational_gini"]["value"].to_numpy()
    assert found["locational_gini"]["value"].to_numpy() == pytest.approx(whole / 2)
    assert found["eci"].columns[0] == "place_id"


def test_what_is_not_right_is_refused() -> None:
    with pytest.raises(UnknownName, match="no index called 'lq'"):
        together(plants(), ["lq"])
    with pytest.raises(JiqunError, match="none of the indices has a parameter 'wieght'"):
        together(plants(), ["hoover"], wieght="count")
    with pytest.raises(JiqunError, match="weight is one for all indices"):
        together(plants(), ["hoover"], options={"hoover": {"weight": "count"}})
    with pytest.raises(JiqunError, match="it is not among the indices"):
        together(plants(), ["hoover"], options={"entropy": {"unit": "bits"}})
