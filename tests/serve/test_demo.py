"""The examples: built in processes of their own, found ready the second time, ended without a trace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest
from click.testing import CliRunner

import jiqun
from jiqun.ingest import examples
from jiqun.serve.cli import main
from jiqun.serve.demo import STAMP, Builder, default_folder, is_ready, mark_ready
from jiqun.serve.run import DEFAULT_PORT, address, listen

GENERATED = "two-space-generated"
PROGRAM = [sys.executable, "-c", "from jiqun.serve.cli import main; main()"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the generated example is built, and marked as all there is."""
    folder = tmp_path_factory.mktemp("demo")
    finished: list[str] = []
    steps: list[str] = []
    builder = Builder(folder)
    built = builder.build([GENERATED, "no-such"], lambda id_: lambda step, *_: steps.append(step.zh), finished.append)
    assert (built, finished) == ([GENERATED], [GENERATED])
    assert "no example called 'no-such'" in builder.failures["no-such"]
    assert {"检查数据", "计算画像", "布局网络"} <= set(steps)
    mark_ready(folder, built, ["click"])
    return folder


@pytest.fixture
def started(prepared: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The real program on the prepared folder, and its address."""
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--dir", str(prepared), "--no-browser", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.communicate()


def test_a_built_example_is_marked_as_generated_and_its_pages_are_computed(prepared: Path) -> None:
    cluster = jiqun.open(prepared / GENERATED)
    assert cluster.about.origin == "generated"
    computed = {file.name.rsplit("-", 1)[0] for file in (prepared / GENERATED / "derived").iterdir()}
    assert {"card", "findings", "filters", "profile", "map", "network"} <= computed


def test_the_page_answers_and_ctrl_c_ends_it_cleanly(started: tuple[subprocess.Popen[str], str]) -> None:
    process, url = started
    with httpx.Client(base_url=url) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "Jiqun" in page.text
        cards = client.get("/api/clusters").json()
    assert [(card["id"], card["origin"], card["removable"]) for card in cards] == [(GENERATED, "generated", False)]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_an_interrupt_while_building_leaves_no_process_and_no_half_cluster(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--dir", str(tmp_path), "--prepare-only", "--lang", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert not (tmp_path / STAMP).exists()
    time.sleep(0.2)
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in running.splitlines() if "jiqun.serve.task" in line and str(tmp_path) in line]
    for folder in tmp_path.iterdir():
        if (folder / "manifest.json").exists():
            jiqun.open(folder)


def test_an_example_without_its_package_is_told_and_the_others_are_shown(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = examples()
    lacking = real["china-cities"].__class__(
        "no-such", real["china-cities"].title, real["china-cities"].summary, ("no-such-package",), 1.0
    )
    monkeypatch.setattr(
        "jiqun.ingest.examples", lambda: MappingProxyType({GENERATED: real[GENERATED], "no-such": lacking})
    )
    (prepared / STAMP).rename(tmp_path / "stamp")
    try:
        arguments = ["demo", "--dir", str(prepared), "--prepare-only", "--lang", "zh"]
        told = CliRunner().invoke(main, arguments)
        assert told.exit_code == 0, told.stderr
        assert real["china-cities"].title.zh in told.stderr
        assert f"{real[GENERATED].title.zh}: 检查数据" in told.stderr, "progress from a thread is in the language too"
        assert is_ready(prepared), "it is tried again once the package is there, not at every start"
    finally:
        (tmp_path / "stamp").replace(prepared / STAMP)


def test_nothing_built_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = examples()[GENERATED]
    monkeypatch.setattr("jiqun.ingest.examples", lambda: {"no-such": real})
    told = CliRunner().invoke(main, ["demo", "--dir", str(tmp_path), "--prepare-only", "--lang", "en"])
    assert told.exit_code == 2
    assert "No example could be built" in told.stderr
    assert not is_ready(tmp_path)


@pytest.mark.parametrize("change", ["version", "package", "removed", "damaged", "absent"])
def test_examples_are_prepared_again_when_what_made_them_changed(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "manifest.json").write_text("{}")
    mark_ready(tmp_path, ["a"], ["click", "no-such-package"])
    assert is_ready(tmp_path)
    stamp = json.loads((tmp_path / STAMP).read_text())
    if change == "version":
        monkeypatch.setattr("jiqun.serve.demo.code_version", lambda: "9.9.9")
    elif change == "package":
        stamp["made_by"]["click"] = "0.0.1"
        (tmp_path / STAMP).write_text(json.dumps(stamp))
    elif change == "removed":
        (tmp_path / "a" / "manifest.json").unlink()
    elif change == "damaged":
        (tmp_path / STAMP).write_text("{")
    else:
        (tmp_path / STAMP).unlink()
    assert not is_ready(tmp_path)


def test_the_folder_of_the_examples_is_the_users_own() -> None:
    assert default_folder({"JIQUN_HOME": "/j"}) == Path("/j/demo")
    if sys.platform != "darwin":
        assert default_folder({"XDG_DATA_HOME": "/x"}) == Path("/x/jiqun/demo")
        assert default_folder({}).is_relative_to(Path.home())


def test_a_port_in_use_gives_the_next_unless_it_was_asked_for() -> None:
    first = listen("127.0.0.1", None)
    second = listen("127.0.0.1", None)
    try:
        taken = first.getsockname()[1]
        assert second.getsockname()[1] != taken
        assert taken >= DEFAULT_PORT
        assert address(second) == f"http://127.0.0.1:{second.getsockname()[1]}/"
        with pytest.raises(jiqun.JiqunError, match=f"Cannot listen on 127.0.0.1:{taken}"):
            listen("127.0.0.1", taken)
        with pytest.raises(jiqun.JiqunError, match="Cannot listen on 203"):
            listen("203.0.113.1", None)
    finally:
        first.close()
        second.close()


def test_a_prepared_start_opens_no_table_before_the_page(prepared: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from jiqun.serve.demo import is_ready\nfrom jiqun.serve.app import create_app\n"
        f"assert is_ready(Path({os.fspath(prepared)!r}))\ncreate_app(Path({os.fspath(prepared)!r}))\n"
        "print([m for m in ('polars', 'pandas', 'scipy', 'networkit', 'h3', 'pyarrow', 'shapely') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "[]"
