"""Two regions and entrepreneurs who take their income with them (Forslid & Ottaviano 2003)."""

from __future__ import annotations

import numpy as np
from pydantic import Field, model_validator
from scipy.optimize import brentq

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.models.two_regions import chances, migrate, settle

__all__ = ["MODEL", "FootlooseWorld", "break_freeness", "gain", "mean_field", "sustain_freeness"]


class FootlooseWorld(World):
    """Parameters of the footloose-entrepreneur model."""

    entrepreneurs: int = Field(default=10_000, ge=2, le=10**9, description="Entrepreneurs, who move.")
    elasticity: float = Field(default=5.0, gt=1, le=100, description="σ: elasticity of substitution.")
    manufactures: float = Field(default=0.4, gt=0, lt=1, description="μ: share of spending on manufactures.")
    freeness: float = Field(default=0.69, gt=0, le=1, description="φ: freeness of trade, at the start.")
    freeness_last: float | None = Field(default=None, gt=0, le=1, description="φ at the last period; None: as φ.")
    freeness_periods: int = Field(default=0, ge=0, le=100_000, description="Periods over which φ moves evenly.")
    start: float = Field(default=0.5, ge=0, le=1, description="Share of entrepreneurs in region 1 at first.")
    speed: float = Field(default=1.0, gt=0, le=1e6, description="Chance of moving per relative gain in welfare.")
    restless: float = Field(default=0.0, ge=0, le=0.5, description="Chance that a entrepreneur moves without reason.")

    @model_validator(mode="after")
    def _no_black_hole(self) -> FootlooseWorld:
        if self.elasticity - 1 <= self.manufactures:
            raise ValueError("σ−1 must be above μ, or entrepreneurs gather whatever the freeness of trade")
        return self

    def freeness_at(self, period: int) -> float:
        """Freeness of trade in a period."""
        if self.freeness_last is None:
            return self.freeness
        done = 1.0 if self.freeness_periods == 0 else min(period / self.freeness_periods, 1.0)
        return self.freeness + (self.freeness_last - self.freeness) * done


def gain(share: float, freeness: float, elasticity: float, manufactures: float) -> float:
    r"""Relative advantage in welfare of an entrepreneur in region 1 over one in region 2.

    Incomes solve :math:`w_r=\frac\mu\sigma\sum_s\frac{\phi_{rs}Y_s}{\Delta_s}`, with
    :math:`Y_s=\tfrac12+\lambda_sw_s` (half of the other workers each, one in all) and
    :math:`\Delta_s=\sum_r\phi_{rs}\lambda_r`; welfare is :math:`w_r\Delta_r^{\mu/(\sigma-1)}`.

    Parameters
    ----------
    share
        λ, share of entrepreneurs in region 1.
    freeness, elasticity, manufactures
        φ, σ, μ.

    Returns
    -------
    float
        Difference over the mean.

    Examples
    --------
    >>> round(gain(1.0, 0.69, 5.0, 0.4), 6)
    -0.001409
    """
    here = np.array([share, 1 - share])
    phi = np.array([[1.0, freeness], [freeness, 1.0]])
    crowd = phi @ here
    pull = manufactures / elasticity * phi / crowd
    income = np.linalg.solve(np.eye(2) - pull * here, pull @ np.array([0.5, 0.5]))
    welfare = income * crowd ** (manufactures / (elasticity - 1))
    return float(2 * (welfare[0] - welfare[1]) / welfare.sum())


def break_freeness(elasticity: float, manufactures: float) -> float:
    r"""Freeness above which two equal regions do not stay equal.

    :math:`\phi_B=\frac{(\sigma-1-\mu)(\sigma-\mu)}{(\sigma-1+\mu)(\sigma+\mu)}`.

    Examples
    --------
    >>> round(break_freeness(5.0, 0.4), 6)
    0.69697
    """
    s, m = elasticity, manufactures
    return float((s - 1 - m) * (s - m) / ((s - 1 + m) * (s + m)))


def sustain_freeness(elasticity: float, manufactures: float) -> float:
    r"""Freeness above which a core lasts.

    The root below 1 of :math:`2\sigma=\phi^{\mu/(\sigma-1)}[(\sigma+\mu)\phi+(\sigma-\mu)/\phi]`.

    Examples
    --------
    >>> round(sustain_freeness(5.0, 0.4), 6)
    0.695442
    """
    s, m = elasticity, manufactures

    def short(phi: float) -> float:
        return float(phi ** (m / (s - 1)) * ((s + m) * phi + (s - m) / phi) - 2 * s)

    # The excess falls from the left, is lowest here, and is 0 again at φ = 1.
    power = m / (s - 1)
    lowest = ((s - m) * (1 - power) / ((s + m) * (1 + power))) ** 0.5
    return float(brentq(short, 1e-9, lowest, xtol=1e-15))


def mean_field(world: FootlooseWorld, periods: int) -> np.ndarray:
    """Share of entrepreneurs in region 1 by period, with entrepreneurs without number.

    Parameters
    ----------
    world
        Parameters.
    periods
        Steps.

    Returns
    -------
    numpy.ndarray
        Shape (periods + 1,).
    """
    share = np.empty(periods + 1)
    share[0] = world.start
    for t in range(periods):
        better = gain(share[t], world.freeness_at(t + 1), world.elasticity, world.manufactures)
        leave, come = chances(better, world.speed, world.restless)
        share[t + 1] = share[t] * (1 - leave) + (1 - share[t]) * come
    return share


def _start(world: FootlooseWorld, _: Context) -> State:
    first = settle(world.entrepreneurs, world.start)
    return {"first": first, "count": np.array([first.sum()]), "freeness": np.array([world.freeness_at(0)])}


def _step(state: State, world: FootlooseWorld, at: Context) -> None:
    freeness = world.freeness_at(at.period)
    share = float(state["count"][0]) / world.entrepreneurs
    better = gain(share, freeness, world.elasticity, world.manufactures)
    state["count"][0] = migrate(
        state["first"], better, world.speed, restless=world.restless, key=at.key, period=at.period, chunks=at.chunks
    )
    state["freeness"][0] = freeness


def _observe(state: State, world: FootlooseWorld) -> dict[str, float]:
    return {"share": int(state["count"][0]) / world.entrepreneurs, "freeness": float(state["freeness"][0])}


MODEL = register(
    Model(
        name="footloose",
        title=Words("Footloose entrepreneurs (Forslid and Ottaviano)", "自由企业家（Forslid 与 Ottaviano）"),
        question=Words("When do entrepreneurs gather in one region?", "企业家何时集聚于一地？"),
        world=FootlooseWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: int(world.entrepreneurs),
        purposes={"move": 0},
        references=(
            Reference(
                "Forslid & Ottaviano 2003, An analytically solvable core–periphery model, Journal of Economic "
                "Geography 3(3)",
                doi="10.1093/jeg/3.3.229",
            ),
        ),
    )
)
