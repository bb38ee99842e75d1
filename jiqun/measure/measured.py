"""What an index gives: a frame of the caller's library that can also plot, explain and print itself.

A Polars or pandas result is of a subclass of that library's frame: everything that works on a frame works on
it. Arrow tables cannot be subclassed; for these, and for results read back from a file, the functions
:func:`jiqun.measure.plot`, :func:`jiqun.measure.explain` and :func:`jiqun.measure.to_latex` take the name of
the index.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Provenance", "measured", "provenance_of"]


@dataclass(frozen=True)
class Provenance:
    """Which index gave a result, and with which parameters."""

    index: str
    parameters: Mapping[str, Any]
    space: Literal["physical", "digital"] = "physical"
    null: str = ""
    """Null model of the band, where there is one from :func:`jiqun.measure.envelope`."""


def measured(result: Any, provenance: Provenance) -> Any:
    """Give a frame the methods ``plot``, ``explain`` and ``to_latex``.

    Parameters
    ----------
    result
        A frame of any library.
    provenance
        What it is the result of.

    Returns
    -------
    frame
        Of a subclass for Polars and pandas, else as it came.
    """
    # whoever hands in a frame has imported its library
    polars, pandas = sys.modules.get("polars"), sys.modules.get("pandas")
    if polars is not None and isinstance(result, polars.DataFrame):
        from jiqun.measure.measured_polars import Measured

        return Measured.of(result, provenance)
    if pandas is not None and isinstance(result, pandas.DataFrame):
        from jiqun.measure.measured_pandas import Measured as MeasuredPandas

        return MeasuredPandas.of(result, provenance)
    return result


def provenance_of(result: Any) -> Provenance | None:
    """Give what a frame is the result of, None where it does not say."""
    found = getattr(result, "provenance", None)
    return found if isinstance(found, Provenance) else None
