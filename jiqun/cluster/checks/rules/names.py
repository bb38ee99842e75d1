"""Names: read in the wrong encoding, or borne by several identifiers in one place."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, present
from jiqun.cluster.checks.rule import Fault, Suspect, rule
from jiqun.cluster.facts import Words

GARBLED = "\N{REPLACEMENT CHARACTER}|锟斤拷|烫烫烫|Ã[\u0080-\u00bf]|â\u20ac"
"""What UTF-8 and GB18030 become when one is read as the other or as Latin-1."""


@rule(
    severity="warning",
    title=Words("Text was read in the wrong encoding", "文本编码读取错误（乱码）"),
    advice=Words(
        'Say the encoding in the recipe, such as encoding = "gb18030". Where the source itself is garbled, ask for '
        "a new copy: what is lost cannot be brought back.",
        '请在配方中注明编码，如 encoding = "gb18030"。若来源本身已是乱码，请重新获取：丢失的信息无法恢复。',
    ),
)
def garbled_text(data: Data) -> Iterator[Suspect]:
    """Replacement characters, 锟斤拷, and accented letters that came apart."""
    for table in data.tables:
        for column in data.known(table, "string"):
            if column.name in ("name", "text", "category", "place_id", "industry_id"):
                yield Suspect(table, column.name, nw.col(column.name).str.contains(GARBLED), show=(column.name,))


@rule(
    severity="info",
    title=Words("One name in one place has several identifiers", "同一地点的同一名称对应多个编号"),
    advice=Words(
        "Are they the same firm, registered twice? Counts of actors, and of partners, may be too high.",
        "是否为同一企业的重复登记？主体数和伙伴数可能偏高。",
    ),
)
def same_name(data: Data) -> Iterator[Fault]:
    """Firms beyond the first of each name, ignoring case and outer spaces, in the same place."""
    if not data.has("actors", "name", "place_id"):
        return
    columns = ["actor_id", "name", "place_id", *(["kind"] if data.has("actors", "kind") else [])]
    frame = data.scan("actors", *columns).filter(present("name") & present("place_id") & present("actor_id"))
    if "kind" in columns:
        frame = frame.filter(nw.col("kind").is_null() | (nw.col("kind") == "firm"))
    frame = frame.with_columns(name=nw.col("name").str.strip_chars().str.to_lowercase())
    frame = frame.filter(nw.col("name") != "")
    ids = frame.group_by("name", "place_id").agg(n=nw.col("actor_id").n_unique())
    several = ids.filter(nw.col("n") > 1)
    rows = int(data.one(several, n=(nw.col("n") - 1).sum())["n"] or 0)
    if rows:
        top = several.sort("n", "name", "place_id", descending=[True, False, False]).head(EXAMPLES)
        shown = tuple(f"{r['name']}, {r['place_id']} ×{r['n']}" for r in top.collect("pyarrow").rows(named=True))
        yield Fault("actors", "name", rows, int(data.one(frame, n=nw.len())["n"]), shown)
