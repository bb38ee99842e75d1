"""Clusters small enough to check by hand, and one with every table."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import About, Cluster, Words


def tables(seed: int = 0) -> dict[str, pl.DataFrame]:
    """Every canonical table, of a small platform with two years of trade."""
    rng = np.random.default_rng(seed)
    firms, buyers, places, industries = 120, 200, 6, 5
    n = 6_000
    firm, buyer = rng.integers(firms, size=n), rng.integers(buyers, size=n)
    when = [datetime(2020 + int(y), int(m), int(d)) for y, m, d in zip(
        rng.integers(2, size=n), rng.integers(1, 13, size=n), rng.integers(1, 28, size=n), strict=True)]  # fmt: skip
    panel = [
        (f"p{place}", str(year), indicator, float(size * (place + 1) * 1.1 ** (year - 2010)), unit)
        for place in range(20)
        for year in range(2010, 2016)
        for indicator, size, unit in (
            ("gdp", 10.0, "CNY"),
            ("va1", 1.0, "CNY"),
            ("va2", 4.0, "CNY"),
            ("va3", 5.0, "CNY"),
        )
    ]
    return {
        "actors": pl.DataFrame(
            {
                "actor_id": [f"f{k}" for k in range(firms)] + [f"b{k}" for k in range(buyers)],
                "name": [f"Firm {k}" for k in range(firms)] + [None] * buyers,
                "kind": ["firm"] * firms + ["buyer"] * buyers,
                "industry_id": [f"i{k % industries}" for k in range(firms)] + [None] * buyers,
                "place_id": [f"p{k % 5 if k < 80 else (k * k) % places}" for k in range(firms)] + [None] * buyers,
                "lon": [118 + k * 0.01 for k in range(firms)] + [None] * buyers,
                "lat": [30 + k * 0.01 for k in range(firms)] + [None] * buyers,
                "founded": [date(2000 + k % 20, 1 + k % 12, 1) for k in range(firms)] + [None] * buyers,
                "closed": [date(2021, 1, 1) if k % 5 == 0 else None for k in range(firms)] + [None] * buyers,
                "size": [float(1 + k) for k in range(firms)] + [None] * buyers,
            }
        ),
        "places": pl.DataFrame(
            {
                "place_id": [f"p{k}" for k in range(20)] + ["east", "west"],
                "name": [f"Place {k}" for k in range(20)] + ["East 东部", "West 西部"],
                "parent": ["east" if k % 2 else "west" for k in range(20)] + [None, None],
            }
        ),
        "industries": pl.DataFrame(
            {
                "industry_id": [f"i{k}" for k in range(industries)],
                "name": [f"Industry {k} 行业{k}" for k in range(industries)],
                "parent": [None] * industries,
            },
            schema_overrides={"parent": pl.String},
        ),
        "flows": pl.DataFrame({"source": ["i0"], "target": ["i1"], "coefficient": [0.1]}),
        "offers": pl.DataFrame({"offer_id": ["o1"], "actor_id": ["f1"]}),
        "needs": pl.DataFrame({"need_id": ["n1"], "actor_id": ["b1"]}),
        "interactions": pl.DataFrame(
            {
                "time": when,
                "source": [f"b{k}" for k in buyer],
                "target": [f"f{k}" for k in firm],
                "kind": ["order"] * n,
                "amount": rng.gamma(2.0, 50.0, n),
                "category": [f"i{k % industries}" for k in firm],
                "group": [f"g{k // 3}" for k in range(n)],
                "place_id": [f"p{k % places}" for k in firm],
                "subsidy_platform": rng.gamma(1.0, 2.0, n),
                "subsidy_supplier": rng.gamma(1.0, 1.0, n),
            }
        ),
        "ties": pl.DataFrame({"source": ["f0", "f1"], "target": ["f1", "f2"], "kind": ["supply"] * 2}),
        "panel": pl.DataFrame(panel, schema=["place_id", "period", "indicator", "value", "unit"], orient="row"),
    }


ABOUT = About(id="small", title=Words("Small platform", "小平台"), currency="CNY", origin="generated")


@pytest.fixture(scope="session")
def every_table() -> dict[str, pl.DataFrame]:
    return tables()


@pytest.fixture(scope="session")
def whole(every_table: dict[str, pl.DataFrame]) -> Cluster:
    return Cluster.from_tables(about=ABOUT, **every_table)
