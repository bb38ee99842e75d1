"""The province digital-economy panel gives the index its authors published, by the choices they made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from jiqun.measure.evaluation.scores import linear_score
from jiqun.measure.evaluation.standardise import standardise
from jiqun.measure.evaluation.weights import entropy_weights

GROUPS = {
    "数字基础": ["移动电话基站", "光缆线路长度", "移动电话用户", "互联网宽带接入用户"],
    "数字创新": ["R&D人员", "R&D经费支出", "专利申请数", "技术市场成交额"],
    "数字交易": ["电子商务销售额", "电子商务采购额", "信息技术服务收入"],
    "数字治理": ["财政科学技术支出", "政府网站数", "政府微博数"],
}


@pytest.fixture(scope="module")
def province(shared_data: Path) -> pl.DataFrame:
    return pl.read_parquet(shared_data / "china_city" / "province_digital_2001_2020_EVAL.parquet")


@pytest.fixture(scope="module")
def published(shared_data: Path) -> pl.DataFrame:
    return pl.read_parquet(shared_data / "china_city" / "province_digital_index_published_EVAL.parquet")


def _panel(frame: pl.DataFrame, columns: list[str]) -> np.ndarray:
    return frame.select(columns).to_numpy().astype(float).reshape(20, 31, len(columns))


@pytest.mark.parametrize("group", GROUPS)
def test_each_published_subindex_is_reproduced_to_ten_digits(
    group: str, province: pl.DataFrame, published: pl.DataFrame
) -> None:
    columns = GROUPS[group]
    # base year 2001, scale 0–10, values below the base year's least without their sign, zeros 1e-10 in the entropy
    z = standardise(
        _panel(province, columns), signs=["+"] * len(columns), over="base", base=0, outside="absolute", multiply=10.0
    )
    w = entropy_weights(z.reshape(-1, len(columns)), zeros="replace", constant=1e-10)
    found = linear_score(z, w).ravel()
    assert np.abs(found - published[group].to_numpy()).max() < 1e-10


def test_the_published_total_is_reproduced_to_ten_digits(province: pl.DataFrame, published: pl.DataFrame) -> None:
    z = standardise(_panel(province, ["数字经济规模"]), signs=["+"], over="base", base=0, multiply=10.0)
    found = linear_score(z, np.ones(1)).ravel()
    assert np.abs(found - published["数字经济规模"].to_numpy()).max() < 1e-10
