"""What a diagnosis says is there in both languages, and Chinese is set as Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, UnknownName, Words
from jiqun.diagnose import RULES, TITLES, as_record, diagnose

HALF = re.compile(r"[\u4e00-\u9fff][,;:?!(]|[,;:?!)][\u4e00-\u9fff]")


def _clusters() -> list[Cluster]:
    rng = np.random.default_rng(0)
    n = 900
    sales = pl.DataFrame(
        {
            "source": [f"b{i}" for i in rng.integers(100, size=n)],
            "target": [f"s{i}" for i in rng.integers(9, size=n)],
            "category": [f"c{i}" for i in rng.integers(4, size=n)],
            "group": [f"o{i}" for i in rng.integers(400, size=n)],
        }
    )
    return [Cluster.from_tables(), Cluster.from_tables(interactions=sales)]


def _texts(value: Any) -> Iterator[Words]:
    if isinstance(value, Words):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _texts(getattr(value, name))


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_speaks_both_languages_and_gives_plain_values(name: str) -> None:
    assert TITLES[name].en != TITLES[name].zh
    for cluster in _clusters():
        made = diagnose(cluster, name)
        assert made.what == name
        assert made.says.en
        assert made.evidence or made.missing
        for words in _texts(made):
            assert bool(words.en) == bool(words.zh)
            assert not HALF.search(words.zh), words.zh
        assert isinstance(as_record(made)["title"], dict)
        assert as_record(diagnose(cluster, name)) == as_record(made)


def test_an_unknown_rule_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="kind"):
        diagnose(Cluster.from_tables(), "luck")
