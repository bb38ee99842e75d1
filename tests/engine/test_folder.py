"""The cluster on disk: lazy, whole at every moment, and closed to what is outside it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import polars as pl
import pytest

from jiqun.cluster import About, Finding, JiqunError, UnknownName, Words, check
from jiqun.engine import open_cluster, writing
from jiqun.engine.manifest import MANIFEST

ACTORS = pl.DataFrame({"actor_id": ["a", "b", "c"], "place_id": ["p", "q", None], "size": [1.0, None, 3.0]})


def put(folder: Path, frame: pl.DataFrame, key: str, about: About | None = None) -> bool:
    with writing(folder) as writer:
        _, made = writer.part("actors", key, frame.write_parquet)
        writer.commit(about or About("toys"))
    return made


def manifest(folder: Path) -> dict[str, object]:
    raw: dict[str, object] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return raw


def test_what_is_written_is_opened_in_every_library(tmp_path: Path) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    c = open_cluster(tmp_path / "c")
    assert c.tables == ("actors",)
    assert c.rows("actors") == 3
    assert c.columns("actors") == ("actor_id", "place_id", "size")
    assert c.polars("actors").equals(ACTORS)
    assert pl.from_arrow(c.arrow("actors")).equals(ACTORS)  # type: ignore[union-attr]
    assert pl.from_pandas(c.pandas("actors")).equals(ACTORS)
    assert c.duckdb("actors").filter("size > 1").fetchall() == [("c", None, 3.0)]


def test_parts_of_a_table_may_differ_in_columns(tmp_path: Path) -> None:
    with writing(tmp_path / "c") as writer:
        writer.part("actors", "k1", ACTORS.write_parquet)
        writer.part("actors", "k2", pl.DataFrame({"actor_id": ["d"], "name": ["Dee"]}).write_parquet)
        writer.commit(About("toys"))
    c = open_cluster(tmp_path / "c")
    assert c.columns("actors") == ("actor_id", "place_id", "size", "name")
    assert c.polars("actors").select("actor_id", "name", "size").rows() == [
        ("a", None, 1.0), ("b", None, None), ("c", None, 3.0), ("d", "Dee", None),
    ]  # fmt: skip


def test_a_part_with_the_same_key_is_not_made_again(tmp_path: Path) -> None:
    assert put(tmp_path / "c", ACTORS, "k1")
    assert not put(tmp_path / "c", ACTORS.clear(), "k1")
    assert open_cluster(tmp_path / "c").rows("actors") == 3


def test_the_old_version_stays_readable_for_those_who_have_it_open(tmp_path: Path) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    old = open_cluster(tmp_path / "c")
    put(tmp_path / "c", ACTORS.head(1), "k2")
    assert old.polars("actors").equals(ACTORS)
    assert open_cluster(tmp_path / "c").rows("actors") == 1
    put(tmp_path / "c", ACTORS.head(2), "k3")
    assert sorted(p.name for p in (tmp_path / "c" / "data").iterdir()) == ["actors-k2.parquet", "actors-k3.parquet"]


@pytest.mark.parametrize("moment", ["writing a part", "after a part", "before the commit"])
def test_a_run_that_fails_leaves_the_old_cluster_whole_and_nothing_else(tmp_path: Path, moment: str) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    before = {p: p.read_bytes() for p in (tmp_path / "c").rglob("*") if p.is_file()}

    def write(path: Path) -> None:
        ACTORS.head(1).write_parquet(path)
        if moment == "writing a part":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "c") as writer:  # noqa: PT012
        writer.part("actors", "k2", write)
        if moment == "after a part":
            raise KeyboardInterrupt
        writer.part("places", "k3", pl.DataFrame({"place_id": ["p"]}).write_parquet)
        raise KeyboardInterrupt
    assert open_cluster(tmp_path / "c").polars("actors").equals(ACTORS)
    assert {p: p.read_bytes() for p in before} == before
    put(tmp_path / "c", ACTORS.head(2), "k4")  # the next run sweeps what was left
    data = {p.name for p in (tmp_path / "c" / "data").iterdir()}
    assert data == {"actors-k1.parquet", "actors-k4.parquet"}


def test_a_second_writer_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    refused: list[str] = []

    def second() -> None:
        try:
            with writing(tmp_path / "c"):
                pass
        except JiqunError as error:
            refused.append(str(error))

    with writing(tmp_path / "c") as writer:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        writer.part("actors", "k1", ACTORS.write_parquet)
        writer.commit(About("toys"))
    assert len(refused) == 1
    assert "being written by another process" in refused[0]
    assert open_cluster(tmp_path / "c").rows("actors") == 3


def test_a_folder_with_other_things_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(JiqunError, match="holds files that are not a cluster's"), writing(tmp_path):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("file", ["../outside.parquet", "/etc/passwd", "data/../../outside.parquet"])
def test_a_manifest_cannot_name_a_file_outside_its_folder(tmp_path: Path, file: str) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    ACTORS.write_parquet(tmp_path / "outside.parquet")
    raw = manifest(tmp_path / "c")
    raw["tables"]["actors"][0]["file"] = file  # type: ignore[index]
    (tmp_path / "c" / MANIFEST).write_text(json.dumps(raw))
    with pytest.raises(JiqunError, match="outside the folder"):
        open_cluster(tmp_path / "c")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    part = tmp_path / "c" / "data" / "actors-k1.parquet"
    part.rename(tmp_path / "outside.parquet")
    part.symlink_to(tmp_path / "outside.parquet")
    with pytest.raises(JiqunError, match="outside the folder"):
        open_cluster(tmp_path / "c")


def test_data_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    (tmp_path / "c" / "data").rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "mine.txt").write_text("mine")
    (tmp_path / "c" / "data").symlink_to(tmp_path / "elsewhere")
    raw = manifest(tmp_path / "c")
    raw["tables"] = {}
    (tmp_path / "c" / MANIFEST).write_text(json.dumps(raw))
    with pytest.raises(JiqunError, match="is a link"):
        put(tmp_path / "c", ACTORS, "k2")
    assert (tmp_path / "elsewhere" / "mine.txt").read_text() == "mine"


def test_missing_and_shortened_parts_are_damage(tmp_path: Path) -> None:
    put(tmp_path / "c", ACTORS, "k1")
    part = tmp_path / "c" / "data" / "actors-k1.parquet"
    part.write_bytes(part.read_bytes()[:-10])
    with pytest.raises(JiqunError, match=r"actors-k1\.parquet of table actors is cut short\. Ingest"):
        open_cluster(tmp_path / "c")
    part.unlink()
    with pytest.raises(JiqunError, match=r"actors-k1\.parquet of table actors is missing\. Ingest"):
        open_cluster(tmp_path / "c")


def test_a_table_that_is_not_canonical_is_refused_when_written_and_when_opened(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="canonical table called 'firms'"), writing(tmp_path / "c") as writer:
        writer.part("firms", "k1", ACTORS.write_parquet)
    put(tmp_path / "c", ACTORS, "k1")
    raw = manifest(tmp_path / "c")
    raw["tables"] = {"firms": raw["tables"]["actors"]}  # type: ignore[index]
    (tmp_path / "c" / MANIFEST).write_text(json.dumps(raw))
    with pytest.raises(UnknownName, match="canonical table called 'firms'"):
        open_cluster(tmp_path / "c")


def write_findings(folder: Path, lines: list[str]) -> None:
    with writing(folder) as writer:
        writer.part("actors", "k1", ACTORS.write_parquet)
        (folder / "data" / "findings-1.jsonl").write_text("\n".join(lines), encoding="utf-8")
        writer.commit(About("toys"), findings="data/findings-1.jsonl", extra={"codes": {"industry": "NAICS 2017"}})


def test_what_was_found_while_reading_is_part_of_the_check(tmp_path: Path) -> None:
    met = Finding(
        "unreadable_value", "warning", Words("Values cannot be read", "取值无法读取"), Words("Mend.", "请更正。"),
        "actors", "size", rows=1, of=3, examples=("many",), file="firms.csv", line=7,
    )  # fmt: skip
    write_findings(tmp_path / "c", [json.dumps(met.to_dict(), ensure_ascii=False), ""])
    found = check(open_cluster(tmp_path / "c"))
    assert met in found.items
    assert found.grade.warnings >= 1
    assert found.grade.score < 100.0


@pytest.mark.parametrize("line", ["{", '{"rule": "r"}', "[1]", "\x00"])
def test_damaged_findings_are_refused_with_what_to_do(tmp_path: Path, line: str) -> None:
    write_findings(tmp_path / "c", [line])
    with pytest.raises(JiqunError, match=r"damaged.*Ingest the recipe again"):
        check(open_cluster(tmp_path / "c"))


def test_findings_cannot_be_read_from_outside_the_folder(tmp_path: Path) -> None:
    write_findings(tmp_path / "c", [])
    (tmp_path / "secret.jsonl").write_text("{}")
    raw = manifest(tmp_path / "c")
    raw["findings"] = "../secret.jsonl"
    (tmp_path / "c" / MANIFEST).write_text(json.dumps(raw))
    with pytest.raises(JiqunError, match="outside the folder"):
        check(open_cluster(tmp_path / "c"))


def test_code_schemes_of_the_recipe_are_checked(tmp_path: Path) -> None:
    frame = ACTORS.with_columns(industry_id=pl.Series(["311", "1999", "311"]))
    with writing(tmp_path / "c") as writer:
        writer.part("actors", "k1", frame.write_parquet)
        writer.commit(About("toys"), extra={"codes": {"industry": "NAICS 2017"}})
    c = open_cluster(tmp_path / "c")
    (found,) = check(c, only=["unknown_code"])
    assert (found.table, found.column, found.rows, found.of) == ("actors", "industry_id", 1, 3)
    assert found.examples == ("NAICS 2017", "1999 ×1")


def test_a_cluster_on_disk_and_in_memory_have_the_same_findings(tmp_path: Path) -> None:
    from jiqun.cluster import Cluster

    frame = pl.concat([ACTORS, ACTORS.head(1)]).with_columns(lon=pl.lit(400.0), lat=pl.lit(1.0))
    put(tmp_path / "c", frame, "k1")
    on_disk = check(open_cluster(tmp_path / "c"))
    assert len(on_disk) > 0
    assert on_disk == check(Cluster.from_tables(about=About("toys"), actors=frame))
