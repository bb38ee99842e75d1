"""Cells without a flow that a gravity equation predicts perfectly, so that its effects have no finite estimate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.gravity.effects import effects_of, without_effects

__all__ = ["separated"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

HEAVY = 1e8
"""Weight of a cell with a flow beside one without."""
SMALL = 1e-4


def separated(flow: Array, regressors: Array, used: Mask, *, most: int = 500) -> Mask:
    """Find the cells that are separated, by iterated rectified regressions.

    A cell without a flow is separated where a combination of effects and regressors is nought at every flow, nowhere
    positive, and negative in this cell. The largest set of such cells is found by regressing an indicator
    of the cells without a flow on effects and regressors, the cells with one weighing almost infinitely, cutting
    what is fitted below nought, and beginning again, until nothing is below.

    Parameters
    ----------
    flow
        Shape (groups, origins, destinations).
    regressors
        Shape (regressors, groups, origins, destinations), finite.
    used
        Cells in use.
    most
        Regressions at most.

    Returns
    -------
    ndarray
        Whether each cell is separated, shape of ``flow``.

    References
    ----------
    Correia, S., Guimarães, P. & Zylkin, T. (2019), Verifying the existence of maximum likelihood estimates for
    generalized linear models. arXiv:1903.01633

    Examples
    --------
    Nothing stays in its place, so that an effect of the same place would be minus infinity:

    >>> flows = np.array([[[0.0, 2.0, 1.0], [2.0, 0.0, 1.0], [1.0, 3.0, 0.0]]])
    >>> separated(flows, np.eye(3)[None, None], np.ones((1, 3, 3), dtype=bool))[0].tolist()
    [[True, False, False], [False, True, False], [False, False, True]]
    """
    empty = used & (flow <= 0)
    if not empty.any():
        return empty
    weight = np.where(used, np.where(empty, 1.0, HEAVY), 0.0)
    effects = effects_of(used)
    inner = without_effects(regressors, weight, effects)
    weighted = inner * weight
    information = np.einsum("kgij,lgij->kl", weighted, inner, optimize=True)
    solved = np.linalg.pinv(information, rcond=1e-12, hermitian=True)
    sought = empty.astype(np.float64)
    for _ in range(most):
        left = without_effects(sought[None], weight, effects)[0]
        slope = solved @ np.einsum("kgij,gij->k", weighted, left, optimize=True)
        fitted = sought - (left - np.einsum("k,kgij->gij", slope, inner))
        fitted[np.abs(fitted) < SMALL] = 0.0
        fitted[~empty] = 0.0
        if (fitted >= 0).all():
            return np.asarray(empty & (fitted > 0))
        sought = np.maximum(fitted, 0.0)
    return np.zeros_like(empty)
