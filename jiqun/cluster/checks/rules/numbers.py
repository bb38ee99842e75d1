"""Numbers that cannot be, or stand far out: not finite, negative, out of all proportion, all the same."""

from __future__ import annotations

import math
from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import Data, Frame, count_where, present, show_rows
from jiqun.cluster.checks.rule import Fault, Suspect, rule
from jiqun.cluster.facts import Words
from jiqun.cluster.schema import TABLES

THRESHOLD = 6.0
"""Robust z-score, on the scale of logarithms, beyond which a positive number stands far out. Of normally
distributed logarithms two in a thousand million lie beyond it."""

SCALE = 0.6744897501960817
"""Median absolute deviation of a standard normal variable, so that the z-score is one of standard deviations."""

LEAST = 30
"""Fewer numbers than this have no spread to stand out from."""

SKEWED = {
    "actors": ("size", "revenue"),
    "places": ("area", "population"),
    "offers": ("capacity", "price"),
    "needs": ("quantity",),
    "interactions": ("amount", "quantity"),
}


@rule(
    severity="error",
    title=Words("Numbers are not finite", "数值不是有限数"),
    advice=Words(
        "Infinity and NaN come from divisions by zero in the source: leave unknown numbers empty.",
        "无穷大和 NaN 通常来自除以零：未知数值应留空。",
    ),
)
def not_finite(data: Data) -> Iterator[Fault]:
    """Infinite numbers and, where the library tells them from missing ones, NaN."""
    for table in data.tables:
        columns = [column.name for column in data.known(table, "number", "integer")]
        floats = [name for name in columns if data.schema(table)[name].is_float()]
        if not floats:
            continue
        frame = data.raw(table)
        conditions = {name: present(name) & ~nw.col(name).is_finite() for name in floats}
        totals: dict[str, nw.Expr] = {}
        for number, name in enumerate(floats):
            totals |= {f"rows{number}": count_where(conditions[name]), f"of{number}": count_where(present(name))}
        counted = data.one(frame, **totals)
        for number, name in enumerate(floats):
            if counted[f"rows{number}"]:
                shown = show_rows(frame.filter(conditions[name]), (*TABLES[table].key, name))
                yield Fault(table, name, int(counted[f"rows{number}"]), int(counted[f"of{number}"]), shown)


@rule(
    severity="error",
    title=Words("Numbers are negative where they cannot be", "数值不应为负"),
    advice=Words(
        "Check signs and codes for “unknown” such as -1 or -999; leave unknown numbers empty.",
        "请检查正负号以及 -1、-999 等表示“未知”的代码；未知数值应留空。",
    ),
)
def negative(data: Data) -> Iterator[Suspect]:
    """Sizes, areas, prices, weights … below zero."""
    for table in data.tables:
        for column in data.known(table, "number", "integer"):
            if column.low == 0.0:
                yield Suspect(table, column.name, nw.col(column.name) < 0)


@rule(
    severity="info",
    title=Words("Amounts are negative", "金额为负"),
    advice=Words(
        "Returns and refunds are usually meant; sums are net of them, counts are not.",
        "通常表示退货或退款；求和为净额，计数则不会扣除。",
    ),
)
def negative_amount(data: Data) -> Iterator[Suspect]:
    """Amounts and quantities of interactions below zero, which is allowed."""
    for name in ("amount", "quantity"):
        if data.has("interactions", name):
            yield Suspect("interactions", name, nw.col(name) < 0, show=("source", "target", name))


@rule(
    severity="info",
    title=Words("Values stand far out", "数值异常突出"),
    advice=Words(
        "Look at them: a wrong unit (万 or thousand), a typing error, or truly exceptional? Means and "
        "concentration depend on them.",
        "请核对：单位错误（万、千）、录入错误，还是确实特殊？均值和集中度会受其影响。",
    ),
)
def outlier(data: Data) -> Iterator[Suspect]:
    r"""Positive numbers whose robust z-score exceeds 6 on the scale of logarithms.

    .. math:: z = 0.6745 \frac{|\ln x - \mathrm{med}|}{\mathrm{MAD}}

    with the median and the median absolute deviation of :math:`\ln x`. Not looked at: columns with
    fewer than 30 positive numbers, and those where more than half are the same (MAD = 0).
    """
    for table, columns in SKEWED.items():
        for name in columns:
            if data.has(table, name):
                bounds = _bounds(data, data.scan(table, name))
                if bounds is not None:
                    value = nw.col(name)
                    far = (value > 0) & ((value < bounds[0]) | (value > bounds[1]))
                    keys = TABLES[table].key or ("source", "target")
                    yield Suspect(table, name, far, of=value > 0, show=(*keys, name))


@rule(
    severity="warning",
    title=Words("All values are the same", "所有取值都相同"),
    advice=Words(
        "A column that does not vary was probably filled by default; it carries no information.",
        "不变的字段可能是默认填充的，不包含信息。",
    ),
)
def constant_number(data: Data) -> Iterator[Fault]:
    """Measured quantities with one value in ten rows or more (sizes and counts may all be one)."""
    wanted = {"actors": ("revenue",), "places": ("area", "population"), "interactions": ("amount",)}
    for table, names in wanted.items():
        for name in names:
            if data.has(table, name):
                value = nw.col(name)
                found = data.one(data.scan(table, name), n=value.count(), low=value.min(), high=value.max())
                if int(found["n"]) >= 10 and found["low"] == found["high"]:
                    yield Fault(table, name, int(found["n"]), int(found["n"]), (f"{found['low']:g}",))


def _bounds(data: Data, frame: Frame) -> tuple[float, float] | None:
    """Least and largest positive number that does not stand out; None where that cannot be said."""
    (name,) = frame.collect_schema().names()
    logs = frame.filter(nw.col(name) > 0).select(nw.col(name).log().alias("log"))
    middle = data.one(logs, n=nw.len(), median=nw.col("log").median())
    if int(middle["n"]) < LEAST:
        return None
    centre = float(middle["median"])
    spread = float(data.one(logs, mad=(nw.col("log") - centre).abs().median())["mad"])
    if spread <= 1e-9:
        return None
    reach = THRESHOLD * spread / SCALE
    return math.exp(max(centre - reach, -700.0)), math.exp(min(centre + reach, 700.0))
