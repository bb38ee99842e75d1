"""Results as pandas frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from jiqun.cluster import Language
from jiqun.measure.measured import Provenance
from jiqun.measure.measured_polars import Plot

__all__ = ["Measured"]


class Measured(pd.DataFrame):
    """A pandas frame that knows which index it is the result of, and tells it to what is made from it."""

    _metadata = ["provenance"]  # noqa: RUF012
    provenance: Provenance | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, provenance: Provenance | None) -> Measured:
        """Make one from a plain frame, which it shares its data with."""
        made = cls(frame)
        made.provenance = provenance
        return made

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return Measured

    @property
    def plot(self) -> Any:
        """Draw the result: ``result.plot(lang="zh")``; see :func:`jiqun.measure.plot`."""
        return Plot(self, lambda: pd.DataFrame(self).plot)

    def explain(self, lang: Language = "en") -> str:
        """Say what the index is and how to read this result; see :func:`jiqun.measure.explain`."""
        from jiqun.measure.explaining import explain

        return explain(self, lang=lang)

    def to_latex(self, **options: Any) -> str:  # type: ignore[override]
        """Print the result as a LaTeX table; see :func:`jiqun.measure.to_latex`."""
        from jiqun.measure.latex import to_latex

        return to_latex(self, **options)
