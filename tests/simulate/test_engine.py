"""The engine: known random words, the same bytes whatever runs them, resumed runs, ensembles, refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from jiqun.cluster import JiqunError
from jiqun.simulate import ensemble, model_named, models, run
from jiqun.simulate.engine import CHUNK, Chunks, activations, key_of, philox, uniform, uniforms, word
from jiqun.simulate.models import adoption, bass, churn, money

KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
"""Known answers of philox4x32-10 published with Random123: counter, key, words."""


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_gives_the_published_words(counter: str, key: str, words: str) -> None:
    given = [np.uint64(int(w, 16)) for w in (counter + " " + key).split()]
    assert [f"{int(w):08x}" for w in philox(*given)] == words.split()


WORDS = st.integers(0, 2**32 - 1)


@given(WORDS, WORDS, st.integers(0, 2**56 - 1), WORDS, st.integers(0, 255), st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_a_word_is_its_lane_of_the_block_of_its_counter(
    seed: int, replicate: int, agent: int, step: int, purpose: int, draw: int
) -> None:
    k0, k1 = key_of(seed, replicate)
    counter = (agent & 0xFFFFFFFF, ((agent >> 32) << 8) | purpose, step, draw >> 2)
    block = philox(*(np.uint64(c) for c in counter), k0, k1)
    assert word(k0, k1, np.uint64(agent), step, purpose, draw) == block[draw & 3]
    assert uniform(k0, k1, np.uint64(agent), step, purpose, draw) == int(block[draw & 3]) / 2**32


def test_many_uniforms_at_once_begin_with_the_bits_of_the_compiled_ones() -> None:
    key, agents = key_of(11, 3), np.array([0, 1, 5, 2**31, 2**40 + 7])
    together = uniforms(key, agents, step=9, purpose=4)
    alone = np.array([uniform(*key, np.uint64(agent), 9, 4, 0) for agent in agents])
    assert np.abs(together - alone).max() <= 2.0**-27
    assert ((together >= 0) & (together < 1)).all()


def test_uniforms_are_uniform_and_unrelated_between_neighbours() -> None:
    from scipy.stats import kstest

    drawn = uniforms(key_of(5), np.arange(20_000), step=1, purpose=0)
    later = uniforms(key_of(5), np.arange(20_000), step=2, purpose=0)
    assert kstest(drawn, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 4 / np.sqrt(20_000)
    assert abs(np.corrcoef(drawn, later)[0, 1]) < 4 / np.sqrt(20_000)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_outside_its_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed must be from 0"):
        key_of(seed)


def _count(low: int, high: int, chunk: int, partial: np.ndarray) -> None:
    partial[chunk, 0] += high - low


@pytest.mark.parametrize("agents", [0, 1, CHUNK, CHUNK + 1, 5 * CHUNK - 3])
def test_chunks_cover_every_agent_once_for_any_number_of_threads(agents: int) -> None:
    assert [int(Chunks(t).total(_count, agents, 1)[0]) for t in (1, 2, 3)] == [agents] * 3


def test_the_result_has_the_same_bytes_for_one_thread_and_for_two() -> None:
    world = adoption.AdoptionWorld(buyers=3 * CHUNK + 17, sellers=CHUNK + 1, revision=0.5)
    one, two = (run(adoption.MODEL, world, periods=4, seed=3, threads=threads) for threads in (1, 2))
    assert one.series.equals(two.series)
    assert all(one.state[name].tobytes() == two.state[name].tobytes() for name in one.state)


@pytest.mark.parametrize("name", sorted(models()))
def test_a_run_resumed_from_a_checkpoint_has_the_same_bytes(name: str, tmp_path: Path) -> None:
    model = model_named(name)
    world = model.world()
    whole = run(model, world, periods=6, seed=2)
    path = tmp_path / "at.npz"
    run(model, world, periods=3, seed=2, checkpoint=path, every=1)
    resumed = run(model, world, periods=6, seed=2, checkpoint=path)
    assert resumed.series.equals(whole.series)
    assert resumed.manifest == whole.manifest
    assert all(resumed.state[k].tobytes() == whole.state[k].tobytes() for k in whole.state)


@pytest.mark.parametrize("name", sorted(models()))
def test_a_run_is_a_function_of_seed_and_replicate(name: str) -> None:
    model = model_named(name)
    world = model.world()
    first, again = (run(model, world, periods=3, seed=8, replicate=1).series for _ in range(2))
    assert first.equals(again)
    assert model.memory(world) > 0
    assert len(set(model.purposes.values())) == len(model.purposes)


def test_a_checkpoint_of_another_run_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "at.npz"
    run(bass.MODEL, bass.BassWorld(agents=50), periods=2, checkpoint=path, every=1)
    with pytest.raises(JiqunError, match="another run: world"):
        run(bass.MODEL, bass.BassWorld(agents=51), periods=2, checkpoint=path)
    with pytest.raises(JiqunError, match="seed"):
        run(bass.MODEL, bass.BassWorld(agents=50), periods=2, seed=1, checkpoint=path)
    path.write_bytes(b"not an archive")
    with pytest.raises(JiqunError, match="not a checkpoint"):
        run(bass.MODEL, bass.BassWorld(agents=50), periods=2, checkpoint=path)


class _Stop(Exception):
    pass


def test_an_ensemble_that_was_stopped_goes_on_and_equals_one_that_was_not(tmp_path: Path) -> None:
    arms = {"a": bass.BassWorld(agents=200), "b": bass.BassWorld(agents=200, imitation=0.1)}
    seen: list[float] = []

    def stop_in_the_middle(_: object, done: float, __: float | None) -> None:
        seen.append(done)
        if done == 3:
            raise _Stop

    with pytest.raises(_Stop):
        ensemble(bass.MODEL, arms, periods=5, replicates=4, folder=tmp_path, progress=stop_in_the_middle)
    kept = len(list(tmp_path.glob("*.parquet")))
    assert kept == 3
    told: list[float] = []
    resumed = ensemble(
        bass.MODEL, arms, periods=5, replicates=4, folder=tmp_path, progress=lambda _, done, __: told.append(done)
    )
    assert told[0] == 3
    assert resumed.runs.equals(ensemble(bass.MODEL, arms, periods=5, replicates=4).runs)


def test_spawned_processes_give_the_same_bytes_as_this_one() -> None:
    arms = {"a": churn.ChurnWorld(firms=50, places=4)}
    here = ensemble(churn.MODEL, arms, periods=3, replicates=2, seed=4)
    spawned = ensemble(churn.MODEL, arms, periods=3, replicates=2, seed=4, processes=2)
    assert here.runs.equals(spawned.runs)
    assert here.manifest == spawned.manifest


def test_the_same_world_in_two_arms_has_common_random_numbers() -> None:
    arms = {"a": bass.BassWorld(agents=300), "b": bass.BassWorld(agents=300)}
    done = ensemble(bass.MODEL, arms, periods=4, replicates=3)
    assert done.difference("share", "a", "b").select(pl.col("value", "low", "high").abs().max()).row(0) == (0, 0, 0)


def test_the_paired_difference_is_the_mean_of_differences_with_its_t_interval() -> None:
    from scipy.stats import t

    arms = {"a": bass.BassWorld(agents=300), "b": bass.BassWorld(agents=300, imitation=0.2)}
    done = ensemble(bass.MODEL, arms, periods=4, replicates=5)
    last = done.runs.filter(pl.col("period") == 4).sort("arm", "replicate")["share"].to_numpy().reshape(2, 5)
    d = last[0] - last[1]
    half = t.ppf(0.975, 4) * d.std(ddof=1) / np.sqrt(5)
    row = done.difference("share", "a", "b").row(4)
    assert row[1:] == pytest.approx((d.mean(), d.mean() - half, d.mean() + half), abs=1e-12)
    with pytest.raises(JiqunError, match="no arm 'c'"):
        done.difference("share", "a", "c")


def test_one_replicate_has_no_interval() -> None:
    arms = {"a": bass.BassWorld(agents=30), "b": bass.BassWorld(agents=30, imitation=0.2)}
    table = ensemble(bass.MODEL, arms, periods=2, replicates=1).difference("share", "a", "b")
    assert table["low"].null_count() == table.height


def test_a_world_that_does_not_fit_is_refused_before_anything_is_allocated() -> None:
    with pytest.raises(JiqunError, match=r"would take 1\.9 GiB of memory; 1\.0 GiB are allowed"):
        run(
            adoption.MODEL,
            adoption.AdoptionWorld(buyers=10**9, sellers=10**9),
            periods=1,
            memory=1 << 30,
        )
    with pytest.raises(JiqunError, match="1 to 100,000 periods, not 0"):
        run(bass.MODEL, bass.BassWorld(), periods=0)
    with pytest.raises(JiqunError, match="an arm and a replicate"):
        ensemble(bass.MODEL, {}, periods=1, replicates=1)
    with pytest.raises(JiqunError, match="no model called 'nothing'"):
        model_named("nothing")


@pytest.mark.parametrize(
    ("world", "values"),
    [
        (adoption.AdoptionWorld, {"buyers": 0}),
        (adoption.AdoptionWorld, {"unheard_of": 1}),
        (bass.BassWorld, {"innovation": float("nan")}),
        (bass.BassWorld, {"agents": 10**10}),
        (churn.ChurnWorld, {"places": 2, "weights": (1.0, -1.0)}),
        (money.MoneyWorld, {"schedule": "whenever"}),
    ],
)
def test_an_absurd_world_is_refused(world: type, values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        world(**values)


@pytest.mark.parametrize("schedule", ["synchronous", "random_order", "fixed_order", "event"])
def test_a_schedule_activates_each_agent_once_except_independent_clocks(schedule: str) -> None:
    acted = activations(schedule, 500, key=key_of(1), period=2, purpose=0)  # type: ignore[arg-type]
    assert acted.shape == (500,)
    once = np.array_equal(np.sort(acted), np.arange(500))
    assert once == (schedule != "event")
    assert (acted.min(), acted.max()) >= (0, 0)
    assert acted.max() < 500
