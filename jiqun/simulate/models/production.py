r"""Industries that buy from each other, with wedges on what they buy: whom a subsidy helps (Liu 2019).

Cobb–Douglas industries spend the share :math:`\sigma_{ij}` of cost on goods of j and the rest on labour; of what i
pays for j, only :math:`1/(1+\chi_{ij})` reaches j, the rest is lost. Then :math:`\omega=\sigma/(1+\chi)`,
influence is :math:`\mu'=\beta'(I-\Sigma)^{-1}`, sales are :math:`\gamma'\propto\beta'(I-\Omega)^{-1}` with a wage
bill of 1, and :math:`\xi=\mu/\gamma` is what a unit of subsidy for an industry is worth to everyone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field, model_validator

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register

__all__ = [
    "MODEL",
    "Economy",
    "ProductionWorld",
    "consumption",
    "distortion_centrality",
    "influence",
    "leontief",
    "reform",
    "sales",
]

_UNIT = 1_000_000
"""Parts of a unit of goods that quantities are counted in, so that no balance is lost to rounding."""


@dataclass(frozen=True, slots=True)
class Economy:
    """Industries with their shares of cost and the wedges on what they buy."""

    shares: np.ndarray
    """σ, shape (industries, industries): of the cost of the row, spent on the column."""
    final: np.ndarray
    """β, shape (industries,): shares of final spending, summing to 1."""
    wedges: np.ndarray
    """χ, shape (industries, industries), not negative."""

    def __post_init__(self) -> None:
        n = self.final.size
        if self.shares.shape != (n, n) or self.wedges.shape != (n, n):
            raise JiqunError(
                f"production needs square tables of shares and wedges for {n} industries.",
                f"production 需要 {n} 个行业的份额与楔子方阵。",
            )
        if (self.shares < 0).any() or (self.shares.sum(axis=1) >= 1).any() or (self.wedges < 0).any():
            raise JiqunError(
                "production needs shares of cost that are not negative and leave some to labour, and wedges that are "
                "not negative.",
                "production 要求成本份额非负且为劳动留有余量，楔子非负。",
            )
        if (self.final < 0).any() or not np.isclose(self.final.sum(), 1):
            raise JiqunError(
                "production needs shares of final spending that sum to 1.", "production 要求最终支出份额之和为 1。"
            )

    @property
    def labour(self) -> np.ndarray:
        """Share of labour in the cost of each industry, shape (industries,)."""
        return np.asarray(1 - self.shares.sum(axis=1))


def influence(economy: Economy) -> np.ndarray:
    r"""Effect of each industry's productivity on real income, :math:`\mu'=\beta'(I-\Sigma)^{-1}`.

    Examples
    --------
    >>> influence(Economy(np.array([[0.0, 0.5], [0.0, 0.0]]), np.array([1.0, 0.0]), np.zeros((2, 2))))
    array([1. , 0.5])
    """
    return np.asarray(np.linalg.solve((np.eye(economy.final.size) - economy.shares).T, economy.final))


def sales(economy: Economy) -> np.ndarray:
    r"""Sales of each industry relative to the wage bill, :math:`\gamma'\propto\beta'(I-\Omega)^{-1}`.

    Examples
    --------
    >>> chain = Economy(np.array([[0.0, 0.5], [0.0, 0.0]]), np.array([1.0, 0.0]), np.full((2, 2), 0.25))
    >>> sales(chain).round(6)
    array([1.111111, 0.444444])
    """
    spent = economy.shares / (1 + economy.wedges)
    raw = np.linalg.solve((np.eye(economy.final.size) - spent).T, economy.final)
    return np.asarray(raw / (raw @ economy.labour))


def distortion_centrality(economy: Economy) -> np.ndarray:
    r"""Worth to everyone of a unit of subsidy for each industry, :math:`\xi_i=\mu_i/\gamma_i`; NaN without sales.

    Examples
    --------
    >>> shares = np.array([[0.0, 0.5, 0.0], [0.0, 0.0, 0.5], [0.0, 0.0, 0.0]])
    >>> xi = distortion_centrality(Economy(shares, np.array([1.0, 0, 0]), np.full((3, 3), 0.2)))
    >>> (xi / xi[0]).round(12)
    array([1.  , 1.2 , 1.44])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(influence(economy) / sales(economy))


def reform(economy: Economy, change: np.ndarray) -> float:
    r"""First-order gain in the real wage from a change of wedges, :math:`\sum\mu_i\omega_{ij}(-d\chi_{ij})`.

    Parameters
    ----------
    economy
        Before.
    change
        dχ, shape (industries, industries).

    Returns
    -------
    float
        Change of the logarithm of the real wage.
    """
    spent = economy.shares / (1 + economy.wedges)
    return float((influence(economy)[:, None] * spent * -change).sum())


def consumption(economy: Economy, subsidy: np.ndarray | None = None) -> float:
    """Logarithm of real consumption in general equilibrium, with labour subsidies paid by a tax on all.

    Solved from prices, spending and the market for labour with a wage of 1, not from the formulas for small
    changes: what those are tested against.

    Parameters
    ----------
    economy
        Shares and wedges.
    subsidy
        Share of each industry's wage bill that is paid for it, shape (industries,); none where not given.

    Returns
    -------
    float
        Relative to a constant that is the same for all wedges and subsidies.
    """
    n = economy.final.size
    paid = np.zeros(n) if subsidy is None else np.asarray(subsidy, dtype=np.float64)
    cost = economy.labour * np.log1p(-paid) + (economy.shares * np.log1p(economy.wedges)).sum(axis=1)
    price = np.linalg.solve(np.eye(n) - economy.shares, cost)
    spent = economy.shares / (1 + economy.wedges)
    raw = np.linalg.solve((np.eye(n) - spent).T, economy.final)
    workers = economy.labour * raw / (1 - paid)
    workers /= workers.sum()
    return float(np.log(1 - (paid * workers).sum()) - economy.final @ price)


def leontief(coefficients: np.ndarray, final: np.ndarray) -> np.ndarray:
    r"""Output that meets final demand, :math:`X=(I-A)^{-1}F`.

    Parameters
    ----------
    coefficients
        A, shape (industries, industries): of the row, used for a unit of the column.
    final
        F, shape (industries,).

    Returns
    -------
    numpy.ndarray
        Shape (industries,).

    Examples
    --------
    >>> leontief(np.array([[0.0, 0.5], [0.0, 0.0]]), np.array([0.0, 10.0]))
    array([ 5., 10.])
    """
    return np.asarray(np.linalg.solve(np.eye(final.size) - coefficients, final))


class ProductionWorld(World):
    """Parameters of a supply chain: industries order from each other what they need for last period's orders."""

    coefficients: tuple[tuple[float, ...], ...] = Field(
        default=((0.1, 0.3), (0.2, 0.1)), description="A: of the row, used for a unit of the column."
    )
    final: tuple[float, ...] = Field(default=(100.0, 50.0), description="F: final demand of each industry's goods.")
    shock: tuple[float, ...] = Field(default=(), description="Added to final demand from the shock on.")
    shock_period: int = Field(default=1, ge=1, description="Period of the shock.")
    inventory: float = Field(default=1.0, ge=0, le=100, description="Periods of orders that are kept in store.")

    @model_validator(mode="after")
    def _productive(self) -> ProductionWorld:
        n = len(self.final)
        table = np.array([row for row in self.coefficients if len(row) == n], dtype=np.float64)
        if table.shape != (n, n) or n > 2000 or (table < 0).any() or (len(self.shock) not in {0, n}):
            raise ValueError(f"coefficients must be {n} rows of {n} numbers, none negative; shock {n} numbers or none")
        if n and float(np.abs(np.linalg.eigvals(table)).max()) >= 1:
            raise ValueError("the largest eigenvalue of the coefficients must be below 1: otherwise nothing is left")
        if min(self.final, default=0) < 0 or any(f + s < 0 for f, s in zip(self.final, self.shock, strict=False)):
            raise ValueError("final demand must not be negative, before and after the shock")
        return self

    def demand(self, period: int) -> np.ndarray:
        """Final demand in a period, in whole parts of a unit."""
        shocked = self.shock and period >= self.shock_period
        total = np.array(self.final) + (np.array(self.shock) if shocked else 0.0)
        return np.rint(total * _UNIT).astype(np.int64)


def _start(world: ProductionWorld, _: Context) -> State:
    output = np.rint(leontief(np.array(world.coefficients), np.array(world.final)) * _UNIT).astype(np.int64)
    store = np.rint(output * world.inventory).astype(np.int64)
    return {
        "output": output,
        "orders": output.copy(),
        "used": np.zeros_like(output),
        "sold": world.demand(0),
        "store": store,
        "unserved": np.zeros_like(output),
    }


def _step(state: State, world: ProductionWorld, at: Context) -> None:
    """Orders are final demand and the inputs for last period's orders; output refills the store.

    Every unit made is used, sold or stored; an order that neither store nor output can serve is unserved.
    """
    inputs = np.rint(np.array(world.coefficients) @ state["orders"]).astype(np.int64)
    orders = world.demand(at.period) + inputs
    wanted = np.rint(orders * world.inventory).astype(np.int64) - state["store"]
    output = np.maximum(orders + wanted, 0)
    served = np.minimum(orders, state["store"] + output)
    used = np.minimum(inputs, served)
    state["store"] = state["store"] + output - served
    state["output"], state["orders"], state["used"] = output, orders, used
    state["sold"], state["unserved"] = served - used, orders - served


def _observe(state: State, _: ProductionWorld) -> dict[str, float]:
    total = {name: int(state[name].sum()) for name in ("output", "orders", "used", "sold", "store", "unserved")}
    return {name: value / _UNIT for name, value in total.items()}


MODEL = register(
    Model(
        name="production",
        title=Words("Production network", "生产网络"),
        question=Words("How far does a change in demand reach along the chain?", "需求变动沿产业链传导多远？"),
        world=ProductionWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 64 * len(world.final) ** 2,
        purposes={},
        references=(
            Reference(
                "Liu 2019, Industrial policies in production networks, Quarterly Journal of Economics 134(4)",
                doi="10.1093/qje/qjz024",
            ),
        ),
    )
)
