"""Own data: files become a drafted recipe, the recipe a cluster, the cluster can be removed and brought back."""

from __future__ import annotations

FIRMS = """firm id;name;city;lon;lat
f1;义乌一厂;义乌;120.07;29.31
f2;义乌二厂;义乌;120.08;29.30
f3;杭州厂;杭州;120.15;30.27
"""


def send(page, name, text, encoding="utf-8"):
    page.get_by_test_id("files").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": text.encode(encoding)}]
    )


def test_files_become_a_cluster_that_can_be_removed_and_brought_back(tab):
    page = tab().open("/")
    send(page, "my_firms.csv", FIRMS)
    recipe = page.get_by_test_id("recipe")
    recipe.wait_for()
    assert "my_firms.csv" in recipe.input_value()
    page.get_by_test_id("build").click()
    page.get_by_role("link", name="Open", exact=True).wait_for()
    page.get_by_role("link", name="Open", exact=True).click()
    page.locator("[data-kpi], .portrait-title").first.wait_for()
    id_ = page.url.split("/clusters/")[1].split("/")[0]
    page.get_by_role("link", name="All clusters").click()
    tile = page.locator(f"[data-cluster='{id_}']")
    tile.wait_for()
    tile.get_by_role("button").click()
    tile.wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    tile.wait_for()


def test_a_file_that_cannot_be_read_is_refused_with_the_place_and_nothing_is_made(tab, served):
    before = {card["id"] for card in served.ask("clusters")}
    opened = tab()
    page = opened.open("/")
    send(page, "ragged.csv", "id,name\n1,甲\n2,乙,丙,丁,戊\n3\n")
    page.locator("[data-testid=job][data-step=draft], .upload-problem").first.wait_for()
    if page.get_by_test_id("build").count():
        page.get_by_test_id("build").click()
    problem = page.locator(".upload-problem")
    problem.first.wait_for()
    said = problem.first.inner_text()
    assert "ragged.csv" in said
    assert any(character.isdigit() for character in said.replace("ragged.csv", ""))
    assert {card["id"] for card in served.ask("clusters")} == before
    # The browser itself logs every refusal of the server; here one is what is asked for.
    opened.errors[:] = [each for each in opened.errors if "status of 4" not in each]


def test_a_draft_can_be_cancelled(tab, served):
    before = {card["id"] for card in served.ask("clusters")}
    page = tab().open("/")
    send(page, "other.csv", FIRMS)
    page.get_by_test_id("recipe").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Nothing was written").wait_for()
    page.get_by_role("button", name="Start again").click()
    page.get_by_test_id("drop").wait_for()
    assert {card["id"] for card in served.ask("clusters")} == before
