"""Page Evaluate: what it shows is what the server computed, every choice is in the address, and files open."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import Page, expect

from jiqun.cluster import About, Words
from jiqun.engine import writing

PERIODS = [str(year) for year in range(2015, 2022)]
INDICATORS = [
    *("mobile_users", "registered_population", "tertiary_share", "college_students", "fiscal_science"),
    *("fiscal_expenditure", "secondary_value_added", "gdp", "area", "loans", "exports"),
]
"""Columns of the panel that the shipped system of Chinese cities is made of."""
PROVINCES = {"32": 13, "33": 11, "42": 8, "22": 7}
"""Provinces of three regions, each with its cities of the codes …0100, …0200, …"""


def cities() -> dict[str, pl.DataFrame]:
    """Give a generated panel of real division codes: cities grow, the poorer faster, with noise."""
    rng = np.random.default_rng(7)
    codes = [f"{province}{k:02d}00" for province, n in PROVINCES.items() for k in range(1, n + 1)]
    level = rng.normal(0.0, 0.8, len(codes))
    rows = []
    for t, period in enumerate(PERIODS):
        now = level * 0.96**t + 0.07 * t
        for name in INDICATORS:
            noise = rng.normal(0.0, 0.25, len(codes))
            value = np.full(len(codes), 9000.0) if name == "area" else np.exp(5.0 + now + noise)
            if name == "tertiary_share":
                value = 1.0 / (1.0 + np.exp(-now - noise))
            rows.append(
                pl.DataFrame({"place_id": codes, "period": period, "indicator": name, "value": value, "unit": ""})
            )
    places = pl.DataFrame(
        {
            "place_id": codes,
            "name": [f"城市{code}" for code in codes],
            "name_en": [f"City {code}" for code in codes],
            "lon": 110.0 + rng.uniform(0, 12, len(codes)),
            "lat": 28.0 + rng.uniform(0, 14, len(codes)),
        }
    )
    return {"places": places, "panel": pl.concat(rows)}


@dataclass(slots=True)
class Shown:
    """The page, with what the server says of the same question."""

    page: Page
    ask: Callable[..., dict]

    def open(self, **state: str) -> Page:
        """Show the page with some state, and wait for its answer."""
        self.page.evaluate("(route) => { location.hash = route; }", f"/clusters/cities/evaluate?{urlencode(state)}")
        expect(self.page.get_by_test_id("running")).to_have_count(0)
        self.page.locator(".ev-report").wait_for()
        return self.page


@pytest.fixture(scope="module")
def workspace(served) -> Iterator[None]:
    """Put the cluster of cities among the clusters that are served."""
    folder = served.workspace / "cities"
    title = Words("Generated cities", "生成的城市")
    with writing(folder) as writer:
        for name, frame in cities().items():
            writer.part(name, f"cities-{name}".ljust(40, "0"), frame.write_parquet)
        writer.commit(About(id="cities", title=title, origin="generated", as_of="2021-12-31"))
    yield
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def shown(browser, served, workspace) -> Iterator[Shown]:
    """One tab for all tests but that of the map; without WebGL, for drawing maps without a graphics card is slow."""

    def ask(**choices: str) -> dict:
        return served.ask(f"clusters/cities/evaluate?{urlencode(choices)}")

    context = browser.new_context(viewport={"width": 1360, "height": 860}, accept_downloads=True)
    context.add_init_script(
        "const made = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind === 'webgl2' ? null : made.call(this, kind, ...rest); };"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # A refusal is an answer, which the browser counts as an error of its own.
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" and "422" not in m.text else None)
    page.goto(f"{served.address}?lang=en&theme=light#/clusters/cities/evaluate")
    page.locator(".ev-report").wait_for()
    yield Shown(page, ask)
    context.close()
    assert errors == []


def ranked(report: dict, period: str) -> list[tuple[str, str]]:
    """Give place and range of ranks in the order of the ranks."""
    rows = report["tables"]["ranking"]["rows"]
    at = [k for k, p in enumerate(rows["period"]) if p == period and rows["rank"][k] is not None]
    at.sort(key=lambda k: (rows["rank"][k], rows["place_id"][k]))
    span = [(f"{rows['low'][k]:g}", f"{rows['high'][k]:g}") for k in at]
    return [(rows["place_id"][k], a if a == b else f"{a}–{b}") for k, (a, b) in zip(at, span, strict=True)]


def listed(page: Page) -> list[tuple[str, str]]:
    read = "all => all.map(row => [row.dataset.place, row.querySelector('small').textContent])"
    return [tuple(each) for each in page.locator("[data-place]").evaluate_all(read)]


def becomes(page: Page, wanted: list[tuple[str, str]]) -> bool:
    """Wait until the ranking on the page is this one."""
    deadline = time.monotonic() + 60
    while listed(page) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return listed(page) == wanted


def test_the_map_shows_every_place_with_a_score_in_either_theme_and_without_it_they_are_listed(tab, workspace, shown):
    page = tab(720, 560).open("/clusters/cities/evaluate")
    ready = page.locator("[data-testid=map][data-ready=true]")
    ready.wait_for()
    assert ready.get_attribute("data-places") == "39"
    assert ready.get_attribute("data-period") == PERIODS[-1]
    page.get_by_test_id("theme").click()
    ready.wait_for()
    values = shown.open().get_by_test_id("area-list").locator("li")
    assert values.count() == 39


def test_the_ranking_is_that_of_the_server_with_the_range_of_every_rank(shown):
    page = shown.open()
    wanted = ranked(shown.ask(), PERIODS[-1])
    assert listed(page) == wanted
    assert f"City {wanted[0][0]} comes first" in page.get_by_test_id("sentence").inner_text()
    assert "39 places" in page.locator(".ev-head").inner_text()


def test_a_choice_changes_the_ranking_and_the_address_and_can_be_undone(shown):
    page = shown.open()
    before = listed(page)
    page.locator("[data-choice=weights]").select_option("equal")
    expect(page).to_have_url(re.compile(r"c\.weights=equal"))
    wanted = ranked(shown.ask(weights="equal"), PERIODS[-1])
    assert wanted != before
    assert becomes(page, wanted)
    page.get_by_test_id("defaults").click()
    expect(page).not_to_have_url(re.compile(r"c\.weights"))
    assert becomes(page, before)


def test_choices_that_do_not_go_together_are_refused_in_words_and_can_be_undone(shown):
    page = shown.page
    page.evaluate("() => { location.hash = '/clusters/cities/evaluate?c.standardisation=z'; }")
    refused = page.get_by_test_id("refused")
    expect(refused).to_contain_text("entropy weights need values ≥ 0")
    refused.get_by_role("button").click()
    page.locator(".ev-report").wait_for()
    expect(refused).to_have_count(0)


def test_the_slider_of_periods_moves_by_key_and_plays(shown):
    page = shown.open(at=PERIODS[0])
    now = page.get_by_test_id("now")
    expect(now).to_have_text(PERIODS[0])
    page.get_by_test_id("period").get_by_role("slider").press("ArrowRight")
    expect(now).to_have_text(PERIODS[1])
    expect(page).to_have_url(re.compile(f"at={PERIODS[1]}"))
    assert becomes(page, ranked(shown.ask(), PERIODS[1]))
    page.get_by_role("button", name="Play", exact=True).click()
    expect(now).to_have_text(PERIODS[3])
    page.get_by_role("button", name="Pause", exact=True).click()


def test_the_rows_of_every_transition_matrix_add_up_to_one(shown):
    page = shown.open(ask="moves")
    page.get_by_test_id("chain").locator("tbody tr [data-p]").first.wait_for()
    rows = (
        page.get_by_test_id("chain")
        .locator("tbody tr")
        .evaluate_all(
            "all => all.map(row => [...row.querySelectorAll('[data-p]')].map(cell => Number(cell.dataset.p)))"
        )
    )
    known = [row for row in rows if row]
    assert len(known) >= 4
    assert np.allclose([sum(row) for row in known], 1.0, atol=1e-12)
    counts = shown.ask()["tables"]["transitions"]["rows"]["count"]
    printed = page.locator("[data-neighbours=all] .chain-n").all_inner_texts()
    assert sum(int(n.replace(",", "")) for n in printed) == sum(counts[:16])


def test_every_question_has_its_sentence_and_figures_that_can_be_read_as_tables(shown):
    figures = {"where": "moran", "gap": "dagum", "together": "coordination", "holds": "obstacles"}
    for question, figure in figures.items():
        page = shown.open(ask=question, place="320500")
        assert page.get_by_test_id("sentence").inner_text().strip(), question
        card = page.locator(f"[data-figure={figure}]")
        card.get_by_role("button", name="View data").click()
        card.locator("tbody tr").first.wait_for()
        card.get_by_role("button", name="View chart").click()
    expect(page.get_by_test_id("place")).to_contain_text("City 320500")


def test_clusters_are_named_by_three_methods_side_by_side(shown, served):
    page = shown.page
    page.evaluate("() => { location.hash = '/clusters/both/evaluate?ask=clusters&i.threshold=1.1'; }")
    table = page.get_by_test_id("identified")
    table.locator("tbody tr").first.wait_for()
    industry = served.ask("clusters/both/filters")["industries"][0]["id"]
    found = served.ask(f"clusters/both/evaluate/identify?industry={industry}&threshold=1.1")["places"]["rows"]
    read = "all => all.map(row => [row.dataset.place, row.querySelectorAll('.ev-mark-yes').length])"
    shown_rows = [tuple(each) for each in table.locator("tbody tr").evaluate_all(read)]
    assert shown_rows == list(zip(found["place_id"], found["methods"], strict=True))


def test_the_workbook_opens_and_holds_the_ranking(shown, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    page = shown.open()
    with page.expect_download() as waited:
        page.get_by_test_id("xlsx").click()
    saved = tmp_path / "evaluation.xlsx"
    waited.value.save_as(saved)
    book = openpyxl.load_workbook(saved, read_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    told = {str(cell) for row in rows for cell in row if cell is not None}
    first, _ = ranked(shown.ask(), PERIODS[-1])[0]
    assert any(first in cell for cell in told)
    book.close()


def test_the_page_has_no_serious_violation_and_fits_a_telephone(shown, axe):
    run = (
        "() => axe.run(document, { resultTypes: ['violations'] }).then((all) => all.violations"
        ".filter(({ impact }) => ['serious', 'critical'].includes(impact))"
        ".map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))"
    )
    shown.page.set_viewport_size({"width": 390, "height": 844})
    for state in ({"place": "320500"}, {"ask": "moves"}):
        page = shown.open(**state)
        page.evaluate(axe)
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_test_id("theme").click()
    assert page.evaluate(run) == []
    page.get_by_test_id("theme").click()
    page.set_viewport_size({"width": 1360, "height": 860})
