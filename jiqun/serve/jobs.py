"""Jobs: long work in a process of its own, with progress, cancel, and a record that survives a restart.

A process, not a thread: it can be ended at any moment, what an uploaded file does to memory it does
there, and the cluster it writes is staged in the job's folder until it is whole.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from jiqun.cluster import JiqunError, UnknownName, Words
from jiqun.report.shapes import Text
from jiqun.serve.process import Process
from jiqun.serve.refusals import Refusal, short
from jiqun.serve.shapes import ErrorBody, FileNote, Job, JobStatus
from jiqun.serve.workspace import Workspace

__all__ = ["Jobs"]

RECORD = "job.json"
FILES = "files"
RECIPE = "recipe.toml"
STAGED = "staged"
_BUSY: frozenset[JobStatus] = frozenset({"drafting", "queued", "running"})
_OVER: frozenset[JobStatus] = frozenset({"done", "failed", "cancelled"})

_INTERRUPTED = Words(
    "The server was stopped while this was running. Start it again.", "服务中断，任务未完成，请重新开始。"
)
_FULL = Words("Too many jobs are waiting. Try again when one is finished.", "等待中的任务过多，请稍后再试。")
_FILES_GONE = Words(
    "This job is over and its files are gone. Upload them again.", "任务已结束，文件已清除，请重新上传。"
)


@dataclass
class Jobs:
    """The jobs of a workspace.

    Parameters
    ----------
    workspace
        Where finished clusters go; jobs are kept in its private folder.
    parallel
        Jobs at a time.
    waiting
        Jobs, running or waiting, above which further ones are refused.
    seconds
        Longest run of one job.
    """

    workspace: Workspace
    parallel: int = 1
    waiting: int = 8
    seconds: float = 3600.0
    _jobs: dict[str, Job] = field(init=False, repr=False, default_factory=dict)
    _running: dict[str, Process] = field(init=False, repr=False, default_factory=dict)
    _lock: threading.RLock = field(init=False, repr=False, default_factory=threading.RLock)
    _pool: ThreadPoolExecutor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.parallel, thread_name_prefix="jiqun-job")

    def load(self) -> None:
        """Read the records of earlier runs; what was running then has failed."""
        if self.workspace.home is None or not (self.workspace.private / "jobs").is_dir():
            return
        for record in sorted((self.workspace.private / "jobs").glob(f"*/{RECORD}")):
            try:
                job = Job.model_validate_json(record.read_text(encoding="utf-8"))
            except (OSError, ValidationError):
                continue
            if job.id != record.parent.name:
                continue
            self._jobs[job.id] = job
            if job.status in _BUSY:
                self._end(job.id, "failed", error=_error(_INTERRUPTED, 503))
                self._clean(job.id, files=False)

    def all(self) -> list[Job]:
        """Give all jobs, newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: (job.created, job.id), reverse=True)

    def job(self, id_: str) -> Job:
        """Give a job by id."""
        with self._lock:
            if id_ not in self._jobs:
                raise UnknownName("job", short(id_, 80), self._jobs)
            return self._jobs[id_]

    def reserve(self) -> tuple[str, Path]:
        """Give an id and the folder to put uploaded files into, or refuse where too much is waiting."""
        self._room()
        id_ = secrets.token_hex(8)
        files = self._folder(id_) / FILES
        files.mkdir(parents=True)
        return id_, files

    def discard(self, id_: str) -> None:
        """Remove the folder of a job that never came to be."""
        shutil.rmtree(self._folder(id_), ignore_errors=True)

    def draft(self, id_: str, files: Sequence[FileNote], *, run: bool) -> Job:
        """Start the job of files that are there: draft their recipe, and run it where asked to."""
        title = short(", ".join(note.name for note in files), 200)
        job = Job(id=id_, status="drafting", title=title, files=list(files), created=_now())
        self._put(job)
        self._pool.submit(self._draft, id_, run)
        return job

    def recipe(self, id_: str) -> str:
        """Give the recipe of a job as text."""
        self.job(id_)
        try:
            return (self._folder(id_) / RECIPE).read_text(encoding="utf-8")
        except OSError as error:
            raise Refusal(
                Words("There is no recipe yet: it is still being drafted.", "配方尚在起草中。"), status=409
            ) from error

    def files(self, id_: str) -> Path:
        """Give the folder of the uploaded files of a job."""
        self.job(id_)
        return self._folder(id_) / FILES

    def write_recipe(self, id_: str, text: str) -> Job:
        """Replace the recipe of a job that is not running."""
        with self._lock:
            self._still(id_)
            _write(self._folder(id_) / RECIPE, text)
            return self._change(id_, status="draft", error=None, step=Text(en="", zh=""))

    def run(self, id_: str) -> Job:
        """Start a job with the recipe it has."""
        with self._lock:
            self._room()
            self._still(id_)
            self.recipe(id_)
            job = self._change(id_, status="queued", error=None, finished="", done=0.0, total=None)
            self._pool.submit(self._run, id_)
            return job

    def cancel(self, id_: str) -> Job:
        """End a job that is not over and remove its files; forget one that is over."""
        with self._lock:
            job = self.job(id_)
            if job.status in _OVER:
                del self._jobs[id_]
                self.discard(id_)
                return job
            job = self._end(id_, "cancelled")
            process = self._running.get(id_)
        if process is not None:
            process.end()
        else:
            self._clean(id_, files=True)
        return job

    def close(self) -> None:
        """End what is running: its job is found interrupted at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            processes = list(self._running.values())
        for process in processes:
            process.end()

    def _status(self, id_: str) -> JobStatus | None:
        """Give the state of a job; None where it was cancelled and then forgotten while its process still ended."""
        job = self._jobs.get(id_)
        return job.status if job is not None else None

    def _room(self) -> None:
        with self._lock:
            if sum(job.status in _BUSY for job in self._jobs.values()) >= self.waiting:
                raise Refusal(_FULL, status=503)

    def _still(self, id_: str) -> None:
        job = self.job(id_)
        if job.status in _BUSY:
            raise Refusal(
                Words(f"This job is {job.status}. Cancel it first, or wait.", "任务正在进行，请先取消或等待。"),
                status=409,
            )
        if job.status in {"done", "cancelled"} or not (self._folder(id_) / FILES).is_dir():
            raise Refusal(_FILES_GONE, status=409)

    def _draft(self, id_: str, run: bool) -> None:
        result = self._process(id_, "draft", status="drafting")
        if result is None:
            return
        with self._lock:
            if self._status(id_) != "drafting":
                return
            self._change(id_, status="queued" if run else "draft", step=Text(en="", zh=""), total=None)
        if run:
            self._run(id_)

    def _run(self, id_: str) -> None:
        result = self._process(id_, "run", status="running")
        if result is None:
            return
        try:
            with self._lock:
                if self._status(id_) != "running":
                    return
                name = str(result["cluster"])
                self.workspace.adopt(self._folder(id_) / STAGED / name, name, id_)
                self._end(id_, "done", cluster=name)
        except (JiqunError, OSError, KeyError) as error:
            self._end(id_, "failed", error=_error(getattr(error, "words", None) or Words(str(error), ""), 409))
        finally:
            self._clean(id_, files=self._status(id_) in {"done", "cancelled", None})

    def _process(self, id_: str, task: Literal["draft", "run"], *, status: JobStatus) -> dict[str, Any] | None:
        """Run a task in a process of its own; None where it failed or was cancelled."""
        with self._lock:
            if id_ not in self._jobs or self._jobs[id_].status not in _BUSY:
                return None
            self._change(id_, status=status)
            taken = ",".join(self.workspace.entries())
            process = Process.start(task, self._folder(id_), taken)
            self._running[id_] = process
        try:
            result = process.wait(lambda said: self._heard(id_, said), seconds=self.seconds)
        except JiqunError as error:
            words = getattr(error, "words", None) or Words(str(error), "")
            with self._lock:
                cancelled = self._status(id_) in {"cancelled", None}
                if not cancelled:
                    self._end(id_, "failed", error=_error(words, error.status))
            self._clean(id_, files=cancelled)
            return None
        finally:
            with self._lock:
                self._running.pop(id_, None)
        return result

    def _heard(self, id_: str, said: dict[str, Any]) -> None:
        with self._lock:
            job = self._jobs.get(id_)
            if job is not None and job.status in _BUSY:
                step = Text(en=str(said["step"]["en"]), zh=str(said["step"]["zh"]))
                # Not written to disk: progress is told often and worth nothing after a restart.
                self._jobs[id_] = job.model_copy(update={"step": step, "done": said["done"], "total": said["total"]})

    def _change(self, id_: str, **update: Any) -> Job:
        job = self._jobs[id_].model_copy(update=update)
        self._put(job)
        return job

    def _end(self, id_: str, status: JobStatus, **update: Any) -> Job:
        with self._lock:
            return self._change(id_, status=status, finished=_now(), step=Text(en="", zh=""), **update)

    def _put(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job
            _write(self._folder(job.id) / RECORD, job.model_dump_json(indent=1))

    def _clean(self, id_: str, *, files: bool) -> None:
        shutil.rmtree(self._folder(id_) / STAGED, ignore_errors=True)
        if files:
            shutil.rmtree(self._folder(id_) / FILES, ignore_errors=True)

    def _folder(self, id_: str) -> Path:
        # Ids are our own hexadecimal: made by reserve(), or the names of folders that load() found.
        return self.workspace.private / "jobs" / id_


def _error(words: Words, status: int) -> ErrorBody:
    return ErrorBody(message=short(words.en), message_zh=short(words.zh) or None, status=status)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
