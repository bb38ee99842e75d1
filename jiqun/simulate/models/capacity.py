r"""A platform whose offers are booked and come back: how many are free in the steady state.

Of a mass ρ of offers, s are free. Customers come at rate λ; each considers a free offer with chance α and values
it v against ε for leaving, so that one books with chance :math:`\alpha vs/(\varepsilon+\alpha vs)`. A booked
offer comes back at rate τ: :math:`\tau(\rho-s)=\lambda\alpha vs/(\varepsilon+\alpha vs)`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform

__all__ = ["MODEL", "CapacityWorld", "free", "mean_field"]

_WAIT, _EVENT = 0, 1


class CapacityWorld(World):
    """Parameters of a platform with capacity; a period is a unit of time."""

    offers: int = Field(default=1_000, ge=1, le=10**7, description="Offers for each unit of mass.")
    mass: float = Field(default=1.0, gt=0, le=1e3, description="ρ: mass of offers.")
    arrivals: float = Field(default=1.0, ge=0, le=1e3, description="λ: customers per offer of a unit mass and time.")
    returns: float = Field(default=1.0, gt=0, le=1e3, description="τ: rate at which a booked offer comes back.")
    consideration: float = Field(default=0.5, gt=0, le=1, description="α: chance that a free offer is considered.")
    value: float = Field(default=0.315, gt=0, description="v: attraction of an offer.")
    outside: float = Field(default=1.0, gt=0, description="ε: attraction of leaving.")


def free(mass: float, arrivals: float, returns: float, attraction: float, outside: float) -> float:
    r"""Mass of free offers in the steady state: the positive root of a quadratic.

    :math:`\tau k s^2+(\tau\varepsilon+\lambda k-\tau\rho k)s-\tau\rho\varepsilon=0` with :math:`k=\alpha v`.

    Parameters
    ----------
    mass, arrivals, returns
        ρ, λ, τ.
    attraction
        αv.
    outside
        ε.

    Returns
    -------
    float
        Between 0 and ρ.

    Examples
    --------
    >>> round(free(1, 1, 1, 0.5 * 0.315, 1), 6)
    0.878459
    """
    a = returns * attraction
    b = returns * outside + arrivals * attraction - returns * mass * attraction
    c = -returns * mass * outside
    root = math.sqrt(b * b - 4 * a * c)
    # The form without cancellation for either sign of b.
    return -2 * c / (b + root) if b >= 0 else (root - b) / (2 * a)


def mean_field(world: CapacityWorld, periods: int, *, steps: int = 200) -> np.ndarray:
    """Mass of free offers by period, from all free, with offers without number.

    Parameters
    ----------
    world
        Parameters.
    periods
        Units of time.
    steps
        Steps of Runge–Kutta in a unit of time.

    Returns
    -------
    numpy.ndarray
        Shape (periods + 1,).
    """

    def change(s: float) -> float:
        k = world.consideration * world.value * s
        return world.returns * (world.mass - s) - world.arrivals * k / (world.outside + k)

    path, s, h = [world.mass], world.mass, 1 / steps
    for _ in range(periods):
        for _ in range(steps):
            k1 = change(s)
            k2 = change(s + h / 2 * k1)
            k3 = change(s + h / 2 * k2)
            s += h / 6 * (k1 + 2 * k2 + 2 * k3 + change(s + h * k3))
        path.append(s)
    return np.array(path)


@njit(cache=True, nogil=True)
def _events(  # noqa: PLR0917
    available: Any,
    total: Any,
    unit: Any,
    arrivals: Any,
    returns: Any,
    attraction: Any,
    outside: Any,
    k0: Any,
    k1: Any,
    period: Any,
) -> Any:
    """Bookings and returns in one unit of time, event by event; returns free offers, their integral, bookings."""
    time = 0.0
    integral = 0.0
    bookings = 0
    event = 0
    # A bound that is never met: more events than 2³² in a unit of time would repeat their draws.
    while event < 4_000_000_000:
        s = available / unit
        booking = arrivals * unit * attraction * s / (outside + attraction * s)
        returning = returns * (total - available)
        wait = -math.log(1.0 - uniform(k0, k1, event, period, _WAIT, 0)) / (booking + returning)
        if time + wait >= 1.0:
            integral += available * (1.0 - time)
            return available, integral, bookings
        time += wait
        integral += available * wait
        if uniform(k0, k1, event, period, _EVENT, 0) * (booking + returning) < booking:
            available -= 1
            bookings += 1
        else:
            available += 1
        event += 1
    return available, integral, bookings


def _total(world: CapacityWorld) -> int:
    return max(1, round(world.mass * world.offers))


def _start(world: CapacityWorld, _: Context) -> State:
    total = _total(world)
    return {"free": np.array([total]), "mean": np.array([float(total)]), "bookings": np.zeros(1, dtype=np.int64)}


def _step(state: State, world: CapacityWorld, at: Context) -> None:
    free_now, integral, bookings = _events(
        int(state["free"][0]),
        _total(world),
        float(world.offers),
        world.arrivals,
        world.returns,
        world.consideration * world.value,
        world.outside,
        at.key[0],
        at.key[1],
        at.period,
    )
    state["free"][0], state["mean"][0], state["bookings"][0] = free_now, integral, bookings


def _observe(state: State, world: CapacityWorld) -> dict[str, float]:
    return {
        "free": int(state["free"][0]),
        "mean_free": float(state["mean"][0]) / world.offers,
        "bookings": int(state["bookings"][0]),
    }


MODEL = register(
    Model(
        name="capacity",
        title=Words("Platform with capacity", "容量约束平台"),
        question=Words("How many offers are free when customers come and go?", "供需往来之间，有多少供给空闲？"),
        world=CapacityWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda _: 64,
        purposes={"wait": _WAIT, "event": _EVENT},
        references=(
            Reference(
                "Johari, Li, Liskovich & Weintraub 2022, Experimental design in two-sided platforms: an analysis of "
                "bias, Management Science 68(10)",
                doi="10.1287/mnsc.2021.4247",
            ),
        ),
    )
)
