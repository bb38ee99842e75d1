"""Identify: which places hold a cluster of an industry, by three methods side by side, and how far these agree."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from jiqun.cluster import Cluster, Words
from jiqun.engine import trace
from jiqun.measure.evaluation.identify import Identified, identify_clusters
from jiqun.report.evaluating_methods import METHODS
from jiqun.report.evaluating_tables import COLUMNS, ColumnWords
from jiqun.report.evaluations import EvaluationTable, Identification, MethodNote
from jiqun.report.names import industry_title, place_title
from jiqun.report.shapes import DataColumn, Text, TraceShape

if TYPE_CHECKING:
    import polars as pl

__all__ = ["identification"]

_NOTE = Words(
    "Location quotient: at least the threshold, with at least so many firms. Network: the core of the network of "
    "places that the industry's interactions make. Contiguity: at least two neighbouring places whose quotient is at "
    "least 1. A method that the data cannot support is empty.",
    "区位商法：不低于阈值且企业数达到下限；网络分析法：该行业互动所成地点网络的核心；"
    "空间连片法：至少两个相邻且区位商不低于 1 的地点。数据不足以支持的方法为空。",
)
_AGREED = Words(
    "Jaccard: of the places that either chooses, the share that both choose. κ: 1 full agreement, 0 as by chance; "
    "of all methods it is that of Fleiss.",
    "Jaccard：任一方法选中的地点中两者均选中的比例。κ：1 为完全一致，0 相当于随机；全部方法的 κ 为 Fleiss κ。",
)
_OWN = {
    "rows": ColumnWords(Words("Firms", "企业数"), "integer"),
    "group": ColumnWords(Words("Group of neighbours", "连片组"), "integer"),
    "one": ColumnWords(Words("Method", "方法"), "string"),
    "two": ColumnWords(Words("Other method", "另一方法"), "string"),
}


def identification(
    cluster: Cluster, industry: str, *, threshold: float = 1.25, least: int = 3, nearest: int = 4
) -> Identification:
    """Identify the places that hold a cluster of an industry.

    Parameters
    ----------
    cluster
        The data.
    industry
        The industry.
    threshold, least, nearest
        As for :func:`~jiqun.measure.evaluation.identify.identify_clusters`.

    Raises
    ------
    MissingTable, MissingColumn, UnknownName
        If there are no actors with a place and an industry, or none of this one.

    Examples
    --------
    >>> import polars as pl
    >>> actors = pl.DataFrame({"actor_id": list("abcdefgh"), "place_id": list("ppppqqqq"),
    ...                        "industry_id": ["i", "i", "i", "j", "j", "j", "j", "i"]})
    >>> found = identification(Cluster.from_tables(actors=actors), "i")
    >>> found.places.rows["by_quotient"], sorted(found.missing)
    ([True, False], ['by_contiguity', 'by_network'])
    """
    found = identify_clusters(cluster, industry, threshold=threshold, least=least, nearest=nearest)
    settings = {"threshold": threshold, "least": least, "nearest": nearest}
    options = [f"--{name}={value}" for name, value in settings.items()]
    made = trace(cluster, shlex.join(["jiqun", "identify", industry, cluster.path or "DIR", *options]))
    return Identification(
        industry=industry,
        title=industry_title(cluster, industry),
        places=_places(cluster, found),
        agreement=_agreement(found),
        missing={name: _text(words) for name, words in found.missing.items()},
        trace=TraceShape(
            cluster=made.cluster,
            data_hash=made.data_hash,
            jiqun=made.jiqun,
            command=made.command,
            parameters={"industry": industry, **settings},
            versions=dict(made.versions),
        ),
    )


def _places(cluster: Cluster, found: Identified) -> EvaluationTable:
    import polars as pl

    ordered = found.table.sort(
        ["methods", "location_quotient", "place_id"], descending=[True, True, False], nulls_last=True
    ).with_columns(pl.col("group").cast(pl.Int64))
    title = Words("Places by three methods", "三种方法识别的地点")
    table = _table("identified", title, _NOTE, ordered)
    names = {p: place_title(cluster, p) for p in ordered["place_id"].to_list()}
    columns = [c.model_copy(update={"values": names}) if c.name == "place_id" else c for c in table.columns]
    return table.model_copy(update={"columns": columns})


def _agreement(found: Identified) -> EvaluationTable:
    import polars as pl

    pairs: list[tuple[Any, ...]] = list(found.agreement.pairs)
    if pairs:
        pairs.append(("all", "all", None, found.agreement.fleiss))
    frame = pl.DataFrame(
        pairs,
        schema={"one": pl.String, "two": pl.String, "jaccard": pl.Float64, "kappa": pl.Float64},
        orient="row",
    ).with_columns(pl.col("jaccard", "kappa").fill_nan(None))
    return _table("agreement", Words("How far the methods agree", "方法之间的一致性"), _AGREED, frame)


def _table(name: str, title: Words, note: Words, frame: pl.DataFrame) -> EvaluationTable:
    m = METHODS["agreement"]
    notes = [MethodNote(title=_text(m.title), formula=m.formula, reference=m.reference, url=f"https://doi.org/{m.doi}")]
    return EvaluationTable(
        name=name,
        title=_text(title),
        note=_text(note),
        step="identify",
        columns=[_column(c) for c in frame.columns],
        total=frame.height,
        rows={c: frame[c].to_list() for c in frame.columns},
        whole=True,
        methods=notes if name == "agreement" else [],
    )


def _column(name: str) -> DataColumn:
    words = _OWN.get(name) or COLUMNS[name]
    named = {n: _text(COLUMNS[n].title) for n in ("by_quotient", "by_network", "by_contiguity")}
    values = {**named, "all": Text(en="all", zh="全部")} if name in ("one", "two") else {}
    return DataColumn(name=name, title=_text(words.title), type=words.type, unit=_text(words.unit), values=values)


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
