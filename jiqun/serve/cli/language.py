"""The language of the command line: what ``--lang`` says, else what the locale says."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from jiqun.cluster.facts import Language, Words

__all__ = ["choose", "language", "said", "speak"]

_run: list[Language] = ["en"]
"""Of the whole process, not of a context: progress is told from threads, which would not inherit one."""


def choose(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Language:
    """Choose the language before anything is parsed, so that help and errors are in it too.

    >>> choose(["check", "--lang", "zh"], {}), choose([], {"LANG": "zh_CN.UTF-8"}), choose([], {"LC_ALL": "C"})
    ('zh', 'zh', 'en')
    """
    asked = ""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    if not asked:
        asked = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if asked.lower().startswith("zh") else "en"


def speak(chosen: Language) -> None:
    """Set the language of this run."""
    _run[0] = chosen


def language() -> Language:
    """Give the language of this run."""
    return _run[0]


def said(en: str, zh: str) -> str:
    """Give the text in the language of this run."""
    return Words(en, zh)[language()]
