"""Results as Polars frames."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import polars as pl

from jiqun.cluster import Language
from jiqun.measure.measured import Provenance

__all__ = ["Measured"]


class Plot:
    """What ``result.plot`` is: called, it draws the result; its attributes are those of the library's accessor."""

    def __init__(self, result: Any, accessor: Callable[[], Any]) -> None:
        self._result = result
        self._accessor = accessor

    def __call__(self, **options: Any) -> Any:
        """Draw the result; see :func:`jiqun.measure.plot`."""
        from jiqun.measure.plotting import plot

        return plot(self._result, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._accessor(), name)


class Measured(pl.DataFrame):
    """A Polars frame that knows which index it is the result of.

    Selecting and ordering rows keeps that; joining, grouping and reshaping give a plain frame.
    """

    provenance: Provenance | None = None

    @classmethod
    def of(cls, frame: pl.DataFrame, provenance: Provenance | None) -> Measured:
        """Make one from a plain frame, which it shares its data with."""
        made = cast("Measured", cls._from_pydf(frame._df))
        made.provenance = provenance
        return made

    @property
    def plot(self) -> Any:
        """Draw the result: ``result.plot(lang="zh")``; see :func:`jiqun.measure.plot`."""
        return Plot(self, lambda: pl.DataFrame(self).plot)

    def explain(self, lang: Language = "en") -> str:
        """Say what the index is and how to read this result; see :func:`jiqun.measure.explain`."""
        from jiqun.measure.explaining import explain

        return explain(self, lang=lang)

    def to_latex(self, **options: Any) -> str:
        """Print the result as a LaTeX table; see :func:`jiqun.measure.to_latex`."""
        from jiqun.measure.latex import to_latex

        return to_latex(self, **options)

    def __getstate__(self) -> Any:
        return super().__getstate__(), self.provenance

    def __setstate__(self, state: Any) -> None:
        frame, self.provenance = state
        super().__setstate__(frame)


def _keeping(method: Callable[..., pl.DataFrame]) -> Callable[..., Any]:
    @functools.wraps(method)
    def kept(self: Measured, *args: Any, **options: Any) -> Any:
        found = method(self, *args, **options)
        return Measured.of(found, self.provenance) if isinstance(found, pl.DataFrame) else found

    return kept


for _name in (
    *("__getitem__", "bottom_k", "clear", "clone", "drop", "drop_nans", "drop_nulls", "filter", "gather_every"),
    *("head", "limit", "remove", "reverse", "sample", "select", "slice", "sort", "tail", "top_k", "unique"),
    *("with_columns", "with_row_index"),
):
    setattr(Measured, _name, _keeping(getattr(pl.DataFrame, _name)))
