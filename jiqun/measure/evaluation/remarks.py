"""What an evaluation found in its data and what it did about it: nothing is mended in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from jiqun.cluster import Finding, Words
from jiqun.cluster.checks.findings import Severity

__all__ = ["REMARKS", "remark"]

REMARKS: Mapping[str, tuple[Severity, Words, Words]] = MappingProxyType(
    {
        "missing_key": (
            "warning",
            Words("Rows without a place, period or indicator", "缺少地点、时期或指标的行"),
            Words("They were left out.", "已略去。"),
        ),
        "repeated_value": (
            "info",
            Words("The same value is given more than once", "同一数值重复出现"),
            Words("It was counted once.", "只计一次。"),
        ),
        "not_finite": (
            "warning",
            Words("Infinite values", "数值为无穷大"),
            Words("They were taken as missing.", "已按缺失处理。"),
        ),
        "missing_period": (
            "warning",
            Words("Periods without any value", "整期缺失"),
            Words(
                "They stay in the calendar without values, so that no step jumps over them.",
                "保留在时间轴上但不填数，任何逐期计算都不会跨越它们。",
            ),
        ),
        "period_as_text": (
            "warning",
            Words("Periods that are not 2017, 2017-Q1, 2017-03 or 2017-W05", "时期写法无法识别"),
            Words("They were put in the order of their text.", "已按文字顺序排列。"),
        ),
        "missing_value": (
            "info",
            Words("Places and periods of an indicator without a value", "指标在部分地点和时期缺失"),
            Words("Nothing was filled in.", "未作任何填补。"),
        ),
        "interpolated": (
            "warning",
            Words("Gaps within a series", "序列中间有缺口"),
            Words("They were filled on a straight line between neighbours.", "已按相邻两值的直线内插。"),
        ),
        "reweighted": (
            "warning",
            Words("Scores from part of the indicators", "仅凭部分指标得出的得分"),
            Words("The weights of the indicators present were scaled to one.", "已将现有指标的权重归一。"),
        ),
        "without_score": (
            "warning",
            Words("Places and periods without a score", "没有得分的地点和时期"),
            Words(
                "At least one indicator is missing there; missing='interpolate' or 'reweight' are other choices.",
                "该处至少有一个指标缺失；可改选 missing='interpolate' 或 'reweight'。",
            ),
        ),
        "nonpositive_logarithm": (
            "warning",
            Words("Values at or below the least that has a logarithm", "对数下出现零或负值"),
            Words("They were taken as missing; log1p keeps zeros.", "已按缺失处理；log1p 可保留零值。"),
        ),
        "undefined_ratio": (
            "warning",
            Words("Ratios whose denominator is missing, zero or negative", "比值的分母缺失、为零或为负"),
            Words("They were taken as missing.", "已按缺失处理。"),
        ),
        "undefined_growth": (
            "warning",
            Words("Growth from a value that is zero or negative", "增长率的基期值为零或为负"),
            Words("It was taken as missing.", "已按缺失处理。"),
        ),
        "winsorised": (
            "info",
            Words("Extreme values", "极端值"),
            Words("They were moved to the quantiles the system names.", "已缩尾至指标体系所定分位数。"),
        ),
        "constant_indicator": (
            "warning",
            Words("An indicator that never varies", "指标毫无变化"),
            Words("It tells no place from another and was left out.", "无法区分任何地点，已剔除。"),
        ),
        "constant_in_period": (
            "info",
            Words("An indicator that does not vary within a period", "指标在某期内毫无变化"),
            Words("It has no standardised value in that period.", "该期没有标准化值。"),
        ),
        "empty_indicator": (
            "warning",
            Words("An indicator without any value", "指标没有任何数值"),
            Words("It was left out.", "已剔除。"),
        ),
        "outside_base": (
            "info",
            Words("Values outside the range of the base period", "数值超出基期范围"),
            Words("They were treated as the choice “outside” says.", "已按 outside 的选择处理。"),
        ),
        "zero_in_entropy": (
            "info",
            Words("Zeros under the logarithm of the entropy", "熵的对数下出现零"),
            Words("They were treated as the choice “zeros” says.", "已按 zeros 的选择处理。"),
        ),
        "sign_doubtful": (
            "warning",
            Words("An indicator runs against the rest of its group", "指标与同组其余指标反向变动"),
            Words(
                "Its sign was kept as the system says; check whether it is right.", "仍按体系所定方向；请核对正负号。"
            ),
        ),
        "left_out": (
            "info",
            Words("Places that are left out", "被剔除的地点"),
            Words("They take no part; without = … chooses others.", "不参与评价；可用 without = … 另行指定。"),
        ),
        "left_out_by_system": (
            "warning",
            Words("Places that the indicator system leaves out", "指标体系剔除的地点"),
            Words("They take no part; without = none takes them in.", "不参与评价；without = none 可将其纳入。"),
        ),
        "period_cut": (
            "info",
            Words("Periods that are left out", "被剔除的时期"),
            Words("Only the periods asked for were evaluated.", "只评价所指定的时期。"),
        ),
        "place_read": (
            "info",
            Words("Places given by name, or as they were called before", "以名称或旧称给出的地点"),
            Words("They were read as the places of today's map.", "已识别为现行政区划中的地点。"),
        ),
        "place_former": (
            "info",
            Words("Places that are part of others today", "现已并入其他地区的地点"),
            Words(
                "They were kept as they were; changes = 'today' puts them into what followed.",
                "保持原状；changes = 'today' 可并入其后的地区。",
            ),
        ),
        "place_merged": (
            "warning",
            Words("Places that were merged since", "已被合并的地点"),
            Words("They were put into what followed them; levels were added up.", "已并入其后的地区，总量指标相加。"),
        ),
        "place_split": (
            "warning",
            Words("Places that were divided among several", "已被拆分的地点"),
            Words(
                "They were kept as they were: nothing says how to divide their figures.", "保持原状：无从拆分其数值。"
            ),
        ),
        "place_ambiguous": (
            "warning",
            Words("Names that several places have", "有多个同名地点的名称"),
            Words(
                "They were kept as given; write the code, or the province before the name.",
                "按原样保留；请写代码，或在名称前加上省份。",
            ),
        ),
        "place_not_found": (
            "warning",
            Words("Names and codes that no place of China has", "无法识别的地名或代码"),
            Words(
                "They were kept as given; the examples name what is written most like them.",
                "按原样保留；示例中列出相近名称。",
            ),
        ),
        "rate_not_added": (
            "warning",
            Words("Rates of places that were merged since", "已合并地点的比率指标"),
            Words("Rates do not add up: before the merger there is no value.", "比率不能相加：合并之前没有数值。"),
        ),
        "merger_incomplete": (
            "warning",
            Words("Levels of which one part is missing", "缺少一部分的总量指标"),
            Words("Both parts are needed before the merger: there is no value.", "合并前需要各部分齐全：没有数值。"),
        ),
        "merger_without_figures": (
            "warning",
            Words("A place that was merged since has no figures", "已被合并的地点没有数值"),
            Words(
                "Those of what followed it were kept; whether they hold its land before the merger is not known.",
                "保留其后地区的数值；合并前是否已含该地不得而知。",
            ),
        ),
        "unknown_place": (
            "warning",
            Words("Places that the table of places does not know", "地点表中没有的地点"),
            Words("They were evaluated under the name given.", "仍按所给名称参与评价。"),
        ),
        "without_coordinates": (
            "warning",
            Words("Places without coordinates", "地点没有坐标"),
            Words("They were left out of everything spatial.", "不参与空间分析。"),
        ),
        "without_group": (
            "warning",
            Words("Places that belong to no region", "地点不属于任何区域"),
            Words("They were left out of the differences between regions.", "不参与区域差异分析。"),
        ),
        "inconsistent_judgement": (
            "warning",
            Words("Judgements that contradict one another", "判断矩阵不一致"),
            Words("They were used because that was asked for.", "因已明确要求，仍予采用。"),
        ),
        "negative_combination": (
            "warning",
            Words("A coefficient of the game-theoretic combination is negative", "博弈论组合系数为负"),
            Words("Its size was taken, as the literature does.", "按文献惯例取其绝对值。"),
        ),
        "not_computable": (
            "info",
            Words("A step that these data cannot support", "数据不足以支持的步骤"),
            Words("It was left out of the results.", "结果中不含该步骤。"),
        ),
    }
)
"""Every remark: its severity, what was found, and what was done."""


def remark(
    rule: str, column: str = "", rows: int = 0, of: int = 0, examples: Sequence[str] = (), *, done: Words | None = None
) -> Finding:
    """Make a finding of an evaluation.

    Parameters
    ----------
    rule
        A name of :data:`REMARKS`.
    column
        The indicator concerned.
    rows, of
        Cells concerned, of how many.
    examples
        A few of them.
    done
        What was done, where it is more than the remark says by itself.

    Examples
    --------
    >>> remark("constant_indicator", "gdp", 4, 4).title.zh
    '指标毫无变化'
    """
    severity, title, advice = REMARKS[rule]
    return Finding(rule, severity, title, done or advice, "panel", column, rows, of, tuple(examples[:5]))
