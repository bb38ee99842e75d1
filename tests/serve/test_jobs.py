"""Files in, a recipe drafted and edited, a cluster out – and nothing left of what was cancelled."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import openpyxl
import polars as pl
import pytest

import jiqun
from jiqun.cluster import JiqunError
from jiqun.serve import task
from jiqun.serve.jobs import Jobs
from jiqun.serve.shapes import Job
from jiqun.serve.uploads import file_name
from jiqun.serve.workspace import PRIVATE, Workspace

FIRMS = "firm_id,firm_name,industry,lon,lat\nf1,=1+1,C17,120.0,29.0\nf2,乙,C17,120.1,29.1\nf3,丙,I65,120.2,29.2\n"
RECIPE = """[cluster]
id = "mine"
title = { en = "Mine", zh = "我的" }
[files.firms]
path = "firms.csv"
[[actors]]
from = "firms"
[actors.columns]
actor_id = "firm_id"
name = "firm_name"
industry_id = "industry"
lon = "lon"
lat = "lat"
"""


def wait(client: httpx.Client, job: str, *, until: set[str], seconds: float = 60) -> Job:
    """Ask for a job until it is in one of these states."""
    deadline = time.monotonic() + seconds
    while True:
        found = Job.model_validate(client.get(f"/api/jobs/{job}").json())
        if found.status in until:
            return found
        assert found.status not in {"failed", "cancelled"} - until, found.error
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def send(client: httpx.Client, files: dict[str, str | bytes], query: str = "") -> str:
    """Upload files and give the id of the job."""
    answer = client.post(f"/api/uploads{query}", files=[("files", (name, data)) for name, data in files.items()])
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_files_become_a_cluster_that_can_be_removed_and_restored(
    home: Path, serve: Callable[..., httpx.Client]
) -> None:
    client = serve()
    id_ = send(client, {"firms.csv": FIRMS, "recipe.toml": RECIPE}, "?run=true")
    done = wait(client, id_, until={"done"})
    assert (done.cluster, done.error) == ("mine", None)
    card = client.get("/api/clusters/mine").json()
    assert (card["counts"], card["removable"]) == ({"actors": 3}, True)
    assert client.get("/api/clusters/mine/profile").status_code == 200
    assert list((home / "mine" / "derived").iterdir()), "the pages were computed by the job"
    assert not (home / PRIVATE / "jobs" / id_ / "files").exists(), "the files are not kept"

    removed = client.delete("/api/clusters/mine").json()
    assert removed == {"cluster": "mine", "kept_days": 30}
    assert client.get("/api/clusters/mine").status_code == 404
    assert not (home / "mine").exists()
    assert client.post("/api/clusters/mine/restore").json()["counts"] == {"actors": 3}
    assert client.post("/api/clusters/mine/restore").status_code == 404


def test_a_recipe_is_drafted_edited_and_run(serve: Callable[..., httpx.Client]) -> None:
    client = serve()
    id_ = send(client, {"firms.csv": FIRMS})
    wait(client, id_, until={"draft"})
    text = client.get(f"/api/jobs/{id_}/recipe").json()["text"]
    assert "firms.csv" in text
    assert client.put(f"/api/jobs/{id_}/recipe", json={"text": RECIPE}).status_code == 200
    assert client.get(f"/api/jobs/{id_}/recipe").json()["text"] == RECIPE
    assert client.post(f"/api/jobs/{id_}/run").json()["status"] == "queued"
    assert wait(client, id_, until={"done"}).cluster == "mine"
    assert client.post(f"/api/jobs/{id_}/run").status_code == 409, "it is over"


def test_a_draft_as_it_is_makes_a_cluster_under_a_free_name(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    cluster_writer(home / "firms", "firms", {"places": pl.DataFrame({"place_id": ["p"]})})
    client = serve()
    id_ = send(client, {"firms.csv": FIRMS}, "?run=true")
    assert wait(client, id_, until={"done"}).cluster == "firms-2"
    assert client.get("/api/clusters/firms-2/tables/actors").json()["total"] == 3


HOSTILE_SOURCES = [
    'path = "{secret}"',
    'path = "../secret.csv"',
    'path = "link.csv"',
    'path = "${{JIQUN_SECRET}}"',
    'database = "postgresql://u@127.0.0.1/x"\nquery = "select 1"',
    'package = "pip"\npath = "__init__.py"',
]
HOSTILE_QUERIES = [
    "select * from '{secret}'",
    "select * from read_csv('{secret}')",
    "select content as firm_id from read_text('{secret}')",
    "select getenv('JIQUN_SECRET') as firm_id",
    "copy (select 1) to '{secret}'",
]


@pytest.fixture
def job_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a job with an uploaded file, beside a file that was not uploaded."""
    (tmp_path / "secret.csv").write_text("firm_id\nhidden\n")
    monkeypatch.setenv("JIQUN_SECRET", str(tmp_path / "secret.csv"))
    monkeypatch.setattr(task, "_bound_memory", lambda: None)
    files = tmp_path / "job" / "files"
    files.mkdir(parents=True)
    (files / "firms.csv").write_text(FIRMS)
    (files / "link.csv").symlink_to(tmp_path / "secret.csv")
    return tmp_path / "job"


def query_recipe(sql: str) -> str:
    """A recipe that reads through a query."""
    block = f'[queries.q]\nsql = """{sql}"""\n[[actors]]'
    lines = RECIPE.replace('from = "firms"', 'from = "q"').replace("[[actors]]", block).splitlines()
    return "\n".join(lines[: lines.index('actor_id = "firm_id"') + 1])


@pytest.mark.parametrize(
    "text",
    [("source", source) for source in HOSTILE_SOURCES] + [("query", query) for query in HOSTILE_QUERIES],
)
def test_a_recipe_from_the_network_reads_uploaded_files_only(job_folder: Path, text: tuple[str, str]) -> None:
    kind, hostile = text
    hostile = hostile.format(secret=job_folder.parent / "secret.csv")
    recipe = RECIPE.replace('path = "firms.csv"', hostile) if kind == "source" else query_recipe(hostile)
    (job_folder / "recipe.toml").write_text(recipe)
    with pytest.raises(JiqunError) as refused:
        task._run(str(job_folder), "")
    assert "hidden" not in str(refused.value)
    assert not (job_folder / "staged" / "mine" / "manifest.json").exists()
    assert (job_folder.parent / "secret.csv").read_text() == "firm_id\nhidden\n"


def test_a_recipe_from_the_network_may_query_what_was_uploaded(job_folder: Path) -> None:
    (job_folder / "recipe.toml").write_text(
        query_recipe("select firm_id from firms where cast(lon as double) > 120.05")
    )
    assert task._run(str(job_folder), "") == {"cluster": "mine"}
    assert jiqun.open(job_folder / "staged" / "mine").rows("actors") == 2


@pytest.mark.parametrize("id_", ["../up", "/etc", "A", ".hidden", "a/b", "", "a" * 65])
def test_the_id_of_a_recipe_cannot_be_a_path(job_folder: Path, id_: str) -> None:
    (job_folder / "recipe.toml").write_text(RECIPE.replace('id = "mine"', f'id = "{id_}"'))
    before = sorted(job_folder.parent.rglob("*"))
    with pytest.raises(JiqunError):
        task._run(str(job_folder), "")
    assert sorted(job_folder.parent.rglob("*")) == before


def test_bad_files_fail_with_a_sentence_and_leave_no_cluster(home: Path, serve: Callable[..., httpx.Client]) -> None:
    client = serve()
    ragged = FIRMS + "f4,too,many,1,2,3,4\n"
    id_ = send(client, {"firms.csv": ragged, "recipe.toml": RECIPE}, "?run=true")
    failed = wait(client, id_, until={"failed"})
    assert failed.error is not None
    assert "firms.csv" in failed.error.message
    assert "Traceback" not in failed.error.message
    assert [f.name for f in home.iterdir()] == [PRIVATE]
    assert not (home / PRIVATE / "jobs" / id_ / "staged").exists()
    # The recipe can be mended and run again: the files are still there.
    assert client.put(f"/api/jobs/{id_}/recipe", json={"text": RECIPE}).json()["status"] == "draft"


def test_a_spreadsheet_that_would_fill_the_memory_is_refused(serve: Callable[..., httpx.Client]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["firm_id", "firm_name", "industry", "lon", "lat"])  # type: ignore[union-attr]
    plain, packed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            data = old.read(entry)
            if entry.endswith("sheet1.xml"):
                data = data.replace(b"firm_name", b"A" * (100 << 20))
            new.writestr(entry, data)
    assert len(packed.getvalue()) < 1 << 20
    client = serve()
    recipe = RECIPE.replace("firms.csv", "bomb.xlsx")
    id_ = send(client, {"bomb.xlsx": packed.getvalue(), "recipe.toml": recipe}, "?run=true")
    failed = wait(client, id_, until={"failed"})
    assert failed.error is not None
    assert failed.error.message.startswith("bomb.xlsx unpacks from")


def test_a_message_names_the_file_and_not_where_the_server_keeps_it(
    home: Path, serve: Callable[..., httpx.Client]
) -> None:
    client = serve()
    id_ = send(client, {"broken.xlsx": b"PK\x03\x04 no workbook"})
    failed = wait(client, id_, until={"failed"})
    assert failed.error is not None
    assert failed.error.message.startswith("broken.xlsx")
    assert str(home) not in failed.error.message


def test_a_cancelled_job_leaves_nothing(home: Path, serve: Callable[..., httpx.Client]) -> None:
    client = serve()
    rows = "".join(f"f{n},name {n},C17,120.0,29.0\n" for n in range(400_000))
    id_ = send(client, {"firms.csv": FIRMS + rows.replace("f1,", "g1,", 1), "recipe.toml": RECIPE}, "?run=true")
    wait(client, id_, until={"running"})
    assert client.delete(f"/api/jobs/{id_}").json()["status"] == "cancelled"
    deadline = time.monotonic() + 10
    folder = home / PRIVATE / "jobs" / id_
    while sorted(f.name for f in folder.iterdir()) != ["job.json", "recipe.toml"]:
        assert time.monotonic() < deadline, list(folder.rglob("*"))
        time.sleep(0.05)
    assert [f.name for f in home.iterdir()] == [PRIVATE]
    assert client.get(f"/api/jobs/{id_}").json()["status"] == "cancelled"
    assert client.delete(f"/api/jobs/{id_}").status_code == 200, "the second time it is forgotten"
    assert client.get(f"/api/jobs/{id_}").status_code == 404
    assert not folder.exists()


def test_a_name_in_use_is_not_written_over(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    cluster_writer(home / "mine", "mine")
    client = serve()
    id_ = send(client, {"firms.csv": FIRMS})
    wait(client, id_, until={"draft"})
    client.put(f"/api/jobs/{id_}/recipe", json={"text": RECIPE})
    client.post(f"/api/jobs/{id_}/run")
    failed = wait(client, id_, until={"failed"})
    assert failed.error is not None
    assert "already a cluster called mine" in failed.error.message
    assert client.get("/api/clusters/mine").json()["counts"]["actors"] == 42
    assert client.delete("/api/clusters/mine").status_code == 403, "it was not uploaded here"


def test_too_many_bytes_are_refused_and_nothing_is_kept(home: Path, serve: Callable[..., httpx.Client]) -> None:
    client = serve(max_upload_bytes=10_000)
    answer = client.post("/api/uploads", files={"files": ("a.csv", b"x" * 10_001)})
    assert answer.status_code == 413
    assert "10,000 B" in answer.json()["error"]["message"]

    def stream() -> object:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 1000

    unsized = client.post(
        "/api/uploads",
        content=stream(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},  # type: ignore[arg-type]
    )
    assert unsized.status_code == 413
    assert client.get("/api/jobs").json() == []
    assert list((home / PRIVATE / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"--b--\r\n", "multipart/form-data; boundary=b"),
        (b"not a form", "multipart/form-data; boundary=b"),
        (b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n', "multipart/form-data; boundary=b"),
        (b"--b\r\n" + b"X-Long: " + b"a" * 20_000 + b"\r\n\r\n", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data"),
        (b"{}", "application/json"),
    ],
)
def test_a_body_that_is_no_form_of_files_is_refused(
    home: Path, serve: Callable[..., httpx.Client], content: bytes, kind: str
) -> None:
    client = serve()
    answer = client.post("/api/uploads", content=content, headers={"Content-Type": kind})
    assert answer.status_code in {400, 415}, answer.text
    assert list((home / PRIVATE / "jobs").iterdir()) == []


def test_more_files_than_allowed_are_refused(serve: Callable[..., httpx.Client]) -> None:
    files = [("files", (f"{n}.csv", b"a\n1\n")) for n in range(51)]
    assert serve().post("/api/uploads", files=files).status_code == 413


def test_the_queue_has_an_end(home: Path, serve: Callable[..., httpx.Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "_draft", lambda *_: time.sleep(5))
    client = serve()
    client.app.state.services.jobs.waiting = 2  # type: ignore[attr-defined]
    codes = [client.post("/api/uploads", files={"files": ("a.csv", b"a\n1\n")}).status_code for _ in range(3)]
    assert codes == [202, 202, 503]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\企业.csv", "企业.csv"),
        ("a\0b.csv", "ab.csv"),
        ("...", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("a:b|c.csv", "a_b_c.csv"),
    ],
)
def test_names_of_files_stay_in_their_folder(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


def test_a_very_long_name_is_cut_and_keeps_its_ending() -> None:
    name = file_name("企" * 500 + ".csv")
    assert len(name.encode()) < 255
    assert name.endswith(".csv")


def test_two_files_of_one_name_are_both_kept(home: Path, serve: Callable[..., httpx.Client]) -> None:
    client = serve()
    files = [("files", (name, FIRMS)) for name in ("firms.csv", "FIRMS.csv", "x/firms.csv")]
    job = client.post("/api/uploads", files=files).json()
    assert [note["name"] for note in job["files"]] == ["firms.csv", "FIRMS-2.csv", "firms-3.csv"]


def test_after_a_restart_finished_jobs_are_shown_and_running_ones_have_failed(home: Path) -> None:
    for id_, status in (("00", "done"), ("11", "running"), ("22", "queued"), ("33", "draft")):
        folder = home / PRIVATE / "jobs" / id_
        (folder / "staged" / "half").mkdir(parents=True)
        job = Job(id=id_, status=status, title="a.csv", created=f"2026-01-0{id_[0]}")  # type: ignore[arg-type]
        (folder / "job.json").write_text(job.model_dump_json())
    (home / PRIVATE / "jobs" / "44").mkdir()
    (home / PRIVATE / "jobs" / "44" / "job.json").write_text(json.dumps({"id": "../../x"}))
    jobs = Jobs(Workspace(home))
    jobs.load()
    assert {job.id: job.status for job in jobs.all()} == {"00": "done", "11": "failed", "22": "failed", "33": "draft"}
    error = jobs.job("11").error
    assert error is not None
    assert "stopped while this was running" in error.message
    assert not (home / PRIVATE / "jobs" / "11" / "staged").exists()
    jobs.close()


def test_the_trash_is_emptied_after_its_time(home: Path) -> None:
    old, new = home / PRIVATE / "trash" / f"{10**18}-old", home / PRIVATE / "trash" / f"{time.time_ns()}-new"
    old.mkdir(parents=True)
    new.mkdir()
    Workspace(home).sweep()
    assert (old.exists(), new.exists()) == (False, True)
