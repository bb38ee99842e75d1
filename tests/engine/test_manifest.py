"""The manifest: what it says comes back, old ones are migrated, damaged ones are refused with what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.cluster import SCHEMA_VERSION, About, JiqunError, Words
from jiqun.engine import manifest as engine_manifest
from jiqun.engine.manifest import MANIFEST, Manifest, Part, SourceFile, read_manifest, write_manifest

SOME = Manifest(
    about=About("toys", Words("Toys", "玩具"), as_of="2020", notes=(Words("Mind.", "注意。"),)),
    tables={"actors": (Part("data/actors-1.parquet", 3, 100, "k1", "firms.csv"),)},
    sources=(SourceFile("firms", "firms.csv", "csv", "ab", 10, 1.5, 3),),
    recipe='[cluster]\nid = "toys"\n',
    findings="data/findings-1.jsonl",
    extra={"codes": {"industry": "NAICS 2017"}},
)


def write_raw(folder: Path, raw: object) -> None:
    (folder / MANIFEST).write_text(json.dumps(raw), encoding="utf-8")


def plain(folder: Path) -> dict[str, Any]:
    write_manifest(folder, SOME)
    raw: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return raw


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_manifest(tmp_path, SOME)
    assert read_manifest(tmp_path) == SOME
    assert [p.name for p in tmp_path.iterdir()] == [MANIFEST]


def test_the_data_hash_names_the_parts_and_nothing_else(tmp_path: Path) -> None:
    other = Manifest(about=About("other"), tables=SOME.tables)
    assert other.data_hash == SOME.data_hash
    assert Manifest(about=SOME.about, tables={"actors": (Part("x", 3, 100, "k2"),)}).data_hash != SOME.data_hash
    assert Manifest(about=SOME.about, tables={"ties": SOME.tables["actors"]}).data_hash != SOME.data_hash


def test_a_manifest_two_versions_old_is_migrated_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_to_two(raw: dict[str, Any]) -> dict[str, Any]:
        # version 1 called the table of events "events"
        tables = {("interactions" if name == "events" else name): parts for name, parts in raw["tables"].items()}
        return {**raw, "tables": tables}

    def two_to_three(raw: dict[str, Any]) -> dict[str, Any]:
        # version 2 had titles in one language
        about = {**raw["about"], "title": {"en": raw["about"]["title"], "zh": raw["about"]["title"]}}
        return {**raw, "about": about}

    raw = plain(tmp_path)
    raw["schema_version"] = 1
    raw["tables"] = {"events": raw["tables"]["actors"]}
    raw["about"]["title"] = "Toys"
    write_raw(tmp_path, raw)
    monkeypatch.setattr(engine_manifest, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(engine_manifest, "MIGRATIONS", {1: one_to_two, 2: two_to_three})
    found = read_manifest(tmp_path)
    assert list(found.tables) == ["interactions"]
    assert found.about.title == Words("Toys", "Toys")
    assert found.tables["interactions"] == SOME.tables["actors"]
    assert found.recipe == SOME.recipe
    # reading migrates what is read, not the file: an older Jiqun can still open it
    assert json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))["schema_version"] == 1


def test_a_version_without_a_migration_says_to_ingest_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = plain(tmp_path)
    raw["schema_version"] = 1
    write_raw(tmp_path, raw)
    monkeypatch.setattr(engine_manifest, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(engine_manifest, "MIGRATIONS", {2: lambda r: r})
    with pytest.raises(JiqunError, match=r"schema version 1, which cannot be migrated\. Ingest it again"):
        read_manifest(tmp_path)


def test_every_version_before_this_one_has_a_migration() -> None:
    assert set(engine_manifest.MIGRATIONS) == set(range(1, SCHEMA_VERSION))


def test_a_newer_manifest_says_to_upgrade(tmp_path: Path) -> None:
    write_raw(tmp_path, {**plain(tmp_path), "schema_version": SCHEMA_VERSION + 1})
    with pytest.raises(JiqunError, match=r"Upgrade Jiqun"):
        read_manifest(tmp_path)


def test_a_folder_that_is_no_cluster_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(JiqunError, match=r"is not a cluster: .*jiqun ingest RECIPE"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b'{"schema_version": 1}', b"\xff\xfe", b'{"schema_version": "1"}', b"3"]
)
def test_a_damaged_manifest_is_refused_and_names_the_file(tmp_path: Path, text: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(text)
    with pytest.raises(JiqunError, match=MANIFEST.replace(".", r"\.")):
        read_manifest(tmp_path)


@given(st.dictionaries(st.sampled_from(["about", "tables", "sources", "extra"]), st.none() | st.integers() | st.text()))
def test_whatever_a_manifest_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changed: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("m")
    write_raw(folder, {**plain(folder), **changed})
    try:
        assert isinstance(read_manifest(folder), Manifest)
    except JiqunError as error:
        assert "damaged" in str(error)  # noqa: PT017  both outcomes are right, a third is not


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser reads everything")
def test_a_manifest_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    write_manifest(tmp_path, SOME)
    (tmp_path / MANIFEST).chmod(0)
    with pytest.raises(JiqunError, match="permissions"):
        read_manifest(tmp_path)


def test_a_manifest_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(JiqunError, match="cannot be read"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "harm",
    [{"rows": "many"}, {"rows": -1}, {"rows": 1.5}, {"bytes": None}, {"file": 7}, {"key": ["k"]}],
    ids=str,
)
def test_a_part_of_the_wrong_kind_is_damage(tmp_path: Path, harm: dict[str, object]) -> None:
    raw = plain(tmp_path)
    raw["tables"]["actors"][0] |= harm
    write_raw(tmp_path, raw)
    with pytest.raises(JiqunError, match="is damaged"):
        read_manifest(tmp_path)


def test_a_title_that_is_no_text_is_damage(tmp_path: Path) -> None:
    raw = plain(tmp_path)
    raw["about"]["title"] = {"en": 5, "zh": None}
    write_raw(tmp_path, raw)
    with pytest.raises(JiqunError, match="is damaged"):
        read_manifest(tmp_path)
