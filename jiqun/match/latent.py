"""Suppliers and needs in a few dimensions: what kinds of need go together with what suppliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from jiqun.match.memory import Memory
from jiqun.match.objects import Asked, Floats, Ints

__all__ = ["DIMENSIONS", "Latent", "latent"]

DIMENSIONS = 48


@dataclass(frozen=True, slots=True)
class Latent:
    """Coordinates of the levels of all profiles, stacked, and of suppliers, of length 1 or 0."""

    levels: NDArray[np.float64]
    suppliers: NDArray[np.float64]
    first: Ints
    """Row at which the levels of each profile begin."""

    def cosines(self, memory: Memory, asked: Asked, need: Ints, supplier: Ints) -> Floats:
        """Give the cosine of each pair; 0 where nothing is known of either."""
        place = np.zeros((len(asked), self.suppliers.shape[1]))
        for k, profile in enumerate(memory.profiles):
            rows = profile.rows(asked.traits, memory.levels)
            place[rows >= 0] += self.levels[self.first[k] + rows[rows >= 0]]
        return _products(_unit(place), self.suppliers, need, supplier)

    def partner_cosines(self, partners: sparse.csr_array, need: Ints, supplier: Ints) -> Floats:
        """Give the cosine of each supplier with the mean of the need's past partners; 0 where it has none."""
        return _products(_unit(np.asarray(partners @ self.suppliers)), self.suppliers, need, supplier)


def latent(memory: Memory, dimensions: int = DIMENSIONS) -> Latent:
    """Decompose levels × suppliers by a truncated singular value decomposition.

    Counts enter as ``ln(1 + n)``, a level is divided by the root of all its deals and a supplier by its length, so that
    neither the popular place nor the busy supplier sets the axes. The start of the iteration is fixed.

    Parameters
    ----------
    memory
        The past.
    dimensions
        How many to keep; fewer where the table has fewer.
    """
    first = np.r_[0, np.cumsum([len(profile.keys) for profile in memory.profiles])].astype(np.int64)
    parts = []
    for profile in memory.profiles:
        part = profile.counts.copy()
        damp = (1.0 if len(profile.of) == 1 else 0.7) / np.sqrt(np.maximum(profile.total, 1.0))
        part.data = np.log1p(part.data) * np.repeat(damp, np.diff(part.indptr))
        parts.append(part)
    shape = (int(first[-1]), memory.suppliers)
    keep = min(dimensions, shape[0] - 1, shape[1] - 1)
    if not parts or keep < 1 or sum(part.nnz for part in parts) == 0:
        return Latent(np.zeros((shape[0], 1)), np.zeros((memory.suppliers, 1)), first)
    table = sparse.csr_array(sparse.vstack(parts))
    length = np.sqrt(np.asarray(table.power(2).sum(axis=0)).ravel()) + 0.3
    table.data = table.data / length[table.indices]
    left, value, right = svds(table, k=keep, v0=np.ones(min(shape)) / np.sqrt(min(shape)))
    return Latent(left * value, _unit(right.T), first)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 1e-12))


def _products(a: NDArray[np.float64], b: NDArray[np.float64], row: Ints, column: Ints, block: int = 200_000) -> Floats:
    out = np.empty(len(row))
    for low in range(0, len(row), block):
        at = slice(low, low + block)
        out[at] = np.einsum("ij,ij->i", a[row[at]], b[column[at]])
    return out
