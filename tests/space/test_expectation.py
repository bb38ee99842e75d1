"""The bipartite configuration model: degrees are kept, and its moments are those of simulation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from jiqun.space import chance, shared
from jiqun.space.expectation import _fit


def test_shared_counterparts_by_hand():
    links = sp.csr_array(np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]], dtype=np.float32))
    assert shared(links).tolist() == [[2, 2, 0], [2, 3, 0], [0, 0, 1]]


def test_the_dense_and_the_sparse_way_agree():
    rng = np.random.default_rng(1)
    sparse = sp.random_array((60, 5_000), density=0.01, rng=rng, format="csr")
    sparse.data[:] = 1.0
    dense = sp.csr_array(sparse.toarray()[:, :200])
    for links in (sparse, dense):
        expected = links.toarray() @ links.toarray().T
        assert (shared(links) == expected).all()


def test_probabilities_keep_the_degrees():
    rng = np.random.default_rng(2)
    links = rng.random((80, 50)) < np.outer(rng.random(80) ** 2, rng.random(50)) * 1.5
    links = links[links.any(axis=1)][:, links.any(axis=0)]
    k, d = np.unique(links.sum(axis=1)), np.unique(links.sum(axis=0))
    k_size = np.array([(links.sum(axis=1) == v).sum() for v in k], dtype=float)
    d_size = np.array([(links.sum(axis=0) == v).sum() for v in d], dtype=float)
    p = _fit(k.astype(float), k_size, d.astype(float), d_size)
    np.testing.assert_allclose(p @ d_size, k, rtol=1e-3)
    np.testing.assert_allclose(k_size @ p, d, rtol=1e-3)


def test_an_actor_with_every_counterpart_has_probability_one():
    model = chance(np.array([4, 1, 1]), np.array([2, 2, 1, 1]))
    # The first has all four: what it shares with another is all that the other has.
    assert model.mean[model.member[0], model.member[1]] == pytest.approx(1.0, abs=0.01)


def test_mean_and_deviation_are_those_of_random_links():
    degrees, counterparts = np.array([6, 3, 3, 2, 1, 1]), np.array([4, 4, 3, 2, 1, 1, 1])
    model = chance(degrees, counterparts)
    k, member = np.unique(degrees, return_inverse=True)
    d, met = np.unique(counterparts, return_inverse=True)
    p = _fit(k.astype(float), np.bincount(member).astype(float), d.astype(float), np.bincount(met).astype(float))[
        member
    ][:, met]
    draws = np.random.default_rng(3).random((40_000, *p.shape)) < p
    together = np.einsum("ria,rja->rij", draws.astype(np.float32), draws.astype(np.float32))
    a, b = np.triu_indices(len(degrees), k=1)
    mean = model.mean[model.member][:, model.member][a, b]
    deviation = model.deviation[model.member][:, model.member][a, b]
    np.testing.assert_allclose(together[:, a, b].mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(together[:, a, b].std(axis=0), deviation, atol=0.03)


def test_popularity_alone_is_no_nearness():
    # Links drawn from the null itself, heavy-tailed on both sides: almost none may stand out at z = 3.
    rng = np.random.default_rng(4)
    p = np.minimum(np.outer(rng.pareto(1.5, 300) + 0.2, rng.pareto(1.5, 400) + 0.2) * 0.02, 0.95)
    links = sp.csr_array((rng.random(p.shape) < p).astype(np.float32))
    links = links[np.diff(links.indptr) > 0]
    links = links[:, np.flatnonzero(np.bincount(links.indices, minlength=400))]
    model = chance(np.diff(links.indptr), np.bincount(links.indices))
    together = shared(links)
    a, b = np.triu_indices(links.shape[0], k=1)
    z = (together - model.mean[model.member][:, model.member])[a, b] / np.maximum(
        model.deviation[model.member][:, model.member][a, b], 1e-9
    )
    assert ((z > 3) & (together[a, b] >= 2)).mean() < 0.01
