"""Results of indices that were computed a moment ago, so that the next page of one costs nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Results"]


@dataclass
class Results:
    """Tables by the question they answer, the least recently used let go first.

    Two threads that ask the same question at once share one computation. A table larger than the whole
    room is given and not held.

    Parameters
    ----------
    room
        Bytes held at most.

    Examples
    --------
    >>> import pyarrow as pa
    >>> results = Results(room=100)
    >>> first = results.get("a", lambda: pa.table({"value": [1.0]}))
    >>> results.get("a", lambda: pa.table({"value": [2.0]})) is first
    True
    """

    room: int = 512 << 20
    _held: OrderedDict[Hashable, pa.Table] = field(init=False, repr=False, default_factory=OrderedDict)
    _making: dict[Hashable, threading.Lock] = field(init=False, repr=False, default_factory=dict)
    _guard: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)

    def get(self, key: Hashable, compute: Callable[[], pa.Table]) -> pa.Table:
        """Give the table of a question, computed where it is not held."""
        with self._guard:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                with self._guard:
                    if key in self._held:
                        self._held.move_to_end(key)
                        return self._held[key]
                made = compute()
                self._hold(key, made)
                return made
        finally:
            with self._guard:
                self._making.pop(key, None)

    def _hold(self, key: Hashable, made: pa.Table) -> None:
        with self._guard:
            if made.nbytes > self.room:
                return
            self._held[key] = made
            while sum(table.nbytes for table in self._held.values()) > self.room:
                self._held.popitem(last=False)
