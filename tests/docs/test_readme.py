"""The two front pages say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jiqun.measure import indices

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.zh.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_is_there_and_pictures_are_small(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).is_file()] == []
    pictures = [ROOT / target for target in targets if target.endswith(".png")]
    assert pictures
    assert all(picture.stat().st_size <= 400_000 for picture in pictures)


@pytest.mark.parametrize("page", PAGES)
def test_the_python_example_gives_a_table(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jiqun.engine import writing
    from jiqun.ingest.generated.build import generate

    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    (folder,) = re.findall(r'jiqun\.open\("([^"]+)"\)', example)
    tables = generate(actors=120, interactions=800, places=4, communities=2, seed=1).tables
    (tmp_path / folder).parent.mkdir()
    with writing(tmp_path / folder) as writer:
        for name, frame in tables.items():
            writer.part(name, f"{name}-0000000000000000000000", frame.write_parquet)
        writer.commit(_about())
    monkeypatch.chdir(tmp_path)
    *lines, last = example.strip().splitlines()
    names: dict[str, object] = {}
    exec("\n".join(lines), names)
    table = eval(last, names)
    assert {"industry_id", "value"} <= set(table.columns)
    assert table.height > 0


def _about() -> object:
    from jiqun.cluster import About

    return About(id="two-space-generated", origin="generated")


def test_the_indices_named_on_the_front_page_exist() -> None:
    assert {"location_quotient", "ellison_glaeser", "maurel_sedillot"} <= set(indices())


def test_the_two_front_pages_show_the_same_commands() -> None:
    english, chinese = ((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    commands = re.compile(r"`(jiqun [^`]+)`|^\$ (make \w+)", re.MULTILINE)
    assert commands.findall(english) == commands.findall(chinese) != []
