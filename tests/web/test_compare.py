"""Page Compare & rank: ranks among all, chosen units in the address, the ones alike, clusters side by side."""

from __future__ import annotations

import re

from playwright.sync_api import expect

ROUTE = "/clusters/both/compare"


def test_each_rank_has_the_range_that_its_interval_leaves_open(tab, served):
    page = tab().open(f"{ROUTE}?by=krugman")
    units = [each["id"] for each in served.ask("clusters/both/compare/choices")["units"]][:6]
    made = served.ask("clusters/both/compare?index=krugman&" + "&".join(f"unit={unit}" for unit in units))
    krugman = made["indices"][0]
    for k, unit in enumerate(units):
        row = page.locator(f"[data-unit='{unit}'] .rank-line")
        expect(row).to_contain_text(f"No. {krugman['rank'][k]}")
        if krugman["rank_best"][k] != krugman["rank_worst"][k]:
            expect(row).to_contain_text(f"{krugman['rank_best'][k]}–{krugman['rank_worst'][k]} possible")


def test_units_and_indices_are_added_removed_and_kept_in_the_address(tab, served):
    page = tab().open(f"{ROUTE}?by=krugman")
    choices = served.ask("clusters/both/compare/choices")
    seventh, industry = choices["units"][6], choices["others"][0]
    add = page.locator(".compare-add")
    add.get_by_role("combobox").first.click()
    add.get_by_role("option", name=seventh["title"]["en"], exact=False).first.click()
    page.locator(f"[data-unit='{seventh['id']}']").wait_for()
    add.get_by_role("combobox").nth(1).click()
    add.get_by_role("option", name="Location quotient").click()
    add.get_by_role("combobox").nth(2).click()
    add.get_by_role("option", name=industry["title"]["en"]).first.click()
    expect(page.locator(".compared thead")).to_contain_text(f"Location quotient, {industry['title']['en']}")
    page.reload()
    page.locator(f"[data-unit='{seventh['id']}']").wait_for()
    expect(page.locator(".compared thead").first).to_contain_text(f"Location quotient, {industry['title']['en']}")
    page.locator(f"[data-unit='{seventh['id']}']").get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.locator(f"[data-unit='{seventh['id']}']")).to_have_count(0)


def test_the_table_is_sorted_by_an_index_either_way(tab, served):
    page = tab().open(f"{ROUTE}?by=krugman,diversity")
    choices = served.ask("clusters/both/compare/choices")
    made = served.ask(
        "clusters/both/compare?index=krugman&" + "&".join(f"unit={u['id']}" for u in choices["units"][:6])
    )
    largest = sorted(range(6), key=lambda k: -made["indices"][0]["value"][k])
    head = page.locator(".compared thead").get_by_role("button", name="Krugman index").first
    head.wait_for()
    head.click()
    order = [made["units"][k]["id"] for k in largest]
    expect(page.locator("[data-unit]").first).to_have_attribute("data-unit", order[0])
    head.click()
    expect(page.locator("[data-unit]").first).to_have_attribute("data-unit", order[-1])


def test_the_places_most_alike_are_those_of_the_server_and_can_be_added(tab, served):
    page = tab().open(ROUTE)
    first = served.ask("clusters/both/compare/choices")["units"][0]["id"]
    found = served.ask(f"clusters/both/similar?to={first}")["found"]
    page.locator("[data-similar]").first.wait_for()
    shown = page.locator("[data-similar]").evaluate_all("all => all.map(each => each.dataset.similar)")
    assert shown == [each["id"] for each in found]
    page.locator("[data-unit]").first.wait_for()
    chosen = page.locator("[data-unit]").evaluate_all("all => all.map(each => each.dataset.unit)")
    new = next((each for each in shown if each not in chosen), None)
    assert new is not None
    page.locator(f"[data-similar='{new}'] button").click()
    page.locator(f"[data-unit='{new}']").wait_for()


def test_industries_are_compared_as_places_are(tab):
    page = tab().open(ROUTE)
    page.get_by_role("button", name="Industries", exact=True).click()
    expect(page.locator(".compared thead")).to_contain_text("Ellison–Glaeser")
    expect(page.get_by_test_id("similar")).to_contain_text("spread alike")


def test_clusters_stand_side_by_side_and_what_one_lacks_is_said(tab):
    page = tab().open(ROUTE)
    clusters = page.get_by_test_id("clusters")
    clusters.locator("tbody tr").first.wait_for()
    expect(clusters.locator("thead")).to_contain_text("Both spaces")
    expect(clusters.locator("thead")).to_contain_text("Only names")
    expect(clusters.locator("tbody tr").filter(has_text="Krugman")).to_contain_text("place_id")


def test_a_cluster_without_places_or_industries_says_what_it_needs(tab):
    opened = tab()
    page = opened.open("/clusters/names/compare")
    expect(page.locator(".state-empty")).to_contain_text("place_id")
    opened.errors[:] = [error for error in opened.errors if "422" not in error]


def test_the_file_has_one_row_for_each_unit_and_index(tab, tmp_path):
    page = tab().open(f"{ROUTE}?by=krugman,diversity")
    page.locator("[data-unit]").first.wait_for()
    with page.expect_download() as waited:
        page.locator(".compared").get_by_role("button", name="CSV").click()
    saved = tmp_path / "compare.csv"
    waited.value.save_as(saved)
    lines = saved.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].split(",")[:4] == ["unit", "name", "index", "title"]
    assert len(lines) == 1 + 6 * 2
