"""What an evaluation found, in a few sentences that a paper could open with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jiqun.cluster import Cluster, Words
from jiqun.measure.evaluation import Evaluation
from jiqun.report.names import place_title
from jiqun.report.shapes import Text

if TYPE_CHECKING:
    import polars as pl

__all__ = ["sentences"]


def sentences(cluster: Cluster, found: Evaluation) -> list[Text]:
    """Say what the tables show, one sentence for each step that was made."""
    said = [
        _leaders(cluster, found),
        _weights(found),
        _coupling(found),
        _differences(found),
        _moran(found),
        _obstacles(found),
        _convergence(found),
    ]
    return [Text(en=s.en, zh=s.zh) for s in said if s is not None]


def _leaders(cluster: Cluster, found: Evaluation) -> Words | None:
    import polars as pl

    scored = found["scores"].filter((pl.col("node") == "") & pl.col("score").is_not_null())
    if not scored.height:
        return None
    period = str(scored["period"].max())
    first = found.ranking(period).head(3)
    names = [place_title(cluster, p) for p in first["place_id"].to_list()]
    values = first["score"].to_list()
    en = ", ".join(f"{n.en} ({v:.3f})" for n, v in zip(names, values, strict=True))
    zh = "、".join(f"{n.zh}（{v:.3f}）" for n, v in zip(names, values, strict=True))
    count = int(scored.filter(pl.col("period") == period).height)
    ends, ends_zh = "", ""
    if "low" in first.columns and first["low"][0] is not None:
        low, high = first["low"][0], first["high"][0]
        ends = f"; other weights and standardisations leave the first between rank {low:g} and {high:g}"
        ends_zh = f"；改变权重与标准化后，首位的名次在 {low:g} 至 {high:g} 之间"
    return Words(
        f"In {period}, {count} places have a score; the highest are {en}{ends}.",
        f"{period} 年共有 {count} 个地点有得分，居前的是{zh}{ends_zh}。"
        if len(period) == 4
        else f"{period} 共有 {count} 个地点有得分，居前的是{zh}{ends_zh}。",
    )


def _weights(found: Evaluation) -> Words | None:
    import polars as pl

    mean = found["weights"].group_by("indicator", maintain_order=True).agg(pl.col("weight").mean())
    if mean.height < 2:
        return None
    name, weight = mean.sort("weight", descending=True).row(0)
    title = found.system.indicators[name].title
    even = 1.0 / mean.height
    return Words(
        f"{title.en} weighs most: {weight:.3f}, where equal weights would be {even:.3f}.",
        f"权重最大的指标是“{title.zh}”，为 {weight:.3f}（等权时为 {even:.3f}）。",
    )


def _ends(frame: pl.DataFrame, column: str) -> tuple[str, float, str, float] | None:
    known = frame.drop_nulls(column).sort("period")
    if known.height < 2:
        return None
    first, last = known.row(0, named=True), known.row(-1, named=True)
    return str(first["period"]), float(first[column]), str(last["period"]), float(last[column])


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _coupling(found: Evaluation) -> Words | None:
    import polars as pl

    if "coupling" not in found.tables:
        return None
    mean = found["coupling"].group_by("period").agg(pl.col("coordination").mean())
    ends = _ends(mean, "coordination")
    if ends is None:
        return None
    p0, v0, p1, v1 = ends
    return Words(
        f"Mean coordination goes from {v0:.3f} in {p0} to {v1:.3f} in {p1}.",
        f"平均耦合协调度由 {p0} 的 {v0:.3f} 变为 {p1} 的 {v1:.3f}。",
    )


def _differences(found: Evaluation) -> Words | None:
    if "differences" not in found.tables:
        return None
    frame = found["differences"]
    ends = _ends(frame, "gini")
    if ends is None:
        return None
    p0, v0, p1, v1 = ends
    last = frame.drop_nulls("gini").sort("period").row(-1, named=True)
    parts, parts_zh = "", ""
    if last["gini"] and last["gini_between"]:
        share = last["gini_between"] / last["gini"]
        parts = f"; differences between regions make up {share:.0%} of the last"
        parts_zh = f"；末期区域间差异占 {share:.0%}"
    return Words(
        f"The Gini coefficient goes from {v0:.3f} in {p0} to {v1:.3f} in {p1}{parts}.",
        f"基尼系数由 {p0} 的 {v0:.3f} 变为 {p1} 的 {v1:.3f}{parts_zh}。",
    )


def _moran(found: Evaluation) -> Words | None:
    if "moran" not in found.tables:
        return None
    known = found["moran"].drop_nulls("value").sort("period")
    if not known.height:
        return None
    last = known.row(-1, named=True)
    p = "" if last["p"] is None else f" ({_p(last['p'])})"
    p_zh = "" if last["p"] is None else f"（{_p(last['p'])}）"
    return Words(
        f"Moran's I of {last['period']} is {last['value']:.3f}{p}.",
        f"{last['period']} 的莫兰指数为 {last['value']:.3f}{p_zh}。",
    )


def _obstacles(found: Evaluation) -> Words | None:
    import polars as pl

    if "obstacles" not in found.tables:
        return None
    known = found["obstacles"].drop_nulls("degree")
    if not known.height:
        return None
    period = str(known["period"].max())
    name, degree = (
        known.filter(pl.col("period") == period).sort("degree", descending=True).select("indicator", "degree").row(0)
    )
    title = found.system.indicators[name].title
    return Words(
        f"The largest obstacle of {period} is {title.en}, {degree:.0%} of the distance to the best.",
        f"{period} 的首要障碍因子是“{title.zh}”，障碍度为 {degree:.0%}。",
    )


def _convergence(found: Evaluation) -> Words | None:
    import polars as pl

    if "beta" not in found.tables:
        return None
    known = found["beta"].filter(pl.col("regression") == "panel, effects of periods").drop_nulls("beta")
    if not known.height:
        return None
    row = known.row(0, named=True)
    p = row["p"]
    firm, firm_zh = ("", "") if p is None else (f", {_p(p)}", f"，{_p(p)}")
    toward = ("convergence", "收敛") if row["beta"] < 0 else ("divergence", "发散")
    return Words(
        f"Absolute β is {row['beta']:.4f} (standard error {row['error']:.4f}{firm}): {toward[0]}.",
        f"绝对 β 为 {row['beta']:.4f}（标准误 {row['error']:.4f}{firm_zh}），方向为{toward[1]}。",
    )
