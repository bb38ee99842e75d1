"""What a check finds: one row for each thing wrong, or worth knowing, in the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from jiqun.cluster.checks.grade import Grade, Letter, grade_of
from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Language, Words

if TYPE_CHECKING:
    import polars as pl

__all__ = ["SEVERITIES", "Finding", "Findings", "Severity"]

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first: *error* makes results wrong, *warning* may, *info* is worth knowing and costs nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, or worth knowing, in the data.

    Parameters
    ----------
    rule
        Name of the rule, such as ``broken_reference``.
    severity
        ``error``, ``warning`` or ``info``.
    title, advice
        What it is and what to do, in both languages.
    table, column
        Where; ``column`` is empty where the whole row is meant.
    rows, of
        Rows concerned, of how many looked at.
    examples
        A few of the values, as text.
    file, line
        Where in the source, for findings made while reading.

    Examples
    --------
    >>> f = Finding("missing_key", "error", Words("Key is missing", "缺少主键"), Words("Fill it.", "请补全。"),
    ...             "actors", "actor_id", rows=2, of=40)
    >>> f.share
    0.05
    >>> Finding.from_dict(f.to_dict()) == f
    True
    """

    rule: str
    severity: Severity
    title: Words
    advice: Words
    table: str
    column: str = ""
    rows: int = 0
    of: int = 0
    examples: tuple[str, ...] = ()
    file: str = ""
    line: int | None = None

    @property
    def share(self) -> float:
        """Share of the rows looked at that are concerned; 1 where there was no row to look at."""
        return min(1.0, self.rows / self.of) if self.of else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values: one line of the findings file, one item of the HTTP answer."""
        plain = asdict(self)
        plain["examples"] = list(self.examples)
        return plain

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Finding:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        JiqunError
            If a field is missing, unknown or of the wrong kind.
        """
        try:
            values = dict(raw)
            values["title"] = Words(**values["title"])
            values["advice"] = Words(**values["advice"])
            values["examples"] = tuple(str(e) for e in values.get("examples", ()))
            values["rows"], values["of"] = int(values.get("rows", 0)), int(values.get("of", 0))
            finding = cls(**values)
        except (KeyError, TypeError, ValueError) as error:
            raise JiqunError(
                f"A finding made while reading is damaged ({error!r}). Ingest the recipe again."
            ) from error
        if finding.severity not in SEVERITIES:
            raise JiqunError(
                f"A finding made while reading has severity {finding.severity!r}; known: {', '.join(SEVERITIES)}. "
                "Ingest the recipe again."
            )
        return finding


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a cluster, worst first, and the grade that follows from them.

    Examples
    --------
    >>> Findings(()).grade
    Grade(letter='A', score=100.0, errors=0, warnings=0, infos=0)
    """

    items: tuple[Finding, ...] = field(default=())

    @classmethod
    def of(cls, items: Iterable[Finding]) -> Findings:
        """Put findings in order: by severity, then the larger share of rows, then table, column and rule."""
        order = {severity: position for position, severity in enumerate(SEVERITIES)}
        return cls(
            tuple(sorted(items, key=lambda f: (order[f.severity], -f.share, f.table, f.column, f.rule, f.line or 0)))
        )

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def grade(self) -> Grade:
        """Quality of the data as a letter and a score; see :func:`jiqun.cluster.checks.grade.score`."""
        # A reader may report each bad value on its own; the grade must not depend on how they are split.
        together: dict[tuple[str, str, str, str], tuple[int, int]] = {}
        for f in self.items:
            key = (f.severity, f.rule, f.table, f.column)
            rows, of = together.get(key, (0, 0))
            together[key] = (rows + f.rows, max(of, f.of))
        shares = [(key[0], min(1.0, rows / of) if of else 1.0) for key, (rows, of) in together.items()]
        return grade_of(shares, Counter(f.severity for f in self.items))

    @property
    def letter(self) -> Letter:
        """Letter of the grade alone."""
        return self.grade.letter

    def where(self, *, rule: str = "", table: str = "", severity: str = "") -> Findings:
        """Select findings by rule, table and severity; what is left empty is not asked."""
        return Findings(
            tuple(
                f
                for f in self.items
                if (not rule or f.rule == rule)
                and (not table or f.table == table)
                and (not severity or f.severity == severity)
            )
        )

    def to_frame(self, *, lang: Language = "en") -> pl.DataFrame:
        """Give one row for each finding as a Polars frame, texts in one language.

        Columns: ``rule, severity, title, advice, table, column, rows, of, examples, file, line``.
        """
        import polars as pl

        schema: dict[str, Any] = {
            "rule": pl.String, "severity": pl.String, "title": pl.String, "advice": pl.String,
            "table": pl.String, "column": pl.String, "rows": pl.Int64, "of": pl.Int64,
            "examples": pl.List(pl.String), "file": pl.String, "line": pl.Int64,
        }  # fmt: skip
        rows = [{**f.to_dict(), "title": f.title[lang], "advice": f.advice[lang]} for f in self.items]
        return pl.DataFrame(rows, schema=schema)
