"""Where the places of a panel are, and which region they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import narwhals as nw
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Finding, Words
from jiqun.cluster.codes import scheme
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.remarks import remark
from jiqun.measure.neighbours import Sites, neighbours, standardised_rows
from jiqun.measure.points import on_sphere

__all__ = ["REGIONS", "Geography", "geography", "names_of", "region_of"]

REGIONS: Mapping[str, tuple[Words, str]] = MappingProxyType(
    {
        "east": (Words("East", "东部"), "11 12 13 31 32 33 35 37 44 46"),
        "centre": (Words("Centre", "中部"), "14 34 36 41 42 43"),
        "west": (Words("West", "西部"), "15 45 50 51 52 53 54 61 62 63 64 65"),
        "northeast": (Words("Northeast", "东北"), "21 22 23"),
    }
)
"""The four regions of the National Bureau of Statistics (2011) by the two digits of the province."""


@dataclass(frozen=True, slots=True)
class Geography:
    """What is known of the places of a panel; arrays have shape (places,)."""

    names: tuple[str, ...]
    """What the places are called; their identifier where the data has no name."""
    lon: Array
    lat: Array
    group: NDArray[np.int64]
    """Position in ``groups``; -1 for a place that belongs to none."""
    groups: tuple[Words, ...]

    def weights(self, nearest: int) -> sp.csr_array:
        """Weights of the nearest places, rows summing to one; no neighbour without coordinates."""
        n = len(self.lon)
        known = np.flatnonzero(np.isfinite(self.lon) & np.isfinite(self.lat))
        if len(known) < 2:
            return sp.csr_array((n, n))
        at = on_sphere(self.lon[known], self.lat[known])
        sites = Sites(names=np.array([self.names[i] for i in known]), at=at, spherical=True, outlines=None)
        near = standardised_rows(
            neighbours(sites, "evaluate", how="nearest", k=nearest, distance_km=None, power=1.0)
        ).tocoo()
        return sp.csr_array((near.data, (known[near.row], known[near.col])), shape=(n, n))


def geography(
    data: Any, places: tuple[str, ...], grouping: Literal["auto", "parent", "none"], findings: list[Finding]
) -> Geography:
    """Find names, coordinates and regions of places.

    Parameters
    ----------
    data
        A cluster with a table of places, a frame like it, or None.
    places
        Places of the panel.
    grouping
        ``"auto"``: the four regions of China where all places have division codes, else the places above;
        ``"parent"``: the places above; ``"none"``.
    findings
        Remarks are added here.

    Examples
    --------
    >>> found = geography(None, ("110000", "320500"), "auto", [])
    >>> [found.groups[g].zh for g in found.group]
    ['东部', '东部']
    """
    rows = _table(data)
    if rows:
        unknown = [p for p in places if p not in rows]
        if unknown:
            findings.append(remark("unknown_place", "place_id", len(unknown), len(places), unknown))
    names = tuple(str(rows.get(p, {}).get("name") or p) for p in places)
    lon, lat = (np.array([_number(rows.get(p, {}).get(c)) for p in places]) for c in ("lon", "lat"))
    outside = (np.abs(lon) > 180) | (np.abs(lat) > 90) | ~(np.isfinite(lon) & np.isfinite(lat))
    if rows and outside.any():
        lost = [p for p, o in zip(places, outside, strict=True) if o]
        findings.append(remark("without_coordinates", "place_id", len(lost), len(places), lost))
    lon, lat = np.where(outside, np.nan, lon), np.where(outside, np.nan, lat)
    keys, titles = _grouped(rows, places, grouping)
    ordered = [key for key in titles if key in keys] or sorted({k for k in keys if k})
    code = np.array([ordered.index(k) if k else -1 for k in keys], dtype=np.int64)
    if ordered and (code < 0).any():
        lost = [p for p, c in zip(places, code, strict=True) if c < 0]
        findings.append(remark("without_group", "place_id", len(lost), len(places), lost))
    return Geography(names, lon, lat, code, tuple(titles.get(k, Words(k, k)) for k in ordered))


def names_of(data: Any) -> dict[str, str]:
    """Give the identifiers of the table of places with their names, empty where there is no table."""
    return {place: str(row.get("name") or "") for place, row in _table(data).items()}


def region_of(place: str) -> str:
    """Region of China of a division code; empty for Hong Kong, Macao, Taiwan and what is no code.

    >>> region_of("3205"), region_of("220100"), region_of("x")
    ('east', 'northeast', '')
    """
    if not scheme("CN-division").check(place):
        return ""
    return next((name for name, (_, digits) in REGIONS.items() if place[:2] in digits.split()), "")


def _table(data: Any) -> dict[str, dict[str, Any]]:
    if data is None:
        return {}
    if isinstance(data, Cluster):
        if not data.has("places"):
            return {}
        lazy = data.scan("places")
    else:
        frame = nw.from_native(data)
        lazy = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
    present = lazy.collect_schema().names()
    if "place_id" not in present:
        return {}
    kept = [c for c in ("place_id", "name", "parent", "lon", "lat") if c in present]
    read = lazy.select(kept).collect("pyarrow").rows(named=True)
    return {str(r["place_id"]): r for r in read if r["place_id"] is not None}


def _number(value: Any) -> float:
    return float(value) if value is not None else float("nan")


def _grouped(
    rows: dict[str, dict[str, Any]], places: tuple[str, ...], grouping: str
) -> tuple[list[str], dict[str, Words]]:
    if grouping == "none":
        return [""] * len(places), {}
    coded = scheme("CN-division").check
    if grouping == "auto" and places and all(coded(p) for p in places):
        return [region_of(p) for p in places], {k: title for k, (title, _) in REGIONS.items()}
    keys = [str(rows.get(p, {}).get("parent") or "") for p in places]
    titles = {k: str(rows.get(k, {}).get("name") or k) for k in sorted(set(keys)) if k}
    return keys, {k: Words(t, t) for k, t in titles.items()}
