"""A task in a process of its own that tells its progress line by line."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiqun.cluster import JiqunError, Words
from jiqun.serve.refusals import Refusal, short

__all__ = ["Process"]

_KEPT = ("PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT")
_KEPT_PREFIXES = ("LC_", "JIQUN_", "PYTHON")
"""The rest of the environment, where passwords are kept, is not given to work on uploaded files."""
GRACE = 3.0
"""Seconds a process has to end by itself before it is killed."""


@dataclass
class Process:
    """A running task."""

    popen: subprocess.Popen[str]
    late: bool = False

    @classmethod
    def start(cls, task: str, *arguments: str | Path, private: bool = True) -> Process:
        """Start a task of :mod:`jiqun.serve.task`.

        Parameters
        ----------
        task
            Name of the task.
        *arguments
            Its arguments.
        private
            Keep the environment from it, apart from what Python needs.
        """
        environment = {
            name: value
            for name, value in os.environ.items()
            if not private or name in _KEPT or name.startswith(_KEPT_PREFIXES)
        }
        command = [sys.executable, "-m", "jiqun.serve.task", task, *(str(a) for a in arguments)]
        popen = subprocess.Popen(  # noqa: S603
            command,
            # The task ends itself when this pipe closes, so that it does not outlive a server that was killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
            # Ctrl-C reaches the server alone, which then ends its tasks.
            start_new_session=True,
        )
        return cls(popen)

    def wait(self, heard: Callable[[dict[str, Any]], None], *, seconds: float | None = None) -> dict[str, Any]:
        """Listen until the task is over and give its result.

        Raises
        ------
        JiqunError
            If it failed, took too long or was ended.
        """
        watch = threading.Timer(seconds, self._expire) if seconds is not None else None
        if watch is not None:
            watch.daemon = True
            watch.start()
        last: dict[str, Any] = {}
        try:
            assert self.popen.stdout is not None
            for line in self.popen.stdout:
                last = _read(line) or last
                if "step" in last:
                    heard(last)
            self.popen.wait()
        finally:
            if watch is not None:
                watch.cancel()
            for pipe in (self.popen.stdin, self.popen.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
        return self._result(last, seconds)

    def end(self) -> None:
        """Ask the task to end, and kill it where it does not."""
        if self.popen.poll() is not None:
            return
        self.popen.terminate()
        try:
            self.popen.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.popen.kill()

    def _expire(self) -> None:
        self.late = True
        self.end()

    def _result(self, last: dict[str, Any], seconds: float | None) -> dict[str, Any]:
        if isinstance(last.get("result"), dict) and self.popen.returncode == 0:
            result: dict[str, Any] = last["result"]
            return result
        if isinstance(last.get("error"), dict):
            raise _failure(last["error"])
        if self.late:
            raise Refusal(
                Words(
                    f"The work took longer than {seconds:g} s and was ended.", f"任务超过 {seconds:g} 秒，已被终止。"
                ),
                status=504,
            )
        raise Refusal(
            Words(
                f"The work ended unexpectedly (exit {self.popen.returncode}), perhaps for want of memory. "
                "Try with less data, or see the log.",
                f"任务意外终止（退出码 {self.popen.returncode}），可能是内存不足。请减少数据量，或查看日志。",
            ),
            status=500,
        )


def _read(line: str) -> dict[str, Any]:
    # A library that prints to stdout must not break the protocol: what is not ours is passed over.
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) and said.keys() & {"step", "result", "error"} else {}


def _failure(error: dict[str, Any]) -> JiqunError:
    message, chinese = short(str(error.get("message"))), str(error.get("message_zh") or "")
    return Refusal(Words(message, short(chinese)), status=int(error.get("status", 422)))
