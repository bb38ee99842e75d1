"""The choices of an evaluation in words: what each is called, what it can be, and what was taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from jiqun.cluster import Words
from jiqun.report.evaluations import Allowed, ChoiceCard, ChosenValue
from jiqun.report.shapes import Text

__all__ = ["CHOICES", "ChoiceWords", "choice_cards", "chosen_values"]

Group = Literal["data", "standardise", "weigh", "score", "coupling", "dynamics", "space", "random"]


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """What a choice and its values are called."""

    group: Group
    title: Words
    says: Words
    values: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))


CHOICES: Mapping[str, ChoiceWords] = MappingProxyType(
    {
        "first": ChoiceWords(
            "data", Words("First period", "起始时期"), Words("Empty: the first of the panel.", "留空为面板首期。")
        ),
        "last": ChoiceWords(
            "data", Words("Last period", "截止时期"), Words("Empty: the last of the panel.", "留空为面板末期。")
        ),
        "without": ChoiceWords(
            "data",
            Words("Places left out", "剔除的地点"),
            Words(
                "By identifier, with commas between; not given: those the system names; “none”: none.",
                "地点编号，以逗号分隔；不给出则剔除指标体系指定的地点；“none”表示一个也不剔除。",
            ),
        ),
        "changes": ChoiceWords(
            "data",
            Words("Places merged since", "已被合并的地区"),
            Words(
                "Former divisions of China: kept as they were, or put into what followed them.",
                "历史行政区：保持原状，或并入其后的地区。",
            ),
            {
                "keep": Words("kept as they were", "保持原状"),
                "today": Words(
                    "put into what followed; levels are added, rates are not", "并入现行政区（总量相加，比率不加）"
                ),
            },
        ),
        "missing": ChoiceWords(
            "data",
            Words("Where an indicator is missing", "指标缺失时"),
            Words("What becomes of a place and period that lacks an indicator.", "某地某期缺少指标时如何处理。"),
            {
                "null": Words("no score", "不计得分"),
                "reweight": Words("score of the other indicators", "按其余指标计分"),
                "interpolate": Words("gaps within a series on a straight line", "序列中间的缺口线性内插"),
            },
        ),
        "standardisation": ChoiceWords(
            "standardise",
            Words("Standardisation", "标准化"),
            Words("How indicators of different units are made comparable.", "如何使不同量纲的指标可比。"),
            {"min_max": Words("min–max", "极差标准化"), "z": Words("z-scores", "z 标准化")},
        ),
        "over": ChoiceWords(
            "standardise",
            Words("Range that counts", "标准化的范围"),
            Words(
                "Over the whole panel periods can be compared; over each period they cannot.",
                "按全面板标准化则各期可比；逐期标准化则不可比。",
            ),
            {
                "panel": Words("whole panel", "全面板"),
                "period": Words("each period", "逐期"),
                "base": Words("a base period", "基期"),
            },
        ),
        "base": ChoiceWords(
            "standardise", Words("Base period", "基期"), Words("Empty: the first period.", "留空为首期。")
        ),
        "outside": ChoiceWords(
            "standardise",
            Words("Values outside the range of the base period", "超出基期范围的数值"),
            Words("Only with a base period.", "仅用于基期标准化。"),
            {
                "keep": Words("kept", "保留"),
                "clip": Words("cut to 0 … 1", "截断至 0–1"),
                "absolute": Words("taken without sign", "取绝对值"),
            },
        ),
        "multiply": ChoiceWords(
            "standardise",
            Words("Multiplier", "乘数"),
            Words("Standardised values are multiplied by it.", "标准化值乘以该数。"),
        ),
        "shift": ChoiceWords(
            "standardise",
            Words("Shift", "平移"),
            Words(
                "Added to every standardised value, as some papers do to avoid zeros.",
                "加到每个标准化值上，部分文献以此避免零值。",
            ),
        ),
        "zeros": ChoiceWords(
            "weigh",
            Words("Zeros in the entropy", "熵中的零值"),
            Words(
                "0·ln 0 is 0 as a limit; many programs put a small number instead.",
                "0·ln 0 的极限为 0；不少程序改用一个很小的数。",
            ),
            {"limit": Words("limit, 0", "取极限 0"), "replace": Words("replaced by a constant", "以常数代替")},
        ),
        "zero_constant": ChoiceWords(
            "weigh", Words("Constant for zeros", "替代零值的常数"), Words("Where zeros are replaced.", "用于代替零值。")
        ),
        "weights": ChoiceWords(
            "weigh",
            Words("Weights", "权重"),
            Words("How much each indicator counts.", "各指标的重要程度如何确定。"),
            {
                "entropy": Words("entropy, one set for the panel", "熵权法（全面板一套权重）"),
                "entropy_by_period": Words("entropy, one set for each period", "熵权法（逐期权重）"),
                "critic": Words("CRITIC", "CRITIC 法"),
                "equal": Words("equal", "等权"),
                "ahp": Words("analytic hierarchy process", "层次分析法"),
                "given": Words("as the system gives them", "指标体系给定"),
                "combined": Words("game-theoretic combination", "博弈论组合赋权"),
            },
        ),
        "weigh": ChoiceWords(
            "weigh",
            Words("Weighed over", "赋权范围"),
            Words(
                "Over all indicators at once, or within each branch of the root.",
                "对全部指标一次赋权，或在每个一级维度内分别赋权。",
            ),
            {"whole": Words("all indicators", "全部指标"), "branch": Words("each branch", "各一级维度")},
        ),
        "allow_inconsistent": ChoiceWords(
            "weigh",
            Words("Use contradictory judgements", "允许不一致的判断矩阵"),
            Words("Judgements whose consistency ratio is 0.1 or more.", "一致性比率不小于 0.1 的判断矩阵。"),
        ),
        "score": ChoiceWords(
            "score",
            Words("Score", "综合得分"),
            Words("How weighted indicators become one number.", "如何由加权指标得到一个数。"),
            {
                "linear": Words("weighted sum", "线性加权"),
                "topsis": Words("TOPSIS", "TOPSIS"),
                "dynamic_topsis": Words("dynamic TOPSIS", "改进动态 TOPSIS"),
                "grey": Words("grey relational", "灰色关联"),
            },
        ),
        "time_degree": ChoiceWords(
            "score",
            Words("Time degree", "时间度"),
            Words(
                "Of dynamic TOPSIS: below 0.5 recent periods count more.", "用于动态 TOPSIS：小于 0.5 时近期权重更大。"
            ),
        ),
        "coupling": ChoiceWords(
            "coupling",
            Words("Formula of the coupling degree", "耦合度公式"),
            Words(
                "The standard one leaves little spread; the modified one uses all of 0 … 1.",
                "标准公式取值集中；修正公式充分利用 0–1 区间。",
            ),
            {"standard": Words("standard", "标准公式"), "modified": Words("modified (2021)", "修正公式（2021）")},
        ),
        "groups": ChoiceWords(
            "dynamics",
            Words("Regions compared", "比较的区域"),
            Words("For Dagum's Gini and Theil's index.", "用于 Dagum 基尼系数与泰尔指数。"),
            {
                "auto": Words(
                    "the four regions of China where places have division codes, else the places above",
                    "有行政区划代码时为四大地区，否则为上级地点",
                ),
                "parent": Words("the places above", "上级地点"),
                "none": Words("none", "不分区域"),
            },
        ),
        "classes": ChoiceWords(
            "dynamics", Words("Classes of the chains", "马尔可夫链的状态数"), Words("From low to high.", "由低到高。")
        ),
        "class_cut": ChoiceWords(
            "dynamics",
            Words("Classes are cut at", "状态划分"),
            Words("Quantiles, or ratios to the mean of the period.", "按分位数，或按与当期均值之比。"),
            {
                "panel": Words("quantiles of the panel", "全面板分位数"),
                "period": Words("quantiles of each period", "逐期分位数"),
                "mean": Words("quantiles of ratios to the mean", "与均值之比的分位数"),
            },
        ),
        "controls": ChoiceWords(
            "dynamics",
            Words("Controls", "控制变量"),
            Words(
                "Indicators of the panel for conditional convergence, with commas between.",
                "条件收敛所用的面板指标，以逗号分隔。",
            ),
        ),
        "lags": ChoiceWords(
            "dynamics",
            Words("Lags", "滞后阶数"),
            Words("Of Granger tests and local projections.", "用于格兰杰检验与局部投影。"),
        ),
        "horizons": ChoiceWords(
            "dynamics", Words("Periods ahead", "前瞻期数"), Words("Of local projections.", "用于局部投影。")
        ),
        "neighbours": ChoiceWords(
            "space",
            Words("Neighbours", "邻居数"),
            Words("Nearest places that count as neighbours.", "最近的若干地点视为邻居。"),
        ),
        "simulations": ChoiceWords(
            "random", Words("Permutations of Moran's I", "莫兰指数的置换次数"), Words("0: no test.", "0 表示不检验。")
        ),
        "draws": ChoiceWords(
            "random",
            Words("Draws for intervals of ranks", "名次区间的抽样次数"),
            Words("Of weights and standardisation; 0: no intervals.", "对权重与标准化抽样；0 表示不计算区间。"),
        ),
        "concentration": ChoiceWords(
            "random",
            Words("Firmness of weights", "权重的集中度"),
            Words("In the draws: larger is firmer.", "抽样时越大，权重越稳定。"),
        ),
        "level": ChoiceWords(
            "random", Words("Coverage of intervals", "区间的覆盖率"), Words("0.9 is 90 %.", "0.9 即 90%。")
        ),
        "top": ChoiceWords(
            "random",
            Words("Places that count as the top", "前若干名"),
            Words("How often a place is among them is counted.", "统计各地进入前若干名的频率。"),
        ),
        "seed": ChoiceWords(
            "random",
            Words("Seed", "随机种子"),
            Words("The same seed gives the same tables.", "同一种子得到相同的结果。"),
        ),
        "grain": ChoiceWords(
            "data",
            Words("Length of a period", "时期长度"),
            Words("Where interactions are counted into a panel.", "由互动记录汇总成面板时使用。"),
            {
                "auto": Words("as fits the data", "随数据"),
                "year": Words("year", "年"),
                "quarter": Words("quarter", "季度"),
                "month": Words("month", "月"),
                "week": Words("week", "周"),
            },
        ),
    }
)
"""Every choice by name, in the order in which they are asked; the last is of the report, not of the library."""


def choice_cards() -> list[ChoiceCard]:
    """Describe every choice.

    >>> [c.id for c in choice_cards()][:3], next(c.default for c in choice_cards() if c.id == "weights")
    (['first', 'last', 'without'], 'entropy')
    """
    return [_card(name, _facts()[name]) for name in CHOICES]


def chosen_values(taken: Mapping[str, Any]) -> list[ChosenValue]:
    """Say what was taken.

    Parameters
    ----------
    taken
        Choices by name, all of them.

    Examples
    --------
    >>> [c.said.zh for c in chosen_values({"weights": "critic", "draws": 10})]
    ['CRITIC 法', '10']
    """
    facts = _facts()
    return [
        ChosenValue(
            id=name,
            title=_text(CHOICES[name].title),
            value=list(value) if isinstance(value, tuple) else value,
            said=_said(CHOICES[name], value),
            default=(list(value) if isinstance(value, tuple) else value) == facts[name].get("default"),
        )
        for name, value in sorted(taken.items(), key=lambda item: list(CHOICES).index(item[0]))
    ]


def _facts() -> Mapping[str, Mapping[str, Any]]:
    from jiqun.measure.evaluation.choices import Choices

    grain = {"enum": list(CHOICES["grain"].values), "type": "string", "default": "auto"}
    return {**Choices.model_json_schema()["properties"], "grain": grain}


_TYPES = {"integer": "integer", "number": "number", "boolean": "flag", "array": "list"}


def _card(name: str, facts: Mapping[str, Any]) -> ChoiceCard:
    words = CHOICES[name]
    kind: Any = "one" if "enum" in facts else _TYPES.get(str(facts.get("type")), "text")
    return ChoiceCard(
        id=name,
        title=_text(words.title),
        says=_text(words.says),
        group=words.group,
        type=kind,
        allowed=[Allowed(id=v, title=_text(words.values[v])) for v in facts.get("enum", ())],
        default=facts.get("default"),
        low=facts.get("minimum", facts.get("exclusiveMinimum")),
        high=facts.get("maximum", facts.get("exclusiveMaximum")),
        open_low="exclusiveMinimum" in facts,
        open_high="exclusiveMaximum" in facts,
    )


def _said(words: ChoiceWords, value: Any) -> Text:
    if isinstance(value, str) and value in words.values:
        return _text(words.values[value])
    if isinstance(value, bool):
        return Text(en="yes" if value else "no", zh="是" if value else "否")
    if isinstance(value, (list, tuple)):
        return Text(en=", ".join(map(str, value)) or "none", zh="、".join(map(str, value)) or "无")
    plain = f"{value:g}" if isinstance(value, float) else str(value)
    return Text(en=plain or "not set", zh=plain or "未设定")


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
