r"""Net effect of agglomeration and technology: what both bring together, less the congestion that technology relieves.

:math:`RE(A,T)=b\,[\delta A^\rho+(1-\delta)T^\rho]^{\nu/\rho}-\kappa A^\eta(1+T)^{-\theta}`. The paper (J25, section 2)
draws such curves and gives no function; the form is ours: a CES benefit, as is usual for substitutes that are not
perfect, and congestion that is convex in agglomeration.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from jiqun.cluster import JiqunError

__all__ = ["NetEffect"]

Array = np.ndarray
_COBB_DOUGLAS = 1e-9
"""Below this substitution the CES benefit is computed as its Cobb–Douglas limit."""


@dataclass(frozen=True, slots=True)
class NetEffect:
    """A function of agglomeration A and technology T, both not negative, in units of the caller's choice.

    Examples
    --------
    >>> net = NetEffect(scale=2.0, weight=0.5, substitution=0.0, returns=1.0, congestion=0.0)
    >>> float(net.value(4.0, 9.0))
    12.0
    """

    scale: float = 1.0
    """b, positive."""
    weight: float = 0.5
    """δ, weight of agglomeration, between 0 and 1."""
    substitution: float = 0.5
    """ρ, below 1; the elasticity of substitution is 1/(1−ρ)."""
    returns: float = 0.8
    """ν, returns to scale of the benefit, positive."""
    congestion: float = 0.1
    """κ, not negative."""
    crowding: float = 2.0
    """η, at least 1: how fast congestion grows."""
    relief: float = 0.5
    """θ, not negative: how far technology relieves congestion."""

    def __post_init__(self) -> None:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        fine = (
            all(np.isfinite(v) for v in values.values())
            and self.scale > 0
            and 0 < self.weight < 1
            and self.substitution < 1
            and self.returns > 0
            and self.congestion >= 0
            and self.crowding >= 1
            and self.relief >= 0
        )
        if not fine:
            given = ", ".join(f"{name}={value:g}" for name, value in values.items())
            raise JiqunError(
                f"NetEffect needs scale > 0, 0 < weight < 1, substitution < 1, returns > 0, congestion ≥ 0, "
                f"crowding ≥ 1 and relief ≥ 0; it got {given}.",
                f"NetEffect 要求 scale>0、0<weight<1、substitution<1、returns>0、congestion≥0、crowding≥1、relief≥0；"
                f"实际为 {given}。",
            )

    @property
    def elasticity(self) -> float:
        """Elasticity of substitution of technology for agglomeration in the benefit."""
        return 1 / (1 - self.substitution)

    def _benefit(self, a: Array, t: Array) -> tuple[Array, Array]:
        r"""The CES sum Q and the benefit over b, :math:`Q^{\nu/\rho}`, without overflow for small ρ."""
        rho = self.substitution
        with np.errstate(divide="ignore", invalid="ignore"):
            if abs(rho) < _COBB_DOUGLAS:
                return np.ones_like(a + t), a ** (self.weight * self.returns) * t ** ((1 - self.weight) * self.returns)
            # By logarithms of 1 + x: for small ρ the powers differ from 1 in their last digits only.
            less = self.weight * np.expm1(rho * np.log(a)) + (1 - self.weight) * np.expm1(rho * np.log(t))
            return 1 + less, np.exp(self.returns / rho * np.log1p(less))

    def value(self, agglomeration: Array | float, technology: Array | float) -> Array:
        """Net effect.

        Parameters
        ----------
        agglomeration, technology
            A and T, any shapes that go together.

        Returns
        -------
        numpy.ndarray
            Of the shape of both together.
        """
        a, t = (np.asarray(x, dtype=np.float64) for x in (agglomeration, technology))
        crowd = self.congestion * a**self.crowding * (1 + t) ** -self.relief
        return np.asarray(self.scale * self._benefit(a, t)[1] - crowd)

    def gradient(self, agglomeration: Array | float, technology: Array | float) -> tuple[Array, Array]:
        r"""The derivatives :math:`\partial RE/\partial A` and :math:`\partial RE/\partial T`, where A, T > 0.

        Parameters
        ----------
        agglomeration, technology
            A and T, positive.

        Returns
        -------
        tuple of numpy.ndarray
            Two arrays of the shape of both together.
        """
        a, t = (np.asarray(x, dtype=np.float64) for x in (agglomeration, technology))
        total, power = self._benefit(a, t)
        common = self.scale * self.returns * power / total
        crowd = self.congestion * a**self.crowding * (1 + t) ** -self.relief
        by_a = common * self.weight * a ** (self.substitution - 1) - self.crowding * crowd / a
        by_t = common * (1 - self.weight) * t ** (self.substitution - 1) + self.relief * crowd / (1 + t)
        return np.asarray(by_a), np.asarray(by_t)

    def hessian(self, agglomeration: float, technology: float) -> Array:
        """Second derivatives at a point with A, T > 0.

        Parameters
        ----------
        agglomeration, technology
            A and T, positive.

        Returns
        -------
        numpy.ndarray
            Shape (2, 2), symmetric: A first, then T.
        """
        a, t, rho, nu = float(agglomeration), float(technology), self.substitution, self.returns
        d, e = self.weight, 1 - self.weight
        total, power = (float(x) for x in self._benefit(np.asarray(a), np.asarray(t)))
        common = self.scale * nu * power / total**2
        crowd = self.congestion * a**self.crowding * (1 + t) ** -self.relief
        eta, theta = self.crowding, self.relief
        aa = common * d * a ** (rho - 2) * ((rho - 1) * total + (nu - rho) * d * a**rho)
        tt = common * e * t ** (rho - 2) * ((rho - 1) * total + (nu - rho) * e * t**rho)
        at = common * d * e * (nu - rho) * (a * t) ** (rho - 1)
        return np.array(
            [
                [aa - eta * (eta - 1) * crowd / a**2, at + eta * theta * crowd / (a * (1 + t))],
                [at + eta * theta * crowd / (a * (1 + t)), tt - theta * (theta + 1) * crowd / (1 + t) ** 2],
            ]
        )
