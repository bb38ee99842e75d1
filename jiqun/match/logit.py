"""A conditional logit from sampled alternatives: which of the offered was chosen, corrected for how they were drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.match.objects import Floats, Ints

__all__ = ["Fit", "fit_logit"]


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of a conditional logit."""

    weights: Floats
    error: Floats
    loglik: float
    sets: int
    converged: bool


def fit_logit(
    features: NDArray[np.floating],
    start: Ints,
    chosen: NDArray[np.bool_],
    offset: Floats | None = None,
    *,
    l2: float | Floats = 1.0,
    tolerance: float = 1e-6,
    steps: int = 50,
) -> Fit:
    n, k = features.shape
    penalty = np.broadcast_to(np.asarray(l2, float), (k,)).copy()
    shift = np.zeros(n) if offset is None else offset
    lengths = np.diff(start)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    hits = np.bincount(owner, chosen, len(lengths))
    x = features.astype(np.float32)

    def state(w):
        u = x @ w.astype(np.float32) + shift
        top = np.maximum.reduceat(u, start[:-1])
        e = np.exp(u - top[owner])
        z = np.add.reduceat(e, start[:-1])
        p = e / z[owner]
        ll = (u[chosen].sum() - (hits * (top + np.log(z))).sum()) - 0.5 * (penalty * w * w).sum()
        return p, ll

    w = np.zeros(k)
    p, ll = state(w)
    ok = False
    for _ in range(steps):
        q = p * hits[owner]
        g = (x.T @ (chosen - q).astype(np.float32)).astype(float) - penalty * w
        xb = np.add.reduceat(x * p[:, None].astype(np.float32), start[:-1], axis=0)
        h = (x * q[:, None].astype(np.float32)).T @ x - (xb * hits[:, None].astype(np.float32)).T @ xb
        h = h.astype(float) + np.diag(penalty + 1e-9)
        step = np.linalg.solve(h, g)
        t = 1.0
        while t > 1e-4:
            p2, ll2 = state(w + t * step)
            if ll2 >= ll - 1e-9 * abs(ll):
                break
            t /= 2
        w, p = w + t * step, p2
        gain, ll = ll2 - ll, ll2
        if abs(gain) < tolerance * (1 + abs(ll)):
            ok = True
            break
    return Fit(w, np.sqrt(np.diag(np.linalg.inv(h))), float(ll), len(lengths), ok)
