"""What two actors would share by chance: the bipartite configuration model, and the excess over it.

A popular seller shares buyers with every other popular seller. The null keeps how many counterparts
each actor has and how many actors each counterpart has, on average, and is otherwise as random as
can be (maximum entropy); only what two actors share beyond it says that they are near each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

__all__ = ["Chance", "Probabilities", "chance", "probabilities", "shared"]

Array = NDArray[np.float64]

_CLASSES = 192
"""Degrees are grouped into at most about so many classes: exact below a hundred, within 2 % above."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Shared counterparts expected by chance, for classes of actors with the same number of counterparts."""

    member: NDArray[np.int64]
    """Class of each actor, shape (actors,)."""
    mean: Array
    """Expected shared counterparts of an actor of one class and one of another, shape (classes, classes)."""
    deviation: Array
    """Standard deviation of the same."""


def chance(degrees: NDArray[np.int64], counterparts: NDArray[np.int64]) -> Chance:
    """Fit the bipartite configuration model and give what pairs of actors share under it.

    The probability of a link is ``p_ia = 1 / (1 + exp(−θ_i − φ_a))`` with ``Σ_a p_ia = k_i`` and
    ``Σ_i p_ia = d_a``; shared counterparts are a sum of independent draws with mean
    ``Σ_a p_ia p_ja`` and variance ``Σ_a p_ia p_ja (1 − p_ia p_ja)``.

    Parameters
    ----------
    degrees
        Counterparts of each actor ``k_i`` > 0, shape (actors,).
    counterparts
        Actors of each counterpart ``d_a`` > 0, shape (counterparts,).

    References
    ----------
    Saracco, F., Straka, M., Di Clemente, R., Gabrielli, A., Caldarelli, G. & Squartini, T. (2017).
    doi:10.1088/1367-2630/aa6b38

    Examples
    --------
    Two actors with one of two counterparts each: every link has p = ½, they share 2 · ¼.

    >>> float(chance(np.array([1, 1]), np.array([1, 1])).mean[0, 0].round(6))
    0.5
    """
    k, k_size, member = _classes(degrees)
    d, d_size, _ = _classes(counterparts)
    probability = _fit(k, k_size, d, d_size)
    mean = (probability * d_size) @ probability.T
    squared = probability**2
    variance = np.maximum(mean - (squared * d_size) @ squared.T, 0.0)
    return Chance(member, mean, np.sqrt(variance))


def shared(links: sp.csr_array) -> NDArray[np.float32]:
    """Count the counterparts that each pair of actors shares.

    Parameters
    ----------
    links
        Ones where an actor (row) has a counterpart (column), shape (actors, counterparts).

    Returns
    -------
    ndarray
        Whole numbers, shape (actors, actors); the diagonal is the number of counterparts.

    Examples
    --------
    >>> shared(sp.csr_array(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32))).tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    ones = links.astype(np.float32)
    rows, columns = ones.shape
    # Dense products run at the speed of the processor; sparse ones win only where links are few.
    if ones.nnz * 25 > rows * columns and rows * columns * 4 < 1 << 28:
        dense = ones.toarray()
        return np.asarray(dense @ dense.T)
    return np.asarray((ones @ ones.T).toarray())


def _classes(degrees: NDArray[np.int64]) -> tuple[Array, Array, NDArray[np.int64]]:
    """Group degrees; give the mean degree and the size of each class, and the class of each member."""
    exact, inverse = np.unique(degrees, return_inverse=True)
    if len(exact) > _CLASSES:
        wide = np.where(degrees <= 96, degrees, 96 + np.floor(np.log(np.maximum(degrees, 96) / 96) / np.log(1.02)))
        _, inverse = np.unique(wide.astype(np.int64), return_inverse=True)
    size = np.bincount(inverse).astype(np.float64)
    return np.bincount(inverse, degrees) / size, size, inverse


def _fit(  # noqa: PLR0917
    k: Array, k_size: Array, d: Array, d_size: Array, rounds: int = 200, tolerance: float = 1e-4
) -> Array:
    """Solve for the probabilities by turns, one Newton step for each side, until the degrees agree."""
    links = float(k @ k_size)
    theta, phi = np.log(k / np.sqrt(links)), np.log(d / np.sqrt(links))
    goal_k, goal_d = np.minimum(k, d_size.sum() * (1 - 1e-6)), np.minimum(d, k_size.sum() * (1 - 1e-6))
    probability = _logistic(theta, phi)
    for _ in range(rounds):
        short = goal_k - probability @ d_size
        theta += np.clip(short / np.maximum((probability * (1 - probability)) @ d_size, 1e-9), -1.5, 1.5)
        probability = _logistic(theta, phi)
        short_d = goal_d - k_size @ probability
        if max(np.abs(short / k).max(), np.abs(short_d / d).max()) < tolerance:
            break
        phi += np.clip(short_d / np.maximum(k_size @ (probability * (1 - probability)), 1e-9), -1.5, 1.5)
        probability = _logistic(theta, phi)
    return probability


def _logistic(theta: Array, phi: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(theta[:, None] + phi[None, :], -60, 60))))


@dataclass(frozen=True, slots=True)
class Probabilities:
    """The bipartite configuration model by classes of degree: who is linked to whom with what probability."""

    actor: NDArray[np.int64]
    """Class of each actor, shape (actors,)."""
    of: Array
    """Probability of a link between an actor of a class and a counterpart of a class, shape (classes, classes)."""
    counterparts: Array
    """Counterparts of each class."""

    def pairs(self, group: NDArray[np.int64], times: Array, groups: int) -> Array:
        """Give the counterparts that pairs of actors of a group are expected to share, summed over pairs.

        Parameters
        ----------
        group
            Group of each actor, negative for none, shape (actors,).
        times
            How often each actor counts, shape (actors,); it is no pair with itself.
        groups
            Number of groups.

        Returns
        -------
        ndarray
            ``Σ_{i<j} t_i t_j Σ_a p_ia p_ja``, shape (groups,).
        """
        kinds = self.of.shape[0]
        inside = group >= 0
        cell = group[inside] * kinds + self.actor[inside]
        held, squared = (
            np.bincount(cell, value[inside], groups * kinds).reshape(groups, kinds) for value in (times, times**2)
        )
        met = held @ self.of
        alone = squared @ (self.of**2 @ self.counterparts)
        return np.asarray(((met**2) @ self.counterparts - alone) / 2.0)


def probabilities(
    degrees: NDArray[np.int64], counterparts: NDArray[np.int64], tolerance: float = 1e-9
) -> Probabilities:
    """Fit the bipartite configuration model, one class for each degree that occurs.

    Parameters
    ----------
    degrees
        Counterparts of each actor > 0, shape (actors,).
    counterparts
        Actors of each counterpart > 0, shape (counterparts,).
    tolerance
        Largest relative error of an expected degree.

    References
    ----------
    Saracco, F., Straka, M., Di Clemente, R., Gabrielli, A., Caldarelli, G. & Squartini, T. (2017).
    doi:10.1088/1367-2630/aa6b38

    Examples
    --------
    >>> made = probabilities(np.array([1, 1]), np.array([1, 1]))
    >>> made.pairs(np.array([0, 0]), np.ones(2), 1).round(6).tolist()
    [0.5]
    """
    k, member = np.unique(degrees, return_inverse=True)
    d, other = np.unique(counterparts, return_inverse=True)
    k_size, d_size = np.bincount(member).astype(np.float64), np.bincount(other).astype(np.float64)
    fitted = _fit(k.astype(np.float64), k_size, d.astype(np.float64), d_size, rounds=5000, tolerance=tolerance)
    return Probabilities(member.astype(np.int64), fitted, d_size)
