"""From a panel and an indicator system to standardised indicators and weights, with a remark for all that was odd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jiqun.cluster import Finding, JiqunError, Words
from jiqun.measure.evaluation.ahp import Judged, ahp_weights
from jiqun.measure.evaluation.choices import Choices
from jiqun.measure.evaluation.panel import Array, Panel
from jiqun.measure.evaluation.remarks import remark
from jiqun.measure.evaluation.standardise import Over, Standard, standardise
from jiqun.measure.evaluation.system import System
from jiqun.measure.evaluation.transformation import transform
from jiqun.measure.evaluation.weights import combine_weights, critic_weights, entropy_weights, equal_weights

__all__ = ["Prepared", "prepare", "weight_sets"]

DOUBTFUL = -0.3
"""Mean correlation with the rest of its group below which a sign is doubted."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Indicators that can be used, standardised, and their weights."""

    names: tuple[str, ...]
    raw: Array
    """After transformation, shape (periods, places, indicators)."""
    standard: Array
    """Standardised, same shape."""
    weights: Array
    """Shape (periods, indicators); the same in every row unless weights are by period."""
    judged: tuple[tuple[str, Judged], ...]
    """Consistency of the judgements by node."""

    def below(self, system: System, node: str) -> list[int]:
        """Positions of the indicators below a node; all for an empty name."""
        inside = set(system.leaves(node))
        return [k for k, name in enumerate(self.names) if name in inside]


def prepare(panel: Panel, system: System, chosen: Choices, findings: list[Finding]) -> Prepared:
    """Transform, standardise and weigh the indicators of a system.

    Parameters
    ----------
    panel
        Values as read.
    system
        What the indicators are.
    chosen
        All choices.
    findings
        Remarks are added here.

    Raises
    ------
    JiqunError
        If no indicator can be used, the base period is not in the panel, judgements are inconsistent, or weights
        are undefined.
    """
    columns = {c: panel.of(c) for c in panel.indicators}
    if chosen.missing == "interpolate":
        columns = {c: _interpolated(v, c, findings) for c, v in columns.items()}
    names, made = _transformed(columns, system, panel, findings)
    raw = np.stack(made, axis=2)
    standard = standard_of(raw, names, system, chosen, panel.periods)
    _remark_standard(raw, standard, names, panel, chosen, findings)
    _doubt_signs(standard, names, system, findings)
    judged = _judge(system, chosen, findings)
    weights = _weights(standard, names, system, chosen, judged, findings)
    return Prepared(names, raw, standard, weights, tuple(judged.items()))


def standard_of(
    raw: Array,
    names: Sequence[str],
    system: System,
    chosen: Choices,
    periods: Sequence[str],
    *,
    method: Standard | None = None,
    over: Over | None = None,
) -> Array:
    """Standardise by the choices, or by another method or range."""
    base = 0
    if chosen.base:
        if chosen.base not in periods:
            raise JiqunError(
                f"evaluate: base = {chosen.base!r} is not a period of the panel, which has {periods[0]} to "
                f"{periods[-1]}.",
                f"evaluate：面板中没有基期 {chosen.base!r}；面板时期为 {periods[0]} 至 {periods[-1]}。",
            )
        base = list(periods).index(chosen.base)
    return standardise(
        raw,
        signs=[system.indicators[n].sign for n in names],
        targets=[system.indicators[n].target for n in names],
        method=method or chosen.standardisation,
        over=over or chosen.over,
        base=base,
        outside=chosen.outside,
        multiply=chosen.multiply if method is None else 1.0,
        shift=chosen.shift if method is None else 0.0,
    )


def weight_sets(prepared: Prepared, system: System, chosen: Choices) -> dict[str, Array]:
    """Give the weights by every method that these data support, each (indicators,), for the sensitivity of ranks."""
    rows = prepared.standard.reshape(-1, len(prepared.names))
    made: dict[str, Array] = {"equal": equal_weights(len(prepared.names))}
    ways: dict[str, Callable[[], Array]] = {
        "entropy": lambda: entropy_weights(rows, zeros=chosen.zeros, constant=chosen.zero_constant),
        "critic": lambda: critic_weights(rows),
    }
    for name, way in ways.items():
        try:
            made[name] = way()
        except JiqunError:
            continue
    if prepared.judged:
        made["ahp"] = _tree_weights(system, prepared.names, dict(prepared.judged))
    return made


def _interpolated(values: Array, name: str, findings: list[Finding]) -> Array:
    made = values.copy()
    time = np.arange(len(values))
    for i in range(values.shape[1]):
        known = np.isfinite(values[:, i])
        if known.sum() >= 2:
            inner = (time > time[known][0]) & (time < time[known][-1]) & ~known
            made[inner, i] = np.interp(time[inner], time[known], values[known, i])
    filled = int((np.isfinite(made) & ~np.isfinite(values)).sum())
    if filled:
        findings.append(remark("interpolated", name, filled, values.size))
    return made


def _transformed(
    columns: dict[str, Array], system: System, panel: Panel, findings: list[Finding]
) -> tuple[tuple[str, ...], list[Array]]:
    names: list[str] = []
    made: list[Array] = []
    for name, indicator in system.indicators.items():
        absent = [c for c in indicator.columns if c not in columns]
        if absent:
            done = Words(
                f"The panel has no {', '.join(absent)}; the indicator was left out.",
                f"面板没有 {'、'.join(absent)}，该指标已剔除。",
            )
            findings.append(remark("empty_indicator", name, examples=absent, done=done))
            continue
        values, told = transform(columns[indicator.column], indicator.transformation, columns, name=name)
        findings.extend(told)
        known = values[np.isfinite(values)]
        if not known.size:
            findings.append(remark("empty_indicator", name, values.size, values.size))
        elif known.max() <= known.min():
            findings.append(remark("constant_indicator", name, known.size, values.size, [f"{known[0]:g}"]))
        else:
            names.append(name)
            made.append(values)
    if not names:
        raise JiqunError(
            f"evaluate cannot use any indicator of {system.head.id}: it needs {', '.join(system.columns)}; the panel "
            f"has {', '.join(panel.indicators)}.",
            f"evaluate 无法使用 {system.head.id} 的任何指标：需要 {'、'.join(system.columns)}；"
            f"面板有 {'、'.join(panel.indicators)}。",
        )
    return tuple(names), made


def _remark_standard(  # noqa: PLR0917
    raw: Array, standard: Array, names: Sequence[str], panel: Panel, chosen: Choices, findings: list[Finding]
) -> None:
    for k, name in enumerate(names):
        had, has = np.isfinite(raw[:, :, k]), np.isfinite(standard[:, :, k])
        flat = [p for p, a, b in zip(panel.periods, had, has, strict=True) if a.any() and not b.any()]
        if flat:
            findings.append(remark("constant_in_period", name, len(flat), len(panel.periods), flat))
        z = standard[:, :, k][has]
        if chosen.over == "base" and chosen.standardisation == "min_max":
            position = _in_base(raw[:, :, k], panel, chosen)
            beyond = int(((position < 0) | (position > 1)).sum())
            if beyond:
                done = Words(f"outside = {chosen.outside!r}.", f"outside = {chosen.outside!r}。")
                findings.append(remark("outside_base", name, beyond, z.size, done=done))
        if chosen.weights in ("entropy", "entropy_by_period", "combined") and (z == 0).any():
            done = (
                Words("0·ln 0 was taken as 0, its limit.", "按极限取 0·ln 0 = 0。")
                if chosen.zeros == "limit"
                else Words(
                    f"They were replaced by {chosen.zero_constant:g} in the entropy, not in the scores.",
                    f"计算熵时以 {chosen.zero_constant:g} 代替，得分中不变。",
                )
            )
            findings.append(remark("zero_in_entropy", name, int((z == 0).sum()), z.size, done=done))


def _in_base(values: Array, panel: Panel, chosen: Choices) -> Array:
    """Position of values in the range of the base period, 0 to 1 inside, whatever their sign; known ones only."""
    base = values[list(panel.periods).index(chosen.base) if chosen.base else 0]
    known = base[np.isfinite(base)]
    if not known.size or known.max() <= known.min():
        return np.empty(0)
    found: Array = (values[np.isfinite(values)] - known.min()) / (known.max() - known.min())
    return found


def _doubt_signs(standard: Array, names: Sequence[str], system: System, findings: list[Finding]) -> None:
    branch = [system.path(system.indicators[n].node)[0] for n in names]
    for k, name in enumerate(names):
        others = [j for j in range(len(names)) if j != k and branch[j] == branch[k]]
        if len(others) < 2:
            continue
        rest = standard[:, :, others].mean(axis=2)
        found = []
        for own, other in zip(standard[:, :, k], rest, strict=True):
            both = np.isfinite(own) & np.isfinite(other)
            if both.sum() >= 5 and own[both].std() > 0 and other[both].std() > 0:
                found.append(float(np.corrcoef(own[both], other[both])[0, 1]))
        if found and np.mean(found) < DOUBTFUL:
            findings.append(
                remark("sign_doubtful", name, len(found), len(standard), [f"mean correlation {np.mean(found):.2f}"])
            )


def _judge(system: System, chosen: Choices, findings: list[Finding]) -> dict[str, Judged]:
    judged: dict[str, Judged] = {}
    for comparison in system.comparisons:
        found = ahp_weights(np.array(comparison.matrix))
        order = [comparison.of.index(c) for c in system.children(comparison.node)]
        where = comparison.node or "root"
        if not found.consistent:
            if chosen.weights in ("ahp", "combined") and not chosen.allow_inconsistent:
                raise JiqunError(
                    f"evaluate: the judgements on {where} contradict one another: consistency ratio {found.ratio:.3f}, "
                    "which should be below 0.1. Revise them, or set allow_inconsistent.",
                    f"evaluate：{where} 的判断矩阵不一致，一致性比率为 {found.ratio:.3f}，应小于 0.1。"
                    "请修改判断，或设置 allow_inconsistent。",
                )
            findings.append(remark("inconsistent_judgement", where, examples=[f"CR = {found.ratio:.3f}"]))
        judged[comparison.node] = Judged(found.weights[order], found.largest, found.index, found.ratio)
    return judged


def _tree_weights(system: System, names: Sequence[str], judged: dict[str, Judged]) -> Array:
    """Weights multiplied down the tree; children that nobody judged count alike, those left out count nothing."""
    made = dict.fromkeys(names, 0.0)

    def descend(node: str, weight: float) -> None:
        children = system.children(node)
        own = judged[node].weights if node in judged else np.full(len(children), 1.0 / len(children))
        used = np.array([c in made or any(leaf in made for leaf in _leaves(system, c)) for c in children])
        own = np.where(used, own, 0.0)
        for child, share in zip(children, own / own.sum() if own.sum() > 0 else own, strict=True):
            if child in made:
                made[child] = weight * float(share)
            elif child in system.nodes and share > 0:
                descend(child, weight * float(share))

    descend("", 1.0)
    return np.array([made[n] for n in names])


def _leaves(system: System, child: str) -> list[str]:
    return list(system.leaves(child)) if child in system.nodes else []


def _weights(  # noqa: PLR0917
    standard: Array,
    names: Sequence[str],
    system: System,
    chosen: Choices,
    judged: dict[str, Judged],
    findings: list[Finding],
) -> Array:
    periods = len(standard)
    if chosen.weights == "ahp":
        if not judged:
            raise JiqunError(
                f"evaluate: weights = 'ahp' needs judgements; {system.head.id} has no [[comparisons]].",
                f"evaluate：weights = 'ahp' 需要判断矩阵；{system.head.id} 没有 [[comparisons]]。",
            )
        return np.tile(_tree_weights(system, names, judged), (periods, 1))
    if chosen.weights == "given":
        return np.tile(_given(system, names), (periods, 1))
    branches = _branches(system, names) if chosen.weigh == "branch" else [list(range(len(names)))]
    made = np.zeros((periods, len(names)))
    for branch in branches:
        part = standard[:, :, branch]
        if chosen.weights == "entropy_by_period":
            found = _by_period(part, [names[k] for k in branch], chosen, findings)
        else:
            ahp = _tree_weights(system, [names[k] for k in branch], judged) if judged else None
            found = np.tile(_pooled(part, chosen, ahp, findings), (periods, 1))
        made[:, branch] = found / len(branches)
    return made


def _branches(system: System, names: Sequence[str]) -> list[list[int]]:
    top = [system.path(system.indicators[n].node)[0] for n in names]
    return [[k for k, t in enumerate(top) if t == branch] for branch in dict.fromkeys(top)]


def _given(system: System, names: Sequence[str]) -> Array:
    given = [system.indicators[n].weight for n in names]
    if any(g is None for g in given) or not sum(g or 0.0 for g in given) > 0:
        lacking = [n for n, g in zip(names, given, strict=True) if g is None]
        raise JiqunError(
            f"evaluate: weights = 'given' needs weight = … of every indicator, not all zero; lacking: "
            f"{', '.join(lacking) or 'none'}.",
            f"evaluate：weights = 'given' 要求每个指标写明 weight = … 且不全为零；缺少：{'、'.join(lacking) or '无'}。",
        )
    raw = np.array(given, dtype=np.float64)
    found: Array = raw / raw.sum()
    return found


def _pooled(part: Array, chosen: Choices, ahp: Array | None, findings: list[Finding]) -> Array:
    rows = part.reshape(-1, part.shape[2])
    if chosen.weights == "equal" or part.shape[2] == 1:
        return equal_weights(part.shape[2])
    if chosen.weights == "critic":
        return critic_weights(rows)
    entropy = entropy_weights(rows, zeros=chosen.zeros, constant=chosen.zero_constant)
    if chosen.weights == "entropy":
        return entropy
    sets = np.array([entropy, critic_weights(rows), *([ahp] if ahp is not None else [])])
    combined, alpha = combine_weights(sets)
    if (alpha < 0).any():
        findings.append(remark("negative_combination", examples=[f"{a:.3f}" for a in alpha]))
    return combined


def _by_period(part: Array, names: Sequence[str], chosen: Choices, findings: list[Finding]) -> Array:
    made = np.zeros((len(part), len(names)))
    pooled = entropy_weights(part.reshape(-1, len(names)), zeros=chosen.zeros, constant=chosen.zero_constant)
    flat = dict.fromkeys(names, 0)
    for t, rows in enumerate(part):
        low = np.min(rows, axis=0, where=np.isfinite(rows), initial=np.inf)
        high = np.max(rows, axis=0, where=np.isfinite(rows), initial=-np.inf)
        varies = high > low
        if not varies.any():
            # a period without values has no score either
            made[t] = pooled
            continue
        for k in np.flatnonzero(~varies).tolist():
            flat[names[k]] += 1
        made[t, varies] = entropy_weights(rows[:, varies], zeros=chosen.zeros, constant=chosen.zero_constant)
    for name, times in flat.items():
        if times:
            done = Words("It has weight 0 in those periods.", "该指标在这些时期权重为 0。")
            findings.append(remark("constant_in_period", name, times, len(part), done=done))
    return made
