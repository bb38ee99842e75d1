"""What a text consists of: words where a script parts them, characters and pairs of characters where it does not."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MOST_CHARACTERS", "normal", "terms"]

MOST_CHARACTERS = 20_000
"""Characters of a text that are read; what a need says is said before that."""

# Scripts written without spaces: kana, Han with its extensions, and Hangul, whose particles stick to the word.
_JOINED = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U0003134f"
_PIECE = re.compile(rf"(?P<joined>[{_JOINED}]+)|(?P<word>(?:(?![{_JOINED}])[^\W_])+)")
_NUMBER = re.compile(r"\d+")


def normal(text: str) -> str:
    """Give the text as it is compared: full width as half width, one case, cut at :data:`MOST_CHARACTERS`.

    >>> normal("ＣＮＣ 加工")
    'cnc 加工'
    """
    return unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold()


def terms(text: str) -> list[str]:
    """Cut a text into the terms it is found by, in order and with repeats.

    Chinese, Japanese and Korean give every character and every pair of neighbours, so that no dictionary is
    needed; other scripts give words, an English plural as its singular. Marks and emoji give nothing.

    >>> terms("CNC加工, Die-castings!")
    ['cnc', '加', '工', '加工', 'die', 'casting']
    >>> terms("🙂"), terms("")
    ([], [])
    """
    found: list[str] = []
    for piece in _PIECE.finditer(normal(text)):
        joined = piece["joined"]
        if joined is None:
            found.append(_singular(piece["word"]))
        else:
            found.extend(joined)
            found.extend(joined[k : k + 2] for k in range(len(joined) - 1))
    return found


def _singular(word: str) -> str:
    """Harman's S-stemmer (1991): the weakest that joins singular and plural."""
    if len(word) > 4 and word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and word[-2] not in "us":
        return word[:-1]
    return word
