"""Two spaces: a selection on either side lights up the other, time moves by keyboard, and the address says it all."""

from __future__ import annotations

import csv
import io
import re

from playwright.sync_api import expect


def selected(page, name):
    return int(page.get_by_test_id(name).get_attribute("data-selected") or 0)


def draw_box(page, space, width, height):
    page.get_by_test_id(f"box-button-{space}").click()
    area = page.get_by_test_id(f"box-{space}").bounding_box()
    page.mouse.move(area["x"] + 4, area["y"] + 4)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * width, area["y"] + area["height"] * height, steps=3)
    page.mouse.up()
    page.get_by_test_id("selection").wait_for()


def test_a_community_of_the_network_lights_up_its_firms_on_the_map(spaces, served):
    nodes = served.ask("clusters/both/network")["nodes"]
    page = spaces()
    assert selected(page, "map") == 0
    page.locator("[data-category='1']").click()
    page.get_by_test_id("selection").wait_for()
    members = nodes["community"].count(1)
    assert selected(page, "graph") == members
    assert selected(page, "map") == members
    assert "pick=community%3A1" in page.url
    page.get_by_test_id("clear").click()
    page.get_by_test_id("selection").wait_for(state="detached")
    assert selected(page, "map") == 0


def test_a_box_on_the_map_lights_up_the_firms_within_it_in_the_network(spaces, served):
    nodes = served.ask("clusters/both/network")["nodes"]
    page = spaces()
    draw_box(page, "physical", 0.6, 0.7)
    west, south, east, north = (float(x) for x in re.search(r"pick=map-box%3A([^&]+)", page.url)[1].split("%2C"))
    within = [
        west <= (lon or 999) <= east and south <= (lat or 999) <= north
        for lon, lat in zip(nodes["lon"], nodes["lat"], strict=True)
    ]
    assert 0 < sum(within) < len(within)
    assert selected(page, "graph") == sum(within)


def test_a_box_in_the_network_lights_up_points_on_the_map(spaces):
    page = spaces()
    draw_box(page, "digital", 0.5, 0.98)
    assert selected(page, "graph") > 0
    assert 0 < selected(page, "map") <= selected(page, "graph")


def test_a_shared_link_opens_with_the_same_selection(spaces):
    page = spaces("?pick=community:0&colour=industry")
    assert selected(page, "map") > 0
    assert page.get_by_role("button", name="Industry", exact=True).get_attribute("aria-pressed") == "true"


def test_time_moves_and_plays_by_keyboard(spaces, served):
    periods = served.ask("clusters/both/filters")["periods"]
    page = spaces()
    thumb = page.get_by_test_id("thumb-last")
    assert thumb.get_attribute("aria-valuemax") == str(len(periods) - 1)
    thumb.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**to={periods[-2]}**")
    page.keyboard.press("Home")
    page.wait_for_url(f"**to={periods[0]}**")
    page.get_by_test_id("time-range").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**from={periods[1]}**")
    page.keyboard.press("Space")
    page.wait_for_url(f"**from={periods[3]}**")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    stopped = page.url
    page.wait_for_timeout(2000)
    assert page.url == stopped


def test_a_period_shows_the_counts_of_the_server(spaces, served):
    first = served.ask("clusters/both/filters")["periods"][2]
    network = served.ask(f"clusters/both/network?first={first}&last={first}")
    page = spaces(f"?from={first}&to={first}")
    expect(page.get_by_test_id("count-digital")).to_contain_text(f"{network['shown']:,} of {network['total']:,}")


def test_an_industry_can_be_chosen_by_typing(spaces, served):
    industry = served.ask("clusters/both/filters")["industries"][1]
    page = spaces()
    box = page.get_by_role("combobox", name="Industry")
    box.click()
    box.fill(industry["title"]["en"][:5])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**industry={industry['id']}**")
    expect(box).to_have_value(industry["title"]["en"])


def test_the_table_behind_the_network_is_that_of_the_server(spaces, served):
    nodes = served.ask("clusters/both/network")["nodes"]
    page = spaces()
    with page.expect_download() as waiting:
        page.get_by_test_id("pane-digital").get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    assert [row["id"] for row in rows] == nodes["id"]
    assert [float(row["size"]) for row in rows] == nodes["size"]


def test_pictures_of_both_panes_are_not_blank(spaces):
    page = spaces()
    page.wait_for_timeout(1500)
    for space in ("physical", "digital"):
        with page.expect_download() as waiting:
            page.get_by_test_id(f"pane-{space}").get_by_role("button", name="PNG").click()
        assert waiting.value.path().stat().st_size > 20_000
