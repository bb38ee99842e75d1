"""Encoders that ship in a package know that a Chinese and an English sentence say the same."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from jiqun.cluster import JiqunError
from jiqun.match import semantic
from jiqun.match.semantic import available, encode

needs_use = pytest.mark.skipif(not available("use"), reason="needs the extra semantic")


@needs_use
def test_nine_in_ten_capabilities_are_nearest_to_their_translation_both_ways() -> None:
    with (Path(__file__).parent / "capabilities.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    cosine = encode([r["zh"] for r in rows]) @ encode([r["en"] for r in rows]).T
    assert (cosine.argmax(axis=1) == np.arange(40)).mean() >= 0.9
    assert (cosine.argmax(axis=0) == np.arange(40)).mean() >= 0.9


@needs_use
def test_an_empty_text_is_near_nothing_and_the_order_of_texts_does_not_matter() -> None:
    both = encode(["压铸", "", None, "cartons"])
    assert np.allclose(np.linalg.norm(both, axis=1), [1, 0, 0, 1], atol=1e-5)
    assert np.allclose(encode(["cartons", "压铸"]), both[[3, 0]], atol=1e-5)


@needs_use
def test_vectors_are_kept_by_content_and_a_damaged_file_is_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encode(["压铸", "cartons"], folder=tmp_path)
    monkeypatch.setattr(semantic, "_run", lambda *_: pytest.fail("computed again"))
    assert np.allclose(encode(["cartons"], folder=tmp_path), first[1:], atol=1e-3)
    monkeypatch.undo()
    (tmp_path / "vectors-use-any.npz").write_bytes(b"not an archive")
    assert np.allclose(encode(["cartons"], folder=tmp_path), first[1:], atol=1e-3)


def test_an_encoder_that_is_not_installed_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "available", lambda _: False)
    monkeypatch.setattr(semantic, "_models", {})
    with pytest.raises(JiqunError, match=r"pip install 'jiqun\[semantic\]'"):
        encode(["压铸"])


def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(JiqunError, match="no encoder called 'word2vec'"):
        encode(["压铸"], "word2vec")  # type: ignore[arg-type]
