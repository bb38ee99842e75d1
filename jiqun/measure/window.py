"""The window that was looked at: a rectangle in the plane, for the indices that correct for its edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError
from jiqun.measure.points import EARTH_RADIUS_KM, Points

__all__ = ["DISTORTION", "Plane", "Window", "plane"]

Array = NDArray[np.float64]

Window = Annotated[
    list[float] | None,
    Field(
        description="The rectangle that was looked at: x0, y0, x1, y1 in km (of points with lon and lat: km east and "
        "north of their centre); empty: the smallest one around all points."
    ),
]
DISTORTION = 0.01
"""Largest relative error of distances that a projection may make before it is refused."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Points in a rectangle of the plane."""

    at: Array
    """Positions within the window in km, shape (n, 2)."""
    code: NDArray[np.int64]
    """Industry of each."""
    window: tuple[float, float, float, float]
    distortion: float
    """Largest relative error of a distance by the projection; 0 in the plane."""
    outside: int
    """Points outside the window, which are left out."""

    @property
    def area(self) -> float:
        """Area of the window in km²."""
        x0, y0, x1, y1 = self.window
        return (x1 - x0) * (y1 - y0)

    @property
    def shorter(self) -> float:
        """The shorter side in km."""
        x0, y0, x1, y1 = self.window
        return min(x1 - x0, y1 - y0)

    def border(self, at: Array) -> Array:
        """Give the distance of points from the nearest side, shape (m,)."""
        x0, y0, x1, y1 = self.window
        nearest: Array = np.minimum(np.minimum(at[:, 0] - x0, x1 - at[:, 0]), np.minimum(at[:, 1] - y0, y1 - at[:, 1]))
        return np.maximum(nearest, 0.0)


def plane(found: Points, window: Sequence[float] | None, who: str) -> Plane:
    """Lay points into a rectangle of the plane.

    Points on the sphere are projected around their centre so that areas are kept (Lambert azimuthal). Distances
    are then too short along the radius and too long across it, by at most what ``distortion`` says.

    Parameters
    ----------
    found
        The points.
    window
        The rectangle, or None for the smallest one around all points.
    who
        Name of the index, for errors.

    Raises
    ------
    JiqunError
        If the points lie too far apart for one projection, or the window is no rectangle or empty of points.

    Examples
    --------
    >>> at = np.array([[0.0, 0.0], [4.0, 3.0]])
    >>> plane(Points(at, False, np.array(["a"]), np.zeros(2, int), np.ones(2), 0, None), None, "ripley_k").area
    12.0
    """
    at, distortion = _projected(found, who) if found.spherical else (found.at, 0.0)
    if window is None:
        low, high = at.min(axis=0), at.max(axis=0)
        rectangle = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return Plane(at, found.industry, rectangle, distortion, 0)
    if len(window) != 4 or not np.isfinite(window).all() or window[0] >= window[2] or window[1] >= window[3]:
        raise JiqunError(
            f"{who} needs a window x0, y0, x1, y1 with x0 < x1 and y0 < y1 in km; it is {list(window)}.",
            f"{who} 要求 window 为 x0、y0、x1、y1（千米），且 x0 < x1、y0 < y1；给出的是 {list(window)}。",
        )
    x0, y0, x1, y1 = (float(v) for v in window)
    within = (at[:, 0] >= x0) & (at[:, 0] <= x1) & (at[:, 1] >= y0) & (at[:, 1] <= y1)
    if not within.any():
        raise JiqunError(
            f"{who}: no point lies in the window {list(window)}. Check its units (km) and its order (x0, y0, x1, y1).",
            f"{who}：没有点落在窗口 {list(window)} 内。请检查单位（千米）和顺序（x0、y0、x1、y1）。",
        )
    return Plane(
        np.ascontiguousarray(at[within]), found.industry[within], (x0, y0, x1, y1), distortion, int((~within).sum())
    )


def _projected(found: Points, who: str) -> tuple[Array, float]:
    """Lambert azimuthal equal-area positions around the centre, and the largest relative error of a distance."""
    unit = found.at / EARTH_RADIUS_KM
    centre = unit.mean(axis=0)
    length = float(np.sqrt((centre**2).sum()))
    centre = centre / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])
    level = float(np.hypot(centre[0], centre[1]))
    east = np.array([-centre[1], centre[0], 0.0]) / level if level > 1e-12 else np.array([0.0, 1.0, 0.0])
    north = np.cross(centre, east)
    cosine = np.clip(unit @ centre, -1.0, 1.0)
    # The scale is cos(c/2) along the radius and its inverse across it, at an angle c from the centre.
    half = float(np.sqrt((1.0 + cosine.min()) / 2.0))
    distortion = 1.0 / half - 1.0 if half > 1e-6 else np.inf
    if distortion > DISTORTION:
        across = float(np.arccos(cosine.min())) * EARTH_RADIUS_KM
        raise JiqunError(
            f"{who} works in a plane; these points reach {across:,.0f} km from their centre, where any projection is "
            f"wrong by {min(distortion, 9.99):.1%}. Take a smaller region, or an index of great-circle distances such "
            f"as kd or marcon_puech_m.",
            f"{who} 在平面上计算；这些点距其中心最远 {across:,.0f} 千米，"
            f"任何投影在此的误差达 {min(distortion, 9.99):.1%}。请缩小区域，"
            "或改用基于大圆距离的指数，如 kd 或 marcon_puech_m。",
        )
    scale = EARTH_RADIUS_KM * np.sqrt(2.0 / (1.0 + cosine))
    return np.ascontiguousarray(np.c_[unit @ east, unit @ north] * scale[:, None]), distortion
