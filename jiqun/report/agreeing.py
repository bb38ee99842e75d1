"""Whether the two spaces agree: who is near on the ground is near in the network, and the same industries are."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.engine import trace
from jiqun.engine.derived import derived
from jiqun.measure.two_spaces import agreement as agreement_of
from jiqun.measure.two_spaces import coagglomeration_coupling
from jiqun.report.choosing import built, checked_period, space_choices, why_not
from jiqun.report.names import industry_title
from jiqun.report.shapes import DataColumn, Figure, How, Text, TraceShape
from jiqun.report.two_space import AgreementFound, CoupledIndustries, SpaceAgreement
from jiqun.space import kept

__all__ = ["agreement"]

DRAWS = 999
_READING = {
    "mantel": (
        Words("Mantel correlation", "Mantel 相关"),
        Words(
            "Correlation of the distances of all pairs of actors in both spaces: 0 none, 1 who is nearer on the ground "
            "is nearer in the network.",
            "全部主体配对在两个空间中距离的相关：0 为无关，1 为地理上越近、网络中也越近。",
        ),
    ),
    "mantel of ranks": (
        Words("Mantel correlation of ranks", "Mantel 秩相关"),
        Words(
            "The same of the ranks of distances: few far pairs do not decide.",
            "对距离的秩计算，少数远距离配对不会左右结果。",
        ),
    ),
    "distance correlation": (
        Words("Distance correlation", "距离相关"),
        Words(
            "0 only where the two spaces have nothing to do with each other in any way, not only along a line.",
            "只有当两个空间毫无关联（不限于线性）时才为 0。",
        ),
    ),
}
_SENTENCE = Words(
    "Distances of pairs of actors on the ground (great circle) beside those in the network (spectral coordinates); p "
    "is by permuting actors. Of industries: how near each two of them are in both spaces, p by permuting industries.",
    "将主体两两之间的地理距离（大圆距离）与网络距离（谱坐标）相比较；p 值通过置换主体得到。"
    "行业：比较每两个行业在两个空间中的接近程度，p 值通过置换行业得到。",
)
_FEW = Words(
    "With few industries a permutation test says little: with four there are 24 orders.",
    "行业较少时置换检验说明力有限：4 个行业只有 24 种排列。",
)


def agreement(
    cluster: Cluster, *, period: str | None = None, interactions: Sequence[str] = (), draws: int = DRAWS
) -> SpaceAgreement:
    """Give Mantel's and the distance correlation of actors, and the coupling of the co-agglomeration of industries.

    What cannot be computed is left out, and ``missing`` says why.

    Parameters
    ----------
    cluster
        The data.
    period, interactions
        What makes the digital space.
    draws
        Permutations.

    Raises
    ------
    JiqunError
        If a period cannot be read or lies outside the data.
    """
    when = checked_period(cluster, "agreement", period)
    asked = list(interactions)
    can = space_choices(cluster)
    how = _how(cluster, when, asked, draws)
    lacking = [why for why in (can.digital, can.physical) if why is not None]
    if can.digital is not None:
        return SpaceAgreement(actors=[], how=how, missing=lacking)
    key = f"agreement:{when}:{asked}:{draws}"
    missing: list[Text] = []
    actors: list[AgreementFound] = []
    try:
        actors = kept(cluster, key, lambda: _actors(cluster, when, asked, draws))
    except JiqunError as error:
        missing.append(why_not(error))
    coupled: CoupledIndustries | None = None
    if can.physical is not None:
        missing.append(can.physical)
    else:
        try:
            coupled = kept(cluster, f"{key}:industries", lambda: _industries(cluster, when, asked, draws, how))
        except JiqunError as error:
            missing.append(why_not(error))
    return SpaceAgreement(
        actors=actors,
        industries=coupled,
        built=_built(cluster, asked, when) if actors or coupled else None,
        how=how,
        missing=missing,
    )


def _built(cluster: Cluster, asked: list[str], when: str | None) -> Any:
    return built(cluster, interactions=asked or None, period=when, communities=False)


def _actors(cluster: Cluster, when: str | None, asked: list[str], draws: int) -> list[AgreementFound]:
    def compute() -> str:
        return agreement_of(cluster, interactions=asked or None, period=when, n=draws).write_json()

    text = derived(cluster, "agreement", compute, period=when, interactions=asked, draws=draws)
    table = pl.read_json(text.encode())
    return [_found(row) for row in table.iter_rows(named=True)]


def _found(row: dict[str, Any]) -> AgreementFound:
    title, reading = _READING.get(row["statistic"], (Words(row["statistic"], row["statistic"]), Words("", "")))
    return AgreementFound(
        id=row["statistic"].replace(" ", "_"),
        title=_text(title),
        reading=_text(reading),
        value=row["value"],
        low=row.get("low"),
        high=row.get("high"),
        p=row["p"],
        members=row["actors"],
    )


def _industries(cluster: Cluster, when: str | None, asked: list[str], draws: int, how: How) -> CoupledIndustries:
    pairs, coupling = coagglomeration_coupling(cluster, interactions=asked or None, period=when, n=draws)
    codes = sorted({*pairs["industry_id"].to_list(), *pairs["industry_id_2"].to_list()})
    titles = {code: industry_title(cluster, code) for code in codes}
    columns = [
        DataColumn(name="industry_id", title=Text(en="Industry", zh="行业"), type="string", values=titles),
        DataColumn(name="industry_id_2", title=Text(en="Other industry", zh="另一行业"), type="string", values=titles),
        DataColumn(name="physical", title=Text(en="Near on the ground", zh="实体空间共聚"), type="number"),
        DataColumn(name="digital", title=Text(en="Near in the network", zh="数字空间共聚"), type="number"),
    ]
    figure = Figure(
        id="coupling",
        title=Text(en="Pairs of industries in both spaces", zh="行业配对在两个空间中的共聚"),
        takeaway=Text(
            en="Ellison–Glaeser co-agglomeration of each two industries; 0 is chance.",
            zh="每两个行业的 Ellison–Glaeser 共聚指数；0 为随机。",
        ),
        kind="scatter",
        x="physical",
        y="digital",
        space="both",
        columns=columns,
        rows=pairs.select(c.name for c in columns).to_dict(as_series=False),
        how=how.model_copy(update={"reference": _EGK[0], "url": _EGK[1], "caveats": [_text(_FEW)]}),
    )
    found = AgreementFound(
        id="coupling",
        title=Text(en="Coupling of co-agglomeration", zh="共聚的耦合"),
        reading=Text(
            en="Correlation over pairs of industries of how near they are in each space: 1 the same pairs, 0 none.",
            zh="行业配对在两个空间中接近程度的相关：1 为相同的配对接近，0 为无关。",
        ),
        value=coupling.value,
        low=getattr(coupling, "low", None),
        high=getattr(coupling, "high", None),
        p=coupling.p,
        members=coupling.members,
    )
    return CoupledIndustries(found=found, figure=figure)


_EGK = ("Ellison, Glaeser & Kerr (2010), What causes industry agglomeration?", "https://doi.org/10.1257/aer.100.3.1195")


def _how(cluster: Cluster, when: str | None, asked: list[str], draws: int) -> How:
    folder = shlex.quote(cluster.path) if cluster.path else "DIR"
    options = [*([f"--period={when}"] if when else []), *(f"--interactions={i}" for i in asked), f"--draws={draws}"]
    made = trace(
        cluster,
        " ".join(["jiqun quadrants", folder, "--agreement", *(shlex.quote(o) for o in options)]),
        seed=0,
        draws=draws,
        period=when,
        interactions=asked,
    )
    return How(
        sentence=_text(_SENTENCE),
        formula=r"r_M = \mathrm{corr}(d^{\mathrm{ground}}_{ij},\, d^{\mathrm{network}}_{ij})_{i<j}",
        reference="Mantel (1967); Székely, Rizzo & Bakirov (2007), Measuring and testing dependence by correlation of "
        "distances",
        url="https://doi.org/10.1214/009053607000000505",
        tables=[t for t in ("actors", "places", "interactions", "ties") if cluster.has(t)],
        trace=TraceShape(**asdict(made)),
    )


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
