"""Where it is computed: DuckDB, the cluster on disk, and the trace of every number."""

from jiqun.engine.database import connect, database, relation
from jiqun.engine.folder import FolderStore, Writer, open_cluster, writing
from jiqun.engine.manifest import MIGRATIONS, Manifest, Part, SourceFile, read_manifest
from jiqun.engine.trace import Trace, trace

__all__ = [
    "MIGRATIONS",
    "FolderStore",
    "Manifest",
    "Part",
    "SourceFile",
    "Trace",
    "Writer",
    "connect",
    "database",
    "open_cluster",
    "read_manifest",
    "relation",
    "trace",
    "writing",
]
