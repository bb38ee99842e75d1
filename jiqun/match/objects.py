"""What is matched: past deals and open needs, coded as arrays and stamped with their time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError

__all__ = ["Asked", "Deals", "Floats", "Ints"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """Needs as arrays, one row a need; what a need says, never who the user is.

    Traits are what is known of a need in categories – category, place, stage … – as codes, -1 where unknown.
    The seeker serves only to find its past partners; a need of an unknown seeker (-1) is served as well.
    """

    day: Floats
    """When it is asked, in days since 1970-01-01; only what lies strictly before is read."""
    seeker: Ints
    """Code of the actor that needs, -1 where unknown."""
    traits: Ints
    """Needs × traits: codes, -1 where unknown."""
    price: Floats
    """Price looked for per unit, nan where none is stated."""
    position: Floats
    """Needs × 2: longitude and latitude, nan where unknown."""

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Ints | NDArray[np.bool_]) -> Asked:
        """Give some of the needs, in the order asked for."""
        return Asked(self.day[rows], self.seeker[rows], self.traits[rows], self.price[rows], self.position[rows])


@dataclass(frozen=True, slots=True)
class Deals:
    """Past matches as arrays, one row for each supplier of a need, in order of time.

    Rows of one ``need`` were concluded together: a joint order, an investment round. A deal has the traits of
    its need. Made with :meth:`of`, which sorts, so that the order of the source's rows does not matter.
    """

    day: Floats
    need: Ints
    seeker: Ints
    supplier: Ints
    traits: Ints
    price: Floats
    position: Floats
    """Deals × 2: longitude and latitude of where it was needed, nan where unknown."""
    suppliers: int
    """How many suppliers there are; codes are below it."""
    seekers: int
    levels: tuple[int, ...]
    """How many levels each trait has."""

    @classmethod
    def of(
        cls,
        *,
        day: Floats,
        need: Ints,
        seeker: Ints,
        supplier: Ints,
        traits: Ints,
        price: Floats | None = None,
        position: Floats | None = None,
        suppliers: int,
        seekers: int,
        levels: tuple[int, ...],
    ) -> Deals:
        """Sort the deals by time, need and supplier, and check the codes.

        Raises
        ------
        JiqunError
            If arrays differ in length, a time is missing, or a code is out of range.
        """
        prices = np.full(len(day), np.nan) if price is None else np.asarray(price, float)
        where = np.full((len(day), 2), np.nan) if position is None else np.asarray(position, float)
        parts = (need, seeker, supplier, traits, prices, where)
        if any(len(part) != len(day) for part in parts) or traits.ndim != 2 or traits.shape[1] != len(levels):
            raise JiqunError(
                "Deals.of needs arrays of one length and a column of traits for each entry of levels; "
                f"got lengths {[len(p) for p in (day, *parts)]} and traits of shape {traits.shape}.",
                f"Deals.of 要求各数组等长，且每个 levels 对应一列特征；收到长度 {[len(p) for p in (day, *parts)]}，"
                f"特征形状 {traits.shape}。",
            )
        _in_range("day", np.isfinite(day).all())
        _in_range("supplier", len(day) == 0 or (supplier.min() >= 0 and supplier.max() < suppliers))
        _in_range("seeker", len(day) == 0 or (seeker.min() >= -1 and seeker.max() < seekers))
        _in_range("traits", len(day) == 0 or (traits.min() >= -1 and bool((traits.max(axis=0) < levels).all())))
        order = np.lexsort((supplier, need, day))
        return cls(
            np.asarray(day, float)[order],
            need[order],
            seeker[order],
            supplier[order],
            traits[order],
            prices[order],
            where[order],
            suppliers,
            seekers,
            levels,
        )

    def __len__(self) -> int:
        return len(self.day)

    def before(self, day: float) -> Deals:
        """Give the deals strictly before a day: all that may be read for a need of that day."""
        return self.rows(slice(0, int(np.searchsorted(self.day, day, side="left"))))

    def since(self, day: float) -> Deals:
        """Give the deals of a day and after it."""
        return self.rows(slice(int(np.searchsorted(self.day, day, side="left")), None))

    def rows(self, which: slice | NDArray[np.bool_]) -> Deals:
        """Give some of the deals; codes keep their meaning."""
        names = ("day", "need", "seeker", "supplier", "traits", "price", "position")
        return replace(self, **{name: getattr(self, name)[which] for name in names})

    def needs(self) -> tuple[Asked, Ints, Ints]:
        """Give the needs behind the deals, each once, and which need and supplier each deal is of.

        Returns
        -------
        asked, row, supplier
            The needs in order of time; for every deal the row of its need in ``asked``, and its supplier.
        """
        _, first, row = np.unique(self.need, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        at = first[order]
        asked = Asked(self.day[at], self.seeker[at], self.traits[at], self.price[at], self.position[at])
        return asked, rank[row.ravel()], self.supplier

    def needs_codes(self) -> Ints:
        """Give the code of each need of :meth:`needs`, in the same order."""
        codes, first = np.unique(self.need, return_index=True)
        return np.asarray(codes[np.argsort(first, kind="stable")])


def _in_range(what: str, good: bool | np.bool_) -> None:
    if not good:
        raise JiqunError(
            f"Deals.of needs every {what} to be known and within its range. Code the source again.",
            f"Deals.of 要求每个 {what} 均已知且在取值范围内。请重新编码。",
        )
