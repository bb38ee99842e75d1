r"""Bundles: one need with several components, served by suppliers that complement each other along the chain.

Chosen is a supplier for each component, or none: the largest

.. math:: \sum_k v_{k,s(k)}-f\,|\{s(k)\}|-\sum_{(k,l)}h_{s(k),s(l)}

where f is the cost of one more partner and h what handing over between two suppliers costs, in both spaces. Small ones
are solved exactly as a mixed-integer programme, large ones by local search, with a bound from its relaxation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from jiqun.cluster import JiqunError
from jiqun.match.objects import Floats, Ints

__all__ = ["Bundle", "Components", "bundle"]

_EXACT_UP_TO = 6_000
"""Pairs of candidates on links, above which local search is used."""


@dataclass(frozen=True, slots=True)
class Components:
    """Who could serve each component of a need, and what handing over costs."""

    component: Ints
    """Code of the component of each candidate, shape (candidates,)."""
    supplier: Ints
    """Code of the supplier, shape (candidates,)."""
    value: Floats
    """What the component served by the supplier is worth, shape (candidates,)."""
    components: int
    links: Ints
    """Pairs of components between which something is handed over, shape (links, 2)."""
    handover: Floats
    """Cost between suppliers, shape (suppliers, suppliers), not negative; 0 on the diagonal as a rule."""
    partner_cost: float = 0.0
    """Cost of each supplier that is part of the bundle, not negative."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A choice of suppliers, and how far from the best it can be."""

    supplier: Ints
    """Supplier of each component, -1 for none, shape (components,)."""
    value: float
    bound: float
    """What no bundle can exceed; equal to the value where it is exact."""
    exact: bool
    missing: Ints
    """Components that no candidate can serve at all: what the cluster lacks."""

    @property
    def gap(self) -> float:
        """How far the value can be below the best, at most."""
        return max(self.bound - self.value, 0.0)


def bundle(parts: Components, *, method: Literal["auto", "exact", "search"] = "auto", seconds: float = 10.0) -> Bundle:
    """Choose suppliers for the components of one need.

    Parameters
    ----------
    parts
        Candidates, links and costs. A component is left out where serving it costs more than it is worth.
    method
        ``exact`` by HiGHS, ``search`` by improving one or two components at a time from several starts with the
        bound of the linear relaxation, ``auto`` by size.
    seconds
        After which HiGHS gives its best so far, with its bound.

    Returns
    -------
    Bundle
        The choice.

    Raises
    ------
    JiqunError
        If arrays do not fit together, or costs are negative or values not finite.

    Examples
    --------
    Supplier 2 is a little worse at both components, but saves the hand-over.

    >>> cost = np.array([[0.0, 3.0, 9.0], [3.0, 0.0, 9.0], [9.0, 9.0, 0.0]])
    >>> parts = Components(np.array([0, 1, 0, 1]), np.array([0, 1, 2, 2]), np.array([5.0, 5.0, 4.0, 4.0]), 2,
    ...                    np.array([[0, 1]]), cost)
    >>> chosen = bundle(parts)
    >>> chosen.supplier, chosen.value, chosen.exact
    (array([2, 2]), 8.0, True)
    """
    _refuse(parts)
    missing = np.setdiff1d(np.arange(parts.components), parts.component)
    if parts.component.size == 0:
        return Bundle(np.full(parts.components, -1), 0.0, 0.0, True, missing)
    size = sum(_candidates(parts, k).size * _candidates(parts, m).size for k, m in parts.links)
    if method == "exact" or (method == "auto" and size <= _EXACT_UP_TO):
        chosen, bound, exact = _solve(parts, seconds)
    else:
        chosen, exact = _search(parts), False
        bound = _relaxed(parts)
    value = _worth(parts, chosen)
    return Bundle(chosen, value, max(bound, value), exact, missing)


def _candidates(parts: Components, component: int) -> Ints:
    return np.flatnonzero(parts.component == component)


def _worth(parts: Components, chosen: Ints) -> float:
    """Value of a choice of suppliers, -1 for none."""
    table = {(int(k), int(s)): float(v) for k, s, v in zip(parts.component, parts.supplier, parts.value, strict=True)}
    total = sum(table[k, int(s)] for k, s in enumerate(chosen) if s >= 0)
    used = np.unique(chosen[chosen >= 0]).size
    both = [(chosen[k], chosen[m]) for k, m in parts.links if chosen[k] >= 0 and chosen[m] >= 0]
    return total - parts.partner_cost * used - sum(float(parts.handover[i, j]) for i, j in both)


def _programme(parts: Components) -> tuple[Floats, sp.csr_array, Floats, Floats, int]:
    """Objective to be made small, constraints with their bounds, and how many choices come first.

    Variables: a choice for each candidate, a use for each supplier, and for each link a hand-over for each pair of
    candidates. The hand-overs of a candidate add up to at least its choice less the other component being left out,
    the tight form, whose relaxation is good.
    """
    n = parts.component.size
    used, at = np.unique(parts.supplier, return_inverse=True)
    cost = [-parts.value, np.full(used.size, parts.partner_cost)]
    rows: list[int] = []
    columns: list[int] = []
    data: list[float] = []
    high: list[float] = []

    def add(terms: list[tuple[int, float]], bound: float) -> None:
        rows.extend([len(high)] * len(terms))
        columns.extend(c for c, _ in terms)
        data.extend(v for _, v in terms)
        high.append(bound)

    for k in range(parts.components):
        mine = _candidates(parts, k)
        if mine.size:
            add([(int(c), 1.0) for c in mine], 1.0)
    for c in range(n):
        add([(c, 1.0), (n + int(at[c]), -1.0)], 0.0)
    first = n + used.size
    for k, m in parts.links:
        here, there = _candidates(parts, k), _candidates(parts, m)
        if here.size == 0 or there.size == 0:
            continue
        cost.append(parts.handover[np.ix_(parts.supplier[here], parts.supplier[there])].ravel())
        pair = first + np.arange(here.size * there.size).reshape(here.size, there.size)
        first += here.size * there.size
        # choice of c here and any choice there ⇒ a hand-over of c: x_c + Σ x_there − 1 ≤ Σ_pairs z_c.
        for i, c in enumerate(here):
            add([(int(c), 1.0), *((int(d), 1.0) for d in there), *((int(z), -1.0) for z in pair[i])], 1.0)
        for j, d in enumerate(there):
            add([(int(d), 1.0), *((int(c), 1.0) for c in here), *((int(z), -1.0) for z in pair[:, j])], 1.0)
        for i, c in enumerate(here):
            add([*((int(z), 1.0) for z in pair[i]), (int(c), -1.0)], 0.0)
        for j, d in enumerate(there):
            add([*((int(z), 1.0) for z in pair[:, j]), (int(d), -1.0)], 0.0)
    objective = np.concatenate(cost)
    matrix = sp.csr_array((data, (rows, columns)), shape=(len(high), objective.size))
    return objective, matrix, np.full(len(high), -np.inf), np.array(high), n


def _solve(parts: Components, seconds: float) -> tuple[Ints, float, bool]:
    objective, matrix, low, high, n = _programme(parts)
    whole = np.zeros(objective.size, dtype=np.int64)
    whole[:n] = 1
    done = milp(
        objective,
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if done.x is None:
        return _search(parts), _relaxed(parts), False
    chosen = np.full(parts.components, -1, dtype=np.int64)
    taken = np.flatnonzero(done.x[:n] > 0.5)
    chosen[parts.component[taken]] = parts.supplier[taken]
    exact = done.status == 0
    bound = -float(done.fun) if exact else -float(done.mip_dual_bound)
    better = _search(parts) if not exact else chosen
    return (better if _worth(parts, better) > _worth(parts, chosen) else chosen), bound, exact


def _relaxed(parts: Components) -> float:
    objective, matrix, low, high, _ = _programme(parts)
    done = milp(objective, bounds=Bounds(0, 1), constraints=LinearConstraint(matrix, low, high))
    if done.fun is None:
        raise JiqunError("The relaxation of a bundle was not solved.", "组合问题的松弛未能求解。")
    return -float(done.fun)


def _search(parts: Components) -> Ints:
    """Improve one component at a time until nothing improves: from the best alone, from none, from each supplier."""
    options = [
        np.concatenate([[-1], parts.supplier[_candidates(parts, k)]]).astype(np.int64) for k in range(parts.components)
    ]
    starts = [np.full(parts.components, -1, dtype=np.int64)]
    alone = starts[0].copy()
    for k in range(parts.components):
        mine = _candidates(parts, k)
        if mine.size:
            alone[k] = parts.supplier[mine[np.argmax(parts.value[mine])]]
    starts.append(alone)
    covers = np.bincount(parts.supplier)
    for s in np.argsort(-covers, kind="stable")[:8]:
        one = alone.copy()
        one[parts.component[parts.supplier == s]] = s
        starts.append(one)
    found = [_improve(parts, start, options) for start in starts]
    return max(found, key=lambda one: _worth(parts, one))


def _improve(parts: Components, start: Ints, options: list[Ints]) -> Ints:
    chosen, best = start.copy(), _worth(parts, start)
    linked = [(int(k), int(m)) for k, m in parts.links]
    better = True
    while better:
        better = False
        for k in range(parts.components):
            for s in options[k]:
                trial = chosen.copy()
                trial[k] = s
                worth = _worth(parts, trial)
                if worth > best + 1e-12:
                    chosen, best, better = trial, worth, True
        for k, m in linked:
            # One supplier for two components that hand over: what single changes cannot reach.
            for s in np.intersect1d(options[k][1:], options[m][1:]):
                trial = chosen.copy()
                trial[k] = trial[m] = s
                worth = _worth(parts, trial)
                if worth > best + 1e-12:
                    chosen, best, better = trial, worth, True
    return chosen


def _refuse(parts: Components) -> None:
    n = parts.component.size
    fits = parts.supplier.shape == parts.value.shape == (n,) and parts.links.reshape(-1, 2).shape[1] == 2
    codes = n == 0 or (
        parts.component.min() >= 0
        and parts.component.max() < parts.components
        and parts.supplier.min() >= 0
        and parts.supplier.max() < parts.handover.shape[0]
    )
    inside = parts.links.size == 0 or (parts.links.min() >= 0 and parts.links.max() < parts.components)
    if not (fits and codes and inside and parts.handover.ndim == 2):
        raise JiqunError(
            "bundle needs a supplier and a value for each candidate, codes within their numbers, and links between "
            "components that exist.",
            "bundle 要求每个候选有供给方与价值、编码在范围之内，且链接的组成部分存在。",
        )
    if not (np.isfinite(parts.value).all() and (parts.handover >= 0).all() and parts.partner_cost >= 0):
        raise JiqunError(
            "bundle needs finite values, and costs of handing over and of partners that are not negative.",
            "bundle 要求价值有限，交接成本与合作方成本非负。",
        )
