"""Page Measures: what is on screen is what the server computed, and the address says what was asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

LQ = "/clusters/both/measures?index=location_quotient&p.weight=count&p.replicates=0"
M = "/clusters/both/measures?index=marcon_puech_m&p.simulations=19"


def test_the_threshold_says_what_share_is_kept_and_stays_in_the_address(tab, served):
    page = tab().open(LQ)
    values = served.ask("clusters/both/measures/location_quotient?weight=count&replicates=0")["rows"]["value"]
    kept = page.get_by_test_id("kept")
    expect(kept).to_contain_text(f"{len(values)} of {len(values)} rows kept (100%)")
    page.locator(".cutting-number").fill("1.5")
    page.locator(".cutting-number").press("Enter")
    above = sum(value is not None and value >= 1.5 for value in values)
    expect(kept).to_contain_text(f"{above} of {len(values)} rows kept")
    expect(page.locator(".data-table-foot, .pager")).to_contain_text(f"of {above}")
    assert "by=value" in page.url
    assert "at=1.5" in page.url
    page.reload()
    expect(page.get_by_test_id("kept")).to_contain_text(f"{above} of {len(values)} rows kept")


def test_the_slider_moves_with_the_keys_to_the_next_different_value(tab, served):
    page = tab().open(LQ)
    values = served.ask("clusters/both/measures/location_quotient?weight=count&replicates=0")["rows"]["value"]
    steps = sorted({value for value in values if value is not None})
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    slider.press("End")
    highest = sum(value == steps[-1] for value in values)
    expect(page.get_by_test_id("kept")).to_contain_text(f"{highest} of {len(values)} rows kept")
    assert page.locator(".data-table tbody tr").count() == highest


def test_a_percentile_is_among_the_peers_that_are_chosen(tab, served):
    page = tab().open(LQ)
    page.get_by_test_id("peers").select_option("industry")
    expect(page).to_have_url(re.compile("peers=industry"))
    asked = served.ask("clusters/both/measures/location_quotient?weight=count&replicates=0&peers=industry&order=value")
    header = page.locator(".data-table thead th").all_inner_texts()
    column = next(k for k, text in enumerate(header) if text.startswith("Percentile"))
    cell = page.locator(".data-table tbody tr").first.locator("td").nth(column)
    expect(cell).to_have_text(f"{round(asked['rows']['percentile'][0], 1):g}")
    expect(page.locator(".peers small")).to_contain_text("same industry in every place")


def test_one_industry_of_an_index_of_places_and_industries_is_shown_alone_and_on_the_map(tab, served):
    industry = served.ask("clusters/both/filters")["industries"][0]["id"]
    page = tab().open(f"{LQ}&k.industry_id={industry}")
    places = served.ask(f"clusters/both/measures/location_quotient?weight=count&replicates=0&industry_id={industry}")[
        "rows"
    ]["value"]
    expect(page.get_by_test_id("kept")).to_contain_text(f"{len(places)} of {len(places)} rows kept")
    drawn = page.locator(".place-map [data-testid=map]")
    drawn.wait_for()
    layer = served.ask("clusters/both/places")
    assert layer["mode"] == "points"
    assert drawn.get_attribute("data-places") == str(sum(value is not None for value in places))


def test_curves_are_shown_one_at_a_time_and_say_where_they_leave_the_band(tab, served):
    page = tab().open(M)
    rows = served.ask("clusters/both/measures/marcon_puech_m?simulations=19")["rows"]
    industries = sorted(set(rows["industry_id"]))
    page.locator(".mini").first.wait_for()
    assert page.locator(".mini").count() == min(12, len(industries))
    # The first is one that no other is less likely than.
    p = dict(zip(rows["industry_id"], rows["p_global"], strict=True))
    least = min(value for value in p.values() if value is not None)
    expect(page.locator(".mini").first).to_contain_text(f"p = {least:g}")
    title = page.locator(".figure h3").inner_text()
    page.locator(".mini").nth(1).click()
    expect(page.locator(".figure h3")).not_to_have_text(title)
    assert "curve=" in page.url
    assert page.locator(".mini").nth(1).get_attribute("aria-pressed") == "true"
    page.locator(".figure").get_by_role("button", name="View data").click()
    header = page.locator(".figure thead th").all_inner_texts()
    for each in ("Distance", "Value", "Expected", "Local band, low", "Global band, high"):
        assert any(text.startswith(each) for text in header), each


def test_a_threshold_on_the_p_of_curves_leaves_the_other_curves_out(tab, served):
    page = tab().open(f"{M}&by=p_global&at=0.05")
    rows = served.ask("clusters/both/measures/marcon_puech_m?simulations=19")["rows"]
    p = dict(zip(rows["industry_id"], rows["p_global"], strict=True))
    kept = sum(value is not None and value <= 0.05 for value in p.values())
    if kept > 1:
        page.locator(".mini").first.wait_for()
        assert page.locator(".mini").count() == min(12, kept)
    else:
        expect(page.locator(".mini")).to_have_count(0)


def test_pairs_are_a_heat_map_and_a_table(tab):
    page = tab().open("/clusters/both/measures?index=proximity&p.cut=0")
    page.locator(".figure canvas").first.wait_for()
    page.locator(".figure").get_by_role("button", name="View data").click()
    expect(page.locator(".figure thead th").first).to_contain_text("Industry")


def test_a_list_of_industries_is_chosen_by_name_and_asked_for(tab, served):
    names = {each["id"]: each["title"]["en"] for each in served.ask("clusters/both/filters")["industries"]}
    first = next(iter(names))
    page = tab().open(M)
    page.locator("details summary").first.click() if not page.locator("details[open]").count() else None
    group = page.get_by_role("group", name="only", exact=True)
    group.get_by_role("combobox").click()
    group.get_by_role("option", name=names[first]).first.click()
    expect(page).to_have_url(re.compile(f"p\\.only={re.escape(first)}"))
    page.locator(".figure canvas").first.wait_for()
    expect(page.locator(".mini")).to_have_count(0)
    expect(page.locator(".figure h3")).to_contain_text(names[first])


def test_a_long_computation_shows_that_it_runs_and_can_be_stopped_and_begun_again(tab):
    opened = tab()
    page = opened.page
    asked = []

    def not_yet(route):
        asked.append(route.request.url)
        body = '{"error": {"message": "Not yet.", "message_zh": null, "status": 504}}'
        route.fulfill(status=504, content_type="application/json", body=body)

    page.route("**/measures/krugman*", not_yet)
    page.goto(f"{opened.served.address}?lang=en&theme=light#/clusters/both/measures?index=krugman&p.replicates=0")
    running = page.get_by_test_id("running")
    running.wait_for()
    expect(running).to_contain_text("Computing: Krugman index")
    # Asked again while it is not ready, without anybody doing anything.
    page.wait_for_timeout(2500)
    assert len(asked) >= 2
    running.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped waiting")).to_be_visible()
    page.unroute("**/measures/krugman*")
    page.get_by_role("button", name="Compute").click()
    page.locator(".data-table tbody tr").first.wait_for()
    # What the test itself refused is no fault of the page.
    opened.errors[:] = [error for error in opened.errors if "504" not in error]


def test_what_a_cluster_lacks_is_said_and_is_no_fault(tab):
    opened = tab()
    page = opened.open("/clusters/names/measures?index=marcon_puech_m")
    expect(page.locator(".measure-result .state-empty")).to_contain_text("industry_id")
    opened.errors[:] = [error for error in opened.errors if "422" not in error]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_method_names_definition_conventions_and_sources(tab, lang):
    page = tab().open(LQ, lang=lang)
    page.locator(".method-button").click()
    drawer = page.locator("dialog[open]")
    drawer.locator("math").wait_for(state="attached")
    assert drawer.locator("a[href^='https://doi.org/']").count() >= 2
    assert drawer.get_by_text("minimum_rows").count() >= 1
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_the_settings_of_another_package_are_a_click_away_with_what_is_wrong_with_it(tab):
    page = tab().open("/clusters/both/measures?index=locational_gini&p.replicates=0")
    page.locator(".method-button").click()
    preset = page.locator("dialog[open] [data-preset=econgeo]")
    preset.get_by_text("Where it is known to be wrong").click()
    expect(preset).to_contain_text("half of the Gini")
    preset.get_by_role("button", name="Use these settings").click()
    expect(page).to_have_url(re.compile("p\\.definition=half"))
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_digital_space_is_violet_and_has_no_map(tab, served):
    page = tab().open("/clusters/both/measures?index=krugman&space=digital&p.replicates=0")
    made = served.ask("clusters/both/measures/krugman?space=digital&replicates=0")
    expect(page.get_by_test_id("kept")).to_contain_text(f"of {made['total']} rows kept")
    assert page.locator(".figure.space-edge-digital").count() == 1
    expect(page.locator(".data-table thead th").first).to_contain_text("Community")
    assert page.locator(".place-map").count() == 0


def test_what_has_no_places_is_offered_in_the_digital_space(tab):
    opened = tab()
    refusal = '{"error": {"message": "Needs place_id.", "message_zh": null, "status": 422}}'
    opened.page.route(
        "**/measures/hoover?space=physical*",
        lambda route: route.fulfill(status=422, content_type="application/json", body=refusal),
    )
    page = opened.open("/clusters/both/measures?index=hoover&p.replicates=0")
    page.get_by_role("button", name="Compute it in the digital space").click()
    expect(page).to_have_url(re.compile("space=digital"))
    page.locator(".figure.space-edge-digital").wait_for()
    # What the test itself refused is no fault of the page.
    opened.errors[:] = [error for error in opened.errors if "422" not in error]
