"""From lists to an allocation: never over capacity, everyone served who can be, the best sum."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.match.assigning import assign


def listed(rows: list[tuple[str, str, float, float | None]]) -> pl.DataFrame:
    schema = {"need_id": pl.String, "actor_id": pl.String, "score": pl.Float64, "capacity": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_no_other_allocation_is_better_by_more_than_the_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    capacity = [float(c) for c in rng.integers(0, 3, 3)]
    rows = [
        (f"n{n}", f"f{f}", round(float(rng.normal()), 3), capacity[f])
        for n in range(4)
        for f in range(3)
        if rng.random() < 0.7
    ]
    done = assign(listed(rows))
    score = {(need, firm): value for need, firm, value, _ in rows}
    needs = sorted({need for need, *_ in rows})
    if not rows:
        assert done.table.is_empty()
        return
    nobody = 2 * min(score.values()) - max(score.values()) - 1.0
    best = -np.inf
    for chosen in itertools.product([None, "f0", "f1", "f2"], repeat=len(needs)):
        pairs = [(n, f) for n, f in zip(needs, chosen, strict=True) if f is not None]
        if all(p in score for p in pairs) and all(chosen.count(f"f{k}") <= capacity[k] for k in range(3)):
            best = max(best, sum(score[p] for p in pairs) + nobody * (len(needs) - len(pairs)))
    taken = done.table.drop_nulls("actor_id")
    used = dict(taken.group_by("actor_id").agg(pl.col("quantity").sum()).rows())
    assert all(used.get(f"f{k}", 0) <= capacity[k] for k in range(3))
    assert done.served == taken["quantity"].sum()
    assert done.value == pytest.approx(sum(score[n, f] for n, f in taken.select("need_id", "actor_id").rows()))
    assert best + 1e-9 >= done.value + nobody * (len(needs) - done.served) >= best - done.gap - 1e-9
    assert assign(listed(rows[::-1])).table.equals(done.table)


def test_a_need_of_many_units_is_split_and_what_is_left_is_shown() -> None:
    done = assign(listed([("a", "f", 2.0, 3.0), ("a", "g", 1.0, 2.0)]), quantity={"a": 5.5})
    assert dict(done.table.select("actor_id", "quantity").rows()) == {"f": 3, "g": 2, None: 1}
    assert (done.asked, done.served) == (6, 5)
    assert done.value == pytest.approx(8.0)


def test_what_nobody_says_of_capacity_is_said() -> None:
    rows = listed([("a", "f", 2.0, None), ("b", "f", 1.0, None)])
    free = assign(rows)
    assert free.served == 2
    assert "not limited" in free.notes[0].en
    assert "不设上限" in free.notes[0].zh
    bound = assign(rows, unknown_capacity=1)
    assert bound.table.rows()[0][:2] == ("a", "f")
    assert bound.served == 1


def test_nothing_matched_allocates_nothing_and_wrong_quantities_are_said() -> None:
    assert assign(listed([])).table.is_empty()
    for wrong in (0.0, -1.0, float("nan"), 1e9):
        with pytest.raises(JiqunError, match="quantities above 0") as refused:
            assign(listed([("a", "f", 1.0, 1.0)]), quantity={"a": wrong})
        assert refused.value.words is not None
