"""What is planted: which industries are concentrated in which space, and how strongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from jiqun.cluster import JiqunError, Words

__all__ = ["QUADRANTS", "Plan", "Planted", "default_planted"]

Quadrant = Literal[
    "concentrated-concentrated", "concentrated-dispersed", "dispersed-concentrated", "dispersed-dispersed"
]

QUADRANTS: dict[Quadrant, Words] = {
    "concentrated-concentrated": Words("concentrated in both spaces", "实集中、虚集中"),
    "concentrated-dispersed": Words("concentrated on the ground only", "实集中、虚分散"),
    "dispersed-concentrated": Words("concentrated on the platform only", "实分散、虚集中"),
    "dispersed-dispersed": Words("dispersed in both spaces", "实分散、虚分散"),
}
"""Physical state first, digital state second; the third is the one the papers ask about."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One industry and what is true of it.

    ``gamma`` is the Ellison–Glaeser γ of its firms over places, ``gamma_digital`` the same over the
    co-purchase communities of the platform; 0 is a dartboard, 1 is all firms in one cell.
    """

    name: Words
    product: Words
    gamma: float
    gamma_digital: float
    price: float = 1000.0
    """Typical price of a unit, CNY."""
    native: float = 0.1
    """Share of firms that were born digital."""
    service: bool = False
    """Whether what it sells is a service, for the words of its offers."""

    def __post_init__(self) -> None:
        for what, value in (("gamma", self.gamma), ("gamma_digital", self.gamma_digital), ("native", self.native)):
            if not 0 <= value < 1:
                raise JiqunError(f"generate: {what} of {self.name.en!r} must be at least 0 and below 1, not {value}.")

    @property
    def quadrant(self) -> Quadrant:
        """Where the industry stands on the ground and on the platform."""
        physical = "concentrated" if self.gamma > 0 else "dispersed"
        digital = "concentrated" if self.gamma_digital > 0 else "dispersed"
        return f"{physical}-{digital}"  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes and seed of a generated cluster, checked once."""

    firms: int
    buyers: int
    places: int
    interactions: int
    communities: int
    planted: tuple[Planted, ...]
    seed: int
    first_year: int = 2018
    years: int = 6

    def __post_init__(self) -> None:
        least = {"firms": len(self.planted), "buyers": 1, "places": 2, "interactions": 0, "communities": 2}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise JiqunError(f"generate: {name} must be at least {low}, not {getattr(self, name)}.")
        if not self.planted:
            raise JiqunError("generate: planted is empty; give at least one industry.")

    @property
    def months(self) -> int:
        """Number of monthly periods."""
        return 12 * self.years


# Two industries of each quadrant. The industries are invented examples of kinds that exist.
_CATALOGUE: tuple[Planted, ...] = (
    Planted(Words("Woven fabrics", "机织面料"), Words("fabric rolls", "面料卷"), 0.12, 0.0, 620.0, 0.03),
    Planted(Words("Homeware", "家居日用"), Words("homeware sets", "家居套装"), 0.0, 0.0, 140.0, 0.08),
    Planted(Words("Fashion for livestreams", "直播服饰"), Words("garments", "成衣"), 0.10, 0.40, 210.0, 0.55),
    Planted(
        Words("Industrial design", "工业设计"), Words("design packages", "设计方案"), 0.0, 0.45, 9200.0, 0.62, True
    ),
    Planted(Words("Precision parts", "精密部件"), Words("machined parts", "机加工件"), 0.15, 0.0, 1800.0, 0.02),
    Planted(Words("Packaging", "包装材料"), Words("cartons", "纸箱"), 0.0, 0.0, 95.0, 0.03),
    Planted(Words("Smart devices", "智能终端"), Words("smart devices", "智能设备"), 0.08, 0.35, 1350.0, 0.40),
    Planted(
        Words("Data and software services", "数据与软件服务"),
        Words("software seats", "软件席位"),
        0.0,
        0.40,
        5200.0,
        0.85,
        True,
    ),
)  # fmt: skip


def default_planted(industries: int) -> tuple[Planted, ...]:
    """Give so many industries, going round the four quadrants.

    >>> [p.quadrant for p in default_planted(8)].count("dispersed-concentrated")
    2
    """
    if industries < 1:
        raise JiqunError(f"generate: industries must be at least 1, not {industries}.")
    return tuple(_numbered(_CATALOGUE, i) for i in range(industries))


def _numbered(catalogue: Sequence[Planted], i: int) -> Planted:
    kind, again = catalogue[i % len(catalogue)], i // len(catalogue)
    if again == 0:
        return kind
    name = Words(f"{kind.name.en} {again + 1}", f"{kind.name.zh}{again + 1}")
    return replace(kind, name=name)
