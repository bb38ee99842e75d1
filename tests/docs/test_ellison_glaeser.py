"""The page on carpets in Dalton is true, number for number, on the table it speaks of."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ellison-glaeser-cbp.md"


def test_every_number_of_the_page_comes_out(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "cbsa_naics_cbp2019.parquet"
    (tmp_path / name).symlink_to(shared_data / "us_industry" / name)
    monkeypatch.chdir(tmp_path)
    failures, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried >= 10
    assert failures == 0
