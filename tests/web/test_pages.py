"""Every page, in both languages and themes and on three sizes: it renders, it fits, everyone can use it."""

from __future__ import annotations

import re

import pytest

ROUTES = {
    "home": "/",
    "profile": "/clusters/both/profile",
    "map": "/clusters/both/map",
    "measures": "/clusters/both/measures?index=location_quotient&p.weight=count&p.replicates=20",
    "curves": "/clusters/both/measures?index=marcon_puech_m&p.simulations=9",
    "industries": "/clusters/both/map?view=industries",
    "network": "/clusters/both/network",
    "platform": "/clusters/both/platform",
    "compare": "/clusters/both/compare",
    "evaluate": "/clusters/both/evaluate",
    "data": "/clusters/both/data",
}
SIZES = [(1440, 900), (390, 844)]


@pytest.mark.parametrize("name", ROUTES)
def test_a_page_has_no_serious_violation_in_either_theme_and_fits_a_telephone(tab, axe, name):
    for theme, lang, width, height in (("light", "en", 1440, 900), ("dark", "zh", 390, 844)):
        page = tab(width, height).open(ROUTES[name], lang=lang, theme=theme)
        page.wait_for_timeout(300)
        page.evaluate(axe)
        found = page.evaluate(
            "() => axe.run(document, { resultTypes: ['violations'] }).then((all) => all.violations"
            ".filter(({ impact }) => ['serious', 'critical'].includes(impact))"
            ".map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))"
        )
        assert found == [], theme
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", [name for name in ROUTES if name not in {"map", "industries"}])
def test_the_language_switch_changes_every_heading_and_is_remembered(tab, name):
    opened = tab()
    page = opened.open(ROUTES[name])
    before = page.locator("main h1").inner_text()
    page.get_by_test_id("language").click()
    after = page.locator("main h1").inner_text()
    assert before != after
    assert re.search(r"[\u4e00-\u9fff]", after)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.reload()
    page.locator("main h1").wait_for()
    assert page.locator("main h1").inner_text() == after


@pytest.mark.parametrize(("lang", "words"), [("en", "Generated data"), ("zh", "生成数据")])
def test_generated_data_says_so_on_every_screen(tab, lang, words):
    opened = tab(390, 844)
    for route in ROUTES.values():
        page = opened.open(route, lang=lang)
        badge = page.locator("[data-origin=generated]").first
        badge.wait_for()
        assert words in badge.inner_text(), route
        if route != "/":
            assert badge.bounding_box()["y"] < 200, route


def test_home_shows_each_cluster_with_its_badge_and_leads_to_it(tab):
    page = tab().open("/")
    assert page.locator("[data-cluster]").count() == 2
    assert page.locator("[data-cluster=both] [data-origin=generated]").count() == 1
    assert page.locator("[data-cluster=names] [data-origin=evaluation]").count() == 1
    page.locator("[data-cluster=both] h3 a").click()
    page.locator("[data-kpi]").first.wait_for()
    assert "/clusters/both/profile" in page.url


def test_a_cluster_of_names_alone_is_explained_and_not_broken(tab):
    opened = tab()
    page = opened.open("/clusters/names/map")
    assert page.locator(".state-empty").count() == 2
    assert page.locator(".state-empty p").first.inner_text().strip()
    page = opened.open("/clusters/names/profile")
    page.locator(".prose p").first.wait_for()
    assert page.locator("[data-figure]").count() == 0
    assert page.locator(".state-empty p").inner_text().strip()


def test_an_address_that_is_not_there_gets_a_page_that_says_so(tab):
    page = tab().open("/nowhere")
    page.locator(".state-empty").get_by_role("link", name="All clusters").click()
    page.locator("[data-cluster=both]").wait_for()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_both_panes_are_on_one_screen_where_there_is_room(tab, width, height):
    page = tab(width, height).open("/clusters/both/map")
    boxes = [page.get_by_test_id(f"pane-{space}").bounding_box() for space in ("physical", "digital")]
    if width < 900:
        assert boxes[1] is None
        page.get_by_role("button", name="Network", exact=True).click()
        digital = page.get_by_test_id("pane-digital")
        digital.wait_for(state="visible")
        assert digital.bounding_box()["width"] > width * 0.8
    else:
        assert all(box["y"] + box["height"] <= height for box in boxes)
        assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
