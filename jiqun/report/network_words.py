"""What each number of a network is called, how it is read, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from jiqun.cluster import Words

__all__ = ["NUMBERS", "PARTS", "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """Title, reading, formula and source of a number."""

    title: Words
    reading: Words
    type: Literal["integer", "number", "share"] = "number"
    formula: str = ""
    reference: str = ""
    doi: str = ""


_OURS = "Ours / 本项目定义"
_BORDER = r"s = \sum_e w_e [g_{i(e)} \neq g_{j(e)}] \big/ \sum_e w_e"
_ACROSS = Words("0: all inside; 1: all across.", "0 表示全部在内部；1 表示全部跨界。")
_EI = r"EI = (E - I) / (E + I)"
_R = r"R = \frac1n \sum_{q=1}^{n} S(q)"
_SCHNEIDER = "Schneider et al. (2011), Mitigation of malicious attacks on networks"
_LAMBDA = r"\bar\lambda = \frac{1}{|P|} \sum_{(s,c) \in P} \lambda(s, c)"
_PATHS = "Menger (1927); 李天健、李伟 (2025)"

PARTS: Mapping[str, tuple[Words, Words]] = MappingProxyType(
    {
        "summary": (
            Words("The network at a glance", "网络概览"),
            Words("How is the cluster tied together?", "集群是如何联系在一起的？"),
        ),
        "core": (
            Words("Core actors and brokers", "核心主体与中介"),
            Words(
                "Who holds the network together, and who passes on between groups?", "谁维系着网络，谁在群体之间牵线？"
            ),
        ),
        "mixing": (
            Words("Across industries, places and communities", "跨行业、跨地区与跨社群"),
            Words("Do ties stay inside groups or cross between them?", "联系留在群体内部，还是跨越群体？"),
        ),
        "paths": (
            Words("Chain or network", "链式还是网络"),
            Words(
                "How many ways lead from suppliers to customers, and what does digital space add?",
                "从供应方到需求方有多少条路径？数字空间增加了什么？",
            ),
        ),
        "complementarity": (
            Words("Complementarity of categories", "品类互补性"),
            Words(
                "What is wanted together, beyond what the size of orders brings about?",
                "扣除订单规模的影响后，哪些品类被一起需要？",
            ),
        ),
        "decomposability": (
            Words("Decomposability", "可分解性"),
            Words(
                "Does what several do together follow from who deals with whom in pairs?",
                "多方共同行动能否由两两关系推出？",
            ),
        ),
        "resilience": (
            Words("Resilience", "韧性"),
            Words("What is left as actors drop out?", "主体退出后还剩下什么？"),
        ),
    }
)
"""Title and question of each part of the page, in order."""

NUMBERS: Mapping[str, Said] = MappingProxyType(
    {
        "actors": Said(
            Words("Actors with ties", "有联系的主体"),
            Words("Who has a tie under the filters.", "当前筛选下有联系的主体。"),
            "integer",
        ),
        "ties": Said(
            Words("Pairs tied", "有联系的配对"),
            Words("Each pair of actors once, whichever way.", "每对主体计一次，不分方向。"),
            "integer",
        ),
        "giant": Said(
            Words("Largest component", "最大连通部分"),
            Words(
                "Share of actors that reach each other; near 1: one network.",
                "能够互相到达的主体占比；接近 1 表示连成一体。",
            ),
            "share",
        ),
        "core": Said(
            Words("Deepest core", "最深核心"),
            Words("Every actor in it has at least so many partners in it.", "其中每个主体在核心内至少有这么多伙伴。"),
            "integer",
            r"k_{\max}",
            "Seidman (1983), Network structure and minimum degree",
            "10.1016/0378-8733(83)90028-X",
        ),
        "core_actors": Said(
            Words("Actors in the deepest core", "最深核心的主体数"),
            Words("Few: a small centre.", "数量少表示中心很小。"),
            "integer",
        ),
        "reciprocity": Said(
            Words("Ties returned", "互惠联系"),
            Words("0: all one way; 1: all both ways.", "0 表示全部单向；1 表示全部双向。"),
            "share",
            r"2M / L",
            "Wasserman & Faust (1994), Social Network Analysis",
            "10.1017/CBO9780511815478",
        ),
        "clustering": Said(
            Words("Clustering (transitivity)", "聚类（传递性）"),
            Words("Above chance: partners of an actor deal with each other.", "高于随机：主体的伙伴之间也有往来。"),
            "share",
            r"3 \Delta / \Lambda",
            "Newman, Strogatz & Watts (2001)",
            "10.1103/PhysRevE.64.026118",
        ),
        "two_mode_clustering": Said(
            Words("Clustering of two sides", "二部聚类"),
            Words(
                "Above chance: who shares one partner shares another.", "高于随机：有一个共同伙伴的主体往往还有另一个。"
            ),
            "share",
            r"4 C_4 / L_3",
            "Robins & Alexander (2004), Small worlds among interlocking directors",
            "10.1023/B:CMOT.0000032580.12184.c0",
        ),
        "degree_assortativity": Said(
            Words("Degree assortativity", "度同配性"),
            Words(
                "Above 0: the busy deal with the busy; below: with those of few ties.",
                "大于 0：活跃者与活跃者往来；小于 0：与联系少者往来。",
            ),
            "number",
            r"\mathrm{cor}(k_i, k_j \mid i \sim j)",
            "Newman (2002), Assortative mixing in networks",
            "10.1103/PhysRevLett.89.208701",
        ),
        "communities": Said(
            Words("Communities", "社群数"),
            Words("Groups with more ties inside than chance gives.", "内部联系多于随机预期的群体。"),
            "integer",
            "",
            "Traag, Waltman & van Eck (2019), From Louvain to Leiden",
            "10.1038/s41598-019-41695-z",
        ),
        "modularity": Said(
            Words("Modularity", "模块度"),
            Words(
                "0: no more ties inside communities than by chance; near 1: almost all are inside.",
                "0 表示社群内联系不多于随机；接近 1 表示几乎全在内部。",
            ),
            "number",
            r"Q = \frac{1}{2m} \sum_{ij} \bigl(A_{ij} - \frac{k_i k_j}{2m}\bigr) \delta(c_i, c_j)",
            "Newman (2004), Analysis of weighted networks",
            "10.1103/PhysRevE.70.056131",
        ),
        "stability": Said(
            Words("Stability of communities", "社群稳定性"),
            Words(
                "Agreement over seeds: 1 the same each time, 0 chance; low: there are no communities to speak of.",
                "不同随机种子间的一致程度：1 完全相同，0 为随机；过低则谈不上社群。",
            ),
            "number",
            "",
            "Hubert & Arabie (1985), Comparing partitions",
            "10.1007/BF01908075",
        ),
        "ei": Said(
            Words("E–I index", "E–I 指数"),
            Words(
                "−1: all ties inside groups; 1: all between. Compare with chance, not with 0.",
                "−1 表示联系全在组内；1 表示全在组间。应与随机值比较，而不是与 0 比较。",
            ),
            "number",
            _EI,
            "Krackhardt & Stern (1988), Informal networks and organizational crises",
            "10.2307/2786835",
        ),
        "assortativity": Said(
            Words("Assortativity", "同配系数"),
            Words("1: all ties inside groups; 0: as independent ends.", "1 表示联系全在组内；0 表示两端相互独立。"),
            "number",
            r"r = \frac{\sum_g e_{gg} - \sum_g a_g^2}{1 - \sum_g a_g^2}",
            "Newman (2003), Mixing patterns in networks",
            "10.1103/PhysRevE.67.026126",
        ),
        "across_ties": Said(
            Words("Share of ties across", "跨界联系占比"),
            _ACROSS,
            "share",
            _BORDER,
            "Aronow, Samii & Assenova (2015)",
            "10.1093/pan/mpv018",
        ),
        "across_value": Said(
            Words("Share of value across", "跨界价值占比"),
            _ACROSS,
            "share",
            _BORDER,
            "Aronow, Samii & Assenova (2015)",
            "10.1093/pan/mpv018",
        ),
        "paths": Said(
            Words("Disjoint paths, mean", "平均不相交路径数"),
            Words(
                "1: a chain, any broken tie parts a pair; more: a network.",
                "1 表示链式，任何一处断开都会使双方失联；大于 1 表示网络。",
            ),
            "number",
            _LAMBDA,
            _PATHS,
            "10.4064/fm-10-1-96-115",
        ),
        "connected": Said(
            Words("Pairs with a path", "有路径的配对占比"),
            Words("1: every supplier reaches every customer.", "1 表示每个供应方都能到达每个需求方。"),
            "share",
            r"P(\lambda \ge 1)",
            _PATHS,
        ),
        "several": Said(
            Words("Pairs with two or more", "有两条及以上路径的配对占比"),
            Words(
                "0: a chain or tree; 1: no single broken tie parts anyone.",
                "0 表示链或树；1 表示任何单一断点都不会使双方失联。",
            ),
            "share",
            r"P(\lambda \ge 2)",
            _PATHS,
        ),
        "cyclomatic": Said(
            Words("Cycles per actor", "人均独立回路数"),
            Words(
                "0: a chain or tree; ties beyond those that a tree needs, per actor.",
                "0 表示链或树；超出树所需的联系数，按主体平均。",
            ),
            "number",
            r"(m - n + c) / n",
            "Berge (1962), The Theory of Graphs",
        ),
        "attributable": Said(
            Words("Joint demand beyond chance", "超出随机的联合需求占比"),
            Words(
                "Share of joint orders that complementarity accounts for; 0: orders are mixed at random.",
                "联合订单中可归因于互补性的份额；0 表示随机搭配。",
            ),
            "share",
            r"\sum_{ab} O_{ab} \max(0, 1 - 1/\hat\lambda_{ab}) \big/ \sum_{ab} O_{ab}",
            _OURS + "; Saracco et al. (2015); Clayton & Kaldor (1987)",
            "10.1038/srep10595",
        ),
        "complements": Said(
            Words("Complementary pairs", "互补的品类对"),
            Words(
                "Pairs with a lift above 1, false discoveries held to 5 %.",
                "提升度大于 1 的品类对，错误发现率控制在 5%。",
            ),
            "integer",
            r"q \le 0.05",
            "Benjamini & Hochberg (1995)",
            "10.1111/j.2517-6161.1995.tb02031.x",
        ),
        "complement_modularity": Said(
            Words("Modularity of complements", "互补网络模块度"),
            Words(
                "Near 1: separate worlds of demand; near 0: one.",
                "接近 1 表示需求分成若干独立领域；接近 0 表示连成一片。",
            ),
            "number",
            "",
            "Newman (2004), Analysis of weighted networks",
            "10.1103/PhysRevE.70.056131",
        ),
        "asymmetry": Said(
            Words("Asymmetry of complements", "互补不对称性"),
            Words(
                "0: each needs the other equally; near 1: one is seldom wanted without the other, not the reverse.",
                "0 表示互相需要程度相同；接近 1 表示一方很少离开另一方，反之不然。",
            ),
            "share",
            r"\frac{|P(a|b) - P(b|a)|}{\max(P(a|b), P(b|a))}",
            "Jacobides, Cennamo & Gawer (2018), Towards a theory of ecosystems",
            "10.1002/smj.2904",
        ),
        "decomposability": Said(
            Words("Decomposability", "可分解性"),
            Words(
                "1: pairs foretell who is together; 0: combinations come back that no pair foretells.",
                "1 表示两两关系足以推出多方组合；0 表示反复出现的组合无法由两两关系推出。",
            ),
            "share",
            r"D = (E_2 - E_0) / (T - E_0)",
            _OURS + "; Battiston et al. (2020); Schneidman et al. (2003)",
            "10.1016/j.physrep.2020.05.004",
        ),
        "bilateral": Said(
            Words("Pairs that also meet alone", "也有双边往来的配对占比"),
            Words(
                "Of the pairs inside groups of three and more: 1 all also deal as two.",
                "三方及以上组内的配对中，同时存在双边往来的占比；1 表示全部如此。",
            ),
            "share",
        ),
        "groups": Said(
            Words("Groups of three and more", "三方及以上的组"),
            Words("Joint orders or projects.", "联合订单或项目。"),
            "integer",
        ),
        "robustness": Said(
            Words("Robustness R", "稳健度 R"),
            Words(
                "Near 0: a few hold the network together; 0.5: it shrinks only by those removed.",
                "接近 0 表示少数主体维系全网；0.5 表示网络只因被移除者而缩小。",
            ),
            "number",
            _R,
            _SCHNEIDER,
            "10.1073/pnas.1009440108",
        ),
        "half": Said(
            Words("Removed until half is left", "剩余过半前可移除比例"),
            Words(
                "Share of actors whose loss first halves the largest component.",
                "使最大连通部分首次减半所需移除的主体占比。",
            ),
            "share",
            "",
            _SCHNEIDER,
            "10.1073/pnas.1009440108",
        ),
        "role": Said(
            Words("Brokerage", "中介角色"),
            Words(
                "How often A → B → C without A → C; compare with chance.",
                "A → B → C 且 A 与 C 无直接联系的次数；应与随机值比较。",
            ),
            "integer",
            "",
            "Gould & Fernandez (1989), Structures of mediation",
            "10.2307/270949",
        ),
    }
)
"""By name; a number of one group is ``name:group``."""
