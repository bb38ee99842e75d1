"""Groups re-dealt at random: members swap places while groups keep their sizes, and (if asked) pairs their counts."""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["deal", "shared_triples"]


@njit(cache=True, nogil=True)
def shared_triples(start, member, by_start, group):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Count triples that two groups share, over all pairs of groups."""
    groups = len(start) - 1
    both = np.zeros(groups, dtype=np.int64)
    seen = np.empty(groups, dtype=np.int64)
    found = 0.0
    for g in range(groups):
        many = 0
        for s in range(start[g], start[g + 1]):
            i = member[s]
            for k in range(by_start[i], by_start[i + 1]):
                h = group[k]
                if h >= g:
                    break
                if both[h] == 0:
                    seen[many] = h
                    many += 1
                both[h] += 1
        for k in range(many):
            n = both[seen[k]]
            found += n * (n - 1) * (n - 2) / 6.0
            both[seen[k]] = 0
    return found


@njit(cache=True, nogil=True)
def deal(start, member, owner, sweeps, hot, cold, rng):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Swap members of groups in place. With ``sweeps[1]`` > 0 the counts of pairs are brought back to what they were.

    First ``sweeps[0]`` free sweeps make the groups as random as sizes and activities allow; then ``sweeps[1]`` sweeps
    cool from ``hot`` to ``cold`` on the squared differences of the counts of pairs, and as many again at ``cold``.
    Gives the sum of absolute differences that is left.
    """
    slots = len(member)
    pairs = 0
    for g in range(len(start) - 1):
        n = start[g + 1] - start[g]
        pairs += n * (n - 1) // 2
    size = 1
    while size < 8 * pairs + 64:
        size *= 2
    keys = np.full(size, -1, dtype=np.int64)
    off = np.zeros(size, dtype=np.int32)
    used = _count(start, member, keys, off, -1)
    held = member.copy()
    for _ in range(sweeps[0] * slots):
        _try(start, held, owner, rng)
    member[:] = held
    if sweeps[1] == 0:
        return 0.0
    used += _count(start, member, keys, off, 1)
    total = sweeps[1] * slots
    rate = (cold / hot) ** (1.0 / max(total, 1))
    heat = hot
    for step in range(2 * total):
        if step < total:
            heat *= rate
        used += _cooled(start, member, owner, keys, off, heat, rng)
        if used > size // 2:
            used = _purged(keys, off)
    left = 0.0
    for k in range(size):
        left += abs(off[k])
    return left


@njit(cache=True, nogil=True)
def _in(start, member, g, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    for s in range(start[g], start[g + 1]):  # noqa: SIM110
        if member[s] == i:
            return True
    return False


@njit(cache=True, nogil=True)
def _try(start, member, owner, rng):  # type: ignore[no-untyped-def]  # pragma: no cover
    x, y = int(rng.random() * len(member)), int(rng.random() * len(member))
    g, h, a, b = owner[x], owner[y], member[x], member[y]
    if g != h and a != b and not _in(start, member, h, a) and not _in(start, member, g, b):
        member[x], member[y] = b, a


@njit(cache=True, nogil=True)
def _cooled(start, member, owner, keys, off, heat, rng):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Try one swap; it stays if pairs come nearer to their counts, and at times if not. Give the new keys."""
    x, y = int(rng.random() * len(member)), int(rng.random() * len(member))
    g, h, a, b = owner[x], owner[y], member[x], member[y]
    if g == h or a == b or _in(start, member, h, a) or _in(start, member, g, b):
        return 0
    worse, new = _moved(start, member, keys, off, g, x, a, b)
    more, newer = _moved(start, member, keys, off, h, y, b, a)
    if worse + more <= 0 or rng.random() < np.exp(-(worse + more) / heat):
        member[x], member[y] = b, a
    else:
        _moved(start, member, keys, off, g, x, b, a)
        _moved(start, member, keys, off, h, y, a, b)
    return new + newer


@njit(cache=True, nogil=True)
def _moved(start, member, keys, off, g, slot, out, into):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Replace one member of a group in the counts of pairs: by how much the squares grow, and how many keys are new."""
    change, new = 0, 0
    for s in range(start[g], start[g + 1]):
        if s == slot:
            continue
        at, one = _at(keys, out, member[s])
        change += 1 - 2 * off[at]
        off[at] -= 1
        at, two = _at(keys, into, member[s])
        change += 1 + 2 * off[at]
        off[at] += 1
        new += one + two
    return change, new


@njit(cache=True, nogil=True)
def _at(keys, i, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Find the place of a pair in the table, and whether it is new there."""
    key = (i << 31) | j if i < j else (j << 31) | i
    at = (((key ^ (key >> 31)) * 0x9E3779B97F4A7C1) >> 20) & (len(keys) - 1)
    while keys[at] != -1:
        if keys[at] == key:
            return at, 0
        at = (at + 1) & (len(keys) - 1)
    keys[at] = key
    return at, 1


@njit(cache=True, nogil=True)
def _count(start, member, keys, off, by):  # type: ignore[no-untyped-def]  # pragma: no cover
    new = 0
    for g in range(len(start) - 1):
        for s in range(start[g], start[g + 1]):
            for t in range(s + 1, start[g + 1]):
                at, one = _at(keys, member[s], member[t])
                off[at] += by
                new += one
    return new


@njit(cache=True, nogil=True)
def _purged(keys, off):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Leave out pairs whose count is as it was."""
    kept = off != 0
    old, value = keys[kept].copy(), off[kept].copy()
    keys[:] = -1
    off[:] = 0
    for k in range(len(old)):
        at, _ = _at(keys, old[k] >> 31, old[k] & 0x7FFFFFFF)
        off[at] = value[k]
    return len(old)
