r"""Firms whose effort in research makes their partners' effort worth more (Ballester et al. 2006).

A firm's effort answers its partners': :math:`x_i=1+\phi\sum_jg_{ij}x_j`. Below :math:`1/\lambda_{\max}` all
answers agree in :math:`x^*=(I-\phi G)^{-1}1`, the Katz–Bonacich centrality.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from pydantic import Field
from scipy.sparse.linalg import spsolve

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniforms
from jiqun.simulate.engine.schedules import Schedule, activations

__all__ = ["MODEL", "ResearchWorld", "best_responses", "effort", "key_player", "largest_decay"]

_NETWORK, _ORDER = 0, 1


class ResearchWorld(World):
    """Parameters of the research game on a random network."""

    firms: int = Field(default=200, ge=2, le=200_000, description="Firms.")
    partners: float = Field(default=4.0, gt=0, le=1000, description="Mean number of partners.")
    decay: float = Field(
        default=0.1, ge=0, lt=1, description="φ: worth of a partner's effort, as a share of the bound."
    )
    schedule: Schedule = Field(default="synchronous", description="Who answers when.")


def largest_decay(network: sp.csr_array) -> float:
    """The bound that φ has to stay below: one over the largest eigenvalue.

    Examples
    --------
    >>> largest_decay(sp.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])))
    1.0
    """
    if network.shape[0] < 64:
        largest = float(np.abs(np.linalg.eigvals(network.toarray())).max())
    else:
        start = np.ones(network.shape[0])
        largest = float(np.abs(sp.linalg.eigs(network.astype(float), k=1, v0=start, return_eigenvectors=False)).max())
    return float("inf") if largest == 0 else 1 / largest


def effort(network: sp.csr_array, decay: float) -> np.ndarray:
    r"""Effort at which no firm would change its own, :math:`(I-\phi G)^{-1}1`.

    Parameters
    ----------
    network
        Shape (firms, firms), non-negative.
    decay
        φ.

    Returns
    -------
    numpy.ndarray
        Shape (firms,).

    Raises
    ------
    JiqunError
        If φ is not below :math:`1/\lambda_{\max}`: efforts would grow without end.

    Examples
    --------
    >>> effort(sp.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])), 0.5)
    array([2., 2.])
    """
    bound = largest_decay(network)
    if decay >= bound:
        raise JiqunError(
            f"The research game needs φ below 1/λmax = {bound:.6g}, not {decay:g}: efforts would grow without end.",
            f"研发博弈要求 φ 小于 1/λmax = {bound:.6g}，而不是 {decay:g}：否则努力将无限增长。",
        )
    matrix = sp.csc_array(sp.eye_array(network.shape[0]) - decay * network)
    return np.asarray(spsolve(matrix, np.ones(network.shape[0])))


def key_player(network: sp.csr_array, decay: float) -> int:
    r"""The firm without which total effort falls most: the largest :math:`b_i^2/m_{ii}`.

    Parameters
    ----------
    network, decay
        As in :func:`effort`.

    Returns
    -------
    int
        Its row; the first of several.

    Examples
    --------
    >>> star = sp.csr_array(np.array([[0.0, 1, 1], [1, 0, 0], [1, 0, 0]]))
    >>> key_player(star, 0.3)
    0
    """
    inverse = np.linalg.inv(np.eye(network.shape[0]) - decay * network.toarray())
    return int(np.argmax(inverse.sum(axis=1) * inverse.sum(axis=0) / np.diag(inverse)))


def best_responses(
    network: sp.csr_array, effort_now: np.ndarray, decay: float, order: np.ndarray | None = None
) -> np.ndarray:
    """Efforts after every firm has answered once: all at once, or one after the other in an order.

    Parameters
    ----------
    network
        As in :func:`effort`.
    effort_now
        Shape (firms,).
    decay
        φ.
    order
        Rows in the order in which they answer; None: all at once.

    Returns
    -------
    numpy.ndarray
        Shape (firms,).
    """
    if order is None:
        return np.asarray(1 + decay * (network @ effort_now))
    new = effort_now.copy()
    for i in order:
        begin, end = network.indptr[i], network.indptr[i + 1]
        new[i] = 1 + decay * float(network.data[begin:end] @ new[network.indices[begin:end]])
    return new


def _network(state: State, world: ResearchWorld) -> sp.csr_array:
    pair = state["pair"]
    ends = (np.concatenate([pair[0], pair[1]]), np.concatenate([pair[1], pair[0]]))
    table = sp.csr_array((np.ones(ends[0].size), ends), shape=(world.firms, world.firms))
    table.sort_indices()
    return table


def _start(world: ResearchWorld, at: Context) -> State:
    """Partnerships between firms drawn at random; a pair drawn twice counts once."""
    count = round(world.firms * world.partners / 2)
    ends = [
        np.minimum(
            (uniforms(at.key, np.arange(count), step=0, purpose=_NETWORK, draw=d) * world.firms), world.firms - 1
        )
        for d in (0, 1)
    ]
    one, two = (np.minimum(*ends).astype(np.int64), np.maximum(*ends).astype(np.int64))
    kept = np.unique(np.stack([one, two])[:, one != two], axis=1)
    state = {"pair": kept, "effort": np.ones(world.firms), "decay": np.zeros(1)}
    bound = largest_decay(_network(state, world))
    state["decay"][0] = 0.0 if np.isinf(bound) else world.decay * bound
    return state


def _step(state: State, world: ResearchWorld, at: Context) -> None:
    order = None
    if world.schedule != "synchronous":
        order = activations(world.schedule, world.firms, key=at.key, period=at.period, purpose=_ORDER)
    state["effort"] = best_responses(_network(state, world), state["effort"], float(state["decay"][0]), order)


def _observe(state: State, _: ResearchWorld) -> dict[str, float]:
    return {"effort": float(state["effort"].mean()), "largest": float(state["effort"].max())}


MODEL = register(
    Model(
        name="rnd_network",
        title=Words("Research partners (Ballester et al.)", "研发网络（Ballester 等）"),
        question=Words("Whose research carries the others'?", "谁的研发带动了他人的研发？"),
        world=ResearchWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: int(world.firms * (world.partners * 48 + 8)),
        purposes={"network": _NETWORK, "order": _ORDER},
        references=(
            Reference(
                "Ballester, Calvó-Armengol & Zenou 2006, Who's who in networks. Wanted: the key player, "
                "Econometrica 74(5)",
                doi="10.1111/j.1468-0262.2006.00709.x",
            ),
        ),
    )
)
