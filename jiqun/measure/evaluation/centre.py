"""Where the weight lies: centre of gravity and standard deviational ellipse, and how they move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.points import EARTH_RADIUS_KM

__all__ = ["Ellipses", "ellipses", "haversine"]


@dataclass(frozen=True, slots=True)
class Ellipses:
    """One ellipse for each period; every array has shape (periods,), NaN where there is too little."""

    lon: Array
    lat: Array
    major: Array
    """Longer semi-axis in km."""
    minor: Array
    bearing: Array
    """Direction of the longer axis, degrees clockwise from north, 0 to 180."""
    area: Array
    """km²."""
    shift: Array
    """Distance of the centre from that of the period before, in km."""
    heading: Array
    """Its direction, degrees clockwise from north, 0 to 360."""


def ellipses(lon: Array, lat: Array, weight: Array) -> Ellipses:
    r"""Weighted centre of gravity and standard deviational ellipse of each period.

    The centre is :math:`(\sum w_i\lambda_i/\sum w_i, \sum w_i\varphi_i/\sum w_i)` in degrees, as the literature has
    it. Places are projected about it (azimuthal equidistant, km); the axes are the eigenvectors of the weighted
    covariance, and the semi-axes :math:`\sqrt{2\lambda}` of its eigenvalues: the rotation and the factor
    :math:`\sqrt2` of the usual formula.

    Parameters
    ----------
    lon, lat
        Degrees (WGS84), shape (places,). Places without coordinates are left out.
    weight
        Shape (periods, places), ≥ 0; NaN leaves a place out of a period.

    Raises
    ------
    JiqunError
        If a weight is negative or a coordinate out of range.

    References
    ----------
    Lefever (1926), Measuring geographic concentration by means of the standard deviational ellipse.
    doi:10.1086/214027

    Examples
    --------
    Four places around the equator, farther east and west than north and south.

    >>> e = ellipses(np.array([-2.0, 2, 0, 0]), np.array([0.0, 0, -1, 1]), np.ones((1, 4)))
    >>> round(float(e.lon[0]), 6), round(float(e.bearing[0]), 6), round(float(e.major[0] / e.minor[0]), 6)
    (0.0, 90.0, 2.0)
    """
    placed = np.isfinite(lon) & np.isfinite(lat)
    if (np.abs(lon[placed]) > 180).any() or (np.abs(lat[placed]) > 90).any():
        raise JiqunError(
            "ellipses needs longitudes from -180 to 180 and latitudes from -90 to 90 degrees (WGS84).",
            "ellipses 要求经度在 -180 至 180 度、纬度在 -90 至 90 度之间 (WGS84)。",
        )
    if (weight[np.isfinite(weight)] < 0).any():
        raise JiqunError(
            "ellipses needs weights ≥ 0. Standardise scores by min–max.",
            "ellipses 要求权重不小于 0。请用极差标准化得分。",
        )
    made = np.full((8, len(weight)), np.nan)
    for t, row in enumerate(weight):
        used = placed & np.isfinite(row) & (np.where(np.isfinite(row), row, 0.0) > 0)
        if not used.any():
            continue
        w = row[used] / row[used].sum()
        made[0, t], made[1, t] = w @ lon[used], w @ lat[used]
        if used.sum() >= 2:
            made[2:6, t] = _axes(lon[used], lat[used], w, made[0, t], made[1, t])
    before = slice(0, -1)
    made[6, 1:] = haversine(made[0, before], made[1, before], made[0, 1:], made[1, 1:])
    made[7, 1:] = np.where(
        made[6, 1:] > 0, _heading(made[0, before], made[1, before], made[0, 1:], made[1, 1:]), np.nan
    )
    return Ellipses(*made)


def haversine(lon: Array, lat: Array, other_lon: Array, other_lat: Array) -> Array:
    """Distance over the earth in km, by the haversine formula.

    >>> round(float(haversine(np.array([116.4]), np.array([39.9]), np.array([121.5]), np.array([31.2]))[0]))
    1071
    """
    a, b, c, d = (np.radians(v) for v in (lon, lat, other_lon, other_lat))
    half = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    found: Array = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return found


def _heading(lon: Array, lat: Array, other_lon: Array, other_lat: Array) -> Array:
    a, b, c, d = (np.radians(v) for v in (lon, lat, other_lon, other_lat))
    east = np.sin(c - a) * np.cos(d)
    north = np.cos(b) * np.sin(d) - np.sin(b) * np.cos(d) * np.cos(c - a)
    found: Array = np.degrees(np.arctan2(east, north)) % 360.0
    return found


def _axes(lon: Array, lat: Array, w: Array, centre_lon: float, centre_lat: float) -> tuple[float, float, float, float]:
    here = np.full(len(lon), centre_lon), np.full(len(lat), centre_lat)
    distance, angle = haversine(*here, lon, lat), np.radians(_heading(*here, lon, lat))
    x, y = distance * np.sin(angle), distance * np.cos(angle)
    x, y = x - w @ x, y - w @ y
    covariance = np.array([[w @ (x * x), w @ (x * y)], [w @ (x * y), w @ (y * y)]])
    values, vectors = np.linalg.eigh(covariance)
    minor, major = np.sqrt(2.0 * np.maximum(values, 0.0))
    # a circle has no direction
    round_ = values[1] - values[0] <= 1e-9 * values[1]
    bearing = float("nan") if round_ else float(np.degrees(np.arctan2(vectors[0, 1], vectors[1, 1])) % 180.0)
    return float(major), float(minor), bearing, float(np.pi * major * minor)
