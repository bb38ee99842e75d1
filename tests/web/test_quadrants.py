"""Industries and distance on the two-space map: on screen is what the server found, and it brushes both spaces."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

QUADRANTS = "/clusters/both/map?view=industries"
CORNERS = (
    "concentrated-concentrated",
    "dispersed-concentrated",
    "concentrated-dispersed",
    "dispersed-dispersed",
)


def test_industries_stand_in_the_quadrant_the_server_found_and_are_shown_in_both_spaces(tab, served):
    page = tab().open(QUADRANTS)
    made = served.ask("clusters/both/quadrants?draws=999")
    tally = page.get_by_test_id("tally").locator("li")
    for position, corner in enumerate(CORNERS):
        expect(tally.nth(position).locator("h3")).to_contain_text(made["names"][corner]["en"])
        expect(tally.nth(position).locator("button")).to_have_count(min(12, made["counts"].get(corner, 0)))
    first = page.get_by_test_id("tally").locator("button").first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    assert "pick=industry" in page.url
    for space in ("map", "graph"):
        expect(page.get_by_test_id(space)).not_to_have_attribute("data-selected", "0")
        expect(page.get_by_test_id(space)).not_to_have_attribute("data-selected", "")
    page.locator("[data-figure=quadrants]").get_by_role("button", name="View data").click()
    rows = made["figure"]["rows"]
    expect(page.locator("[data-figure=quadrants] tbody tr")).to_have_count(min(12, len(rows["industry_id"])))


def test_what_makes_the_network_is_chosen_and_stays_in_the_address(tab, served):
    page = tab().open(QUADRANTS)
    page.get_by_test_id("interactions").select_option("channel=platform")
    built = served.ask("clusters/both/quadrants?draws=999&interactions=channel=platform")["built"]["says"]["en"]
    expect(page.get_by_test_id("built").first).to_contain_text(built)
    assert "interactions=channel" in page.url


def test_distance_shows_the_elasticity_and_its_course(tab, served):
    page = tab().open("/clusters/both/map?view=gravity&interactions=channel%3Doffline")
    made = served.ask("clusters/both/gravity?interactions=channel=offline")
    first = page.locator("[data-number=distance] .number-value")
    expect(first).to_contain_text(f"{made['numbers'][0]['value']:.2f}"[:4])
    for figure in made["figures"]:
        expect(page.locator(f"[data-figure={figure['id']}]")).to_be_visible()


def test_the_page_of_measures_says_what_the_network_is_made_of_and_what_chance_means(tab, served):
    page = tab().open("/clusters/both/measures?index=ellison_glaeser&space=digital&p.replicates=0")
    page.get_by_test_id("interactions").select_option("kind=order")
    page.get_by_test_id("period").select_option("2021")
    asked = "clusters/both/measures/ellison_glaeser?space=digital&replicates=0&interactions=kind=order&period=2021"
    made = served.ask(asked)
    expect(page.get_by_test_id("built")).to_contain_text(made["built"]["says"]["en"])
    expect(page.get_by_test_id("built")).to_contain_text(made["chance"]["en"])
    assert "period=2021" in page.url


@pytest.mark.parametrize(("theme", "lang", "width"), [("light", "en", 1440), ("dark", "zh", 390)])
def test_industries_have_no_serious_violation_and_fit_a_telephone(tab, axe, theme, lang, width):
    page = tab(width, 844).open(QUADRANTS, lang=lang, theme=theme)
    page.get_by_test_id("tally").wait_for()
    page.wait_for_timeout(300)
    page.evaluate(axe)
    found = page.evaluate(
        "() => axe.run(document, { resultTypes: ['violations'] }).then((all) => all.violations"
        ".filter(({ impact }) => ['serious', 'critical'].includes(impact))"
        ".map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))"
    )
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
