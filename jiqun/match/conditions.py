"""Who may serve whom: conditions of both sides, as a mask that holds before the best are taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.match.asking import Request
from jiqun.match.features import distance_km
from jiqun.match.reading import Market

__all__ = ["allowed_of"]


def allowed_of(market: Market, request: Request) -> NDArray[np.bool_]:
    """Give who may serve whom: shape (suppliers,) where all needs have the same, else (needs, suppliers)."""
    book = market.book
    opened = market.open > 0
    limited = (
        any(request.exclude)
        or any(request.licences)
        or bool(np.isfinite(request.distance_km).any())
        or bool(market.refuses)
    )
    if not limited:
        return opened
    code = {name: k for k, name in enumerate(book.suppliers)}
    mask = np.repeat(opened[None, :], len(request.asked), axis=0)
    for row, (actor, ruled_out, wanted) in enumerate(
        zip(request.table["actor_id"], request.exclude, request.licences, strict=True)
    ):
        mask[row, [code[name] for name in ruled_out if name in code]] = False
        for supplier, who in market.refuses.items():
            if actor in who:
                mask[row, code[supplier]] = False
        if wanted:
            held = [k for k, name in enumerate(book.suppliers) if set(wanted) <= set(market.licences.get(name, ()))]
            only = np.zeros(mask.shape[1], dtype=bool)
            only[held] = True
            mask[row] &= only
        if np.isfinite(request.distance_km[row]) and book.position is not None:
            here = np.repeat(request.asked.position[row][None, :], mask.shape[1], axis=0)
            mask[row] &= distance_km(here, book.position) <= request.distance_km[row]
    return mask
