"""Jiqun 集群: the open industry brain for digital industrial clusters.

>>> import jiqun
>>> jiqun.Cluster
<class 'jiqun.cluster.model.Cluster'>
"""

from __future__ import annotations

from jiqun.cluster import Cluster, JiqunError, __version__
from jiqun.engine import open_cluster as open  # noqa: A004

__all__ = ["Cluster", "JiqunError", "__version__", "open"]
