r"""Two sides with types and unobserved tastes: expected matches from joint surplus (Choo & Siow), and back.

With joint surplus :math:`\Phi_{xy}` the matches are :math:`\mu_{xy}=e^{\Phi_{xy}/2}\sqrt{\mu_{x0}\mu_{0y}}`, where
those without a partner solve :math:`\mu_{x0}+\sum_y\mu_{xy}=n_x` and :math:`\mu_{0y}+\sum_x\mu_{xy}=m_y`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.match.objects import Floats

__all__ = ["Matching", "expected_matches", "surplus_from"]


@dataclass(frozen=True, slots=True)
class Matching:
    """Expected numbers of pairs and of those without a partner."""

    pairs: Floats
    """Shape (types of needs, types of suppliers)."""
    needs_alone: Floats
    suppliers_alone: Floats
    rounds: int


def expected_matches(
    surplus: Floats, needs: Floats, suppliers: Floats, *, tolerance: float = 1e-12, rounds: int = 10_000
) -> Matching:
    r"""Matches in equilibrium with transferable utility, by iterative proportional fitting.

    Each side in turn solves a quadratic for the root of its unmatched,
    :math:`\sqrt{\mu_{x0}}=n_x/(h+\sqrt{h^2+n_x})` with :math:`h=\tfrac12\sum_y e^{\Phi_{xy}/2}\sqrt{\mu_{0y}}`:
    the form without cancellation, which does not lose small numbers where surplus is large.

    Parameters
    ----------
    surplus
        Φ, shape (types of needs, types of suppliers), in units of the scale of tastes.
    needs, suppliers
        How many there are of each type, positive.
    tolerance
        Largest relative miss of a total that is accepted.
    rounds
        At most.

    Returns
    -------
    Matching
        Pairs and those alone.

    Raises
    ------
    JiqunError
        If arrays do not fit together or it does not settle.

    References
    ----------
    Choo & Siow 2006, Who marries whom and why, Journal of Political Economy 114(1), doi 10.1086/498585.

    Examples
    --------
    One type a side and no surplus: as many pairs as the mean of those alone.

    >>> found = expected_matches(np.zeros((1, 1)), np.array([2.0]), np.array([2.0]))
    >>> found.pairs, found.needs_alone
    (array([[1.]]), array([1.]))
    """
    phi, n, m = (np.asarray(x, dtype=np.float64) for x in (surplus, needs, suppliers))
    if phi.shape != (n.size, m.size) or not (np.isfinite(phi).all() and (n > 0).all() and (m > 0).all()):
        raise JiqunError(
            "expected_matches needs a finite surplus for each pair of types and a positive number of each type.",
            "expected_matches 要求每对类型的剩余为有限值，且每种类型的数量为正。",
        )
    half = np.exp(phi / 2)
    b = np.sqrt(m)
    for done in range(1, rounds + 1):
        h = half @ b / 2
        a = n / (h + np.sqrt(h * h + n))
        h = a @ half / 2
        b = m / (h + np.sqrt(h * h + m))
        pairs = a[:, None] * half * b
        if np.abs((a * a + pairs.sum(axis=1)) / n - 1).max() < tolerance:
            return Matching(pairs, a * a, b * b, done)
    raise JiqunError(
        f"expected_matches did not settle in {rounds} rounds.", f"expected_matches 在 {rounds} 轮内未收敛。"
    )


def surplus_from(pairs: Floats, needs_alone: Floats, suppliers_alone: Floats) -> Floats:
    r"""Joint surplus from observed numbers, :math:`\Phi_{xy}=\ln\mu_{xy}^2/(\mu_{x0}\mu_{0y})`.

    Parameters
    ----------
    pairs, needs_alone, suppliers_alone
        Observed numbers.

    Returns
    -------
    numpy.ndarray
        Shape of ``pairs``; minus infinity where no pair was seen, NaN where no one of a type is alone.

    Examples
    --------
    >>> surplus_from(np.array([[2.0]]), np.array([1.0]), np.array([4.0])).round(6) + 0.0
    array([[0.]])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 2 * np.log(pairs) - np.log(needs_alone)[:, None] - np.log(suppliers_alone)[None, :]
    alone = (np.asarray(needs_alone)[:, None] > 0) & (np.asarray(suppliers_alone)[None, :] > 0)
    return np.asarray(np.where(alone, found, np.nan))
