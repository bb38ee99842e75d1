"""``jiqun match``: who can serve each need, why, and an allocation that works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common
from jiqun.serve.cli.language import language, said

if TYPE_CHECKING:
    import polars as pl

    from jiqun.match import Matches
    from jiqun.match.assigning import Assigned

__all__ = ["command"]

SHOWN = 30
ALLOCATED_FROM = 30
"""Candidates of each need that an allocation chooses among, where fewer are shown."""
_NUMBERS = ("quantity", "price", "lon", "lat", "distance_km")


@click.command(
    "match",
    cls=Command,
    words=Words(
        "Say who can serve each need, and why; with --allocate, who should when not all can go to the same firm.",
        "为每条需求找出可供给的企业并说明理由；--allocate 在产能约束下统一分配。",
    ),
    more=Words(
        "NEEDS is a CSV, XLSX or Parquet file with a column text or category and, as far as known, need_id, actor_id, "
        "quantity, price, place_id, exclude, licences, distance_km. Without it the needs of the cluster are taken.",
        "NEEDS 为 CSV、XLSX 或 Parquet 文件，含 text 或 category 列，并可含 need_id、actor_id、quantity、price、"
        "place_id、exclude、licences、distance_km。不给出则取集群自身的需求。",
    ),
    examples=[
        ("jiqun match my-cluster", Words("The needs of the cluster itself", "集群自身的需求")),
        (
            "jiqun match needs.xlsx my-cluster --top 10 --allocate --out matches.xlsx",
            Words("A spreadsheet in, a workbook out", "读入电子表格，写出工作簿"),
        ),
    ],
)
@click.argument(
    "needs",
    metavar="[NEEDS]",
    type=click.Path(),
    cls=Argument,
    words=Words("File of needs.", "需求文件。"),
)
@click.argument(
    "folder",
    metavar="DIR",
    required=False,
    type=click.Path(),
    cls=Argument,
    words=Words("Folder of a cluster, as written by jiqun ingest.", "集群文件夹，由 jiqun ingest 生成。"),
)
@click.option(
    "--top",
    type=click.IntRange(1, 200),
    default=10,
    show_default=True,
    cls=Option,
    words=Words("Firms for each need.", "每条需求给出的企业数。"),
)
@click.option(
    "--allocate",
    "allocated",
    is_flag=True,
    cls=Option,
    words=Words("Allocate within the capacities of the firms.", "在企业产能内统一分配。"),
)
@click.option(
    "--capacity",
    type=click.IntRange(min=0),
    cls=Option,
    words=Words(
        "Capacity of firms that state none; not limited where not given.", "未注明产能的企业按此计；默认不限。"
    ),
)
@click.option(
    "--at", cls=Option, words=Words("Day of the matching; nothing after it is read.", "匹配日期，不读取其后的数据。")
)
@click.option(
    "--meaning",
    type=click.Choice(["auto", "use", "e5", "both", "none"]),
    default="auto",
    show_default=True,
    cls=Option,
    words=Words("Encoders of texts.", "文本语义编码器。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write: .xlsx, .csv, .parquet or .json.", "写出的文件：.xlsx、.csv、.parquet 或 .json。"),
)
@common
def command(  # noqa: D103
    needs: str,
    folder: str | None,
    *,
    top: int,
    allocated: bool,
    capacity: int | None,
    at: str | None,
    meaning: Any,
    out: str | None,
    as_json: bool,
) -> None:
    from jiqun.engine import open_cluster
    from jiqun.match import match
    from jiqun.match.assigning import assign
    from jiqun.serve.cli.progress import board

    kind = _kind(out)
    cluster = open_cluster(needs if folder is None else folder)
    asked = cluster.polars("needs") if folder is None and cluster.has("needs") else None
    with board(as_json=as_json) as shown:
        shown.listener()(Words("Matching needs with firms", "正在匹配供需"), 0, None)
        asked = asked if folder is None else _read(Path(needs))
        found = match(cluster, asked, top=max(top, ALLOCATED_FROM) if allocated else top, at=at, meaning=meaning)
        # The quantities are those of the needs as they were matched, under the identifiers given to them.
        done = assign(found.table, quantity=_quantities(asked), unknown_capacity=capacity) if allocated else None
    table = found.table.filter(found.table["rank"] <= top)
    if as_json or kind == "json":
        from jiqun.serve.cli.output import write_json

        write_json(_plain(table, found, done), out)
        return
    if out is not None:
        _write(Path(out), kind, table, found, done)
    _show(table, found, done, out)


def _kind(out: str | None) -> str:
    kind = Path(out).suffix.lower().removeprefix(".") if out else ""
    if out and kind not in ("xlsx", "csv", "parquet", "json"):
        raise JiqunError(
            f"--out ends in .{kind}; it can be .xlsx, .csv, .parquet or .json.",
            f"--out 的后缀 .{kind} 不支持，可用 .xlsx、.csv、.parquet 或 .json。",
        )
    return kind


def _read(path: Path) -> pl.DataFrame:
    """Read a file of needs as text, numbers where they are due; one that cannot be read as a number is null."""
    import polars as pl

    from jiqun.ingest.drafting.look import MAX_ROWS, look

    if path.suffix.lower() in (".parquet", ".pq"):
        return pl.read_parquet(path)
    first = look(path)[0]
    if not first.whole:
        raise JiqunError(
            f"{path} has more than {MAX_ROWS:,} rows. Save it as Parquet, or ingest it as the table needs.",
            f"{path} 超过 {MAX_ROWS:,} 行。请另存为 Parquet，或作为 needs 表导入。",
        )
    columns = [name.strip().lower() for name in first.columns]
    frame = pl.DataFrame(
        [list(row) for row in first.rows],
        schema=dict.fromkeys(columns, pl.String),
        orient="row",
    )
    return frame.with_columns(pl.col(name).cast(pl.Float64, strict=False) for name in _NUMBERS if name in columns)


def _quantities(asked: pl.DataFrame | None) -> dict[str, float]:
    """Give the quantity of each need by its identifier, as matching numbers those without one."""
    import polars as pl

    if asked is None or "quantity" not in asked.columns:
        return {}
    number = pl.format("N{}", pl.int_range(1, pl.len() + 1))
    own = pl.col("need_id").cast(pl.String) if "need_id" in asked.columns else pl.lit(None, dtype=pl.String)
    stated = asked.select(need=pl.coalesce(own, number), quantity=pl.col("quantity").cast(pl.Float64, strict=False))
    stated = stated.unique("need", keep="first", maintain_order=True)
    return dict(stated.filter((pl.col("quantity") > 0) & pl.col("quantity").is_finite()).rows())


def _plain(table: pl.DataFrame, found: Matches, done: Assigned | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "matches": table.to_dicts(),
        "baseline": found.baseline.to_dicts(),
        "findings": [finding.to_dict() for finding in found.findings],
        "notes": [{"en": note.en, "zh": note.zh} for note in (*found.notes, *(done.notes if done else ()))],
    }
    if done is not None:
        made["allocation"] = {
            "table": done.table.to_dicts(),
            "asked": done.asked,
            "served": done.served,
            "value": done.value,
            "gap": done.gap,
        }
    return made


def _columns(table: pl.DataFrame) -> pl.DataFrame:
    """Keep the columns of a table of matches for people, reasons in the language of this run."""
    import polars as pl

    lang = language()
    return table.select(
        "need_id", "rank", "actor_id", "name", "offer_id", "score", "share", "capacity", "distance_km",
        pl.col(f"reason_{lang}").alias(said("reason", "理由")),
        pl.col(f"first_if_{lang}").alias(said("first if", "若要排第一")),
    )  # fmt: skip


def _write(path: Path, kind: str, table: pl.DataFrame, found: Matches, done: Assigned | None) -> None:
    from jiqun.serve.tabular import columnar_csv

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    try:
        if kind == "parquet":
            table.write_parquet(temporary)
        elif kind == "csv":
            made = _columns(table)
            temporary.write_text(columnar_csv(made.to_dict(as_series=False), bom=True), encoding="utf-8", newline="")
        else:
            _workbook(temporary, table, found, done)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _workbook(path: Path, table: pl.DataFrame, found: Matches, done: Assigned | None) -> None:
    from jiqun.report.papers.printed import Printed
    from jiqun.report.papers.workbook import write_workbook

    def sheet(name: str, frame: pl.DataFrame, notes: tuple[str, ...] = ()) -> tuple[str, list[Printed]]:
        return name, [Printed(name, name, tuple(frame.columns), tuple(frame.rows()), notes=notes)]

    told = tuple(said(note.en, note.zh) for note in found.notes)
    sheets = [sheet(said("Matches", "匹配结果"), _columns(table), told)]
    if done is not None:
        sheets.append(sheet(said("Allocation", "分配方案"), done.table, (_summary(done), *_notes(done))))
    sheets.append(sheet(said("By browsing", "浏览基线"), found.baseline))
    write_workbook(path, sheets, title=said("Matches", "匹配结果"))


def _summary(done: Assigned) -> str:
    return said(
        f"{done.served:,} of {done.asked:,} units are served; the sum of scores is {done.value:,.2f}, at most "
        f"{done.gap:,.2f} below the best.",
        f"共 {done.asked:,} 单位，分配 {done.served:,} 单位；得分合计 {done.value:,.2f}，"
        f"与最优之差不超过 {done.gap:,.2f}。",
    )


def _notes(done: Assigned) -> tuple[str, ...]:
    return tuple(said(note.en, note.zh) for note in done.notes)


def _show(table: pl.DataFrame, found: Matches, done: Assigned | None, out: str | None) -> None:
    from jiqun.serve.cli.output import print_rows

    if out is None:
        made = _columns(table).drop("offer_id", "share", "capacity")
        hint = said("All: --out FILE.xlsx", "全部：--out 文件.xlsx")
        print_rows(made.head(SHOWN).to_dict(as_series=False), total=made.height, hint=hint)
        if done is not None:
            shown = done.table.head(SHOWN).to_dict(as_series=False)
            print_rows(shown, total=done.table.height, title=said("Allocation", "分配方案"), hint=hint)
    for finding in found.findings:
        click.echo(f"⚠ {said(finding.title.en, finding.title.zh)} ({finding.rows:,})")
    if done is not None:
        click.echo(_summary(done))
    for line in (*(said(note.en, note.zh) for note in found.notes), *(_notes(done) if done else ())):
        click.echo(line)
    if out is not None:
        click.echo(f"{said('Written', '已写出')}: {out}")
