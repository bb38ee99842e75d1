"""Code systems: industries (GB/T 4754, ISIC, NAICS), divisions of China, countries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from jiqun.cluster.codes.countries import ALPHA_3, ISO3166
from jiqun.cluster.codes.divisions import CN_DIVISION, PROVINCES, Province
from jiqun.cluster.codes.lettered import GBT4754, ISIC4
from jiqun.cluster.codes.naics import NAICS
from jiqun.cluster.codes.scheme import Scheme
from jiqun.cluster.errors import UnknownName

__all__ = ["ALPHA_3", "PROVINCES", "Province", "Scheme", "parent", "scheme", "schemes", "validate"]

_SCHEMES: Mapping[str, Scheme] = MappingProxyType({s.id: s for s in (GBT4754, ISIC4, *NAICS, CN_DIVISION, ISO3166)})
_SPELLINGS = {
    "gbt4754": "GB/T 4754-2017",
    "isic4": "ISIC Rev.4",
    "isic": "ISIC Rev.4",
    "gbt2260": "CN-division",
    "iso31661": "ISO 3166",
}


def schemes() -> Mapping[str, Scheme]:
    """Give every code system by the name that a recipe uses."""
    return _SCHEMES


def scheme(name: str) -> Scheme:
    """Give a code system by name; case, spaces and punctuation do not matter.

    Raises
    ------
    UnknownName
        If there is no such system; the message lists those that there are.

    Examples
    --------
    >>> scheme("gb/t 4754-2017").parent("C1311")
    'C131'
    >>> scheme("NAICS 2022").parent("455")
    '44-45'
    """
    key = _key(name)
    for known in _SCHEMES.values():
        if _key(known.id) == key:
            return known
    if key in _SPELLINGS:
        return _SCHEMES[_SPELLINGS[key]]
    raise UnknownName("code scheme", name, _SCHEMES)


def validate(name: str, codes: Iterable[object]) -> list[bool | None]:
    """Say of each code whether it is one of the system; None where it is missing.

    Examples
    --------
    >>> validate("CN-division", ["330106", "990000", None])
    [True, False, None]
    """
    return scheme(name).validate(codes)


def parent(name: str, code: str) -> str | None:
    """Give the code above in the system; None at the top, and for what is no code of it.

    Examples
    --------
    >>> parent("CN-division", "330106"), parent("ISIC Rev.4", "62")
    ('330100', 'J')
    """
    return scheme(name).parent(code)


def _key(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
