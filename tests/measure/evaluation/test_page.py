"""The page on evaluation is true, example by example."""

from __future__ import annotations

import doctest
from pathlib import Path

from jiqun.measure.evaluation.choices import Choices
from jiqun.measure.evaluation.system import systems

PAGE = Path(__file__).resolve().parents[3] / "docs" / "evaluation.md"


def test_every_example_of_the_page_comes_out() -> None:
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failures, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8", optionflags=options)
    assert tried >= 8
    assert failures == 0


def test_the_page_names_choices_and_systems_that_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in systems():
        assert f"`{name}`" in text
    for name in ("standardisation", "over", "outside", "zeros", "shift", "weights", "weigh", "missing", "without"):
        assert name in Choices.model_fields
        assert f"`{name}" in text
