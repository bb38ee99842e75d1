"""Random numbers by counter: the draw of an agent in a period is a function of who, when and what for.

There is no generator whose state could depend on the number of threads, on the order of agents or on what
another policy drew before: Philox4x32-10 turns ``(id, step, purpose, draw)`` under the key
``(seed, replicate)`` into four words. The same tag of purpose in two arms of a policy gives common random
numbers; a run resumed from a checkpoint draws what it would have drawn.

References
----------
Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, SC '11,
doi 10.1145/2063384.2063405.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

__all__ = ["CROWD", "crowd", "crowd_limit", "crowd_word", "key_of", "lane", "philox", "uniform", "uniforms", "word"]

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_ROUNDS = 10
CROWD = 4096
"""Agents whose words :func:`crowd` makes at a time."""
_QUARTER = 1024
_TO_UNIT = 1.0 / 4294967296.0
_TO_UNIT_53 = 1.0 / 9007199254740992.0


@njit(cache=True, nogil=True, inline="always")
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:  # noqa: PLR0917
    """Four random words from a counter of four words and a key of two, Philox4x32 with ten rounds.

    Parameters
    ----------
    c0, c1, c2, c3
        The counter: 32-bit words held in uint64.
    k0, k1
        The key: 32-bit words held in uint64.

    Returns
    -------
    tuple of uint64
        Four words below 2³².

    Examples
    --------
    >>> zero = np.uint64(0)
    >>> [f"{int(word):08x}" for word in philox(zero, zero, zero, zero, zero, zero)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(_ROUNDS):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _32) ^ c1 ^ k0
        c2 = (p0 >> _32) ^ c3 ^ k1
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@njit(cache=True, nogil=True, inline="always")
def lane(words: Any, which: Any) -> Any:
    """One of four words."""
    if which == 0:
        return words[0]
    if which == 1:
        return words[1]
    if which == 2:
        return words[2]
    return words[3]


@njit(cache=True, nogil=True, inline="always")
def word(k0: Any, k1: Any, agent: Any, step: Any, purpose: Any, draw: Any) -> Any:  # noqa: PLR0917
    """One word for a draw of an agent in a step; ids below 2⁶⁴, steps and draws below 2³², purposes below 2⁸.

    Four draws that follow one another share a block of Philox.
    """
    high = (np.uint64(agent) >> _32) & np.uint64(0xFFFFFF)
    words = philox(
        np.uint64(agent) & _LOW,
        (high << np.uint64(8)) | np.uint64(purpose),
        np.uint64(step) & _LOW,
        np.uint64(draw) >> np.uint64(2),
        k0,
        k1,
    )
    return lane(words, np.uint64(draw) & np.uint64(3))


@njit(cache=True, nogil=True, inline="always")
def uniform(k0: Any, k1: Any, agent: Any, step: Any, purpose: Any, draw: Any) -> Any:  # noqa: PLR0917
    """A uniform number in [0, 1) with 32 bits for a draw of an agent in a step; see :func:`word`."""
    return np.float64(word(k0, k1, agent, step, purpose, draw)) * _TO_UNIT


@njit(cache=True, nogil=True)
def crowd(words: Any, block: Any, k0: Any, k1: Any, step: Any, purpose: Any) -> None:  # noqa: PLR0917
    """One word for each of 4,096 agents that follow one another: all four words of 1,024 counters.

    Parameters
    ----------
    words
        Shape (4096,), uint32; written. The word of agent ``a`` is at ``a % 4096``.
    block
        The agents are those with ``a // 4096 == block``.
    k0, k1, step, purpose
        As in :func:`word`; a purpose is for :func:`word` or for this, not for both.
    """
    for j in range(_QUARTER):
        counter = np.uint64(block * _QUARTER + j)
        drawn = philox(
            counter & _LOW,
            ((counter >> _32) << np.uint64(8)) | np.uint64(purpose),
            np.uint64(step),
            np.uint64(0),
            k0,
            k1,
        )
        words[j] = drawn[0]
        words[_QUARTER + j] = drawn[1]
        words[2 * _QUARTER + j] = drawn[2]
        words[3 * _QUARTER + j] = drawn[3]


def crowd_word(key: tuple[np.uint64, np.uint64], agent: int, *, step: int, purpose: int) -> int:
    """The word that :func:`crowd` gives an agent: its plain reference.

    Examples
    --------
    >>> words = np.zeros(CROWD, dtype=np.uint32)
    >>> crowd(words, 2, *key_of(5), 1, 0)
    >>> crowd_word(key_of(5), 2 * CROWD + 3000, step=1, purpose=0) == int(words[3000])
    True
    """
    counter = (agent // CROWD) * _QUARTER + agent % _QUARTER
    block = philox(
        np.uint64(counter & 0xFFFFFFFF),
        np.uint64(((counter >> 32) << 8) | purpose),
        np.uint64(step),
        np.uint64(0),
        *key,
    )
    return int(block[(agent % CROWD) // _QUARTER])


def crowd_limit(chance: float) -> int:
    """How many of the 2³² words mean yes at a chance: a word below it is one.

    Examples
    --------
    >>> crowd_limit(0.0), crowd_limit(0.5), crowd_limit(1.0)
    (0, 2147483648, 4294967296)
    """
    return math.ceil(min(max(chance, 0.0), 1.0) * 2**32)


def key_of(seed: int, replicate: int = 0) -> tuple[np.uint64, np.uint64]:
    """The key of a replicate of a run: two words.

    Parameters
    ----------
    seed
        Below 2³².
    replicate
        Below 2³².

    Raises
    ------
    ValueError
        If either is outside its range.

    Examples
    --------
    >>> [int(word) for word in key_of(7, 2)]
    [7, 2]
    """
    for name, value in (("seed", seed), ("replicate", replicate)):
        if not 0 <= value < 1 << 32:
            raise ValueError(f"{name} must be from 0 to 4294967295, not {value}")
    return np.uint64(seed), np.uint64(replicate)


def uniforms(
    key: tuple[np.uint64, np.uint64], agents: np.ndarray, *, step: int, purpose: int, draw: int = 0
) -> np.ndarray:
    """Uniform numbers in [0, 1) of many agents at once, with 53 bits: for what is drawn rarely.

    Parameters
    ----------
    key
        See :func:`key_of`.
    agents
        Ids, shape (agents,), non-negative.
    step, purpose, draw
        When, what for, and which of several; ``draw`` counts pairs of words and is apart from the draws of
        :func:`uniform` under another purpose only.

    Returns
    -------
    numpy.ndarray
        Shape (agents,), float64.

    Examples
    --------
    >>> uniforms(key_of(7), np.arange(3), step=0, purpose=1).round(4)
    array([0.1827, 0.2373, 0.5535])
    """
    ids = np.asarray(agents, dtype=np.uint64)
    c0 = ids & _LOW
    c1 = (((ids >> _32) & np.uint64(0xFFFFFF)) << np.uint64(8)) | np.uint64(purpose)
    c2 = np.full(ids.shape, step, dtype=np.uint64)
    c3 = np.full(ids.shape, draw >> 1, dtype=np.uint64)
    k0, k1 = key
    for _ in range(_ROUNDS):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c2 = (p1 >> _32) ^ c1 ^ k0, (p0 >> _32) ^ c3 ^ k1
        c1, c3 = p1 & _LOW, p0 & _LOW
        k0, k1 = np.uint64((int(k0) + int(_W0)) & 0xFFFFFFFF), np.uint64((int(k1) + int(_W1)) & 0xFFFFFFFF)
    first, second = (c0, c1) if draw % 2 == 0 else (c2, c3)
    bits = ((first >> np.uint64(5)) << np.uint64(26)) | (second >> np.uint64(6))
    return np.asarray(bits.astype(np.float64) * _TO_UNIT_53)
