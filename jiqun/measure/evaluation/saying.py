"""What a model of Pydantic found wrong, in both languages: the place, and what may stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from jiqun.cluster import Words

__all__ = ["Wrong", "said"]


class Wrong(ValueError):
    """A value that is not right, said in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.words = Words(en, zh)


_ZH: Mapping[str, Callable[[dict[str, Any]], str]] = MappingProxyType(
    {
        "missing": lambda _: "缺少该键",
        "extra_forbidden": lambda _: "没有这个键",
        "literal_error": lambda c: f"应为 {str(c['expected']).replace(' or ', ' 或 ')}",
        "union_tag_invalid": lambda c: f"应为 {c['expected_tags']}",
        "union_tag_not_found": lambda _: "缺少 do",
        "string_type": lambda _: "应为带引号的文字",
        "string_too_short": lambda _: "不能为空",
        "string_too_long": lambda c: f"不能超过 {c['max_length']} 个字符",
        "string_pattern_mismatch": lambda _: "应为小写字母、数字和连字符",
        "float_type": lambda _: "应为数字",
        "float_parsing": lambda _: "应为数字",
        "int_type": lambda _: "应为整数",
        "int_parsing": lambda _: "应为整数",
        "int_from_float": lambda _: "应为整数",
        "bool_type": lambda _: "应为 true 或 false",
        "bool_parsing": lambda _: "应为 true 或 false",
        "finite_number": lambda _: "应为有限的数",
        "greater_than": lambda c: f"应大于 {c['gt']:g}",
        "greater_than_equal": lambda c: f"不能小于 {c['ge']:g}",
        "less_than": lambda c: f"应小于 {c['lt']:g}",
        "less_than_equal": lambda c: f"不能大于 {c['le']:g}",
        "too_short": lambda c: f"至少要有 {c['min_length']} 项",
        "too_long": lambda c: f"最多 {c['max_length']} 项",
        "tuple_type": lambda _: "应为数组",
        "dict_type": lambda _: "应为一个表（键 = 值）",
        "model_type": lambda _: "应为一个表（键 = 值）",
        "model_attributes_type": lambda _: "应为一个表（键 = 值）",
    }
)


def said(error: ValidationError) -> tuple[str, Words]:
    """Give the place and the words of the first thing wrong.

    Parameters
    ----------
    error
        What Pydantic raised.

    Returns
    -------
    place, words
        Keys joined by dots, empty where the whole is wrong; and what is wrong there.

    Examples
    --------
    >>> from pydantic import BaseModel
    >>> class Model(BaseModel):
    ...     size: int
    >>> try:
    ...     Model.model_validate({})
    ... except ValidationError as error:
    ...     said(error)
    ('size', Words(en='Field required', zh='缺少该键'))
    """
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    context: dict[str, Any] = first.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Wrong):
        return place, cause.words
    message = first["msg"]
    known = _ZH.get(first["type"])
    return place, Words(message, known(context) if known else message)
