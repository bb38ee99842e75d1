"""The shape of an index: one function and the facts about it, from which everything else follows.

An index is one file: a function of a table, decorated with its facts. From that come, with no other
edit, lookup by name, checked parameters and their JSON schema, the command line, the HTTP endpoint,
the form in the browser, the page in the docs, and the contract tests.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from jiqun.cluster import JiqunError, Reference, UnknownName, Words
from jiqun.measure.measured import Provenance, measured

__all__ = [
    "Bounds",
    "Index",
    "Law",
    "Needs",
    "Space",
    "check_parameters",
    "find",
    "index",
    "register",
    "registered",
]

F = TypeVar("F", bound=Callable[..., Any])

Space = Literal["physical", "digital"]

Law = Literal["row_order", "labels", "scale", "split"]
"""What must not change the values: the order of rows, the names of places and industries, the unit of
the weights, or cutting a row into two that carry its weight together."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The table an index reads, the columns it cannot do without, and those it uses where present."""

    table: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """The closed range of an index; None where it is open."""

    low: float | None = None
    high: float | None = None


class IndexFunction(Protocol):
    """A function of a table, everything else by keyword."""

    __name__: str
    __doc__: str | None

    def __call__(self, frame: Any, /, **parameters: Any) -> Any:
        """Compute the index."""
        ...


@dataclass(frozen=True, slots=True)
class Index:
    """An index of agglomeration: its facts, its parameters and its function."""

    name: str
    title: Words
    question: Words
    """The question it answers, in one sentence that a cluster manager understands."""
    reading: Words
    """How to read a value: what is low, what is high, where the neutral point lies."""
    family: str
    formula: str
    """The definition in TeX."""
    needs: Needs
    grain: tuple[str, ...]
    bounds: Bounds
    neutral: float | None
    """The value that says “as expected by chance”, drawn as a line in charts."""
    spaces: tuple[Space, ...]
    laws: tuple[Law, ...]
    references: tuple[Reference, ...]
    parameters: type[BaseModel]
    function: IndexFunction


_INDICES: dict[str, Index] = {}


def registered() -> Mapping[str, Index]:
    """Give every index that has been imported, by name in alphabetical order."""
    return MappingProxyType(dict(sorted(_INDICES.items())))


def register(made: Index) -> None:
    """Add an index; two of the same name are a mistake."""
    if made.name in _INDICES and _INDICES[made.name].function.__module__ != made.function.__module__:
        raise JiqunError(f"There are two indices called {made.name!r}. Rename one.")
    _INDICES[made.name] = made


def index(
    *,
    title: Words,
    question: Words,
    reading: Words,
    formula: str,
    needs: Needs,
    grain: tuple[str, ...],
    references: tuple[Reference, ...],
    bounds: Bounds = Bounds(),
    neutral: float | None = None,
    spaces: tuple[Space, ...] | None = None,
    laws: tuple[Law, ...] = ("row_order", "labels"),
) -> Callable[[F], F]:
    """Declare a function of a table to be an index.

    The function is returned with its parameters checked: an unknown name or a value out of range is
    a :class:`~jiqun.cluster.JiqunError` that lists what would be right. Its result, a frame of the caller's
    library, can also plot, explain and print itself (see :mod:`jiqun.measure.measured`).
    """

    def declare(function: F) -> F:
        name = function.__name__
        model = _model(function)

        @functools.wraps(function)
        def checked(frame: Any, /, **parameters: Any) -> Any:
            used = _check(name, model, parameters)
            return measured(function(frame, **used), Provenance(name, used))

        register(
            Index(
                name=name,
                title=title,
                question=question,
                reading=reading,
                family=function.__module__.split(".")[-2],
                formula=formula,
                needs=needs,
                grain=grain,
                bounds=bounds,
                neutral=neutral,
                spaces=_spaces(needs) if spaces is None else spaces,
                laws=laws,
                references=references,
                parameters=model,
                function=checked,
            )
        )
        return checked  # type: ignore[return-value]

    return declare


def _spaces(needs: Needs) -> tuple[Space, ...]:
    """Whatever reads the place or the position of actors is computed in both spaces."""
    located = {"place_id", "lon", "lat", "x", "y"} & {*needs.columns, *needs.optional}
    return ("physical", "digital") if needs.table == "actors" and located else ("physical",)


def _model(function: Callable[..., Any]) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        p.name: (hints[p.name], p.default)
        for p in inspect.signature(function).parameters.values()
        if p.kind is inspect.Parameter.KEYWORD_ONLY
    }
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    return create_model(f"{function.__name__}_parameters", __config__=config, **fields)


def _check(name: str, model: type[BaseModel], parameters: Mapping[str, Any]) -> dict[str, Any]:
    for given in parameters:
        if given not in model.model_fields:
            close = difflib.get_close_matches(given, model.model_fields, 1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            known = ", ".join(model.model_fields)
            meant = f"是否想写 {close[0]!r}？" if close else ""
            raise JiqunError(
                f"{name} has no parameter {given!r}.{hint} It has: {known}.",
                f"{name} 没有参数 {given!r}。{meant}可用参数：{known}。",
            )
    try:
        checked = model.model_validate(dict(parameters))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:1])
        raise JiqunError(
            f"{name}: parameter {where} = {first['input']!r} is not right: {first['msg']}.",
            f"{name}：参数 {where} = {first['input']!r} 不合要求（{first['msg']}）。",
        ) from error
    return {field: getattr(checked, field) for field in model.model_fields}


def check_parameters(chosen: Index, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give all parameters of an index, those given checked and the others at their defaults.

    Raises
    ------
    JiqunError
        If a name or a value is not right; the message says what would be.
    """
    return _check(chosen.name, chosen.parameters, parameters)


def find(name: str, indices: Mapping[str, Index]) -> Index:
    """Give the index of this name, or the error that lists the names there are."""
    if name not in indices:
        raise UnknownName("index", name, indices)
    return indices[name]
