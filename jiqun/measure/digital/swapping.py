"""What the actors of an industry would share if labels had been swapped: among whom, and how often it is drawn.

Two choices decide what “by chance” means. Labels are swapped within strata of activity, so that popularity is not taken
for concentration. And they are swapped either among all actors or among those of the industries that are not
concentrated themselves: where a few industries are, the whole is not what the others follow, and with enough firms
each of these differs from it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.measure.bands import p_pointwise
from jiqun.measure.elsewhere import swapped
from jiqun.measure.kernels.shared_pairs import squared_sum, squared_sums
from jiqun.measure.resample import generators

__all__ = ["Network", "null_values"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

_ROUNDS = 8
_FOUND = 0.01
"""Probability at which an industry is taken out of what the others are compared with: small, since to take out those
that are high by chance lowers what is left and makes the next look high."""


@dataclass(frozen=True, slots=True)
class Network:
    """Links by counterpart and by actor, and what pairs of a group share and are expected to."""

    links: sp.csr_array
    """Weights, shape (actors, counterparts); every actor has a link."""
    turned: sp.csc_array
    """The same by counterpart."""
    label: Codes
    """Industry of each actor, −1 where unknown, shape (actors,)."""
    degree: Codes
    alone: Array
    """Sum of the squared weights of each actor's links."""
    chance: Callable[[Codes, Array, int], Array]
    groups: int

    def sums(self, label: Codes, times: Array) -> tuple[Array, Array]:
        """Shared counterparts of all pairs of each group, and what is expected."""
        squared = squared_sums(self.turned.indptr, self.turned.indices, self.turned.data, label, times, self.groups)
        inside = label >= 0
        own = np.bincount(label[inside], (times**2 * self.alone)[inside], self.groups)
        return (squared - own) / 2.0, self.chance(label, times, self.groups)

    def ratio(self, label: Codes, times: Array) -> Array:
        """Shared counterparts relative to chance, NaN for a group without pairs."""
        return _over(*self.sums(label, times))

    def ratio_of(self, members: Codes) -> float:
        """Give the same for one group of actors without a look at the others."""
        label = np.full(len(self.label), -1, dtype=np.int64)
        label[members] = 0
        both = squared_sum(self.links.indptr, self.links.indices, self.links.data, members, self.links.shape[1])
        expected = self.chance(label, np.ones(len(label)), 1)
        return float(_over(np.array([(both - self.alone[members].sum()) / 2.0]), expected)[0])


def _over(shared: Array, chance: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chance > 1e-12, shared / chance, np.nan)


def null_values(
    net: Network,
    strata: Codes,
    simulations: int,
    *,
    least: bool = False,
    rng: np.random.Generator | int | None = 0,
) -> Array:
    """Draw the values of all industries with the labels of equally active actors swapped.

    Parameters
    ----------
    net
        Links and labels.
    strata
        Stratum of each actor, shape (actors,).
    simulations
        Draws.
    least
        False: labels are swapped among all actors that have one. True: those of an industry with those of the
        industries that are not found concentrated (above expectation and p ≤ 1 %, or as small as so few draws can
        make it). Which these are is found by turns: first against all; then each against those left, itself put
        back, until nothing changes. At least half of the actors stay, so that there is always something to be
        compared with.
    rng
        Generator, seed or None; each draw has a child of its own, the same in every turn.

    Returns
    -------
    ndarray
        Shape (simulations, industries).
    """
    if not simulations:
        return np.full((0, net.groups), np.nan)
    children = generators(rng, simulations)
    # a generator moves on as it draws: each turn starts from the same state
    states = [child.bit_generator.state for child in children]

    def again() -> list[np.random.Generator]:
        for child, state in zip(children, states, strict=True):
            child.bit_generator.state = state
        return children

    observed = net.ratio(net.label, np.ones(len(net.label)))
    null = _among(net, strata, net.label, again())
    if not least:
        return null
    out = np.zeros(net.groups, dtype=np.bool_)
    for _ in range(_ROUNDS):
        found = _concentrated(observed, null, net.label)
        if (found == out).all():
            break
        out = found
        null = _among(net, strata, np.where(np.isin(net.label, np.flatnonzero(out)), -1, net.label), again())
        for c in np.flatnonzero(out):
            null[:, c] = _against(net, strata, out, int(c), again())
    return null


def _concentrated(observed: Array, null: Array, label: Codes) -> NDArray[np.bool_]:
    """Say which industries are above chance; the least extreme are let off until they are half of the actors."""
    mean, deviation = null.mean(axis=0), np.maximum(null.std(axis=0), 1e-300)
    p = np.where(np.isfinite(observed), p_pointwise(observed, null), 1.0)
    found = (p <= max(_FOUND, 2.0 / (len(null) + 1))) & (observed > mean)
    held = np.bincount(label[label >= 0], minlength=len(observed))
    order = np.argsort(np.where(found, -(observed - mean) / deviation, np.inf), kind="stable")
    upto = np.cumsum(held[order]) * 2 <= held.sum()
    kept = np.zeros(len(observed), dtype=np.bool_)
    kept[order[upto]] = True
    return np.asarray(found & kept)


def _among(net: Network, strata: Codes, label: Codes, children: list[np.random.Generator]) -> Array:
    """Values with the labels that are given swapped among themselves."""
    ones = np.ones(len(label))
    return _drawn(lambda random: net.ratio(swapped(label, strata, random), ones), children)


def _against(net: Network, strata: Codes, out: NDArray[np.bool_], c: int, children: list[np.random.Generator]) -> Array:
    """Values of one industry with its labels swapped with those of the industries that are not out."""
    pool = np.where((net.label == c) | ((net.label >= 0) & ~out[net.label]), net.label, -1)
    return _drawn(lambda random: np.float64(net.ratio_of(np.flatnonzero(swapped(pool, strata, random) == c))), children)


def _drawn(draw: Callable[[np.random.Generator], Array | float], children: list[np.random.Generator]) -> Array:
    with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as pool:
        return np.array(list(pool.map(draw, children)))
