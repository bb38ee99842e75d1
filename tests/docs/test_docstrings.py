"""Public docstrings are numpydoc; those a user calls first are complete."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from numpydoc.validate import validate

import jiqun
from jiqun.measure import indices

# Form of every public docstring: a summary of one sentence that ends in a full stop, sections in their
# order and underlined, no parameter that does not exist, no parameter described without words.
FORM = {
    *("GL01", "GL02", "GL03", "GL05", "GL06", "GL07", "GL08"),
    *("SS01", "SS02", "SS03", "SS04", "SS06"),
    *("PR02", "PR03", "PR05", "PR07", "PR10", "RT03", "RT05"),
}
# What the functions on the page “Python” have besides: every parameter.
COMPLETE = FORM | {"PR01"}
FIRST = (
    "jiqun.engine.open_cluster",
    "jiqun.cluster.Cluster.from_tables",
    "jiqun.ingest.ingest",
    "jiqun.ingest.load_recipe",
    "jiqun.ingest.parse_recipe",
    "jiqun.measure.measure",
)


def modules() -> Iterator[ModuleType]:
    yield jiqun
    for found in pkgutil.walk_packages(jiqun.__path__, "jiqun."):
        yield importlib.import_module(found.name)


def public() -> dict[str, Any]:
    """Every public function and class of the library by its full name."""
    named: dict[str, Any] = {}
    for module in modules():
        for name in getattr(module, "__all__", ()):
            one = getattr(module, name, None)
            if (inspect.isclass(one) or inspect.isfunction(one)) and one.__module__.startswith("jiqun."):
                named[f"{one.__module__}.{one.__qualname__}"] = one
    return named


def faults(name: str, codes: set[str]) -> list[str]:
    return [f"{name}: {code} {said}" for code, said in validate(name)["errors"] if code in codes]


def test_every_public_docstring_has_the_form() -> None:
    names = public()
    assert len(names) > 100
    assert [fault for name in names for fault in faults(name, FORM)] == []


@pytest.mark.parametrize("name", FIRST)
def test_what_a_user_calls_first_documents_every_parameter(name: str) -> None:
    assert faults(name, COMPLETE) == []


@pytest.mark.parametrize("name", sorted(indices()))
def test_an_index_documents_parameters_result_and_an_example(name: str) -> None:
    function = indices()[name].function
    where = f"{function.__module__}.{name}"
    assert faults(where, FORM | {"PR01", "RT01", "EX01"}) == []


def test_every_public_name_of_a_room_exists() -> None:
    missing = [f"{m.__name__}.{n}" for m in modules() for n in getattr(m, "__all__", ()) if not hasattr(m, n)]
    assert missing == []
