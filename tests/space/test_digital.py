"""The network of shared counterparts: planted groups are found, filters do not move firms, order does not matter."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster
from jiqun.space import exchanges, shared_counterparts, sides, window
from jiqun.space.digital import communities, of_industry


def planted(seed: int = 0, *, shuffle: int | None = None) -> Cluster:
    """Three groups of 30 firms; each group's firms sell mostly to the group's own 40 buyers."""
    rng = np.random.default_rng(seed)
    rows = []
    for firm in range(90):
        for _ in range(40):
            own = rng.random() < 0.85
            group = firm // 30 if own else int(rng.integers(3))
            buyer = group * 40 + int(rng.integers(40))
            rows.append((f"b{buyer:03d}", f"f{firm:02d}", datetime(2020, 1 + int(rng.integers(12)), 3)))
    sales = pl.DataFrame(rows, schema=["source", "target", "time"], orient="row").with_columns(amount=pl.lit(2.0))
    if shuffle is not None:
        sales = sales.sample(fraction=1.0, shuffle=True, seed=shuffle)
    firms = pl.DataFrame(
        {"actor_id": [f"f{k:02d}" for k in range(90)], "kind": ["firm"] * 90, "industry_id": ["even", "odd"] * 45}
    )
    return Cluster.from_tables(actors=firms, interactions=sales)


def test_planted_groups_are_found():
    made = shared_counterparts(planted())
    assert made is not None
    group = np.array([int(firm[1:]) // 30 for firm in made.firm])
    for g in range(3):
        members = made.community[group == g]
        assert (members == np.bincount(members).argmax()).mean() > 0.9
    assert len({np.bincount(made.community[group == g]).argmax() for g in range(3)}) == 3
    within = group[made.source] == group[made.target]
    assert within.mean() > 0.95


def test_groups_are_apart_on_the_picture():
    made = shared_counterparts(planted())
    assert made is not None
    group = np.array([int(firm[1:]) // 30 for firm in made.firm])
    centres = np.array([[made.x[group == g].mean(), made.y[group == g].mean()] for g in range(3)])
    inside = max(
        float(np.hypot(made.x[group == g] - centres[g, 0], made.y[group == g] - centres[g, 1]).mean()) for g in range(3)
    )
    apart = min(float(np.hypot(*(centres[a] - centres[b]))) for a in range(3) for b in range(a))
    assert apart > 2 * inside


def test_the_order_of_rows_does_not_matter():
    one, other = shared_counterparts(planted()), shared_counterparts(planted(shuffle=5))
    assert one is not None
    assert other is not None
    for name in ("firm", "x", "y", "community", "source", "target", "weight", "counterparts"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_filters_choose_firms_and_links_but_move_nobody():
    c = planted()
    whole = shared_counterparts(c)
    part = shared_counterparts(c, within=window(c, "2020-03", "2020-04"), industry="even")
    assert whole is not None
    assert part is not None
    assert set(part.firm) < set(whole.firm)
    assert all(int(firm[1:]) % 2 == 0 for firm in part.firm)
    place = dict(zip(whole.firm.tolist(), zip(whole.x, whole.y, strict=True), strict=True))
    for firm, x, y in zip(part.firm.tolist(), part.x, part.y, strict=True):
        assert place[firm] == (x, y)


def test_a_filter_over_all_periods_is_no_filter():
    c = planted()
    whole, same = shared_counterparts(c), shared_counterparts(c, within=window(c, "2020", "2020"))
    assert whole is not None
    assert same is not None
    np.testing.assert_array_equal(whole.weight, same.weight)
    np.testing.assert_array_equal(whole.size, same.size)


def test_sizes_by_period_add_up_to_the_whole():
    c = planted()
    traded = exchanges(c)
    whole = shared_counterparts(c)
    assert traded is not None
    assert whole is not None
    total = dict.fromkeys(whole.firm.tolist(), 0.0)
    for month in range(1, 13):
        part = shared_counterparts(c, within=window(c, f"2020-{month:02d}", f"2020-{month:02d}"))
        assert part is not None
        for firm, size in zip(part.firm.tolist(), part.size.tolist(), strict=True):
            total[firm] += size
    assert total == pytest.approx(dict(zip(whole.firm.tolist(), whole.size.tolist(), strict=True)))


def test_each_edge_is_there_once_and_points_into_the_nodes():
    made = shared_counterparts(planted())
    assert made is not None
    assert (made.source < made.target).all()
    pairs = list(zip(made.source.tolist(), made.target.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert made.target.max() < len(made.firm)
    assert (made.weight > 0).all()


def test_the_weight_is_the_excess_over_chance():
    c = planted()
    made, two, traded = shared_counterparts(c), sides(c), exchanges(c)
    assert made is not None
    assert two is not None
    assert traded is not None
    held = {f: set(traded.source[traded.target == k].tolist()) for k, f in enumerate(traded.targets.tolist())}
    a, b = made.firm[made.source[0]], made.firm[made.target[0]]
    together = len(held[a] & held[b])
    # All firms have about the same degree, so that chance is close to k² / buyers.
    expected = len(held[a]) * len(held[b]) / len(traded.sources)
    scale = np.sqrt(len(held[a]) * len(held[b]))
    assert made.weight[0] == pytest.approx((together - expected) / scale, abs=0.03)


def test_firms_that_deal_with_firms_stand_on_both_sides():
    deals = pl.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "a"]})
    two = sides(Cluster.from_tables(interactions=deals))
    assert two is not None
    assert two.one_mode
    assert sorted(zip(two.firms[two.firm], two.counterparts[two.counterpart], strict=True)) == [
        ("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b"),
    ]  # fmt: skip


def test_the_side_that_acts_is_the_firms_where_they_are_said_to_be():
    sales = pl.DataFrame({"source": ["f1", "f2"], "target": ["b1", "b2"]})
    roster = pl.DataFrame({"actor_id": ["f1", "f2", "b1", "b2"], "kind": ["firm", "firm", "buyer", "buyer"]})
    two = sides(Cluster.from_tables(actors=roster, interactions=sales))
    assert two is not None
    assert not two.sold
    assert two.firms.tolist() == ["f1", "f2"]


def test_communities_are_numbered_from_the_largest_and_the_lonely_have_none():
    source, target = np.array([0, 0, 1, 3]), np.array([1, 2, 2, 4])
    found = communities(source, target, np.ones(4), nodes=6)
    assert found.tolist() == [0, 0, 0, 1, 1, -1]


def test_an_industry_includes_those_below_it_even_where_the_codes_loop():
    c = Cluster.from_tables(
        actors=pl.DataFrame({"actor_id": ["x", "y", "z"], "industry_id": ["A1", "A", "B"], "kind": ["firm"] * 3}),
        industries=pl.DataFrame({"industry_id": ["A", "A1", "B"], "parent": ["A1", "A", None]}),
        interactions=pl.DataFrame({"source": ["b"] * 3, "target": ["x", "y", "z"]}),
    )
    two = sides(c)
    assert two is not None
    assert of_industry(c, two, "A").tolist() == [True, True, False]


def test_no_interactions_no_network():
    assert shared_counterparts(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))) is None


def test_the_picture_does_not_depend_on_the_number_of_cores():
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import numpy as np\n"
        "from test_digital import planted\n"
        "from jiqun.space import shared_counterparts\n"
        "m = shared_counterparts(planted())\n"
        "print(hashlib.sha256(b''.join(np.ascontiguousarray(v).tobytes()"
        " for v in (m.x, m.y, m.community, m.source, m.target))).hexdigest())"
    )
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS")
    found = {
        subprocess.run(
            [sys.executable, "-c", script, str(Path(__file__).parent)],
            env={**os.environ, **dict.fromkeys(names, str(threads))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in (1, 4)
    }
    assert len(found) == 1
