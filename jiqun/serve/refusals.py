"""What the server and the command line refuse, said in both languages."""

from __future__ import annotations

from jiqun.cluster import JiqunError, Words

__all__ = ["Refusal", "short"]

LONGEST = 2000
"""A message repeats what the caller sent; this bounds how much of it."""


class Refusal(JiqunError):
    """A request that the server refuses, told in both languages.

    >>> Refusal(Words("No.", "否。"), status=403).status
    403
    """

    def __init__(self, words: Words, *, status: int) -> None:
        super().__init__(words.en)
        self.words = words
        self.status = status


def short(text: str, longest: int = LONGEST) -> str:
    """Cut a text that may repeat a very long input, and say that it was cut.

    >>> short("abcdef", 3)
    'abc…'
    """
    printable = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[: longest + 1])
    return printable if len(printable) <= longest else printable[:longest] + "…"
