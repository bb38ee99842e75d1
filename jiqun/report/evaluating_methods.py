"""By which formula the tables of an evaluation were made, and where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jiqun.cluster import Words

__all__ = ["METHODS", "Method"]


@dataclass(frozen=True, slots=True)
class Method:
    """A formula and where it is from."""

    title: Words
    formula: str
    reference: str
    doi: str = ""


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "min_max": Method(
            Words("Min–max standardisation", "极差标准化"),
            "+: (x − min)/(max − min);  −: (max − x)/(max − min)",
            "OECD & JRC (2008), Handbook on Constructing Composite Indicators",
            "10.1787/9789264043466-en",
        ),
        "z": Method(
            Words("z-scores", "z 标准化"),
            "+: (x − mean)/sd;  −: (mean − x)/sd",
            "OECD & JRC (2008), Handbook on Constructing Composite Indicators",
            "10.1787/9789264043466-en",
        ),
        "entropy": Method(
            Words("Entropy weights", "熵权法"),
            "p_i = z_i/Σz;  e = −Σ p ln p / ln n;  w = (1 − e)/Σ(1 − e)",
            "Shannon (1948), A mathematical theory of communication",
            "10.1002/j.1538-7305.1948.tb01338.x",
        ),
        "critic": Method(
            Words("CRITIC weights", "CRITIC 赋权"),
            "w_j ∝ s_j Σ_k (1 − r_jk)",
            "Diakoulaki, Mavrotas & Papayannakis (1995)",
            "10.1016/0305-0548(94)00059-H",
        ),
        "ahp": Method(
            Words("Analytic hierarchy process", "层次分析法"),
            "A w = λ_max w;  CR = ((λ_max − n)/(n − 1))/RI < 0.1",
            "Saaty (1977), A scaling method for priorities in hierarchical structures",
            "10.1016/0022-2496(77)90033-5",
        ),
        "linear": Method(
            Words("Weighted sum", "线性加权"),
            "S = Σ w_j z_j",
            "OECD & JRC (2008), Handbook on Constructing Composite Indicators",
            "10.1787/9789264043466-en",
        ),
        "topsis": Method(
            Words("TOPSIS", "TOPSIS"),
            "S = d⁻/(d⁺ + d⁻)",
            "Hwang & Yoon (1981), Multiple Attribute Decision Making",
            "10.1007/978-3-642-48318-9",
        ),
        "grey": Method(
            Words("Grey relational analysis", "灰色关联分析"),
            "ξ = (Δ_min + ρ Δ_max)/(Δ + ρ Δ_max), ρ = 0.5;  S = Σ w ξ",
            "Deng (1982), Control problems of grey systems",
            "10.1016/S0167-6911(82)80025-X",
        ),
        "intervals": Method(
            Words("Intervals of ranks", "名次区间"),
            "[q_{α/2}, q_{1−α/2}](rank(w, z)),  w ~ Dirichlet,  z ∈ {min–max, z}",
            "Saisana, Saltelli & Tarantola (2005)",
            "10.1111/j.1467-985X.2005.00350.x",
        ),
        "coupling": Method(
            Words("Coupling coordination", "耦合协调度"),
            "C = [ΠU_i/(ΣU_i/n)^n]^(1/n);  T = Σ a_i U_i;  D = √(C T)",
            "王淑佳等 (2021), 国内耦合协调度模型的误区及修正",
            "10.31497/zrzyxb.20210319",
        ),
        "coupling_modified": Method(
            Words("Coupling coordination, modified", "耦合协调度（修正）"),
            "C = √{[1 − Σ_{i>j}|U_i − U_j|/(n(n−1)/2)] [Π (U_i/max U)]^(1/(n−1))};  T = Σ a_i U_i;  D = √(C T)",
            "王淑佳等 (2021), 国内耦合协调度模型的误区及修正",
            "10.31497/zrzyxb.20210319",
        ),
        "granger": Method(
            Words("Panel Granger test", "面板格兰杰检验"),
            "Z̄ = √(N/2p) (W̄ − p)",
            "Dumitrescu & Hurlin (2012)",
            "10.1016/j.econmod.2012.02.014",
        ),
        "projections": Method(
            Words("Local projections", "局部投影"),
            "y_{i,t+h} − y_{i,t−1} = β_h Δx_it + lags + α_i + τ_t + ε",
            "Jordà (2005)",
            "10.1257/0002828053828518",
        ),
        "synchrony": Method(
            Words("Synchrony", "同步性"),
            "C = (1/T) Σ 1[sgn Δx_t = sgn Δy_t]",
            "Harding & Pagan (2002)",
            "10.1016/S0304-3932(01)00108-8",
        ),
        "dagum": Method(
            Words("Dagum's Gini and its parts", "Dagum 基尼系数及分解"),
            "G = ΣΣ|y_i − y_j|/(2n²ȳ) = G_w + G_nb + G_t",
            "Dagum (1997)",
            "10.1007/BF01205777",
        ),
        "theil": Method(
            Words("Theil's index", "泰尔指数"),
            "T = (1/n) Σ (y/ȳ) ln(y/ȳ) = T_w + T_b",
            "Shorrocks (1980)",
            "10.2307/1913126",
        ),
        "obstacles": Method(
            Words("Obstacle degree", "障碍度"),
            "O_j = w_j (1 − z_j)/Σ_k w_k (1 − z_k)",
            "障碍度模型",
        ),
        "moran": Method(
            Words("Moran's I and its local parts", "莫兰指数与局部关联"),
            "I = (n/S₀) ΣΣ w_ij z_i z_j / Σ z_i²",
            "Anselin (1995), Local indicators of spatial association – LISA",
            "10.1111/j.1538-4632.1995.tb00338.x",
        ),
        "ellipse": Method(
            Words("Centre of gravity and ellipse", "重心与标准差椭圆"),
            "x̄ = Σ w x/Σ w;  a, b = √(2λ₁), √(2λ₂)",
            "Lefever (1926)",
            "10.1086/214027",
        ),
        "density": Method(
            Words("Kernel density", "核密度"),
            "f(x) = (1/nh) Σ K((x − x_i)/h), h after Silverman",
            "Silverman (1986), Density Estimation for Statistics and Data Analysis",
            "10.1201/9781315140919",
        ),
        "markov": Method(
            Words("Markov chain of classes", "马尔可夫链"),
            "p_ij = n_ij/n_i,  se = √(p(1 − p)/n_i)",
            "Quah (1993), Empirical cross-section dynamics in economic growth",
            "10.1016/0014-2921(93)90031-5",
        ),
        "chain_tests": Method(
            Words("Tests of homogeneity", "齐性检验"),
            "LR = 2 ΣΣΣ n ln(p_ij|s/p_ij)",
            "Bickenbach & Bode (2003)",
            "10.1177/0160017603253789",
        ),
        "beta": Method(
            Words("σ and β convergence", "σ 收敛与 β 收敛"),
            "(1/T) ln(y_T/y_0) = a + β ln y_0 + c'x, λ = −ln(1 + βT)/T;  "
            "ln(y_t/y_{t−1}) = β ln y_{t−1} + c'x + μ_i + ν_t, λ = −ln(1 + β)",
            "Barro & Sala-i-Martin (1992); Islam (1995)",
            "10.1086/261816",
        ),
        "clubs": Method(
            Words("log t test and clubs", "log t 检验与俱乐部收敛"),
            "log(H_1/H_t) − 2 log log t = a + b log t",
            "Phillips & Sul (2007, 2009)",
            "10.1111/j.1468-0262.2007.00811.x",
        ),
        "agreement": Method(
            Words("Agreement of methods", "方法一致性"),
            "Jaccard |A∩B|/|A∪B|; κ",
            "Cohen (1960); Fleiss (1971)",
            "10.1037/h0031619",
        ),
    }
)
