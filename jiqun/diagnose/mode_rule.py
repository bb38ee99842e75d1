"""Mode: which of the four modes of agglomeration most of the value comes about by."""

from __future__ import annotations

from itertools import permutations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from jiqun.cluster import Cluster, Reference, Words
from jiqun.diagnose.diagnosis import UNDETERMINED, Diagnosis, Evidence
from jiqun.diagnose.mode_lines import Sold, sold
from jiqun.diagnose.mode_shares import CELLS, MODES, ModeShares, mode_shares
from jiqun.space.periods import Grain

__all__ = ["MODE_WORDS", "PATHS", "SURE", "mode", "path_agreement"]

Array = NDArray[np.float64]
By = Literal["period", "place", "category"]

SURE = 0.95
"""Chance of being right below which a label is not given."""
FEW = 30
"""Customers below which no mode is diagnosed."""

MODE_WORDS: dict[str, Words] = {
    "shared": Words("Shared: rivals in the same demand", "共享式：竞争企业满足同质需求"),
    "collaborative": Words("Collaborative: partners in the same demand", "协作式：合作企业满足同质需求"),
    "expanded": Words("Expanded: partners in related demands", "拓展式：合作企业满足关联需求"),
    "symbiotic": Words("Symbiotic: unrelated, with common customers", "共生式：低关联企业共享客户与设施"),
    "unrelated_homogeneous": Words("None: served alone", "无：单独服务"),
}
PATHS: dict[str, tuple[int, int, int, int]] = {"consumer": (1, 2, 3, 3), "industrial": (2, 1, 3, 3)}
"""When each mode leads in the paths of the paper, in the order of :data:`MODES`."""
PATH_WORDS = {
    "consumer": Words("Path of the consumer internet", "消费互联网路径"),
    "industrial": Words("Path of the industrial internet", "产业互联网路径"),
}
REFERENCE = Reference("W25, section 4, tables 4 and 5; section 5 for the paths; section 6 for what to do")
_MARKET = Words(
    "The paper expects excess competition in shared and collaborative agglomeration: leave their growth to the market, "
    "and watch crowding.",
    "论文认为共享式与协作式集聚容易过度竞争：主要通过市场力量推动其发展，并留意拥挤。",
)
_POLICY = Words(
    "The paper expects expanded and symbiotic agglomeration to stay behind: policy should encourage them more.",
    "论文认为拓展式与共生式集聚容易发展不足：应加大政策激励力度。",
)
ADVICE = {"shared": _MARKET, "collaborative": _MARKET, "expanded": _POLICY, "symbiotic": _POLICY}


def mode(
    cluster: Cluster,
    *,
    period: str | None = None,
    by: By = "period",
    grain: Grain = "quarter",
    rng: np.random.Generator | int | None = 0,
) -> Diagnosis:
    """Diagnose the mode of agglomeration that brings about most of the value.

    Parameters
    ----------
    cluster
        With interactions that have a category; orders (``group``) for expanded and symbiotic, ties for collaborative.
    period
        A period, or two with a slash; None takes all.
    by
        What the table of shares is split by.
    grain
        Length of the periods in which suppliers are rivals.
    rng
        Generator, seed or None.

    Returns
    -------
    Diagnosis
        Label of the mode with the largest share; ``undetermined`` where the lead is within the noise (confidence below
        0.95), or fewer than 30 customers are seen. Confidence is the chance that the largest share is the largest, from
        leaving out customers.

    Raises
    ------
    JiqunError
        If there is no interaction with a category.

    Examples
    --------
    >>> import polars as pl
    >>> n = 400
    >>> sales = pl.DataFrame({"source": [f"b{i % 100}" for i in range(n)], "target": [f"s{i % 7}" for i in range(n)],
    ...                       "category": ["c"] * n, "group": [str(i) for i in range(n)]})
    >>> mode(Cluster.from_tables(interactions=sales)).label
    'shared'
    """
    read = sold(cluster, grain=grain, period=period)
    codes, names = _split(read, by)
    made = mode_shares(read.lines, codes, rng=rng)
    lead, second, sure = _lead(made)
    few = made.customers < FEW
    label = lead if sure is not None and sure >= SURE and not few else "undetermined"
    missing = _missing(read)
    table: dict[str, list[Any]] = {by: names}
    for k, name in enumerate(CELLS):
        for part, of in (("", made.split.share), ("_low", made.split.low), ("_high", made.split.high)):
            table[name + part] = of[:, k].tolist()
    table["value"] = made.split.value.tolist()
    return Diagnosis(
        "mode", label, UNDETERMINED if label == "undetermined" else MODE_WORDS[label],
        _says(made, lead, second, few=few), sure, _evidence(made, read, by, names), missing,
        Words(
            f"A change of more than {(made.share[lead] - made.share[second]) / 2:.1%} of the value from “{lead}” to "
            f"“{second}”; between orders of attribution “{lead}” has from {made.least[lead]:.1%} to "
            f"{made.most[lead]:.1%}.",
            f"若有超过 {(made.share[lead] - made.share[second]) / 2:.1%} 的价值由“{MODE_WORDS[lead].zh}”转为"
            f"“{MODE_WORDS[second].zh}”，结论将改变；不同归因顺序下前者占 {made.least[lead]:.1%} 至 "
            f"{made.most[lead]:.1%}。",
        ),
        ADVICE.get(label, Words("", "")), REFERENCE, table,
    )  # fmt: skip


def _split(read: Sold, by: By) -> tuple[NDArray[np.int64], list[str]]:
    if by == "period":
        return read.period, list(read.periods)
    if by == "category":
        return read.lines.need, read.needs.tolist()
    return np.where(read.place < 0, len(read.places), read.place), [*read.places.tolist(), *_unknown(read)]


def _unknown(read: Sold) -> list[str]:
    return [""] if bool((read.place < 0).any()) else []


def _lead(made: ModeShares) -> tuple[str, str, float | None]:
    """The largest mode, the next one, and the chance that the order is right."""
    order = sorted(MODES, key=lambda name: -made.share[name])
    lead, second = order[0], order[1]
    parts = len(made.left_out)
    if parts < 2:
        return lead, second, None
    a, b = CELLS.index(lead), CELLS.index(second)
    apart = made.left_out[:, a] - made.left_out[:, b]
    error = float(np.sqrt((parts - 1) / parts * ((apart - apart.mean()) ** 2).sum()))
    gap = made.share[lead] - made.share[second]
    if error == 0:
        return lead, second, 1.0 if gap > 0 else 0.5
    return lead, second, float(student.cdf(gap / error, parts - 1))


def _missing(read: Sold) -> tuple[Words, ...]:
    made = list(read.notes)
    if not read.joint:
        made.append(
            Words(
                "Expanded and symbiotic are not computable: they need orders (column group of interactions). What is "
                "not contested and not tied stays unresolved.",
                "无法计算拓展式与共生式：需要订单（interactions 的 group 列）。既无竞争又无关系的价值归为“无”。",
            )
        )
    if not read.ties:
        made.append(
            Words(
                "Collaborative stands on joint orders within one need alone: supply ties need the table ties.",
                "协作式仅依据同一需求内的联合订单：供应关系需要表 ties。",
            )
        )
    return tuple(made)


def _says(made: ModeShares, lead: str, second: str, *, few: bool) -> Words:
    if few:
        return Words(
            f"{made.customers} customers are too few for a mode; {FEW} are needed.",
            f"仅有 {made.customers} 位客户，不足以判定模式；至少需要 {FEW} 位。",
        )
    a, b = made.share[lead], made.share[second]
    return Words(
        f"{a:.1%} of the value is {lead} ({made.low[lead]:.1%} to {made.high[lead]:.1%}), {b:.1%} is {second}.",
        f"“{MODE_WORDS[lead].zh}”占价值的 {a:.1%}（{made.low[lead]:.1%} 至 {made.high[lead]:.1%}），"
        f"“{MODE_WORDS[second].zh}”占 {b:.1%}。",
    )


def _evidence(made: ModeShares, read: Sold, by: By, names: list[str]) -> tuple[Evidence, ...]:
    unknown = () if read.joint else ("expanded", "symbiotic")
    note = Words("Needs orders (group).", "需要订单（group）。")
    shares = [
        Evidence(name, MODE_WORDS[name], note=note, command="jiqun tables DIR")
        if name in unknown
        else Evidence(
            name, MODE_WORDS[name], made.share[name], made.low[name], made.high[name],
            command="jiqun diagnose DIR mode --json",
        )
        for name in CELLS
    ]  # fmt: skip
    more = [
        Evidence("contested", Words("Value in contested demand", "处于竞争性需求中的价值"), made.contested),
        Evidence(
            "joint_beyond_chance", Words("Value in joint orders beyond chance", "超出随机的联合订单价值"),
            made.expanded if read.joint else None, note=None if read.joint else note,
            command="jiqun network DIR --part complementarity",
        ),
        Evidence(
            "competing_diverse",
            Words("Both contested and joint across needs (a blank cell)", "既竞争又跨需求联合（空白单元）"),
            made.competing_diverse if read.joint else None, note=None if read.joint else note,
        ),
    ]  # fmt: skip
    if by == "period" and len(names) >= 4 and read.joint:
        for path in PATHS:
            tau, p = path_agreement(made.split.share[:, : len(MODES)], path)
            says = Words(f"Rank agreement over {len(names)} periods, permutation p = {p:.3g}.",
                         f"{len(names)} 个时期的秩一致性，置换检验 p = {p:.3g}。")  # fmt: skip
            more.append(Evidence(f"path_{path}", PATH_WORDS[path], tau, note=says))
    return (*shares, *more)


def path_agreement(
    share: Array, path: str, *, permuted: int = 999, rng: np.random.Generator | int | None = 0
) -> tuple[float, float]:
    r"""Say how far the order in which modes come to lead follows a path of the paper.

    The time of a mode is the mean period, weighted by the mode's share standardised to mean 1 over the periods. The
    statistic is Kendall's :math:`\tau_b` of these times with the order of the path; the null permutes the periods.

    Parameters
    ----------
    share
        Shares in the order of :data:`MODES`, shape (periods, 4).
    path
        ``"consumer"`` (shared, then collaborative, then expanded and symbiotic) or ``"industrial"`` (collaborative
        first).
    permuted
        Permutations at random; up to five periods all are taken.
    rng
        Generator, seed or None.

    Returns
    -------
    tuple of float
        The statistic and the chance of as much or more.

    Notes
    -----
    With four modes, two of which come together, chance alone follows a path in one case of twelve: p cannot be far
    below 0.08, and a path is a description more than a proof.

    References
    ----------
    Kendall, M. (1945), The treatment of ties in ranking problems. doi:10.1093/biomet/33.3.239

    Examples
    --------
    >>> rise = np.linspace(0, 1, 5)
    >>> tau, p = path_agreement(np.column_stack([1 - rise, [0, 1, 1, 1, 0], rise**3, rise**3]), "consumer")
    >>> round(tau, 2), p < 0.5
    (1.0, True)
    """
    order = PATHS[path]
    periods = len(share)
    total = share.sum(axis=0)
    weight = np.where(total > 0, share / np.where(total > 0, total, 1.0), 1.0 / periods)

    at = np.arange(periods, dtype=np.float64)
    few = periods <= 5
    seeded = np.random.default_rng(rng)
    drawn = np.array(list(permutations(at)) if few else [seeded.permutation(at) for _ in range(permuted)])
    seen = float(_tau(at[None] @ weight, order)[0])
    more = int((_tau(drawn @ weight, order) >= seen - 1e-12).sum())
    return seen, more / len(drawn) if few else (more + 1) / (permuted + 1)


def _tau(times: Array, order: tuple[int, int, int, int]) -> Array:
    """Kendall's tau-b of the times of the modes with the order of a path, shape (rows,)."""
    a, b = np.triu_indices(len(MODES), 1)
    apart = times[:, b] - times[:, a]
    x = np.where(np.abs(apart) < 1e-9, 0.0, np.sign(apart))
    y = np.sign(np.subtract(*(np.asarray(order, dtype=np.float64)[side] for side in (b, a))))
    under = np.sqrt((x**2).sum(axis=1) * (y**2).sum())
    return _over(x @ y, under)


def _over(above: Array, under: Array) -> Array:
    return np.asarray(np.where(under > 0, above / np.where(under > 0, under, 1.0), 0.0))
