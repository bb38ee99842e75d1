"""The command line: what it says, in which language, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import polars as pl
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from jiqun.cluster import JiqunError, __version__
from jiqun.serve.cli import COMMANDS, main
from jiqun.serve.cli.frame import INTERNAL, INTERRUPTED

FIRMS = "firm_id,firm_name,industry,lon,lat\nf1,甲,C17,120.0,29.0\nf2,乙,C17,120.1,29.1\n"
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


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a command in English unless asked otherwise."""

    def ran(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Result:
        environment = {"LC_ALL": "en_US.UTF-8", "COLUMNS": "120", "JIQUN_DEBUG": ""} | dict(env or {})
        return CliRunner().invoke(main, [str(a) for a in arguments], env=environment)

    return ran


@pytest.fixture(scope="module")
def tiny(shown: Path) -> Path:
    """The small cluster, only read."""
    return shown / "tiny"


def test_the_version_is_that_of_the_package(run: Callable[..., Result]) -> None:
    assert run("--version").stdout == f"jiqun {__version__}\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_command_explains_itself_in_both_languages(run: Callable[..., Result], name: str, lang: str) -> None:
    told = run(*([name] if name else []), "--help", "--lang", lang)
    assert told.exit_code == 0
    assert ("Usage:" in told.stdout) == (lang == "en")
    assert ("用法：" in told.stdout) == (lang == "zh")
    assert ("示例" if lang == "zh" else "Examples") in told.stdout
    assert "130" in told.stdout, "exit codes"
    command = main.get_command(click.Context(main), name) if name else main
    assert command is not None
    for parameter in command.params:
        words = parameter.words  # type: ignore[attr-defined]
        assert words.en
        assert words.zh
        assert words.en != words.zh


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_the_help_name_options_that_exist(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for line, _ in command.examples:  # type: ignore[attr-defined]
        if f"jiqun {name}" not in line or name == "measure":
            continue
        options = {part.split("=")[0] for part in line.split() if part.startswith("--")}
        known = {opt for parameter in command.params for opt in parameter.opts}
        assert options <= known, line


@pytest.mark.parametrize(
    ("env", "arguments", "chinese"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, [], True),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, [], True),
        ({"LC_ALL": "C"}, [], False),
        ({"LC_ALL": "zh_CN.UTF-8"}, ["--lang", "en"], False),
        ({"LC_ALL": "C"}, ["--lang=zh"], True),
    ],
)
def test_the_language_follows_the_option_then_the_locale(
    run: Callable[..., Result], env: dict[str, str], arguments: list[str], chinese: bool
) -> None:
    assert ("用法" in run("check", "--help", *arguments, env=env).stdout) == chinese


def test_a_recipe_and_its_files_become_a_cluster_and_are_not_read_twice(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    first = run("ingest", tmp_path / "recipe.toml", "--out", tmp_path / "mine", "--json")
    assert first.exit_code == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["rows"], told["parts_made"], told["parts_reused"]) == ({"actors": 2}, 1, 0)
    assert all(json.loads(line)["step"] for line in first.stderr.splitlines()), "progress as JSON lines"
    second = run("ingest", tmp_path / "recipe.toml", "--out", tmp_path / "mine", "--lang", "zh")
    assert "0 个部分，1 个未变" in second.stdout.replace("读入 ", "")
    assert "我的" in second.stdout


def test_files_may_lie_elsewhere_than_the_recipe(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "data" / "firms.csv").write_text(FIRMS, encoding="utf-8")
    made = run("ingest", tmp_path / "recipe.toml", "--files", tmp_path / "data", "--out", tmp_path / "out")
    assert made.exit_code == 0, made.stderr
    assert "Actors" in made.stdout


def test_shipped_recipes_are_listed_and_found_by_name(run: Callable[..., Result], tmp_path: Path) -> None:
    names = [row["name"] for row in json.loads(run("ingest", "--list", "--json").stdout)]
    assert "olist" in names
    lacking = run("ingest", "olist", "--files", tmp_path, "--out", tmp_path / "o")
    assert lacking.exit_code == 2
    assert str(tmp_path) in lacking.stderr
    unknown = run("ingest", "no-such-recipe")
    assert unknown.exit_code == 2
    assert "olist" in unknown.stderr
    assert not (tmp_path / "o").exists() or not (tmp_path / "o" / "manifest.json").exists()


def test_a_recipe_is_drafted_and_a_file_of_a_person_is_not_overwritten(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    out = tmp_path / "recipe.toml"
    assert run("recipe", tmp_path / "firms.csv", "--out", out).exit_code == 0
    assert "firms.csv" in out.read_text(encoding="utf-8")
    out.write_text("mine", encoding="utf-8")
    refused = run("recipe", tmp_path / "firms.csv", "--out", out)
    assert (refused.exit_code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert run("recipe", tmp_path / "firms.csv", "--out", out, "--force").exit_code == 0
    assert out.read_text(encoding="utf-8") != "mine"


def test_findings_are_shown_and_strict_has_its_exit_code(
    run: Callable[..., Result], tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    twice = {"actors": pl.DataFrame({"actor_id": ["a", "a", None]})}
    folder = cluster_writer(tmp_path / "bad", "bad", twice)
    found = json.loads(run("check", folder, "--json").stdout)
    errors = [item for item in found["items"] if item["severity"] == "error"]
    assert errors
    shown = run("check", folder)
    assert shown.exit_code == 0
    assert f"Grade {found['grade']['letter']}" in shown.stdout
    assert errors[0]["title"]["en"].split()[0] in shown.stdout
    assert run("check", folder, "--strict").exit_code == 1
    assert run("check", folder, "--strict", "--json").exit_code == 1
    assert run("check", folder, "--out", tmp_path / "f.csv").exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == len(found["items"])


def test_strict_is_content_with_clean_data(
    run: Callable[..., Result], tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    folder = cluster_writer(tmp_path / "good", "good", {"actors": pl.DataFrame({"actor_id": ["a", "b"]})})
    assert run("check", folder, "--strict").exit_code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_profile_reads_as_prose_and_figures(run: Callable[..., Result], tiny: Path, lang: str) -> None:
    whole = json.loads(run("profile", tiny, "--json").stdout)
    told = run("profile", tiny, "--lang", lang)
    assert told.exit_code == 0, told.stderr
    flat = told.stdout.replace("\n", "").replace(" ", "")
    for sentence in whole["sentences"]:
        assert sentence["text"][lang].replace(" ", "") in flat
    for kpi in whole["kpis"]:
        assert kpi["title"][lang].replace(" ", "") in flat
    assert ("生成数据" if lang == "zh" else "generated data") in told.stdout


def test_tables_are_listed_and_a_part_of_one_says_it_is_a_part(run: Callable[..., Result], tiny: Path) -> None:
    listed = {row["table"]: row["rows"] for row in json.loads(run("tables", tiny, "--json").stdout)}
    assert listed == {"actors": 42, "places": 2, "industries": 2, "interactions": 240}
    shown = run("tables", tiny, "interactions").stdout
    assert "20 of 240 rows are shown. All: --limit 0" in shown
    assert run("tables", tiny, "interactions", "--limit", "0").stdout.count("order") == 240
    assert "rows are shown" not in run("tables", tiny, "places").stdout


def test_whole_tables_come_out_as_files(run: Callable[..., Result], tiny: Path, tmp_path: Path) -> None:
    assert run("tables", tiny, "actors", "--out", tmp_path / "a.parquet").exit_code == 0
    assert pl.read_parquet(tmp_path / "a.parquet").height == 42
    text = run("tables", tiny, "actors", "--format", "csv").stdout
    assert len(list(csv.reader(io.StringIO(text)))) == 43
    assert "'=HYPERLINK" in text
    assert json.loads(run("tables", tiny, "actors", "--format", "json").stdout)["total"] == 42
    assert run("tables", tiny, "actors", "--out", tmp_path / "a.exe").exit_code == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet"]


def test_no_cell_is_cut_however_narrow_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    from jiqun.serve.cli.output import _table

    text = "面向数字产业集群的开放产业大脑" * 4
    out = io.StringIO()
    Console(file=out, width=40, force_terminal=True, color_system=None).print(
        _table([("名称", "left"), ("Value", "right")], [(text, "1,234,567.89")], "标题")
    )
    lines = out.getvalue().splitlines()
    assert all(cell_len(line) <= 40 for line in lines), "Chinese characters count two columns"
    joined = "".join(char for char in out.getvalue() if "一" <= char <= "鿿")
    assert joined.count("面向数字产业集群的开放产业大脑") == 4
    assert "…" not in out.getvalue()


def test_text_of_the_data_is_never_read_as_a_style(
    run: Callable[..., Result], tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    folder = cluster_writer(tmp_path / "c", "c", {"actors": pl.DataFrame({"actor_id": ["[red]a[/red]"]})})
    assert "[red]a[/red]" in run("tables", folder, "actors").stdout


def test_indices_are_listed_and_each_has_its_options(run: Callable[..., Result], tiny: Path) -> None:
    names = [card["name"] for card in json.loads(run("measure", "--json").stdout)]
    assert {"location_quotient", "ellison_glaeser"} <= set(names)
    assert "location_quotient" in run("measure").stdout
    for name in names:
        told = run("measure", name, "--help").stdout
        from jiqun.measure import indices

        # A parameter that is a table of its own cannot be written on a line, and is not in the JSON schema.
        for parameter in indices()[name].parameters.model_json_schema()["properties"]:
            assert f"--{parameter.replace('_', '-')}" in told


def test_an_index_says_the_same_as_the_library(run: Callable[..., Result], tiny: Path, tmp_path: Path) -> None:
    import jiqun

    frame = jiqun.open(tiny).measure("location_quotient", replicates=0, form="symmetric")
    told = json.loads(
        run("measure", "location_quotient", tiny, "--replicates", "0", "--form", "symmetric", "--json").stdout
    )
    assert told["rows"]["value"] == frame["value"].to_list()
    assert told["trace"]["parameters"]["form"] == "symmetric"
    assert told["trace"]["command"].startswith("jiqun measure location_quotient tiny --space=physical")
    out = tmp_path / "lq.csv"
    assert run("measure", "location_quotient", tiny, "--replicates", "0", "--out", out).exit_code == 0
    assert len(list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))) == frame.height + 1
    shown = run("measure", "location_quotient", tiny, "--replicates", "0", "--limit", "2").stdout
    assert f"2 of {frame.height} rows are shown" in shown


def test_the_command_of_a_trace_gives_the_number_again(run: Callable[..., Result], tiny: Path) -> None:
    import shlex

    first = json.loads(run("measure", "hoover", tiny, "--weight", "count", "--json").stdout)
    words = shlex.split(first["trace"]["command"])
    again = json.loads(run(*words[1:3], tiny, *words[4:], "--json").stdout)
    assert again["rows"] == first["rows"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "/no/such/folder"], "is not a cluster"),
        (["frobnicate"], "frobnicate"),
        (["check"], "DIR"),
        (["check", "--frob", "x"], "--frob"),
        (["tables", "{tiny}", "ties"], "needs table ties"),
        (["measure", "nope", "{tiny}"], "There is no index called 'nope'"),
        (["measure", "hoover", "{tiny}", "--weight", "nope"], "nope"),
        (["measure", "location_quotient", "{tiny}", "--replicates", "x"], "replicates"),
        (["ingest", "x.toml", "--memory", "lots"], "4GB"),
        (["ingest"], "Which recipe"),
        (["recipe", "/no/such/file.csv"], "/no/such/file.csv"),
        (["serve", "/no/such/folder"], "There is no folder"),
    ],
)
def test_what_a_person_can_mend_is_one_sentence_and_exit_code_2(
    run: Callable[..., Result], tiny: Path, arguments: list[str], said: str
) -> None:
    told = run(*(a.format(tiny=tiny) for a in arguments))
    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stdout == ""
    assert "Traceback" not in told.stderr
    as_json = run(*(a.format(tiny=tiny) for a in arguments), "--json")
    assert said in json.loads(as_json.stderr.splitlines()[-1])["error"]["message"]
    assert as_json.exit_code == 2


def test_mistakes_are_told_in_chinese_too(run: Callable[..., Result]) -> None:
    assert "缺少参数 DIR" in run("check", "--lang", "zh").stderr
    assert "没有选项 --frob" in run("check", "--frob", "--lang", "zh").stderr
    assert "没有文件夹" in run("serve", "/no/such", "--lang", "zh").stderr


def test_a_fault_inside_is_one_sentence_unless_asked_for_more(
    run: Callable[..., Result], tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("jiqun.engine.open_cluster", fail)
    told = run("check", tiny)
    assert told.exit_code == INTERNAL
    assert "JIQUN_DEBUG=1" in told.stderr
    assert "Traceback" not in told.stderr
    assert isinstance(run("check", tiny, env={"JIQUN_DEBUG": "1"}).exception, ZeroDivisionError)


def test_an_interrupt_is_exit_code_130(run: Callable[..., Result], tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jiqun.engine.open_cluster", interrupt)
    assert run("check", tiny).exit_code == INTERRUPTED


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_offered(run: Callable[..., Result], shell: str) -> None:
    script = run("completion", shell).stdout
    assert "_JIQUN_COMPLETE" in script


def test_the_openapi_document_is_printed(run: Callable[..., Result], tmp_path: Path) -> None:
    assert json.loads(run("openapi").stdout)["openapi"].startswith("3.")
    assert run("openapi", "--out", tmp_path / "o.json").exit_code == 0
    assert json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))["paths"]


def test_the_real_program_completes_and_survives_a_closed_pipe(tiny: Path) -> None:
    program = [sys.executable, "-c", "from jiqun.serve.cli import main; main()"]
    environment = os.environ | {"_JIQUN_COMPLETE": "bash_complete", "COMP_WORDS": "jiqun mea", "COMP_CWORD": "1"}
    completed = subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert completed.stdout.strip() == "plain,measure"
    command = f"{sys.executable} -c 'from jiqun.serve.cli import main; main()' tables {tiny} interactions --format csv"
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -n 1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert piped.stdout == "time,source,target,kind,amount\n"
    assert piped.stderr == ""


def test_a_command_needs_neither_the_web_framework_nor_the_figures() -> None:
    code = (
        "import sys\nfrom jiqun.serve.cli import main\n"
        "try:\n main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('fastapi', 'uvicorn', 'polars', 'pandas', 'scipy', 'networkit', 'h3') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.splitlines()[-1] == "[]"


def test_errors_of_the_library_keep_their_exit_code() -> None:
    assert JiqunError.exit_code == 2


@pytest.mark.parametrize("what", ["--map", "--network"])
def test_the_command_under_how_do_you_know_gives_the_same_again(
    run: Callable[..., Result], tiny: Path, what: str
) -> None:
    first = run("profile", tiny, what, "--json")
    assert first.exit_code == 0, first.stderr
    shape = json.loads(first.stdout)
    assert shape["how"] is not None
    command = shlex.split(shape["how"]["trace"]["command"])
    assert command[:2] == ["jiqun", "profile"]
    assert json.loads(run(*command[1:]).stdout) == shape


def test_the_command_under_a_figure_gives_the_figure_again(run: Callable[..., Result], tiny: Path) -> None:
    for figure in json.loads(run("profile", tiny, "--json").stdout)["figures"]:
        command = shlex.split(figure["how"]["trace"]["command"])
        assert json.loads(run(*command[1:]).stdout) == figure
