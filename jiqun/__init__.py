"""Jiqun 集群: the open industry brain for digital industrial clusters.

Open a cluster that ``jiqun ingest`` wrote with :func:`open`, or make one of your own frames with
:meth:`Cluster.from_tables`; then measure it. The rooms – ``jiqun.measure``, ``jiqun.ingest`` … – are imported
when they are first named.

>>> import jiqun, polars as pl
>>> firms = pl.DataFrame({"actor_id": ["a", "b"], "place_id": ["p", "q"], "industry_id": ["games", "cars"]})
>>> c = jiqun.Cluster.from_tables(actors=firms)
>>> c.measure("location_quotient", replicates=0).row(0)[:3]
('p', 'cars', 0.0)
>>> jiqun.measure.location_quotient(firms, replicates=0).row(1)[:3]
('p', 'games', 2.0)
"""

from __future__ import annotations

from typing import Any

from jiqun.cluster import Cluster, JiqunError, __version__
from jiqun.cluster.rooms import ROOMS, room
from jiqun.engine import open_cluster as open  # noqa: A004

__all__ = ["Cluster", "JiqunError", "__version__", "open"]


def __getattr__(name: str) -> Any:
    if name in ROOMS:
        return room(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *ROOMS})
