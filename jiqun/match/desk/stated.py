"""What may be written on a desk: every value is checked, and what is wrong is said before anything is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from jiqun.cluster import TABLES, JiqunError
from jiqun.match.text import MOST_CHARACTERS, terms

__all__ = ["KEYS", "MOST_NAME", "amount", "checked", "moment", "name"]

KEYS = {"needs": "need_id", "offers": "offer_id"}
MOST_NAME = 200
"""Characters of an identifier, a category, a unit or a person's name."""
MOST_COMPONENTS = 100


def checked(kind: str, values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Check the values of a need or an offer and bring them to the types of the canonical table.

    Parameters
    ----------
    kind
        ``"needs"`` or ``"offers"``.
    values
        By column of the canonical table; what is None is left out. The identifier is not among them.
    today
        Deadlines before it cannot be met.

    Raises
    ------
    JiqunError
        If a column is unknown, a value cannot be read or is out of bounds, nothing says what is needed or offered,
        the deadline has passed, or the capacity is zero.

    Examples
    --------
    >>> checked("needs", {"actor_id": "b", "category": "C22", "quantity": "12"}, date(2026, 1, 1))
    {'actor_id': 'b', 'category': 'C22', 'quantity': 12.0}
    """
    columns = TABLES[kind].by_name
    unknown = [key for key in values if key not in columns or key == KEYS[kind]]
    if unknown:
        known = [column for column in columns if column != KEYS[kind]]
        shown = ", ".join(repr(str(key)[:40]) for key in unknown[:5])
        raise JiqunError(
            f"{kind} cannot have {shown}. Known: {', '.join(known)}.",
            f"{kind} 没有 {shown} 这些列。可用：{'、'.join(known)}。",
        )
    made = {
        column: _typed(column, columns[column].type, values[column])
        for column in columns
        if values.get(column) is not None
    }
    made = {column: value for column, value in made.items() if value not in ("", [])}
    if "actor_id" not in made:
        raise JiqunError(
            f"An entry of {kind} needs actor_id: who it is of.", f"{kind} 的条目需要 actor_id：填写所属主体。"
        )
    _says_something(kind, made)
    (_possible_need if kind == "needs" else _possible_offer)(made, today)
    return made


def _typed(column: str, of: str, value: Any) -> Any:
    if column == "text":
        return _text(column, value, MOST_CHARACTERS)
    if of == "string":
        return name(column, value)
    if of == "number":
        return amount(column, value)
    if of == "date":
        return _day(column, value).isoformat()
    if isinstance(value, str) or not hasattr(value, "__iter__") or len(value) > MOST_COMPONENTS:
        raise JiqunError(
            f"{column} needs a list of at most {MOST_COMPONENTS} names.",
            f"{column} 需要至多 {MOST_COMPONENTS} 个名称的列表。",
        )
    return [name(column, one) for one in value]


def name(column: str, value: Any) -> str:
    """Read an identifier or another short text; surrounding space is dropped."""
    return _text(column, value, MOST_NAME)


def _text(column: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise JiqunError(
            f"{column} needs a text; got a {type(value).__name__}.", f"{column} 需要文本；收到 {type(value).__name__}。"
        )
    if len(value) > most:
        raise JiqunError(
            f"{column} has {len(value):,} characters; at most {most:,} are kept and read. Say first what matters and "
            "shorten it.",
            f"{column} 有 {len(value):,} 个字符；最多保存和读取 {most:,} 个。请精简，先写要点。",
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise JiqunError(
            f"{column} has half of a character at position {error.start + 1}. Type or paste it again.",
            f"{column} 的第 {error.start + 1} 个字符不完整。请重新输入或粘贴。",
        ) from error
    # Tabs and line ends are kept; what cannot be seen and would break a table or a terminal is not.
    return "".join(c for c in value if c in "\t\n" or (c >= " " and c != "\x7f")).strip()


def amount(column: str, value: Any) -> float:
    """Read a number that is finite and not negative."""
    try:
        made = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        made = math.nan
    if not math.isfinite(made) or made < 0.0:
        raise JiqunError(
            f"{column} needs a number of at least 0; got {str(value)[:40]!r}.",
            f"{column} 需要不小于 0 的数；收到 {str(value)[:40]!r}。",
        )
    return made


def _day(column: str, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise JiqunError(
            f"{column} needs a date such as 2026-05-31; got {str(value)[:40]!r}.",
            f"{column} 需要形如 2026-05-31 的日期；收到 {str(value)[:40]!r}。",
        ) from error


def moment(column: str, value: Any) -> str:
    """Read a moment and give it in UTC, to the second; without a zone it is taken as UTC.

    >>> moment("starts", "2026-05-01T08:00+08:00")
    '2026-05-01T00:00:00Z'
    """
    try:
        made = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        made = (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise JiqunError(
            f"{column} needs a moment such as 2026-05-01T08:00+08:00; got {str(value)[:40]!r}.",
            f"{column} 需要形如 2026-05-01T08:00+08:00 的时刻；收到 {str(value)[:40]!r}。",
        ) from error
    return made.strftime("%Y-%m-%dT%H:%M:%SZ")


def _says_something(kind: str, made: Mapping[str, Any]) -> None:
    if "category" in made or terms(made.get("text", "")):
        return
    raise JiqunError(
        f"An entry of {kind} needs a text with words, or a category: nothing says what it is.",
        f"{kind} 的条目需要含文字的 text 或 category：目前无法得知内容。",
    )


def _possible_need(made: Mapping[str, Any], today: date) -> None:
    if made.get("quantity") == 0.0:
        raise JiqunError(
            "The quantity of a need is 0: there is nothing to serve. Leave it empty where it is not known.",
            "需求数量为 0，无需供给。不确定时请留空。",
        )
    if "deadline" in made and date.fromisoformat(made["deadline"]) < today:
        raise JiqunError(
            f"The deadline {made['deadline']} has passed (today is {today}): nobody could meet it. Choose a later day.",
            f"截止日期 {made['deadline']} 已过（今天是 {today}），无法满足。请选择更晚的日期。",
        )


def _possible_offer(made: Mapping[str, Any], today: date) -> None:
    if made.get("capacity") == 0.0:
        raise JiqunError(
            "The capacity of an offer is 0: it could serve nobody. Leave it empty where it is not known, or remove it.",
            "供给产能为 0，无法服务任何需求。不确定时请留空，或撤下该供给。",
        )
    begin, end = made.get("valid_from"), made.get("valid_to")
    if end is not None and (end < today.isoformat() or (begin is not None and begin > end)):
        raise JiqunError(
            f"The offer would be valid from {begin or 'now'} to {end}: on no day from today ({today}). Correct "
            "the dates.",
            f"该供给的有效期为 {begin or '现在'} 至 {end}，自今天（{today}）起没有一天有效。请更正日期。",
        )
