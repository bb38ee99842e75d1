"""Indicator systems: what is shipped is sound, what is hostile is refused."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure.evaluation.platform import platform_panel
from jiqun.measure.evaluation.system import load_system, parse_system, systems
from jiqun.measure.evaluation.transformation import Transformation, transform

HEAD = """
[system]
id = "s"
title = "S"
[nodes.a]
title = "A"
"""
LEAF = """
[indicators.x]
title = "X"
node = "a"
sign = "+"
"""


@pytest.mark.parametrize("name", systems())
def test_every_shipped_system_speaks_both_languages_and_names_its_source(name: str) -> None:
    system = systems()[name]
    said = [system.head.title, system.head.summary, system.head.source]
    said += [n.title for n in system.nodes.values()]
    said += [t for i in system.indicators.values() for t in (i.title, i.unit)]
    for words in said:
        assert words.en
        assert any("\u4e00" <= c <= "\u9fff" or c in "²/" for c in words.zh), words
    assert len(system.subsystems) >= 2
    assert not set(",;:") & set("".join(w.zh for w in said))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "indicators"),
        (HEAD + LEAF.replace('"+"', '"positive"'), "sign"),
        (HEAD + LEAF.replace('"a"', '"b"'), "'b', which is no node"),
        (HEAD + LEAF + "weight = -1", "weight"),
        (HEAD + LEAF + 'formula = "x / y"', "formula"),
        (HEAD + LEAF + 'transformation = "__import__(\\"os\\")"', "transformation"),
        (HEAD + LEAF + 'transformation = [{ do = "eval", code = "1" }]', "transformation"),
        (HEAD + LEAF + 'transformation = [{ do = "ratio", to = "y", times = inf }]', "times"),
        (HEAD + LEAF + 'transformation = [{ do = "winsorise", low = 0.5, high = 0.5 }]', "low must be below high"),
        (HEAD + LEAF.replace('"+"', '"target"'), "target = NUMBER"),
        (HEAD + LEAF + "target = 3.0", "target = NUMBER"),
        (HEAD.replace("[nodes.a]", '[nodes.b]\ntitle="B"\nparent="c"\n[nodes.a]') + LEAF, "'c', which is no node"),
        (
            HEAD + 'parent = "b"\n[nodes.b]\ntitle = "B"\nparent = "a"\n' + LEAF,
            "circle",
        ),
        (HEAD + '[nodes.b]\ntitle = "B"\n' + LEAF, "b holds no indicator"),
        (HEAD + LEAF.replace("indicators.x", "indicators.a"), "both a node and an indicator"),
        (HEAD + LEAF.replace("indicators.x", 'indicators."X; drop"'), "snake_case"),
        (HEAD.replace('id = "s"', 'id = "../s"') + LEAF, "system.id"),
        (HEAD.replace('title = "S"', 'title = "S"\ncouple = ["q"]') + LEAF, "'q', which is no node"),
        (HEAD + LEAF + '[[comparisons]]\nnode = "a"\nof = ["y"]\nmatrix = [[1]]', "children x"),
        (HEAD + LEAF + '[[comparisons]]\nnode = "a"\nof = ["x"]\nmatrix = [["1/0"]]', "write a number"),
        (HEAD + LEAF + '[[comparisons]]\nnode = "a"\nof = ["x"]\nmatrix = [["2**9"]]', "write a number"),
        ("a = [", "not valid TOML"),
        ("[" * 5000, "not valid TOML|nested too deeply"),
        ("# " + "x" * (1024 * 1024), "longer than 1 MiB"),
    ],
)
def test_a_system_that_is_wrong_or_hostile_is_refused_and_says_where(text: str, said: str) -> None:
    with pytest.raises(JiqunError, match=said) as caught:
        parse_system(text, name="mine.toml")
    assert "mine.toml" in str(caught.value)
    assert caught.value.words is not None
    assert "mine.toml" in caught.value.words.zh
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.words.zh.split("mine.toml")[1].split("可写")[0])


def test_judgements_may_be_written_as_fractions() -> None:
    text = HEAD + LEAF + LEAF.replace(".x", ".y") + '[[comparisons]]\nnode = "a"\nof = ["x", "y"]\n'
    system = parse_system(text + 'matrix = [[1, "3"], ["1/3", 1]]')
    assert np.array(system.comparisons[0].matrix) == pytest.approx(np.array([[1, 3], [1 / 3, 1]]))


def test_a_name_that_is_no_system_and_no_file_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="china-cities"):
        load_system("chinese-cities")
    with pytest.raises(UnknownName):
        load_system(tmp_path)
    file = tmp_path / "gbk.toml"
    file.write_bytes((HEAD.replace('"S"', '"数字"') + LEAF).encode("gbk"))
    with pytest.raises(JiqunError, match="not UTF-8"):
        load_system(file)


def _steps(*raw: object) -> tuple[Transformation, ...]:
    text = HEAD + LEAF + "transformation = [" + ", ".join(str(r) for r in raw) + "]"
    return parse_system(text).indicators["x"].transformation


@pytest.mark.parametrize(
    ("steps", "expected", "rules"),
    [
        (['"none"'], [[1, 0, 4], [2, -1, 5]], []),
        (['"log"'], [[0, np.nan, np.log(4)], [np.log(2), np.nan, np.log(5)]], [("nonpositive_logarithm", 2)]),
        (['"log1p"'], [[np.log(2), 0, np.log(5)], [np.log(3), np.nan, np.log(6)]], [("nonpositive_logarithm", 1)]),
        (['"share"'], [[0.2, 0, 0.8], [2 / 6, -1 / 6, 5 / 6]], []),
        (['"growth"'], [[np.nan] * 3, [1, np.nan, 0.25]], [("undefined_growth", 1)]),
        (['"difference"'], [[np.nan] * 3, [1, -1, 1]], []),
        (['{ do = "ratio", to = "y", times = 10 }'], [[5, np.nan, 10], [20, np.nan, 50]], [("undefined_ratio", 2)]),
        (['{ do = "per_capita" }'], [[1, 0, 4], [2, -1, 5]], []),
        (['{ do = "winsorise", low = 0.2, high = 0.8 }'], [[1, 0, 4], [2, 0, 4]], [("winsorised", 2)]),
        (['"difference"', '{ do = "winsorise", low = 0, high = 0.5 }'], [[np.nan] * 3, [1, -1, 1]], []),
    ],
)
def test_every_transformation_by_hand(steps: list[str], expected: list[list[float]], rules: list[object]) -> None:
    x = np.array([[1.0, 0.0, 4.0], [2.0, -1.0, 5.0]])
    others = {"y": np.array([[2.0, 0.0, 4.0], [1.0, -3.0, 1.0]]), "population": np.ones((2, 3))}
    made, found = transform(x, _steps(*steps), others)
    np.testing.assert_allclose(made, np.array(expected, dtype=float), atol=1e-12)
    assert [(f.rule, f.rows) for f in found] == rules


def test_the_system_of_cities_reads_only_what_the_example_of_cities_has() -> None:
    recipe = tomllib.loads((files("jiqun") / "ingest" / "examples" / "china_cities.toml").read_text(encoding="utf-8"))
    assert set(systems()["china-cities"].columns) <= set(recipe["indicators"])


def test_the_system_of_the_platform_reads_only_what_the_panel_of_a_platform_can_have() -> None:
    assert platform_panel.__doc__ is not None
    assert all(f"``{column}``" in platform_panel.__doc__ for column in systems()["platform"].columns)
