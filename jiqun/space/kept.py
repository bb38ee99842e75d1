"""Results kept in memory while a cluster is open, so that a moved slider does not read the data again.

Disk is the business of ``engine.derived``; here are arrays and frames that many answers share.
A cluster on disk is known by its folder and the hash of its data, one in memory by its identity.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from jiqun.cluster import Cluster

__all__ = ["forget", "kept"]

T = TypeVar("T")

LIMIT = 256
"""Results held for each cluster; the one least recently used goes first."""

_memory: weakref.WeakKeyDictionary[Cluster, OrderedDict[str, Any]] = weakref.WeakKeyDictionary()
_folders: OrderedDict[tuple[str, str], OrderedDict[str, Any]] = OrderedDict()
_locks: dict[tuple[int, str], threading.Lock] = {}
_guard = threading.RLock()

FOLDERS = 8
"""Clusters on disk whose results are held at once."""


def kept(cluster: Cluster, name: str, compute: Callable[[], T]) -> T:
    """Give a result computed once for a cluster, however many threads ask for it.

    Parameters
    ----------
    cluster
        The data; it does not change while it is open.
    name
        What is computed, with every parameter it depends on.
    compute
        Gives the result, which nobody may change afterwards.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))
    >>> kept(c, "answer", lambda: 42), kept(c, "answer", lambda: 43)
    (42, 42)
    """
    with _guard:
        shelf = _shelf(cluster)
        if name in shelf:
            shelf.move_to_end(name)
            held: T = shelf[name]
            return held
        lock = _locks.setdefault((id(shelf), name), threading.Lock())
    with lock:
        with _guard:
            if name in shelf:
                found: T = shelf[name]
                return found
        try:
            result = compute()
            with _guard:
                shelf[name] = result
                while len(shelf) > LIMIT:
                    shelf.popitem(last=False)
        finally:
            with _guard:
                _locks.pop((id(shelf), name), None)
        return result


def forget(cluster: Cluster) -> None:
    """Let go of everything kept for a cluster."""
    with _guard:
        _shelf(cluster).clear()


def _shelf(cluster: Cluster) -> OrderedDict[str, Any]:
    if cluster.path is None:
        return _memory.setdefault(cluster, OrderedDict())
    key = (cluster.path, cluster.store.data_hash)
    shelf = _folders.setdefault(key, OrderedDict())
    _folders.move_to_end(key)
    while len(_folders) > FOLDERS:
        _folders.popitem(last=False)
    return shelf
