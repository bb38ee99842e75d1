"""Counterfactual estimates: unbiased on logs of known truth, doubly robust, with intervals that hold it."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.cluster import JiqunError
from jiqun.match.outcome import counterfactual

OFFERS = 4


def _log(seed: int, n: int = 2_000) -> dict[str, np.ndarray]:
    """Needs of two kinds; the logging way half blind, the other way picks what suits. Its mean outcome is known."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, n)
    success = np.array([[0.6, 0.3, 0.1, 0.1], [0.1, 0.1, 0.5, 0.2]])
    logging = np.array([[0.4, 0.3, 0.2, 0.1], [0.3, 0.3, 0.2, 0.2]])
    other = np.array([[0.8, 0.2, 0.0, 0.0], [0.0, 0.1, 0.8, 0.1]])
    shown = (rng.uniform(size=n)[:, None] > np.cumsum(logging, axis=1)[kind][:, : OFFERS - 1]).sum(axis=1)
    return {
        "reward": (rng.uniform(size=n) < success[kind, shown]).astype(float),
        "shown": logging[kind, shown],
        "wanted": other[kind, shown],
        "predicted": success[kind, shown],
        "predicted_wanted": (other * success).sum(axis=1)[kind],
        "truth": (other * success).sum(axis=1)[kind].mean(),
    }


@pytest.mark.parametrize("estimator", ["ips", "self_normalised", "doubly_robust"])
def test_intervals_hold_the_truth_about_as_often_as_they_say(estimator: str) -> None:
    inside, values, truths = 0, [], []
    for seed in range(120):
        log = _log(seed, 800)
        truth = log.pop("truth")
        done = counterfactual(**log, estimator=estimator)  # type: ignore[arg-type]
        inside += done.low <= truth <= done.high
        values.append(done.value)
        truths.append(truth)
    assert 104 <= inside <= 120
    miss = np.array(values) - np.array(truths)
    assert abs(miss.mean()) < 4 * miss.std() / np.sqrt(120)


def test_doubly_robust_is_right_if_either_the_chances_or_the_model_are() -> None:
    truths, wrong_model, wrong_chances, both = [], [], [], []
    for seed in range(60):
        log = _log(seed)
        truths.append(log.pop("truth"))
        bad_model = log | {"predicted": log["predicted"] * 0.5, "predicted_wanted": log["predicted_wanted"] * 0.5}
        bad_chances = log | {"shown": np.full(log["shown"].size, 0.25)}
        wrong_model.append(counterfactual(**bad_model, estimator="doubly_robust").value)
        wrong_chances.append(counterfactual(**bad_chances, estimator="doubly_robust").value)
        worst = bad_model | {"shown": np.full(log["shown"].size, 0.25)}
        both.append(counterfactual(**worst, estimator="doubly_robust").value)
    for values in (wrong_model, wrong_chances):
        miss = np.array(values) - np.array(truths)
        assert abs(miss.mean()) < 4 * miss.std() / np.sqrt(60)
    miss = np.array(both) - np.array(truths)
    assert abs(miss.mean()) > 4 * miss.std() / np.sqrt(60)


def test_the_same_way_as_logged_has_the_outcome_that_was_observed() -> None:
    log = _log(1)
    for estimator in ("ips", "self_normalised"):
        done = counterfactual(log["reward"], log["shown"], log["shown"], estimator=estimator)  # type: ignore[arg-type]
        assert done.value == pytest.approx(done.observed)
        assert done.effective == pytest.approx(log["reward"].size)


def test_decisions_of_one_need_widen_the_interval_and_clipping_is_said() -> None:
    log = _log(2, 300)
    repeated = {k: np.repeat(v, 5) for k, v in log.items() if k in {"reward", "shown", "wanted"}}
    alone = counterfactual(**repeated)
    grouped = counterfactual(**repeated, groups=np.repeat(np.arange(300), 5))
    assert (grouped.high - grouped.low) == pytest.approx((alone.high - alone.low) * np.sqrt(5 * 300 / 299), rel=1e-9)
    cut = counterfactual(**repeated, clip=1.5)
    assert cut.largest == 1.5
    assert 0 < cut.clipped < 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shown": np.array([0.0, 0.5])}, "above 0 for what was shown"),
        ({"wanted": np.array([0.0, 0.0])}, "cannot be judged"),
        ({"reward": np.array([1.0])}, "two chances for each decision"),
        ({"estimator": "doubly_robust"}, "needs predicted"),
    ],
)
def test_a_log_that_cannot_say_is_refused(change: dict[str, object], message: str) -> None:
    plain = {"reward": np.array([1.0, 0.0]), "shown": np.array([0.5, 0.5]), "wanted": np.array([1.0, 0.0])}
    with pytest.raises(JiqunError, match=message):
        counterfactual(**plain | change)  # type: ignore[arg-type]
