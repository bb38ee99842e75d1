"""Pages Network and Platform: numbers as the server gives them, with interval and chance; states; accessibility."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

VIOLATIONS = (
    "() => axe.run(document, { resultTypes: ['violations'] }).then((all) => all.violations"
    ".filter(({ impact }) => ['serious', 'critical'].includes(impact))"
    ".map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))"
)


def test_every_number_of_a_part_is_on_screen_with_its_answer_to_how_do_you_know(tab, served):
    page = tab().open("/clusters/both/network")
    made = served.ask("clusters/both/network/summary")
    part = page.locator("[data-part=summary]")
    expect(part.locator("[data-number]")).to_have_count(len(made["numbers"]))
    expect(part.locator(".part-takeaway")).to_have_text(made["takeaway"]["en"])
    ranged = next(n for n in made["numbers"] if n["low"] is not None)
    expect(part.locator(f'[data-number="{ranged["id"]}"] .number-value')).to_contain_text("Interval")
    part.locator(f'[data-number="{ranged["id"]}"]').get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(ranged["how"]["sentence"]["en"])
    expect(dialog).to_contain_text("jiqun network")


def test_what_lies_below_is_asked_for_when_it_is_looked_at(tab, served):
    page = tab().open("/clusters/both/network")
    page.locator("[data-part=summary] [data-number]").first.wait_for()
    page.get_by_role("button", name=served.ask("clusters/both/network/choices")["parts"][-1]["title"]["en"]).click()
    made = served.ask("clusters/both/network/resilience")
    expect(page.locator("[data-part=resilience] [data-number]")).to_have_count(len(made["numbers"]))


def test_a_cluster_without_links_says_what_the_pages_need(tab):
    opened = tab()
    for name in ("network", "platform"):
        page = opened.open(f"/clusters/names/{name}", lang="zh")
        expect(page.locator(".state-empty")).to_contain_text("没有互动")


def test_the_platform_shows_what_is_known_names_what_is_missing_and_where_the_cluster_stands(tab, served):
    page = tab().open("/clusters/both/platform")
    made = served.ask("clusters/both/platform?by=side")
    rows = made["rows"]
    known = {i["id"] for i in made["indicators"] if i["family"] == "participants"}
    shown = sum(indicator in known for indicator in rows["indicator"])
    expect(page.locator("[data-part=participants] [data-number]")).to_have_count(shown)
    missing = [i for i in made["indicators"] if i["family"] == "activity" and i["missing"]]
    expect(page.locator("[data-part=activity] .missing-list li")).to_have_count(len(missing))
    page.get_by_role("button", name="What drives it").click()
    position = served.ask("clusters/both/driver")["position"]
    expect(page.get_by_test_id("position")).to_contain_text(position["says"]["en"])


@pytest.mark.parametrize(
    ("name", "theme", "lang", "width"),
    [("network", "light", "en", 1440), ("network", "dark", "zh", 390), ("platform", "dark", "zh", 390)],
)
def test_the_pages_have_no_serious_violation_and_fit_a_telephone(tab, axe, name, theme, lang, width):
    page = tab(width, 844).open(f"/clusters/both/{name}", lang=lang, theme=theme)
    page.locator("[data-number]").first.wait_for()
    page.wait_for_timeout(300)
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
