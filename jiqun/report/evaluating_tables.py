"""What the tables of an evaluation are called, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from jiqun.cluster import Words

__all__ = ["COLUMNS", "TABLES", "ColumnWords", "TableWords"]

Type = Literal["string", "integer", "number", "share", "date", "money"]
_NONE = Words("", "")
_DEGREES, _KM = Words("degrees", "度"), Words("km", "公里")


@dataclass(frozen=True, slots=True)
class TableWords:
    """What a table is called and how it is read; ``methods`` are keys of the formulas."""

    title: Words
    note: Words = _NONE
    step: str = ""
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What a column is called."""

    title: Words
    type: Type = "number"
    unit: Words = _NONE


TABLES: Mapping[str, TableWords] = MappingProxyType(
    {
        "ranking": TableWords(
            Words("Scores and ranks", "综合得分与名次"),
            Words(
                "Rank 1 is best. The range of ranks is what other weights and standardisations leave open; it need not "
                "hold the rank itself.",
                "第 1 名为最优。名次区间为改变权重与标准化后的名次范围，未必包含本次名次。",
            ),
            methods=("intervals",),
        ),
        "scores": TableWords(
            Words("Scores of each node of the system", "各层级得分"),
            Words("The whole has an empty node.", "总体的节点为空。"),
        ),
        "weights": TableWords(Words("Weights", "指标权重")),
        "indicators": TableWords(Words("Indicators, transformed and standardised", "指标值与标准化值")),
        "judgements": TableWords(
            Words("Consistency of judgements", "判断矩阵一致性"),
            Words("A ratio of 0.1 or more is inconsistent.", "一致性比率不小于 0.1 即不一致。"),
            methods=("ahp",),
        ),
        "dynamic_scores": TableWords(
            Words("Dynamic TOPSIS over all periods", "动态 TOPSIS 综合得分"), methods=("topsis",)
        ),
        "time_weights": TableWords(Words("Weights of periods", "时间权重")),
        "rank_shifts": TableWords(
            Words("What each other choice does to the ranks", "改变各项选择对名次的影响"),
            Words("Means over periods, against the ranks as chosen.", "相对于本次名次，各期平均。"),
            "sensitivity",
        ),
        "coupling": TableWords(
            Words("Coupling coordination", "耦合协调度"),
            Words(
                "Ten grades from extreme imbalance (1) to high-quality coordination (10).",
                "分十级，由极度失调（1）至优质协调（10）。",
            ),
            "coupling",
        ),
        "coupling_grades": TableWords(
            Words("Grades of coordination by period", "各期耦合协调等级"),
            Words("Number of places in each grade.", "各等级的地点数。"),
            "coupling",
        ),
        "granger": TableWords(
            Words("Which leads, which follows", "领先与滞后（格兰杰检验）"),
            Words("Tests on changes: an order in time, not a cause.", "对变化量检验：只说明时间先后，不说明因果。"),
            "co_evolution",
            ("granger",),
        ),
        "local_projections": TableWords(
            Words("Response over the periods after", "脉冲响应（局部投影）"), _NONE, "co_evolution", ("projections",)
        ),
        "synchrony": TableWords(Words("Synchrony by place", "各地同步性"), _NONE, "co_evolution", ("synchrony",)),
        "cross_correlation": TableWords(
            Words("Correlation at leads and lags", "超前滞后相关"),
            Words("A positive lead: the first comes before the second.", "正值表示前者领先于后者。"),
            "co_evolution",
        ),
        "differences": TableWords(
            Words("Differences between regions", "区域差异及来源"),
            Words(
                "Gini = within + between + transvariation; Theil = within + between.",
                "基尼系数 = 区域内 + 区域间 + 超变密度；泰尔指数 = 区域内 + 区域间。",
            ),
            "regional_differences",
            ("dagum", "theil"),
        ),
        "differences_within": TableWords(
            Words("Differences within each region", "区域内差异"), _NONE, "regional_differences", ("dagum", "theil")
        ),
        "differences_between": TableWords(
            Words("Differences between two regions", "两两区域间差异"), _NONE, "regional_differences", ("dagum",)
        ),
        "obstacles": TableWords(
            Words("Obstacles by period", "各期障碍度"),
            Words("Mean over places.", "各地点平均。"),
            "obstacles",
            ("obstacles",),
        ),
        "obstacles_by_place": TableWords(
            Words("Main obstacles by place", "各地主要障碍因子"), _NONE, "obstacles", ("obstacles",)
        ),
        "moran": TableWords(Words("Moran's I by period", "各期莫兰指数"), _NONE, "association", ("moran",)),
        "local_moran": TableWords(
            Words("Local association (LISA)", "局部空间关联（LISA）"),
            Words(
                "1 high among high, 2 low among high, 3 low among low, 4 high among low; the adjusted p holds the "
                "share of false discoveries.",
                "1 高–高，2 低–高，3 低–低，4 高–低；校正 p 值控制错误发现率。",
            ),
            "association",
            ("moran",),
        ),
        "ellipses": TableWords(
            Words("Centre of gravity and ellipse", "重心与标准差椭圆"), _NONE, "association", ("ellipse",)
        ),
        "densities": TableWords(Words("Densities of the score", "得分的核密度"), _NONE, "density", ("density",)),
        "density_shape": TableWords(Words("Shape of the densities", "核密度形态"), _NONE, "density", ("density",)),
        "transitions": TableWords(
            Words("Transition matrices", "转移概率矩阵"),
            Words(
                "Class 1 is the lowest; given the class of the neighbours where one stands there. A mean first passage "
                "is empty where the class is never reached.",
                "1 为最低状态；列出邻居类型者为空间马尔可夫链。平均首达时间空缺表示永远不会到达。",
            ),
            "chains",
            ("markov",),
        ),
        "long_run": TableWords(
            Words("Distribution in the long run", "长期稳态分布"),
            Words("Mobility: (k − tr P)/(k − 1).", "流动性：(k − tr P)/(k − 1)。"),
            "chains",
            ("markov",),
        ),
        "chain_tests": TableWords(
            Words("Tests of the chains", "马尔可夫链检验"),
            Words(
                "Whether the matrices are the same over time, and whatever the neighbours.",
                "检验转移矩阵是否随时间、随邻居类型而不同。",
            ),
            "chains",
            ("chain_tests",),
        ),
        "sigma": TableWords(Words("σ convergence", "σ 收敛"), _NONE, "convergence", ("beta",)),
        "sigma_trend": TableWords(
            Words("Trend of the coefficient of variation", "变异系数的趋势"), _NONE, "convergence", ("beta",)
        ),
        "beta": TableWords(
            Words("β convergence", "β 收敛"),
            Words(
                "Errors clustered by place in panels. With effects of places β is biased towards convergence in short "
                "panels.",
                "面板回归的标准误按地点聚类；短面板中个体固定效应使 β 偏向收敛。",
            ),
            "convergence",
            ("beta",),
        ),
        "club_tests": TableWords(
            Words("Convergence clubs: log t tests", "俱乐部收敛：log t 检验"),
            Words(
                "t below −1.65 rejects convergence; the first row is all places.",
                "t 小于 −1.65 则拒绝收敛；首行为全部地点。",
            ),
            "clubs",
            ("clubs",),
        ),
        "clubs": TableWords(
            Words("Members of the clubs", "俱乐部成员"),
            Words("Empty: in no club.", "空白表示不属于任何俱乐部。"),
            "clubs",
            ("clubs",),
        ),
    }
)
"""Tables by name, in the order in which a report prints them."""

_P = ColumnWords(Words("p", "p 值"))
COLUMNS: Mapping[str, ColumnWords] = MappingProxyType(
    {
        "place_id": ColumnWords(Words("Place", "地点"), "string"),
        "period": ColumnWords(Words("Period", "时期"), "string"),
        "node": ColumnWords(Words("Node", "维度"), "string"),
        "indicator": ColumnWords(Words("Indicator", "指标"), "string"),
        "score": ColumnWords(Words("Score", "得分")),
        "rank": ColumnWords(Words("Rank", "名次")),
        "low": ColumnWords(Words("Low", "下限")),
        "high": ColumnWords(Words("High", "上限")),
        "mean": ColumnWords(Words("Mean rank of the draws", "抽样平均名次")),
        "share_in_top": ColumnWords(Words("Share of draws among the top", "进入前若干名的频率"), "share"),
        "weight": ColumnWords(Words("Weight", "权重"), "share"),
        "value": ColumnWords(Words("Value", "数值")),
        "standardised": ColumnWords(Words("Standardised", "标准化值")),
        "largest_eigenvalue": ColumnWords(Words("Largest eigenvalue", "最大特征值")),
        "consistency_index": ColumnWords(Words("Consistency index", "一致性指标 CI")),
        "consistency_ratio": ColumnWords(Words("Consistency ratio", "一致性比率 CR")),
        "choice": ColumnWords(Words("Other choice", "改变的选择"), "string"),
        "spearman": ColumnWords(Words("Rank correlation", "秩相关")),
        "mean_shift": ColumnWords(Words("Mean shift", "平均位移"), unit=Words("ranks", "名")),
        "largest_shift": ColumnWords(Words("Largest shift", "最大位移"), unit=Words("ranks", "名")),
        "coupling": ColumnWords(Words("Coupling C", "耦合度 C")),
        "development": ColumnWords(Words("Development T", "综合指数 T")),
        "coordination": ColumnWords(Words("Coordination D", "协调度 D")),
        "grade": ColumnWords(Words("Grade", "等级"), "integer"),
        "places": ColumnWords(Words("Places", "地点数"), "integer"),
        "behind": ColumnWords(Words("Behind", "滞后的子系统"), "string"),
        "leads": ColumnWords(Words("Leads", "领先"), "string"),
        "follows": ColumnWords(Words("Follows", "跟随"), "string"),
        "lags": ColumnWords(Words("Lags", "滞后阶数"), "integer"),
        "mean_wald": ColumnWords(Words("Mean Wald", "平均 Wald 统计量")),
        "z": ColumnWords(Words("Z", "Z 统计量")),
        "z_p": ColumnWords(Words("p of Z", "Z 的 p 值")),
        "z_tilde": ColumnWords(Words("Z̃", "Z̃ 统计量")),
        "z_tilde_p": ColumnWords(Words("p of Z̃", "Z̃ 的 p 值")),
        "horizon": ColumnWords(Words("Periods after", "前瞻期"), "integer"),
        "error": ColumnWords(Words("Standard error", "标准误")),
        "p": _P,
        "rows": ColumnWords(Words("Observations", "观测数"), "integer"),
        "one": ColumnWords(Words("First", "前者"), "string"),
        "two": ColumnWords(Words("Second", "后者"), "string"),
        "correlation": ColumnWords(Words("Correlation", "相关系数")),
        "concordance": ColumnWords(Words("Concordance", "一致率"), "share"),
        "lead": ColumnWords(Words("Lead", "超前期数"), "integer"),
        "gini": ColumnWords(Words("Gini", "基尼系数")),
        "gini_within": ColumnWords(Words("within", "区域内")),
        "gini_between": ColumnWords(Words("between", "区域间")),
        "transvariation": ColumnWords(Words("transvariation", "超变密度")),
        "theil": ColumnWords(Words("Theil", "泰尔指数")),
        "theil_within": ColumnWords(Words("within (Theil)", "区域内（泰尔）")),
        "theil_between": ColumnWords(Words("between (Theil)", "区域间（泰尔）")),
        "group": ColumnWords(Words("Region", "区域"), "string"),
        "group_zh": ColumnWords(Words("Region (Chinese)", "区域（中文）"), "string"),
        "other": ColumnWords(Words("Other region", "另一区域"), "string"),
        "other_zh": ColumnWords(Words("Other region (Chinese)", "另一区域（中文）"), "string"),
        "share": ColumnWords(Words("Share", "占比"), "share"),
        "affluence": ColumnWords(Words("Relative affluence", "相对富裕度")),
        "degree": ColumnWords(Words("Obstacle degree", "障碍度"), "share"),
        "obstacle_1": ColumnWords(Words("First obstacle", "第一障碍"), "string"),
        "degree_1": ColumnWords(Words("its degree", "障碍度"), "share"),
        "obstacle_2": ColumnWords(Words("Second obstacle", "第二障碍"), "string"),
        "degree_2": ColumnWords(Words("its degree", "障碍度"), "share"),
        "obstacle_3": ColumnWords(Words("Third obstacle", "第三障碍"), "string"),
        "degree_3": ColumnWords(Words("its degree", "障碍度"), "share"),
        "expected": ColumnWords(Words("Expected", "期望值")),
        "p_adjusted": ColumnWords(Words("adjusted p", "校正 p 值")),
        "quadrant": ColumnWords(Words("Quadrant", "象限"), "integer"),
        "lon": ColumnWords(Words("Longitude of the centre", "重心经度"), unit=_DEGREES),
        "lat": ColumnWords(Words("Latitude of the centre", "重心纬度"), unit=_DEGREES),
        "major": ColumnWords(Words("Longer semi-axis", "长半轴"), unit=_KM),
        "minor": ColumnWords(Words("Shorter semi-axis", "短半轴"), unit=_KM),
        "bearing": ColumnWords(Words("Bearing", "方位角"), unit=_DEGREES),
        "area": ColumnWords(Words("Area", "面积"), unit=Words("km²", "平方公里")),
        "shift": ColumnWords(Words("Shift of the centre", "重心移动"), unit=_KM),
        "heading": ColumnWords(Words("Direction of the shift", "移动方向"), unit=_DEGREES),
        "density": ColumnWords(Words("Density", "密度")),
        "bandwidth": ColumnWords(Words("Bandwidth", "带宽")),
        "peaks": ColumnWords(Words("Peaks", "峰数"), "integer"),
        "neighbours": ColumnWords(Words("Class of the neighbours", "邻居类型"), "string"),
        "from": ColumnWords(Words("From class", "初始状态"), "integer"),
        "to": ColumnWords(Words("To class", "转移至"), "integer"),
        "count": ColumnWords(Words("Transitions", "转移次数"), "integer"),
        "probability": ColumnWords(Words("Probability", "转移概率"), "share"),
        "passage": ColumnWords(Words("Mean first passage", "平均首达时间"), unit=Words("periods", "期")),
        "class": ColumnWords(Words("Class", "状态"), "integer"),
        "mobility": ColumnWords(Words("Mobility", "流动性")),
        "of": ColumnWords(Words("Test of", "检验"), "string"),
        "likelihood_ratio": ColumnWords(Words("Likelihood ratio", "似然比统计量")),
        "likelihood_ratio_p": ColumnWords(Words("p (likelihood ratio)", "p 值（似然比）")),
        "chi_squared": ColumnWords(Words("χ²", "χ² 统计量")),
        "chi_squared_p": ColumnWords(Words("p (χ²)", "p 值（χ²）")),
        "freedom": ColumnWords(Words("Degrees of freedom", "自由度"), "integer"),
        "variation": ColumnWords(Words("Coefficient of variation", "变异系数")),
        "log_deviation": ColumnWords(Words("Standard deviation of logs", "对数标准差")),
        "slope": ColumnWords(Words("Slope per period", "每期斜率")),
        "kind": ColumnWords(Words("Kind", "类型"), "string"),
        "regression": ColumnWords(Words("Regression", "回归"), "string"),
        "beta": ColumnWords(Words("β", "β")),
        "speed": ColumnWords(Words("Speed", "收敛速度"), unit=Words("per period", "每期")),
        "half_life": ColumnWords(Words("Half-life", "半衰期"), unit=Words("periods", "期")),
        "r_squared": ColumnWords(Words("R²", "R²")),
        "club": ColumnWords(Words("Club", "俱乐部"), "string"),
        "b": ColumnWords(Words("b", "b")),
        "t": ColumnWords(Words("t", "t 值")),
        "location_quotient": ColumnWords(Words("Location quotient", "区位商")),
        "by_quotient": ColumnWords(Words("By location quotient", "区位商法"), "string"),
        "by_network": ColumnWords(Words("By network", "网络分析法"), "string"),
        "by_contiguity": ColumnWords(Words("By contiguity", "空间连片法"), "string"),
        "methods": ColumnWords(Words("Methods that agree", "认定的方法数"), "integer"),
        "jaccard": ColumnWords(Words("Jaccard", "Jaccard 系数"), "share"),
        "kappa": ColumnWords(Words("κ", "κ 系数")),
    }
)
