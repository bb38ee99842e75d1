"""Two regions, farmers who stay and workers who move to where real wages are higher (Krugman 1991).

Manufactures cost T times as much to send; their producers compete monopolistically with elasticity σ, and
take the share μ of spending. Numbers and formulas after Fujita, Krugman & Venables (1999), chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field, model_validator
from scipy.optimize import brentq

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.models.two_regions import chances, migrate, settle

__all__ = ["MODEL", "CorePeripheryWorld", "Wages", "break_point", "mean_field", "sustain_point", "wages"]


class CorePeripheryWorld(World):
    """Parameters of the core–periphery model."""

    workers: int = Field(default=10_000, ge=2, le=10**9, description="Workers, who move.")
    elasticity: float = Field(default=5.0, gt=1, le=100, description="σ: elasticity of substitution.")
    manufactures: float = Field(default=0.4, gt=0, lt=1, description="μ: share of spending on manufactures.")
    transport: float = Field(default=1.7, ge=1, le=100, description="T: cost of sending, at the start.")
    transport_last: float | None = Field(default=None, ge=1, le=100, description="T at the last period; None: as T.")
    transport_periods: int = Field(default=0, ge=0, le=100_000, description="Periods over which T moves evenly.")
    start: float = Field(default=0.5, ge=0, le=1, description="Share of workers in region 1 at first.")
    speed: float = Field(default=1.0, gt=0, le=1e6, description="Chance of moving per relative gain in real wages.")
    restless: float = Field(default=0.0, ge=0, le=0.5, description="Chance that a worker moves without reason.")

    @model_validator(mode="after")
    def _no_black_hole(self) -> CorePeripheryWorld:
        if (self.elasticity - 1) / self.elasticity <= self.manufactures:
            raise ValueError("(σ−1)/σ must be above μ, or workers gather whatever it costs to send goods")
        return self

    def transport_at(self, period: int) -> float:
        """Cost of sending in a period."""
        if self.transport_last is None:
            return self.transport
        done = 1.0 if self.transport_periods == 0 else min(period / self.transport_periods, 1.0)
        return self.transport + (self.transport_last - self.transport) * done


@dataclass(frozen=True, slots=True)
class Wages:
    """What workers earn and what it buys, by region."""

    nominal: np.ndarray
    real: np.ndarray

    @property
    def gain(self) -> float:
        """Real wage in region 1 less that in region 2, relative to their mean."""
        return float(2 * (self.real[0] - self.real[1]) / self.real.sum())


def wages(share: float, transport: float, elasticity: float, manufactures: float) -> Wages:
    r"""Short-run equilibrium for a given share of workers in region 1.

    Incomes :math:`Y_r=\mu\lambda_rw_r+(1-\mu)/2`, price indices
    :math:`G_r^{1-\sigma}=\sum_s\lambda_s(w_sT_{sr})^{1-\sigma}`, wages
    :math:`w_r^\sigma=\sum_sY_sG_s^{\sigma-1}T_{rs}^{1-\sigma}`, real wages :math:`w_rG_r^{-\mu}`.

    Parameters
    ----------
    share
        λ, between 0 and 1. A region without workers has the wage that the first would earn there.
    transport, elasticity, manufactures
        T, σ, μ.

    Returns
    -------
    Wages
        Nominal and real.

    Raises
    ------
    JiqunError
        If the wages do not settle in 100,000 rounds.

    Examples
    --------
    >>> wages(0.5, 1.7, 5.0, 0.4).nominal
    array([1., 1.])
    """
    s, mu, farmers = elasticity, manufactures, (1 - manufactures) / 2
    here, there, freeness = share, 1 - share, transport ** (1 - elasticity)
    w1 = w2 = 1.0
    for _ in range(100_000):
        g1, g2 = here * w1 ** (1 - s), there * w2 ** (1 - s)
        g1, g2 = g1 + freeness * g2, freeness * g1 + g2
        y1, y2 = (mu * here * w1 + farmers) / g1, (mu * there * w2 + farmers) / g2
        new1, new2 = (y1 + freeness * y2) ** (1 / s), (freeness * y1 + y2) ** (1 / s)
        change = max(abs(new1 - w1), abs(new2 - w2))
        w1, w2 = 0.5 * (w1 + new1), 0.5 * (w2 + new2)
        if change < 1e-15:
            break
    if change > 1e-12:
        raise JiqunError(
            f"Wages of the core–periphery model did not settle (λ={share}, T={transport}, σ={s}, μ={mu}).",
            f"中心—外围模型的工资未能收敛（λ={share}，T={transport}，σ={s}，μ={mu}）。",
        )
    g1, g2 = here * w1 ** (1 - s), there * w2 ** (1 - s)
    index = np.array([g1 + freeness * g2, freeness * g1 + g2])
    nominal = np.array([w1, w2])
    return Wages(nominal, nominal * index ** (mu / (s - 1)))


def break_point(elasticity: float, manufactures: float) -> float:
    r"""Cost of sending below which two equal regions do not stay equal.

    :math:`T_B^{\sigma-1}=\frac{(\rho+\mu)(1+\mu)}{(\rho-\mu)(1-\mu)}` with :math:`\rho=(\sigma-1)/\sigma`.

    Examples
    --------
    >>> round(break_point(5.0, 0.4), 6)
    1.626577
    """
    rho = (elasticity - 1) / elasticity
    ratio = (rho + manufactures) * (1 + manufactures) / ((rho - manufactures) * (1 - manufactures))
    return float(ratio ** (1 / (elasticity - 1)))


def sustain_point(elasticity: float, manufactures: float) -> float:
    r"""Cost of sending above which a core does not last.

    :math:`1=\frac{1+\mu}2T^{1-\sigma-\mu\sigma}+\frac{1-\mu}2T^{\sigma-1-\mu\sigma}`, the root above 1.

    Examples
    --------
    >>> round(sustain_point(5.0, 0.4), 6)
    1.807313
    """
    s, m = elasticity, manufactures

    def short(t: float) -> float:
        return float((1 + m) / 2 * t ** (1 - s - m * s) + (1 - m) / 2 * t ** (s - 1 - m * s) - 1)

    high = 2.0
    while short(high) < 0:
        high *= 2
    # The excess is 0 at T = 1, falls, and rises above 0: start where it is lowest.
    low = ((1 + m) * (s - 1 + m * s) / ((1 - m) * (s - 1 - m * s))) ** (1 / (2 * (s - 1)))
    return float(brentq(short, low, high, xtol=1e-14))


def mean_field(world: CorePeripheryWorld, periods: int) -> np.ndarray:
    """Share of workers in region 1 by period, with workers without number.

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
        gain = wages(share[t], world.transport_at(t + 1), world.elasticity, world.manufactures).gain
        leave, come = chances(gain, world.speed, world.restless)
        share[t + 1] = share[t] * (1 - leave) + (1 - share[t]) * come
    return share


def _start(world: CorePeripheryWorld, _: Context) -> State:
    first = settle(world.workers, world.start)
    return {"first": first, "count": np.array([first.sum()]), "transport": np.array([world.transport_at(0)])}


def _step(state: State, world: CorePeripheryWorld, at: Context) -> None:
    transport = world.transport_at(at.period)
    paid = wages(float(state["count"][0]) / world.workers, transport, world.elasticity, world.manufactures)
    state["count"][0] = migrate(
        state["first"], paid.gain, world.speed, restless=world.restless, key=at.key, period=at.period, chunks=at.chunks
    )
    state["transport"][0] = transport


def _observe(state: State, world: CorePeripheryWorld) -> dict[str, float]:
    return {"share": int(state["count"][0]) / world.workers, "transport": float(state["transport"][0])}


MODEL = register(
    Model(
        name="core_periphery",
        title=Words("Core and periphery (Krugman)", "中心—外围（Krugman）"),
        question=Words("When do two equal regions become core and periphery?", "两个相同的地区何时分化为中心与外围？"),
        world=CorePeripheryWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: int(world.workers),
        purposes={"move": 0},
        references=(
            Reference(
                "Krugman 1991, Increasing returns and economic geography, Journal of Political Economy 99(3)",
                doi="10.1086/261763",
            ),
            Reference(
                "Fujita, Krugman & Venables 1999, The Spatial Economy, MIT Press, chapter 5",
                doi="10.7551/mitpress/6389.001.0001",
            ),
        ),
    )
)
