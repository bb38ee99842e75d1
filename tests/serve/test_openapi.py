"""The OpenAPI document: complete, with an example for every operation that fits its shape."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from jiqun.report import comparisons as compared
from jiqun.report import evaluations as evaluated
from jiqun.report import network_shapes as networked
from jiqun.report import platform_shapes as platformed
from jiqun.report import shapes as shown
from jiqun.report import two_space as spaced
from jiqun.serve import shapes as own
from jiqun.serve.examples import example
from jiqun.serve.openapi import document

DOCUMENT = json.loads(document())
SHAPES: dict[str, Any] = {
    "clusters": list[shown.ClusterCard],
    "cluster": shown.ClusterCard,
    "profile": shown.Profile,
    "figure": shown.Figure,
    "findings": shown.FindingsReport,
    "filters": shown.Filters,
    "map": shown.MapLayer,
    "network": shown.Network,
    "network_choices": networked.NetworkChoices,
    "network_part": networked.NetworkPart,
    "choices": compared.Choices,
    "comparison": compared.Comparison,
    "similar": compared.SimilarUnits,
    "cluster_comparison": compared.ClusterComparison,
    "version": own.ServerInfo,
    "boundaries": own.BoundaryList,
    "indices": list[own.IndexCard],
    "index": own.IndexCard,
    "measure": own.Measurement,
    "spaces": spaced.SpaceChoices,
    "quadrants": spaced.Quadrants,
    "drift": spaced.Drift,
    "agreement": spaced.SpaceAgreement,
    "gravity": spaced.GravityReport,
    "platform": platformed.PlatformReport,
    "driver": platformed.DriverReport,
    "evaluation": evaluated.EvaluationReport,
    "evaluation_choices": evaluated.EvaluationChoices,
    "evaluation_progress": evaluated.EvaluationProgress,
    "identification": evaluated.Identification,
    "evaluation_table": evaluated.EvaluationTable,
    "table": own.TablePage,
    "job": own.Job,
    "jobs": list[own.Job],
    "recipe": own.RecipeText,
    "removed": own.Removed,
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of the document."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@pytest.mark.parametrize(("path", "method", "operation"), list(operations()))
def test_every_operation_is_described_and_shows_an_answer(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"], f"{method} {path}"
    assert path.startswith("/api/")
    good = next(answer for code, answer in operation["responses"].items() if code.startswith("2"))
    assert all("example" in content for kind, content in good["content"].items() if "json" in kind)
    assert "example" in operation["responses"]["4XX"]["content"]["application/json"]
    for parameter in operation.get("parameters", ()):
        assert parameter.get("description"), f"{path} {parameter['name']}"
        shows = "example" in parameter or "examples" in parameter or "examples" in parameter["schema"]
        assert shows or parameter["schema"].get("type") == "boolean", f"{path} {parameter['name']}"


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_example_fits_its_shape(name: str) -> None:
    TypeAdapter(SHAPES[name]).validate_json(json.dumps(example(name)))


def test_operation_names_are_words_and_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and "api" not in name for name in names)


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    known = DOCUMENT["components"]["schemas"]
    parts = text.split('"#/components/schemas/')[1:]
    assert parts
    assert {part.split('"', 1)[0] for part in parts} <= set(known)


def test_the_document_names_no_other_host() -> None:
    assert "http://" not in document()
    assert "servers" not in DOCUMENT


def test_the_module_prints_the_document_the_server_has() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "jiqun.serve.openapi"], capture_output=True, check=True, timeout=60
    ).stdout
    assert json.loads(printed) == DOCUMENT
