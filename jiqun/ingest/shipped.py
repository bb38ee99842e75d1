"""The recipes that come with the package: documented ones for data that users bring themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jiqun.cluster import UnknownName

__all__ = ["shipped_recipe", "shipped_recipes"]


@cache
def shipped_recipes() -> Mapping[str, Path]:
    """Give every shipped recipe by name.

    Read one with ``parse_recipe(shipped_recipe(name), folder=FOLDER)``, where FOLDER holds the data files in
    their original layout; copy it to change it.

    Examples
    --------
    >>> list(shipped_recipes())[:3]
    ['crunchbase_2013', 'firms_transactions', 'firms_transactions_zh']
    """
    folder = Path(__file__).parent / "recipes"
    return MappingProxyType({path.stem: path for path in sorted(folder.glob("*.toml"))})


def shipped_recipe(name: str) -> str:
    """Give the text of a shipped recipe.

    Raises
    ------
    UnknownName
        If there is none of this name; the message lists those there are.

    Examples
    --------
    >>> shipped_recipe("olist").splitlines()[0][:6]
    '# Olis'
    """
    found = shipped_recipes().get(name)
    if found is None:
        raise UnknownName("shipped recipe", name, shipped_recipes())
    return found.read_text(encoding="utf-8")
