"""Errors that speak: who complains, what was expected, what came, what to do."""

from __future__ import annotations

__all__ = ["JiqunError", "MissingColumn", "MissingTable", "UnknownName"]


class JiqunError(Exception):
    """Any failure that a user can understand and mend.

    The command line prints the message alone and exits with ``exit_code``; HTTP answers with
    ``status`` and the same message.
    """

    exit_code = 2
    status = 422


class UnknownName(JiqunError):
    """A name (cluster, table, index, figure …) that does not exist; the message lists what does."""

    status = 404

    def __init__(self, what: str, name: str, known: object = ()) -> None:
        choices = ", ".join(sorted(str(k) for k in known)) if known else "none"  # type: ignore[attr-defined]
        super().__init__(f"There is no {what} called {name!r}. Known: {choices}.")


class MissingTable(JiqunError):
    """A computation needs a canonical table that this cluster does not have."""

    def __init__(self, who: str, table: str, present: object = ()) -> None:
        has = ", ".join(sorted(str(t) for t in present)) if present else "no tables"  # type: ignore[attr-defined]
        super().__init__(
            f"{who} is not computable: needs table {table}; this cluster has {has}. "
            f"Add it in the recipe under [[{table}]]."
        )


class MissingColumn(JiqunError):
    """A computation needs a column that the table does not have."""

    def __init__(self, who: str, table: str, column: str, present: object = ()) -> None:
        has = ", ".join(str(c) for c in present) if present else "no columns"  # type: ignore[attr-defined]
        super().__init__(
            f"{who} needs column {column} of table {table}, which has {has}. "
            f"Add it in the recipe under [{table}.columns]."
        )
