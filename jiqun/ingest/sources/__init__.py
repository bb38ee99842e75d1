"""The kinds of files that a recipe may name, one module each."""

from jiqun.ingest.sources.source import Given, SourceError, SourceKind, Staged, kind_of, kinds

__all__ = ["Given", "SourceError", "SourceKind", "Staged", "kind_of", "kinds"]
