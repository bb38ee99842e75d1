"""Single entries of a sparse matrix, many at once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["entries"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def entries(matrix: sparse.csr_array, rows: Ints, columns: Ints) -> Floats:
    """Give the entries of a sparse matrix at pairs of row and column; 0 where nothing is stored or the row is -1.

    Parameters
    ----------
    matrix
        CSR with sorted indices and no duplicates.
    rows, columns
        Positions, each (pairs,); a row of -1 has no entries.

    Returns
    -------
    values
        Shape (pairs,).

    Examples
    --------
    >>> m = sparse.csr_array(np.array([[0.0, 2.0], [3.0, 0.0]]))
    >>> entries(m, np.array([0, 1, -1]), np.array([1, 0, 0])).tolist()
    [2.0, 3.0, 0.0]
    """
    out = np.zeros(len(rows))
    if matrix.nnz:
        _entries(matrix.indptr, matrix.indices, matrix.data.astype(np.float64, copy=False), rows, columns, out)
    return out


@njit(cache=True, nogil=True)
def _entries(indptr, indices, data, rows, columns, out):  # type: ignore[no-untyped-def]  # noqa: PLR0917  # pragma: no cover
    for k in range(len(rows)):
        row = rows[k]
        if row < 0:
            continue
        low, high, wanted = indptr[row], indptr[row + 1], columns[k]
        while low < high:
            middle = (low + high) >> 1
            if indices[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        if low < indptr[row + 1] and indices[low] == wanted:
            out[k] = data[low]
