"""How often intervals of the gravity equation hold the truth: a table of docs/gravity.md.

    python benchmarks/studies/gravity_coverage.py [draws]

Places are drawn on a square, sizes of origins and destinations are log-normal, flows Poisson or Poisson times gamma
(variance a half), the elasticity is −0.8 and there are e times as many within a place.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.special import stdtrit

from jiqun.measure.gravity import ppml
from jiqun.measure.gravity.clustered import ERRORS, covariance

TRUTH = np.array([-0.8, 1.0])


def held(places: int, periods: int, spread: float, draws: int) -> dict[str, np.ndarray]:
    """Share of intervals that hold the elasticity and the home effect, by kind of error."""
    found: dict[str, np.ndarray] = {}
    code = np.arange(places)
    for draw in range(draws):
        rng = np.random.default_rng((places, periods, draw))
        at = rng.uniform(0, 100, (places, 2))
        far = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
        np.fill_diagonal(far, 5.0)
        x = np.stack([np.log(far), np.eye(places)])[:, None]
        effects = rng.normal(0, 1, (periods, places, 1)) + rng.normal(1, 1, (periods, 1, places))
        mean = np.exp(effects + 4.0 - 0.8 * x[0] + x[1])
        noise = rng.gamma(1.0 / spread, spread, (1, places, places)) if spread else 1.0
        fit = ppml(rng.poisson(mean * noise).astype(float), x)
        for errors in ERRORS:
            for corrected in (True, False):
                made = covariance([fit], code, code, errors, corrected=corrected)
                reach = stdtrit(made.freedom, 0.975) * np.sqrt(np.diag(made.covariance))
                name = f"{errors}, {'leverage' if corrected else 'plain'}"
                found[name] = found.get(name, np.zeros(2)) + (np.abs(fit.coefficient - TRUTH) < reach)
    return {name: hits / draws for name, hits in found.items()}


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 400
    print(f"{many} draws: elasticity, home effect")
    for case in ((14, 1, 0.0), (14, 1, 0.5), (30, 1, 0.0), (30, 1, 0.5), (60, 1, 0.0), (60, 1, 0.5), (30, 4, 0.5)):
        shares = {name: " ".join(f"{s:.3f}" for s in share) for name, share in held(*case, many).items()}
        print(*case, shares, flush=True)
