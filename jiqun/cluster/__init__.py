"""What a cluster is: the canonical tables, their checks, code systems, and the words for them."""

from jiqun.cluster.checks import Finding, Findings, Grade, Rule, check, rules
from jiqun.cluster.errors import JiqunError, MissingColumn, MissingTable, UnknownName
from jiqun.cluster.facts import LANGUAGES, Language, Reference, Words
from jiqun.cluster.model import About, Cluster, FrameStore, Store
from jiqun.cluster.schema import SCHEMA_VERSION, TABLES, Column, Table
from jiqun.cluster.version import __version__, code_version

__all__ = [
    "LANGUAGES",
    "SCHEMA_VERSION",
    "TABLES",
    "About",
    "Cluster",
    "Column",
    "Finding",
    "Findings",
    "FrameStore",
    "Grade",
    "JiqunError",
    "Language",
    "MissingColumn",
    "MissingTable",
    "Reference",
    "Rule",
    "Store",
    "Table",
    "UnknownName",
    "Words",
    "__version__",
    "check",
    "code_version",
    "rules",
]
