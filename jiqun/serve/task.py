"""What a process of its own does: draft or run the recipe of uploaded files, or build an example.

``python -m jiqun.serve.task draft JOB TAKEN | run JOB TAKEN | example ID FOLDER``. It prints one JSON object a line:
``{"step": {"en", "zh"}, "done", "total"}`` as it goes, then ``{"result": {…}}`` or ``{"error": {…}}``.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jiqun.cluster import JiqunError, Words
from jiqun.cluster.progress import Progress
from jiqun.serve.refusals import Refusal

__all__ = ["main"]

LOG = logging.getLogger("jiqun.serve")
OFTEN = 0.1
"""Seconds between two words about the same step."""
MEMORY_SHARE = 0.8
QUERY_SECONDS = 600.0
"""Longest query of a recipe that was uploaded."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ID_LINE = re.compile(r'(?m)^(\s*id\s*=\s*)"([^"\n]*)"')


class Voice:
    """Tells progress to the process that listens."""

    def __init__(self) -> None:
        self._step: Words | None = None
        self._at = 0.0

    def __call__(self, step: Words, done: float, total: float | None) -> None:
        """Say how far a step is, not more often than anyone can see."""
        now = time.monotonic()
        if step == self._step and now - self._at < OFTEN and done != total:
            return
        self._step, self._at = step, now
        _say({"step": {"en": step.en, "zh": step.zh}, "done": done, "total": total})


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one task and say how it went."""
    task, *rest = sys.argv[1:] if arguments is None else arguments
    _end_with_parent()
    try:
        _say({"result": _TASKS[task](*rest)})
    except JiqunError as error:
        words = getattr(error, "words", None)
        told = {"message": _unplaced(str(error), rest), "message_zh": words.zh if words else None}
        _say({"error": told | {"status": error.status}})
        return error.exit_code
    except MemoryError:
        lack = Words("There is not enough memory for this. Try with less data.", "内存不足，请减少数据量。")
        _say({"error": {"message": lack.en, "message_zh": lack.zh, "status": 413}})
        return 2
    except Exception:
        # The trace is for the log of the server, which stderr is; whoever waits gets a sentence.
        LOG.exception("task %s failed", task)
        fault = Words(
            "Something went wrong inside Jiqun. The log of the server says more.", "Jiqun 内部出错，详情见服务器日志。"
        )
        _say({"error": {"message": fault.en, "message_zh": fault.zh, "status": 500}})
        return 70
    return 0


def _unplaced(message: str, arguments: Sequence[str]) -> str:
    """Name files as their owner does: where the server keeps them is its own affair."""
    for folder in arguments[:1]:
        for path in (Path(folder), Path(folder).resolve()):
            message = message.replace(f"{path / 'files'}{os.sep}", "").replace(str(path / "files"), "the upload")
    return message


def _draft(job: str, taken: str) -> dict[str, Any]:
    _bound_memory()
    folder = Path(job)
    Voice()(Words("Looking at the files", "查看文件"), 0, None)
    files = sorted(path for path in (folder / "files").iterdir() if path.is_file())
    own = [path for path in files if path.name.lower().endswith("recipe.toml")]
    try:
        text = own[0].read_text(encoding="utf-8-sig") if own else _drafted(files)
    except UnicodeDecodeError as error:
        raise JiqunError(f"{own[0].name} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    (folder / "recipe.toml").write_text(_other_id(text, taken.split(",")), encoding="utf-8")
    return {"recipe": "recipe.toml"}


def _drafted(files: Sequence[Path]) -> str:
    from jiqun.ingest import draft

    return draft(files)


def _run(job: str, taken: str) -> dict[str, Any]:
    from jiqun.ingest import Limits, ingest, parse_recipe

    _bound_memory()
    folder = Path(job)
    voice = Voice()
    recipe = parse_recipe((folder / "recipe.toml").read_text(encoding="utf-8"), folder=folder / "files", confined=True)
    name = recipe.about.id
    if not _ID.fullmatch(name):
        raise Refusal(
            Words(
                f"id {name!r} of the recipe is not a name for a folder. Use small letters, digits and hyphens.",
                f"配方中的 id {name!r} 不能用作文件夹名，请使用小写字母、数字和连字符。",
            ),
            status=422,
        )
    if name in taken.split(","):
        from jiqun.serve.workspace import taken as in_use

        raise Refusal(in_use(name), status=409)
    staged = folder / "staged" / name
    staged.mkdir(parents=True, exist_ok=True)
    usual = Limits.from_environment()
    ingest(recipe, staged, progress=voice, limits=replace(usual, query_seconds=min(usual.query_seconds, QUERY_SECONDS)))
    prepare(staged, voice)
    return {"cluster": name}


def _example(id_: str, folder: str) -> dict[str, Any]:
    from jiqun.ingest import build_example

    voice = Voice()
    made = build_example(id_, Path(folder), progress=voice)
    prepare(Path(made), voice)
    return {"cluster": Path(made).name}


def prepare(folder: Path, voice: Progress) -> None:
    """Compute what the first pages show, so that they open at once; a part that cannot be is left for its page."""
    from jiqun.engine import open_cluster
    from jiqun.report import card, filters, findings, map_layer, network, profile

    cluster = open_cluster(folder)
    steps: tuple[tuple[Words, Callable[[], object]], ...] = (
        (Words("Checking the data", "检查数据"), lambda: findings(cluster)),
        (Words("Describing the cluster", "描述集群"), lambda: card(cluster)),
        (Words("Computing the profile", "计算画像"), lambda: profile(cluster, progress=voice)),
        (Words("Collecting the filters", "汇总筛选项"), lambda: filters(cluster)),
        (Words("Drawing the map", "绘制地图"), lambda: map_layer(cluster)),
        (Words("Laying out the network", "布局网络"), lambda: network(cluster)),
    )
    for number, (step, compute) in enumerate(steps):
        voice(step, number, len(steps))
        try:
            compute()
        except JiqunError as error:
            LOG.warning("%s: %s", folder.name, error)
    voice(Words("Ready", "完成"), len(steps), len(steps))


def _other_id(text: str, taken: Sequence[str]) -> str:
    """Give a draft an id that no cluster has yet."""
    found = _ID_LINE.search(text)
    if found is None or found[2] not in taken:
        return text
    number = 2
    while f"{found[2]}-{number}" in taken:
        number += 1
    return f'{text[: found.start()]}{found[1]}"{found[2]}-{number}"{text[found.end() :]}'


def _bound_memory() -> None:
    """Let a file that grows without end in memory fail here, and not take the machine with it."""
    import resource

    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (int(total * MEMORY_SHARE), resource.RLIM_INFINITY))


def _end_with_parent() -> None:
    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1 << 12):
            pass
        os._exit(143)

    if not sys.stdin.isatty():
        threading.Thread(target=watch, daemon=True).start()


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


_TASKS: dict[str, Callable[..., dict[str, Any]]] = {"draft": _draft, "run": _run, "example": _example}

if __name__ == "__main__":
    sys.exit(main())
