"""Conventions of other packages: the parameters that reproduce each, and where it is known to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jiqun.cluster import JiqunError, UnknownName, Words

__all__ = ["Preset", "parameters_of", "presets"]


@dataclass(frozen=True, slots=True)
class Preset:
    """The conventions of a package."""

    name: str
    title: Words
    version: str
    """The version whose results were compared."""
    parameters: Mapping[str, Mapping[str, Any]]
    """For each index that the package has: the parameters with which its numbers come out."""
    known: tuple[Words, ...]
    """Where it rounds, approximates or errs, so that its numbers differ or should not be followed."""


def presets() -> Mapping[str, Preset]:
    """Give the conventions of other packages by name.

    ``measure(cluster, name, preset="econgeo")`` computes an index by those of EconGeo; parameters that are given
    beside win.

    Examples
    --------
    >>> sorted(presets())
    ['dbmss', 'ecomplexity', 'econgeo', 'reat']
    >>> dict(presets()["econgeo"].parameters["locational_gini"])
    {'definition': 'half'}
    """
    return MappingProxyType({p.name: p for p in (DBMSS, ECOMPLEXITY, ECONGEO, REAT)})


def parameters_of(preset: str, index: str) -> dict[str, Any]:
    """Give the parameters of an index by the conventions of a package.

    Raises
    ------
    UnknownName
        If there is no such preset.
    JiqunError
        If the package does not have the index.

    Examples
    --------
    >>> parameters_of("reat", "krugman")
    {'compare': 'mean_of_others'}
    """
    known = presets()
    if preset not in known:
        raise UnknownName("preset", preset, known)
    found = known[preset]
    if index not in found.parameters:
        names = sorted(found.parameters)
        raise JiqunError(
            f"{found.title.en} has no {index}, or none that any parameters reproduce; it has: {', '.join(names)}. "
            "Leave preset empty.",
            f"{found.title.zh} 没有 {index}，或其结果无法用参数重现；它有：{'、'.join(names)}。请将 preset 留空。",
        )
    return dict(found.parameters[index])


def _read_only(parameters: dict[str, dict[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return MappingProxyType({name: MappingProxyType(own) for name, own in parameters.items()})


ECONGEO = Preset(
    "econgeo",
    Words("EconGeo (R)", "EconGeo（R）"),
    "2.1",
    _read_only(
        {
            "diversity": {"cut": 1.0},
            "entropy": {"of": "place", "unit": "bits"},
            "hachman": {"form": "similarity"},
            "herfindahl": {"of": "place", "normalised": "no"},
            "hoover": {"of": "industry", "compare": "whole"},
            "krugman": {"of": "place", "compare": "whole"},
            "location_quotient": {"undefined": "zero"},
            "locational_gini": {"definition": "half"},
            "relatedness": {"method": "association", "margin": "events"},
            "relatedness_density": {"diagonal": "exclude"},
            "ubiquity": {"cut": 1.0},
        }
    ),
    (
        Words(
            "locational_gini is half of the Gini coefficient of the Lorenz curve: it cannot exceed ½.",
            "locational_gini 是洛伦兹曲线基尼系数的一半，不会超过 ½。",
        ),
        Words(
            "entropy, gini and hoover_gini are rounded to three digits, hoover_index to two digits of a percentage.",
            "entropy、gini 与 hoover_gini 舍入到三位小数，hoover_index 舍入到百分数的两位小数。",
        ),
        Words(
            "relatedness_density is a percentage rounded to two digits, and leaves the industry itself out: up to 21 "
            "percentage points from the packages that count it.",
            "relatedness_density 为舍入到两位小数的百分数，且不计行业自身：与计入自身的软件包相差可达 21 个百分点。",
        ),
        Words(
            "kci rounds its matrix to four digits and is not "
            "standardised: no parameters of eci reproduce it; the two "
            "correlate by 0.99999.",
            "kci 将矩阵舍入到四位小数且不作标准化：eci 的任何参数都不能重现它，二者相关系数为 0.99999。",
        ),
        Words(
            "A place or an industry without any weight has the location quotient 0 instead of none.",
            "没有任何权重的地点或行业，其区位商被记为 0，而不是缺失。",
        ),
    ),
)

REAT = Preset(
    "reat",
    Words("REAT (R)", "REAT（R）"),
    "3.0.3",
    _read_only(
        {
            "coagglomeration": {},
            "colocation": {},
            "ellison_glaeser": {},
            "herfindahl": {"of": "place", "normalised": "no"},
            "hoover": {"of": "industry", "compare": "whole"},
            "krugman": {"compare": "mean_of_others"},
            "litzenberger_sternberg": {},
            "location_quotient": {},
            "locational_gini": {"definition": "quotients"},
            "shift_share": {"dynamic": False},
            "theil": {"form": "L", "compare": "uniform"},
        }
    ),
    (
        Words(
            "gini.conc and gini.spec are the plain Gini of the location quotients, not the locational Gini of the "
            "Lorenz curve: another index under the same name.",
            "gini.conc 与 gini.spec 是区位商的普通基尼系数，而不是洛伦兹曲线的区位基尼系数：同名而不同的指标。",
        ),
        Words(
            "theil is the mean logarithmic deviation, Theil's L. With weights it can be negative (−0.011 on the "
            "reference vector), which no Theil index is.",
            "theil 是平均对数离差（泰尔 L）。加权时可能为负（参考向量上为 −0.011），而任何泰尔指数都不会为负。",
        ),
        Words(
            "The weighted gini depends on the order of its input: 0.376 unsorted, 0.307 sorted, for the same data.",
            "加权 gini 取决于输入的顺序：同一数据未排序为 0.376，排序后为 0.307。",
        ),
        Words(
            "Excess colocation takes its expectation from 20 random "
            "draws, 0.00056 instead of the exact 0.0011556 for one "
            "pair; here it is in closed form, and only CL itself is the same.",
            "超额共址的期望来自 20 次随机抽取，某对行业为 0.00056，"
            "而精确值为 0.0011556；这里用闭式解，只有 CL 本身相同。",
        ),
        Words(
            "The Litzenberger–Sternberg index is NaN where there is no plant; here it is 0, with a note.",
            "没有企业时 LS 指数为 NaN；这里为 0 并附说明。",
        ),
        Words(
            "krugman.spec2 and krugman.conc2 compare with the unweighted mean of the other units, in which a village "
            "counts as much as a capital.",
            "krugman.spec2 与 krugman.conc2 与其他单元的未加权平均比较，村庄与首都同等计入。",
        ),
    ),
)

ECOMPLEXITY = Preset(
    "ecomplexity",
    Words("py-ecomplexity (Python)", "py-ecomplexity（Python）"),
    "0.5.3",
    _read_only(
        {
            "diversity": {"cut": 1.0},
            "eci": {"method": "eigenvector", "scale": "deviations", "ddof": 0, "cut": 1.0},
            "location_quotient": {},
            "pci": {"method": "eigenvector", "scale": "eci", "ddof": 0, "cut": 1.0},
            "proximity": {"cut": 1.0},
            "relatedness_density": {"method": "hidalgo", "diagonal": "include", "cut": 1.0},
            "ubiquity": {"cut": 1.0},
        }
    ),
    (
        Words(
            "PCI is scaled by the mean and deviation of ECI, so that ECI is the mean PCI of a place's industries: a "
            "factor of 1.9 from packages that scale it by its own, on the reference table.",
            "PCI 按 ECI 的均值与标准差缩放，使 ECI 等于当地行业 "
            "PCI 的均值：在参考表上与按自身缩放的软件包相差 1.9 倍。",
        ),
        Words(
            "Density counts the industry itself (diagonal 1): up to 21 percentage points from EconGeo.",
            "密度计入行业自身（对角线为 1）：与 EconGeo 相差可达 21 个百分点。",
        ),
    ),
)

DBMSS = Preset(
    "dbmss",
    Words("dbmss (R)", "dbmss（R）"),
    "2.11-0",
    _read_only(
        {
            "diggle_d": {"correction": "isotropic", "normalise": "pairs"},
            "kd": {
                "weight": "count",
                "bandwidth": "silverman",
                "bandwidth_pairs": "near",
                "null": "random_location",
                "global_method": "strip",
            },
            "marcon_puech_m": {"null": "random_location", "global_method": "strip"},
            "marcon_puech_m_density": {"null": "random_location", "global_method": "strip"},
            "ripley_g": {"correction": "isotropic", "normalise": "squared", "global_method": "strip"},
            "ripley_k": {"correction": "isotropic", "normalise": "pairs", "global_method": "strip"},
            "ripley_l": {"correction": "isotropic", "normalise": "pairs", "centred": True, "global_method": "strip"},
        }
    ),
    (
        Words(
            "Kd is a density on a grid, interpolated: 2.5·10⁻³ from "
            "the sum over pairs; with Approximate = 1 it is biased "
            "(at distance 0 by a quarter and more on the reference points).",
            "Kd 为网格上的插值密度：与逐对求和相差 2.5·10⁻³；"
            "Approximate = 1 时有偏（参考点在距离 0 处偏差达四分之一以上）。",
        ),
        Words(
            "The bandwidth of Kd takes only pairs nearer than twice "
            "the largest distance, and is anew for every draw of "
            "the null, so that the mean of the draws is not the curve of all points.",
            "Kd 的带宽只用距离小于最大距离两倍的点对，"
            "且零模型每次抽取都重新计算，因此各次抽取的均值并不等于全部点的曲线。",
        ),
        Words(
            "m is computed from a binned density: 10⁻² from the sum over pairs.",
            "m 由分箱密度计算：与逐对求和相差可达 10⁻²。",
        ),
        Words(
            "A plant without a neighbour within the distance is left "
            "out of both sums of M; where no plant has one, M is "
            "NaN.",
            "在该距离内没有邻居的企业不计入 M 的两个求和；若全部企业都没有，则 M 为 NaN。",
        ),
    ),
)
