"""Figures: the table behind is what the server says, it can be taken along, and it says how it is known."""

from __future__ import annotations

import csv
import io


def test_view_data_shows_the_rows_of_the_server(tab, served):
    profile = served.ask("clusters/both/profile")
    figure = next(each for each in profile["figures"] if not each["missing"])
    page = tab().open(f"/clusters/both/profile?data={figure['id']}")
    card = page.locator(f"[data-figure='{figure['id']}']")
    card.locator("tbody tr").first.wait_for()
    names = [column["name"] for column in figure["columns"]]
    length = len(figure["rows"][names[0]])
    assert card.locator("tbody tr").count() == min(length, 12)
    assert card.locator("thead th").count() == len(names)
    numeric = next(k for k, column in enumerate(figure["columns"]) if column["type"] in {"integer", "number", "money"})
    value = figure["rows"][names[numeric]][0]
    shown = card.locator("tbody tr").first.locator("td").nth(numeric).inner_text()
    assert abs(float(shown.replace(",", "")) - value) <= max(0.51, abs(value) * 1e-5)


def test_the_csv_of_a_figure_holds_its_numbers_to_the_last_digit(tab, served):
    figure = next(each for each in served.ask("clusters/both/profile")["figures"] if not each["missing"])
    page = tab().open("/clusters/both/profile")
    card = page.locator(f"[data-figure='{figure['id']}']")
    with page.expect_download() as waiting:
        card.get_by_role("button", name="CSV").click()
    assert waiting.value.suggested_filename == f"both-{figure['id']}.csv"
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    for column in figure["columns"]:
        name = column["name"]
        assert [row[name] for row in rows if row[name]] == [
            text if isinstance(text := value, str) else _number(row[name], value)
            for row, value in zip(rows, figure["rows"][name], strict=True)
            if value is not None
        ]


def _number(text, value):
    assert float(text) == value
    return text


def test_the_picture_of_a_figure_is_a_png_with_something_on_it(tab, served):
    figure = next(each for each in served.ask("clusters/both/profile")["figures"] if not each["missing"])
    page = tab().open("/clusters/both/profile")
    card = page.locator(f"[data-figure='{figure['id']}']")
    card.locator("canvas").first.wait_for()
    with page.expect_download() as waiting:
        card.get_by_role("button", name="PNG").click()
    picture = waiting.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 8_000


def test_how_do_you_know_gives_the_command_that_reproduces_the_number(tab, served):
    figure = next(each for each in served.ask("clusters/both/profile")["figures"] if not each["missing"])
    page = tab().open("/clusters/both/profile")
    page.locator(f"[data-figure='{figure['id']}'] .how-button").click()
    drawer = page.locator("dialog[open]")
    assert figure["how"]["sentence"]["en"] in drawer.inner_text()
    assert drawer.locator(".command code").inner_text() == figure["how"]["trace"]["command"]
    assert figure["how"]["trace"]["data_hash"][:16] in drawer.inner_text()
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")


def test_a_number_in_the_prose_leads_to_its_figure(tab):
    page = tab().open("/clusters/both/profile")
    page.locator(".prose .number").first.click()
    page.locator(".figure.marked").wait_for()
    assert "figure=" in page.url
    assert page.locator(".figure.marked").get_attribute("data-figure") in page.url


def test_every_key_figure_shows_its_interval_or_says_why_there_is_none(tab, served):
    kpis = {each["id"]: each for each in served.ask("clusters/both/profile")["kpis"]}
    page = tab().open("/clusters/both/profile")
    page.locator("[data-kpi]").first.wait_for()
    assert page.locator("[data-kpi]").count() == len(kpis)
    for id_, kpi in kpis.items():
        cell = page.locator(f"[data-kpi='{id_}']")
        assert cell.locator(".kpi-band").count() == (kpi["value"] is not None and kpi["low"] is not None)
        assert kpi["low"] is not None or cell.locator(".kpi-interval, .kpi-note").count() >= 1


def test_the_findings_of_the_page_are_those_of_the_server(tab, served):
    items = served.ask("clusters/names/findings")["items"]
    page = tab().open("/clusters/names/data")
    assert page.locator("[data-testid=findings-table] tbody tr").count() == len(items)
    for item in items:
        assert page.locator(f"[data-testid=findings-table] [data-rule='{item['rule']}']").count() >= 1


def test_a_table_can_be_paged_and_the_page_is_in_the_address(tab, served):
    page = tab().open("/clusters/both/data?table=actors")
    page.locator(".data-table tbody tr").first.wait_for()
    page.get_by_role("button", name="Next page").click()
    page.wait_for_url("**offset=50**")
    rows = served.ask("clusters/both/tables/actors?limit=1&offset=50")["rows"]
    page.get_by_text(rows["actor_id"][0], exact=True).first.wait_for()


def test_measures_are_computed_with_the_parameters_of_the_form(tab, served):
    query = "space=physical&weight=count&replicates=20"
    result = served.ask(f"clusters/both/measures/location_quotient?{query}")
    page = tab().open("/clusters/both/measures?index=location_quotient&p.weight=count&p.replicates=20")
    page.locator(".measure-result canvas").first.wait_for()
    assert f"of {result['total']:,}" in page.locator(".measure-result .pager").inner_text()
