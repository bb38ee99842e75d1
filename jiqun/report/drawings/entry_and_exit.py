"""How many firms are founded and closed in each year."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Reference, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import count
from jiqun.report.shapes import Text
from jiqun.space import actors

__all__ = ["entry_and_exit", "poisson_interval"]

YEARS = 40
_FLOWS = {"founded": Words("founded", "成立"), "closed": Words("closed", "注销")}


@figure(
    "entry_and_exit",
    title=Words("Firms founded and closed", "企业进入与退出"),
    kind="line",
    x="year",
    y="firms",
    low="low",
    high="high",
    series="flow",
    needs=(Need("actors", ("founded",)),),
    order=58,
    space="none",
    sentence=Words(
        "Firms by year of founding and of closing; the band is the exact 95 % Poisson interval of the count.",
        "按成立年份与注销年份统计的企业数；带状区间为计数的精确 95% 泊松区间。",
    ),
    reference=Reference("Garwood (1936), Fiducial limits for the Poisson distribution", "10.1093/biomet/28.3-4.437"),
)
def entry_and_exit(c: Cluster) -> Drawing | Missing:
    """Count foundings and closings by year."""
    roster = actors(c)
    firms = roster.filter((pl.col("kind") == "firm").fill_null(value=True))
    years = {flow: firms[flow].dt.year().drop_nulls() for flow in _FLOWS}
    founded = years["founded"].filter(years["founded"].is_between(1500, 2199))
    if len(founded) < 10:
        return Missing(
            Words("Not computable: fewer than ten firms have a founding date.", "无法计算：有成立日期的企业不足十家。")
        )
    last = max(int(v.max()) for v in (founded, years["closed"].filter(years["closed"] < 2200)) if len(v))  # type: ignore[arg-type]
    first = max(int(founded.min()), last - YEARS + 1)  # type: ignore[arg-type]
    span_of = np.arange(first, last + 1)
    rows: dict[str, list[object]] = {"year": [], "flow": [], "firms": [], "low": [], "high": []}
    totals = {}
    for flow, held in years.items():
        if not len(held):
            continue
        number_of = np.array([int((held == year).sum()) for year in span_of.tolist()])
        low, high = poisson_interval(number_of)
        totals[flow] = number_of
        rows["year"] += [str(y) for y in span_of.tolist()]
        rows["flow"] += [flow] * len(span_of)
        rows["firms"] += number_of.tolist()
        rows["low"] += low.tolist()
        rows["high"] += high.tolist()
    entries = totals["founded"]
    top = int(span_of[int(entries.argmax())])
    en = f"Most firms were founded in {top} ({count(int(entries.max())).en})"
    zh = f"成立企业最多的年份为 {top} 年({count(int(entries.max())).zh} 家)"
    if "closed" in totals:
        exits = totals["closed"]
        worst = int(span_of[int(exits.argmax())])
        en += f", most closed in {worst} ({count(int(exits.max())).en})"
        zh += f"，注销最多的年份为 {worst} 年({count(int(exits.max())).zh} 家)"
    unknown = int(firms["founded"].null_count())
    caveats = [
        Words(
            "Recent years may be incomplete: a new firm enters such data with delay.",
            "近年数据可能不完整：新企业进入数据往往滞后。",
        )
    ]
    if unknown:
        caveats.append(
            Words(
                f"{count(unknown).en} firms without a founding date are left out.",
                f"不含 {count(unknown).zh} 家成立日期未知的企业。",
            )
        )
    final = len(entries) - 1
    low, high = poisson_interval(entries[final:])
    return Drawing(
        columns=(
            column("year", "Year", "年份", "date"),
            column("flow", "Founded or closed", "成立/注销", "string"),
            column("firms", "Firms", "企业数", "integer"),
            column("low", "Low (2.5 %)", "下限 (2.5%)"),
            column("high", "High (97.5 %)", "上限 (97.5%)"),
        ),
        rows=rows,
        takeaway=Text(en=f"{en}.", zh=f"{zh}。"),
        key=(
            KeyFigure(
                "founded_last_year",
                Words(f"Firms founded in {last}", f"{last} 年成立企业"),
                float(entries[final]),
                low=float(low[0]),
                high=float(high[0]),
                type="integer",
            ),
        ),
        caveats=tuple(caveats),
    )


def poisson_interval(number_of: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the exact 95 % interval of the mean of Poisson counts.

    Examples
    --------
    >>> low, high = poisson_interval(np.array([0, 10]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 4.8], [3.69, 18.39])
    """
    from scipy.stats import chi2

    low = np.where(number_of > 0, chi2.ppf(0.025, 2 * np.maximum(number_of, 1)) / 2, 0.0)
    return low, np.asarray(chi2.ppf(0.975, 2 * (number_of + 1)) / 2)
