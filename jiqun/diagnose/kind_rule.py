"""Kind: an industry that became digital, or a digital trade that became an industry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from jiqun.cluster import Cluster, JiqunError, Reference, Words
from jiqun.diagnose.diagnosis import NOT_COMPUTABLE, UNDETERMINED, Diagnosis, Evidence
from jiqun.measure.network.cores import core_numbers
from jiqun.measure.network.decomposability import decomposability
from jiqun.measure.network.of_cluster import network_of
from jiqun.measure.network.orders import orders_of
from jiqun.measure.platform.survival import wilson
from jiqun.space.frames import typed, usable

__all__ = ["CORE", "digital_first", "kind", "native_at_core"]

Array = NDArray[np.float64]


CORE = 0.1
"""Share of the actors, those of the highest core numbers, that count as the core."""
SURE = 0.95

_TITLES = {
    "native": Words("Born digital at the core", "核心主体中的数字原生比例"),
    "mirror": Words("Digital ties come before physical ones", "数字联系先于实体联系"),
    "indecomposable": Words("Joint work that no pairs foretell", "不可分解为双边关系的协同"),
    "data_value": Words("Value from data goods and services", "来自数据产品与服务的价值"),
}
KIND_WORDS = {
    "industry_digitised": Words("An industry become digital", "产业数字化集群"),
    "digital_industrialised": Words("A digital trade become an industry", "数字产业化集群"),
}
_ADVICE = {
    "industry_digitised": Words(
        "The paper's path for this kind begins with processes and efficiency: first tools that link firms to the "
        "platform, then innovation across firms, then an ecosystem.",
        "论文对此类集群的路径：先以流程优化与效率提升为核心，再走向多元创新，最后构建生态系统。",
    ),
    "digital_industrialised": Words(
        "The paper sees digital-native firms at the core here: open their data and applications to others, and let "
        "physical capacity follow the digital ties.",
        "论文认为此类集群以数字原生企业为核心：开放数据与应用场景，使实体布局跟随数字联系。",
    ),
}


@dataclass(frozen=True, slots=True)
class _Element:
    value: float
    low: float
    high: float
    note: Words | None = None


def native_at_core(core: NDArray[np.integer], native: NDArray[np.floating]) -> tuple[float, float, float, int]:
    """Give the share of digital natives among the actors at the core.

    Parameters
    ----------
    core
        Core number of each actor, shape (actors,).
    native
        1 for one born digital, 0 for another, NaN where it is not known, shape (actors,).

    Returns
    -------
    tuple
        Value, low, high (Wilson) and how many actors the core has. The core is everyone whose core number is at least
        that of the actor a tenth from the top, among those of whom it is known; NaN where nobody is.

    Examples
    --------
    >>> value, low, high, many = native_at_core(np.array([3, 3, 1, 1]), np.array([1.0, 0.0, 0.0, 0.0]))
    >>> value, many
    (0.5, 2)
    """
    known = np.isfinite(native)
    c, n = core[known], native[known]
    if not len(c):
        return float("nan"), float("nan"), float("nan"), 0
    least = np.sort(c)[::-1][max(int(np.ceil(CORE * len(c))) - 1, 0)]
    at = c >= least
    count, total = np.array([n[at].sum()]), np.array([float(at.sum())])
    low, high = wilson(count, total)
    return float(count[0] / total[0]), float(low[0]), float(high[0]), int(at.sum())


def digital_first(physical: Array, digital: Array) -> tuple[float, float, float, int]:
    """Give the share of actors whose first digital tie comes before their first physical one.

    Parameters
    ----------
    physical, digital
        Day of the first tie of each actor in each layer, NaN where there is none, shapes (actors,).

    Returns
    -------
    tuple
        Value, low, high (Wilson) and how many actors have both; the same day counts half. NaN where nobody has both.

    Examples
    --------
    >>> digital_first(np.array([5.0, 5.0, np.nan]), np.array([1.0, 9.0, 2.0]))[0::3]
    (0.5, 2)
    """
    both = np.isfinite(physical) & np.isfinite(digital)
    many = int(both.sum())
    if not many:
        return float("nan"), float("nan"), float("nan"), 0
    p, d = physical[both], digital[both]
    count = np.array([float((d < p).sum()) + (d == p).sum() / 2])
    low, high = wilson(count, np.array([float(many)]))
    return float(count[0] / many), float(low[0]), float(high[0]), many


def kind(
    cluster: Cluster, *, data_categories: tuple[str, ...] = (), rng: np.random.Generator | int | None = 0
) -> Diagnosis:
    """Diagnose which kind of digital industrial cluster this is, from the four elements of the paper's table 1.

    Each element lies in [0, 1], from an industry that became digital (0) to a digital trade that became an industry
    (1); the position is the mean of those that can be computed. Its standard error is that of sampling or that of the
    elements among themselves, whichever is larger: elements that disagree decide nothing.

    Parameters
    ----------
    cluster
        ``digital_native`` of actors, dated physical ties and interactions, ``group`` of interactions.
    data_categories
        Categories that are data goods or services; their share of value is the fourth element.
    rng
        Generator, seed or None.

    Returns
    -------
    Diagnosis
        ``industry_digitised`` or ``digital_industrialised`` where the position lies below or above 0.5 with a
        probability of 0.95 and two elements at least are known; ``undetermined`` else. Elements that are not computable
        are named with what they need.

    Examples
    --------
    >>> made = kind(Cluster.from_tables())
    >>> made.label, len(made.missing)
    ('not_computable', 4)
    """
    asked: dict[str, Callable[[], _Element]] = {
        "native": lambda: _native(cluster),
        "mirror": lambda: _mirror(cluster),
        "indecomposable": lambda: _indecomposable(cluster, rng),
        "data_value": lambda: _data_value(cluster, data_categories),
    }
    found: dict[str, _Element] = {}
    evidence: list[Evidence] = []
    missing: list[Words] = []
    for name, compute in asked.items():
        try:
            made = compute()
        except JiqunError as error:
            why = error.words or Words(str(error), str(error))
            missing.append(Words(f"{_TITLES[name].en}: {why.en}", f"{_TITLES[name].zh}：{why.zh}"))
            evidence.append(Evidence(name, _TITLES[name], note=why))
        else:
            found[name] = made
            evidence.append(Evidence(name, _TITLES[name], made.value, made.low, made.high, made.note))
    return _answer(found, evidence, tuple(missing))


def _answer(found: dict[str, _Element], evidence: list[Evidence], missing: tuple[Words, ...]) -> Diagnosis:
    reference = Reference("X25, sections 3 and 4, table 1")
    if not found:
        says = Words("None of the four elements can be computed.", "四个要素均无法计算。")
        return Diagnosis("kind", "not_computable", NOT_COMPUTABLE, says, None, tuple(evidence), missing)
    values = np.array([each.value for each in found.values()])
    # Wilson and Student intervals are taken as 1.96 standard errors on either side; elements as independent.
    errors = np.array([(each.high - each.low) / 3.92 for each in found.values()])
    position = float(values.mean())
    sampling = float(np.sqrt((errors**2).sum())) / len(values)
    # Elements that disagree leave the position in doubt, however well each of them is known.
    apart = float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    error = max(sampling, apart)
    above = float(ndtr((position - 0.5) / error)) if error > 0 else float(position > 0.5) + 0.5 * (position == 0.5)
    sure = max(above, 1 - above)
    side = "digital_industrialised" if above > 0.5 else "industry_digitised"
    label = side if sure >= SURE and len(found) > 1 else "undetermined"
    low, high = max(position - 1.96 * error, 0.0), min(position + 1.96 * error, 1.0)
    evidence.append(
        Evidence("position", Words("Position: 0 industry, 1 digital", "位置：0 为产业，1 为数字"), position, low, high)
    )
    gap = abs(position - 0.5) * len(values)
    other = KIND_WORDS["industry_digitised" if side == "digital_industrialised" else "digital_industrialised"]
    return Diagnosis(
        "kind", label, UNDETERMINED if label == "undetermined" else KIND_WORDS[label],
        Words(f"Position {position:.2f} ({low:.2f} to {high:.2f}) from {len(found)} of 4 elements.",
              f"位置为 {position:.2f}（{low:.2f} 至 {high:.2f}），依据四个要素中的 {len(found)} 个。"),
        sure, tuple(evidence), missing,
        Words(f"A change of the elements by {gap:.2f} in sum; then it would be: {other.en}.",
              f"若各要素合计变动 {gap:.2f}，则将判为{other.zh}。"),
        _ADVICE.get(label, Words("", "")), reference,
    )  # fmt: skip


def _needs(en: str, zh: str) -> JiqunError:
    return JiqunError(f"not computable: needs {en}.", f"无法计算：需要{zh}。")


def _native(cluster: Cluster) -> _Element:
    if not cluster.has("actors") or not usable(cluster, "actors", "digital_native"):
        raise _needs("column digital_native of actors", "actors 的 digital_native 列")
    made = network_of(cluster)
    frame = typed(cluster, "actors", "actor_id", "digital_native").collect("polars").to_native()
    order = pl.DataFrame({"actor_id": made.actors.tolist()}, schema={"actor_id": pl.String})
    native = order.join(frame.unique("actor_id", keep="first", maintain_order=True), on="actor_id", how="left",
                        maintain_order="left")["digital_native"].cast(pl.Float64)  # fmt: skip
    value, low, high, many = native_at_core(core_numbers(made.graph), native.fill_null(float("nan")).to_numpy())
    if not many:
        raise _needs("digital_native of actors that have ties", "有联系的主体的 digital_native")
    return _Element(value, low, high, Words(f"{many} actors at the core.", f"核心主体 {many} 个。"))


def _mirror(cluster: Cluster) -> _Element:
    words = ("dated physical ties (layer, from) and dated interactions or digital ties",
             "带日期的实体关系（layer、from），以及带日期的互动或数字关系")  # fmt: skip
    if not cluster.has("ties") or not all(usable(cluster, "ties", c) for c in ("layer", "from")):
        raise _needs(*words)
    ties = typed(cluster, "ties", "source", "target", "layer", "from").collect("polars").to_native()
    ties = ties.with_columns(day=pl.col("from").cast(pl.Date).to_physical().cast(pl.Float64))
    physical = _first(ties.filter(pl.col("layer") == "physical"))
    digital = [_ends(ties.filter(pl.col("layer") == "digital"))]
    if cluster.has("interactions") and usable(cluster, "interactions", "time"):
        dated = typed(cluster, "interactions", "source", "target", "time").collect("polars").to_native()
        digital.append(_ends(dated.with_columns(day=pl.col("time").cast(pl.Date).to_physical().cast(pl.Float64))))
    both = physical.join(_earliest(pl.concat(digital)), on="actor", suffix="_digital")
    value, low, high, many = digital_first(both["day"].to_numpy(), both["day_digital"].to_numpy())
    if not many:
        raise _needs(*words)
    return _Element(value, low, high, Words(f"{many} actors have both.", f"{many} 个主体两者兼有。"))


def _ends(ties: pl.DataFrame) -> pl.DataFrame:
    sides = [ties.select(actor=pl.col(side).cast(pl.String), day="day") for side in ("source", "target")]
    return pl.concat(sides).drop_nulls()


def _earliest(ends: pl.DataFrame) -> pl.DataFrame:
    return ends.group_by("actor").agg(pl.col("day").min()).sort("actor")


def _first(ties: pl.DataFrame) -> pl.DataFrame:
    return _earliest(_ends(ties))


def _indecomposable(cluster: Cluster, rng: np.random.Generator | int | None) -> _Element:
    read = orders_of(cluster, of="members")
    made = decomposability(read.order, read.item, rng=rng)
    if not np.isfinite(made.value) or not np.isfinite(made.low):
        raise _needs(
            "joint orders or projects of three members and more that come back", "反复出现的三方及以上联合订单或项目"
        )
    return _Element(1 - made.value, 1 - made.high, 1 - made.low)


def _data_value(cluster: Cluster, categories: tuple[str, ...]) -> _Element:
    if not categories or not cluster.has("interactions") or not usable(cluster, "interactions", "category"):
        raise _needs(
            "the categories that are data goods or services (data_categories)",
            "属于数据产品或服务的类别（data_categories）",
        )
    money = usable(cluster, "interactions", "amount")
    columns = ("source", "category", *(("amount",) if money else ()))
    rows = typed(cluster, "interactions", *columns).collect("polars").to_native().drop_nulls()
    rows = rows.with_columns(v=pl.col("amount").cast(pl.Float64) if money else pl.lit(1.0)).filter(pl.col("v") > 0)
    if not rows.height:
        raise _needs("interactions with a category and a positive value", "具备类别与正金额的互动")
    by = rows.group_by("source").agg(
        all=pl.col("v").sum(), data=pl.col("v").filter(pl.col("category").is_in(list(categories))).sum()
    )
    whole, data = by.sort("source")["all"].to_numpy(), by.sort("source")["data"].to_numpy()
    value = float(data.sum() / whole.sum())
    n = len(whole)
    if n < 2:
        raise _needs("two customers or more", "至少两位客户")
    error = float(np.sqrt(n / (n - 1) * ((data - value * whole) ** 2).sum())) / float(whole.sum())
    return _Element(value, max(value - 1.96 * error, 0.0), min(value + 1.96 * error, 1.0))
