"""The shape of a code system: how its codes are written, which is above which, and the names at the top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from jiqun.cluster.facts import Words

__all__ = ["Classifies", "Scheme", "no_list"]

Classifies = Literal["industry", "place", "country"]


def no_list() -> frozenset[str] | None:
    """Say that no complete list of codes is at hand."""
    return None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A code system.

    Parameters
    ----------
    id
        As a recipe names it: ``codes = { industry = "NAICS 2017" }``.
    title
        Full name.
    classifies
        What has such codes.
    source
        Who issues it.
    check
        Whether a text is written as a code of the system, under a heading that exists.
    above
        Code of the heading it belongs to; None at the top.
    level
        Name of the level of a code.
    names
        Names of the headings at the top.
    listed
        Gives the complete list of codes in force, where an optional package has it.
    depth
        How far ``check`` knows the headings, for the docs.
    """

    id: str
    title: Words
    classifies: Classifies
    source: str
    check: Callable[[str], bool]
    above: Callable[[str], str | None]
    level: Callable[[str], str]
    names: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))
    listed: Callable[[], frozenset[str] | None] = no_list
    depth: Words = Words("", "")

    def valid(self, code: str) -> bool:
        """Whether it is a code of this system."""
        return bool(code) and code.isascii() and self.check(code)

    def validate(self, codes: Iterable[object]) -> list[bool | None]:
        """Say of each code whether it is one of this system; None where it is missing.

        Examples
        --------
        >>> from jiqun.cluster.codes import scheme
        >>> scheme("NAICS 2017").validate(["311", "31-33", "199999", None])
        [True, True, False, None]
        """
        seen: dict[str, bool] = {}
        answers: list[bool | None] = []
        for code in codes:
            if code is None or code != code:  # noqa: PLR0124  NaN is what pandas writes for a missing one
                answers.append(None)
            else:
                text = str(code)
                if text not in seen:
                    seen[text] = self.valid(text)
                answers.append(seen[text])
        return answers

    def parent(self, code: str) -> str | None:
        """Give the code above; None at the top, and for what is no code of this system."""
        return self.above(code) if self.valid(code) else None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Give all codes above, nearest first."""
        found = []
        above = self.parent(code)
        while above is not None:
            found.append(above)
            above = self.parent(above)
        return tuple(found)

    def name(self, code: str) -> Words | None:
        """Give the name of a code, or of the nearest heading above it that has one."""
        for candidate in (code, *self.ancestors(code)):
            if candidate in self.names:
                return self.names[candidate]
        return None
