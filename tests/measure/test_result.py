"""Results are frames of the caller's library that also plot, explain and print themselves."""

from __future__ import annotations

import copy
import io
import pickle
import re
import sys
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

import jiqun
from jiqun.cluster import JiqunError
from jiqun.measure import envelope, explain, plot, to_latex
from jiqun.measure.measured import provenance_of
from jiqun.measure.plotting import BELOW, SPACE
from jiqun.measure.reading import number

FIRMS = pl.DataFrame(
    {
        "place_id": list("ppppqqqqrrrr") * 5,
        "industry_id": (["纺织", "软件 & 服务", "c_1"] * 20),
        "size": [float(1 + k % 7) for k in range(60)],
    }
)


@pytest.fixture(scope="module")
def result() -> Any:
    return jiqun.measure.ellison_glaeser(FIRMS, replicates=19, weight="count")


# A frame like any other


def test_a_polars_result_is_a_polars_frame(result: Any) -> None:
    plain = pl.DataFrame(result)
    assert isinstance(result, pl.DataFrame)
    assert type(plain) is pl.DataFrame
    assert result.equals(plain)
    assert plain.equals(result)
    assert_frame_equal(result, plain)
    assert pl.concat([result, plain]).height == 2 * plain.height
    assert result.join(plain, on="industry_id").height == plain.height
    assert result.group_by("rows").agg(pl.len())["len"].sum() == plain.height
    assert nw.from_native(result).filter(nw.col("value") > -9).to_native().equals(plain)
    assert result.lazy().collect().equals(plain)
    assert result.to_pandas().shape == plain.shape


def test_a_polars_result_keeps_what_it_is_of_when_rows_or_columns_are_chosen(result: Any) -> None:
    for chosen in (
        result.filter(pl.col("value") > -9),
        result.sort("value", descending=True),
        result.head(2),
        result[:2],
        result.select("industry_id", "value", "note"),
        result.with_columns(twice=pl.col("value") * 2),
        result.clone(),
        copy.deepcopy(result),
        pickle.loads(pickle.dumps(result)),
    ):
        assert provenance_of(chosen) == provenance_of(result)
        assert chosen.explain().startswith("Ellison–Glaeser index")
    assert isinstance(result["value"], pl.Series)


def test_a_pandas_result_is_a_pandas_frame() -> None:
    result = jiqun.measure.ellison_glaeser(FIRMS.to_pandas(), replicates=19)
    plain = pd.DataFrame(result)
    assert isinstance(result, pd.DataFrame)
    assert result.equals(plain)
    pd.testing.assert_frame_equal(plain, pd.DataFrame(result))
    assert len(pd.concat([result, plain])) == 2 * len(plain)
    assert result.merge(plain, on="industry_id").shape[0] == len(plain)
    assert isinstance(result["value"], pd.Series)
    assert result.describe().loc["count", "value"] == 3
    assert nw.from_native(result).to_polars().height == 3
    for chosen in (result[result["value"] > -9], result.sort_values("value"), pickle.loads(pickle.dumps(result))):
        assert provenance_of(chosen) == provenance_of(result)
        assert chosen.explain("zh").startswith("EG 集聚指数")


def test_results_are_written_and_read_back_as_plain_tables(result: Any) -> None:
    for kind in (result, jiqun.measure.ellison_glaeser(FIRMS.to_pandas(), replicates=19, weight="count")):
        written = io.BytesIO()
        kind.write_parquet(written) if isinstance(kind, pl.DataFrame) else kind.to_parquet(written)
        written.seek(0)
        table = pq.read_table(written)
        assert table["value"].to_pylist() == result["value"].to_list()
        assert explain(table, index="ellison_glaeser").splitlines()[0] == "Ellison–Glaeser index (ellison_glaeser)"


def test_the_accessors_of_the_library_stay_below_plot(result: Any) -> None:
    # pandas draws with matplotlib, which is here
    assert callable(jiqun.measure.hoover(FIRMS.to_pandas(), replicates=0).plot.hist)


def test_an_arrow_result_is_an_arrow_table_and_is_told_its_index() -> None:
    table = jiqun.measure.hoover(FIRMS.to_arrow(), replicates=0)
    assert isinstance(table, pa.Table)
    for reader in (explain, to_latex, plot):
        with pytest.raises(JiqunError, match=r"Pass index='…'") as refused:
            reader(table)
        assert refused.value.words is not None
    assert "Hoover" in explain(table, index="hoover")
    assert r"\toprule" in to_latex(table, index="hoover")
    with pytest.raises(JiqunError, match="needs a result of hoover"):
        explain(pa.table({"a": [1]}), index="hoover")


# Explanation


def test_an_explanation_says_what_this_result_holds(result: Any) -> None:
    text = result.explain()
    value = dict(result.select("industry_id", "value").iter_rows())
    most = max(value, key=lambda name: value[name])
    assert f"Largest {number(value[most])} ({most})" in text
    assert "doi.org/10.1086/262098" in text
    assert r"\gamma_i" in text
    assert "weight = 'count'" in text
    clear = result.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    assert f"3 have a 95 % bootstrap interval, of which {clear} exclude 0." in text


def test_an_explanation_says_what_is_null_and_why() -> None:
    frame = pl.DataFrame({"place_id": list("ppq"), "industry_id": list("abb")})
    found = jiqun.measure.ellison_glaeser(frame, replicates=0)
    assert "1 are null: 1 × all weight in one plant (H = 1)." in found.explain()
    assert "1 个为空" in found.explain("zh")


def test_an_explanation_names_the_null_it_was_tested_against() -> None:
    found = envelope("hoover", FIRMS, n=19, null="random_location")
    count = found.filter(pl.col("p_adjusted") <= 0.05).height
    assert "“Random location”" in found.explain()
    assert f"{count} differ at 5 % after adjustment" in found.explain()
    assert "“随机区位”" in found.explain("zh")


def test_an_explanation_of_curves_counts_curves_and_says_where_they_leave_the_band() -> None:
    rng = np.random.default_rng(1)
    at = np.vstack([rng.normal(0, 0.02, (60, 2)), rng.normal(0, 0.6, (200, 2))])
    frame = pl.DataFrame(
        {"industry_id": ["close"] * 60 + ["wide"] * 200, "lon": 120 + at[:, 0], "lat": 30 + at[:, 1], "size": 1.0}
    )
    found = envelope("kd", frame, n=99)
    text = found.explain()
    count = found.group_by("industry_id").agg(pl.col("p_adjusted").first()).filter(pl.col("p_adjusted") <= 0.05).height
    assert f"{count} curves differ at 5 %" in text
    above = found.filter((pl.col("industry_id") == "close") & (pl.col("value") > pl.col("global_high")))
    assert above.height
    assert f"close above the global band at {above.height} distances in" in text
    assert f"{count} 条曲线在 5 % 水平上显著" in found.explain("zh")
    axes = found.plot().axes
    assert len(axes) == 2
    assert len(axes[0].collections) == 2


# LaTeX


def rows_of(text: str) -> list[str]:
    body = text.split(r"\midrule")[1].split(r"\bottomrule", maxsplit=1)[0]
    return [line for line in body.strip().splitlines() if line]


def test_a_latex_table_has_as_many_cells_in_every_row_and_balanced_braces(result: Any) -> None:
    text = result.to_latex()
    spec = re.search(r"begin\{tabular\}\{([lr]+)\}", text)
    assert spec
    for line in [text.split(r"\toprule")[1].split(r"\\")[0], *rows_of(text)]:
        assert len(re.findall(r"(?<!\\)&", line)) == len(spec[1]) - 1
    assert text.count("{") == text.count("}")
    assert r"软件 \& 服务" in text
    assert r"c\_1" in text
    assert "95 \\% interval" in text


def test_a_latex_table_prints_the_values_largest_first(result: Any) -> None:
    printed = [line.split(" & ")[1].replace("$-$", "-") for line in rows_of(result.to_latex(columns=["value"]))]
    values = [float(cell.removesuffix(r" \\")) for cell in printed]
    assert values == pytest.approx(sorted(result["value"].to_list(), reverse=True), rel=5e-3)
    assert "The 2 largest of 3." in result.to_latex(top=2)
    assert "列出最大的 2 项" in result.to_latex(top=2, lang="zh")
    assert "ctex" in result.to_latex(lang="zh")
    with pytest.raises(JiqunError, match="no column 'gamma'"):
        result.to_latex(columns=["gamma"])


@pytest.mark.parametrize("text", ["a&b", "50%", "$x$", "#1", "a_b", "{", "~", "^", "\\input{x}", "<>", "[1]"])
def test_names_cannot_break_out_of_a_latex_table(text: str) -> None:
    frame = FIRMS.with_columns(industry_id=pl.lit(text))
    table = jiqun.measure.hoover(frame, replicates=0).to_latex(columns=["value"])
    (line,) = rows_of(table)
    assert len(re.findall(r"(?<!\\)&", line)) == 1
    assert not re.search(r"(?<!\\)[%#$](?!-\$)", line.replace("$-$", ""))
    assert r"\input" not in line
    assert not line.startswith("[")


# Figures


def bars(figure: Any) -> Any:
    return figure.axes[0]


def test_bars_are_drawn_from_the_neutral_point_with_their_intervals(result: Any) -> None:
    axes = bars(result.plot())
    ranked = result.sort("value", descending=True)
    drawn = [patch for patch in axes.patches if round(patch.get_height(), 6) == 0.5]
    assert [patch.get_width() for patch in drawn] == pytest.approx(ranked["value"].to_list())
    assert [label.get_text() for label in axes.get_yticklabels()] == ranked["industry_id"].to_list()
    colours = [patch.get_facecolor()[:3] for patch in drawn]
    from matplotlib.colors import to_rgb

    assert colours == [to_rgb(SPACE["physical"] if v >= 0 else BELOW) for v in ranked["value"]]
    ends = {tuple(np.round(path[:, 0], 12)) for path in axes.collections[0].get_segments()}
    assert ends == {(round(low, 12), round(high, 12)) for low, high in ranked.select("low", "high").iter_rows()}


def test_the_band_of_a_null_is_drawn_behind_the_bars() -> None:
    found = envelope("ellison_glaeser", FIRMS, n=19)
    axes = bars(found.plot())
    wide = [patch.get_width() for patch in axes.patches if round(patch.get_height(), 6) == 0.86]
    ranked = found.sort("value", descending=True)
    assert wide == pytest.approx((ranked["band_high"] - ranked["band_low"]).to_list())


def test_pairs_are_drawn_as_a_symmetric_heat_map() -> None:
    found = envelope("coagglomeration", FIRMS, n=39)
    image = bars(found.plot()).images[0].get_array()
    assert image.shape == (3, 3)
    assert np.ma.allclose(image, image.T)
    assert np.ma.getmaskarray(image).diagonal().all()
    assert sorted(set(np.round(image.compressed(), 12))) == sorted(set(np.round(found["value"].to_list(), 12)))


def test_places_by_industries_are_drawn_as_a_heat_map_and_one_place_as_bars() -> None:
    found = jiqun.measure.location_quotient(FIRMS, replicates=0)
    assert bars(found.plot()).images[0].get_array().shape == (3, 3)
    assert not bars(found.filter(pl.col("place_id") == "p").plot()).images


def test_titles_are_in_the_language_asked_for(result: Any) -> None:
    assert result.plot(lang="zh")._suptitle.get_text() == "EG 集聚指数"
    assert result.plot(title="Mine")._suptitle.get_text() == "Mine"
    named = bars(result.plot(names={"c_1": "Chemistry"})).get_yticklabels()
    assert "Chemistry" in [label.get_text() for label in named]


def test_a_missing_chinese_font_is_said(result: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib import font_manager

    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    with pytest.warns(UserWarning, match="Noto Sans CJK"):
        result.plot(lang="zh")


def test_a_missing_matplotlib_names_the_extra(result: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(JiqunError, match=r"pip install 'jiqun\[plot\]'") as refused:
        result.plot()
    assert refused.value.words is not None


def test_a_result_without_a_value_is_not_drawn() -> None:
    found = jiqun.measure.ellison_glaeser(pl.DataFrame({"place_id": ["p"], "industry_id": ["a"]}), replicates=0)
    with pytest.raises(JiqunError, match="every value"):
        found.plot()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.0, "1"), (-0.5, "−0.5"), (123456.0, "123456"), (0.00001234, "0.00001234"), (1e-12, "1.000e−12")],
)
def test_numbers_keep_four_digits(value: float, text: str) -> None:
    assert number(value) == text
