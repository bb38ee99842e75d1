"""However few places, periods and values there are: tables, findings or a refusal, never a crash or a warning."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation import evaluate, parse_system

SYSTEM = """
[system]
id = "small"
title = { en = "Small", zh = "小体系" }
couple = ["one", "two"]
[nodes.one]
title = "One"
[nodes.two]
title = "Two"
[indicators.a]
title = "A"
node = "one"
sign = "+"
[indicators.b]
title = "B"
node = "one"
sign = "-"
[indicators.c]
title = "C"
node = "two"
sign = "+"
"""


@pytest.mark.parametrize(("score", "holes"), [("linear", 0.3), ("dynamic_topsis", 0.0), ("grey", 0.3)])
def test_the_workflow_never_breaks(score: str, holes: float) -> None:
    system, rng = parse_system(SYSTEM), np.random.default_rng(3)
    for periods, places in ((1, 1), (1, 4), (2, 1), (3, 2), (6, 4)):
        values = rng.uniform(0, 5, (periods, places, 3))
        values[rng.uniform(size=values.shape) < holes] = np.nan
        rows = [
            (f"p{i}", str(2000 + t), "abc"[k], float(values[t, i, k]))
            for t, i, k in np.argwhere(np.isfinite(values)).tolist()
        ]
        frame = pl.DataFrame(rows, schema=["place_id", "period", "indicator", "value"], orient="row")
        where = pl.DataFrame(
            {"place_id": [f"p{i}" for i in range(places)], "lon": rng.uniform(100, 110, places), "lat": [30.0] * places}
        )
        try:
            found = evaluate(frame, system, places=where, weights="equal", score=score, draws=5, simulations=9)
        except JiqunError:
            continue  # refused, in words
        assert "scores" in found.tables
        # what could not be made is told, one remark for each step that left no table
        told = [f.advice.en for f in found.findings if f.rule == "not_computable"]
        assert ("beta" in found.tables) or any(t.startswith("Convergence:") for t in told)
        assert ("granger" in found.tables) or any(t.startswith("Lead and lag:") for t in told)
