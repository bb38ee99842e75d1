"""The shape of a rule: one function and the facts about it; a new rule is one file in ``rules/``."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from jiqun.cluster.checks.findings import Severity
from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words

if TYPE_CHECKING:
    import narwhals as nw

    from jiqun.cluster.checks.data import Data

__all__ = ["Fault", "Rule", "Suspect", "rule", "rules"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """Rows of one table that a condition singles out; all such conditions are counted in one pass.

    Parameters
    ----------
    table, column
        What the finding is about.
    where
        True for the rows concerned; null counts as false.
    of
        True for the rows looked at, or ``"all"`` of them; default: those that have a value in ``column``.
    show
        Columns whose values make the examples, after the key of the table; default: ``column``.
    severity, title, advice
        Only where they differ from those of the rule.
    """

    table: str
    column: str
    where: nw.Expr
    of: nw.Expr | Literal["all"] | None = None
    show: tuple[str, ...] = ()
    severity: Severity | None = None
    title: Words | None = None
    advice: Words | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule has counted itself, where one pass over one table is not enough."""

    table: str
    column: str
    rows: int
    of: int
    examples: tuple[str, ...] = ()
    severity: Severity | None = None
    title: Words | None = None
    advice: Words | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its facts, and the function that looks."""

    id: str
    severity: Severity
    title: Words
    advice: Words
    look: Callable[[Data], Iterator[Suspect | Fault]]

    @property
    def about(self) -> str:
        """Say what the rule looks for, and why, for the docs page."""
        return (self.look.__doc__ or "").strip()


_REGISTERED: dict[str, Rule] = {}


def rule(
    *, severity: Severity, title: Words, advice: Words
) -> Callable[[Callable[[Data], Iterator[Suspect | Fault]]], Callable[[Data], Iterator[Suspect | Fault]]]:
    """Register a function as a rule, named as the function is.

    Parameters
    ----------
    severity
        ``error`` where results become wrong, ``warning`` where they may, ``info`` where it is worth knowing.
    title
        What is the matter, as a short sentence without names of columns: they stand beside it.
    advice
        What to do about it.
    """

    def register(
        look: Callable[[Data], Iterator[Suspect | Fault]],
    ) -> Callable[[Data], Iterator[Suspect | Fault]]:
        name = look.__name__
        if name in _REGISTERED and _REGISTERED[name].look.__module__ != look.__module__:
            raise JiqunError(f"Two rules are called {name}: in {_REGISTERED[name].look.__module__}, {look.__module__}.")
        _REGISTERED[name] = Rule(name, severity, title, advice, look)
        return look

    return register


@cache
def rules() -> Mapping[str, Rule]:
    """Give every rule by name: those of all the files in the folder ``rules``, in alphabetical order of file."""
    package = import_module("jiqun.cluster.checks.rules")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        import_module(f"{package.__name__}.{module.name}")
    return MappingProxyType(dict(_REGISTERED))
