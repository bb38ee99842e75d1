"""Writing TOML: quoting what came from files, and one line for each mapped column."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from jiqun.cluster import TABLES, JiqunError
from jiqun.ingest.drafting.decide import Choice
from jiqun.ingest.drafting.facts import Facts
from jiqun.ingest.drafting.words import bare, unit_in
from jiqun.ingest.units import factor

__all__ = ["column_lines", "comment", "quoted", "sql_name", "unused_lines"]

_KINDS: Mapping[str, str] = {
    "order": "order", "purchase": "order", "sale": "order", "订单": "order", "采购": "order", "交易": "order",
    "销售": "order", "购买": "order", "enquiry": "enquiry", "inquiry": "enquiry", "询价": "enquiry",
    "咨询": "enquiry", "view": "view", "浏览": "view", "favourite": "favourite", "favorite": "favourite",
    "收藏": "favourite", "payment": "payment", "付款": "payment", "支付": "payment", "investment": "investment",
    "投资": "investment", "acquisition": "acquisition", "收购": "acquisition", "并购": "acquisition",
    "collaboration": "collaboration", "合作": "collaboration", "stay": "stay", "入住": "stay", "review": "review",
    "评价": "review", "award": "award", "中标": "award",
}  # fmt: skip
_EXTRA: Mapping[str, str] = {
    "注册资本": "registered_capital", "实缴资本": "paid_in_capital", "法定代表人": "", "法人": "", "联系人": "",
    "电话": "", "联系电话": "", "手机": "", "邮箱": "", "电子邮箱": "", "姓名": "", "身份证": "",
    "地址": "address", "注册地址": "address", "经营范围": "business_scope", "企业类型": "legal_form",
    "公司类型": "legal_form", "备注": "remark", "专利数": "patents", "纳税额": "tax_paid", "利润": "profit",
    "研发投入": "rd_spending", "网址": "website",
}  # fmt: skip
_PERSONAL = re.compile(r"phone|mobile|e_?mail|contact|first_?name|last_?name|host_name|reviewer_name|passport|birth")


def quoted(text: str) -> str:
    r"""Quote a text for TOML.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def comment(text: str) -> str:
    """Make a comment of a text that may come from a file: one line, no control characters."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return f"# {clean}"


def sql_name(name: str) -> str:
    """Quote a column for SQL."""
    return '"' + name.replace("\x00", "").replace('"', '""') + '"'


def column_lines(choice: Choice) -> list[str]:
    """Write the line of each mapped column, in the order of the schema, with its doubts."""
    lines = []
    for column in TABLES[choice.table].columns:
        if column.name not in choice.mapped:
            continue
        source = choice.mapped[column.name]
        if column.name in choice.renamed:
            lines.append(
                f"{column.name} = {quoted(choice.renamed[column.name])}  {comment(f'from the names in {source}')}"
            )
            continue
        what = choice.seen.facts[source]
        if choice.table == "interactions" and column.name == "kind":
            lines += _kind(source, what)
            continue
        entry, doubts = _entry(choice.table, column.name, source, what)
        doubts += [f"or {quoted(other)}" for other in choice.rivals.get(column.name, ())[:3]]
        tail = f"  {comment('; '.join(doubts))}" if doubts else ""
        key = column.name
        lines.append(f"{key} = {entry}{tail}")
    if choice.seen.look.geometry:
        lines += _place(choice)
    if choice.table == "interactions" and "kind" not in choice.mapped:
        lines.append('kind = { value = "order" }  # no column says what kind of interaction it is')
    if choice.table == "actors" and "kind" not in choice.mapped:
        lines.append('kind = { value = "firm" }  # or buyer, institution, platform')
    return lines


def _place(choice: Choice) -> list[str]:
    """Write where the shapes of a map file go: the point of each, and for places the outline."""
    columns = TABLES[choice.table].by_name
    lines = []
    if {"lon", "lat"} <= set(columns) and not {"lon", "lat"} & set(choice.mapped):
        lines += ['lon = "geometry_lon"', 'lat = "geometry_lat"']
    if "geometry" in columns:
        lines.append('geometry = "geometry"')
    return lines


def _entry(table: str, name: str, source: str, what: Facts) -> tuple[str, list[str]]:
    column = TABLES[table].by_name[name]
    parts, doubts = {"column": source}, []
    if column.type in ("date", "time"):
        form = what.form or ("%Y" if what.year and not what.dated else "")
        if form:
            parts["format"] = form
        if what.other_form:
            doubts.append(f"every value also fits {what.other_form}: which comes first, day or month?")
    if column.type in ("number", "integer"):
        unit = unit_in(source) or ("%" if set(what.strip) & {"%", "％"} else "")
        if unit:
            parts_unit, doubt = _unit(unit, column.unit)
            parts |= parts_unit
            doubts += doubt
        parts |= {
            k: v for k, v in (("strip", what.strip), ("thousands", what.thousands), ("decimal", what.decimal)) if v
        }
    if len(parts) == 1:
        return quoted(source), doubts
    return "{ " + ", ".join(f"{key} = {quoted(value)}" for key, value in parts.items()) + " }", doubts


def _unit(unit: str, canonical: str) -> tuple[dict[str, str], list[str]]:
    try:
        times = factor(unit, canonical)
    except JiqunError:
        return {}, [f"the heading says {unit}, which is not a unit of this column: check"]
    return ({} if times == 1.0 else {"unit": unit}), []


def _kind(source: str, what: Facts) -> list[str]:
    known = {value: _KINDS[bare(value)] for value in sorted(what.values)[:40] if bare(value) in _KINDS}
    if known and len(known) == what.distinct:
        if all(value == kind for value, kind in known.items()):
            return [f"kind = {quoted(source)}"]
        pairs = ", ".join(f"{quoted(value)} = {quoted(kind)}" for value, kind in known.items())
        return [f"kind = {{ column = {quoted(source)}, map = {{ {pairs} }} }}"]
    some = ", ".join(sorted(what.values)[:5])
    return [
        'kind = { value = "order" }',
        comment(f"column {source} holds {some}; to use it: kind = {{ column = {quoted(source)}, map = {{ … }} }}"),
    ]


def unused_lines(choice: Choice) -> list[str]:
    """Write, as comments, the columns that feed nothing, ready to be kept as extra columns."""
    lines = []
    used = set(choice.mapped.values())
    free = {name: what for name, what in choice.seen.facts.items() if name not in used}
    if free:
        lines.append("# Columns not used. To keep one, remove the # before it:")
    for number, (name, what) in enumerate(free.items(), start=1):
        if what.kind == "empty":
            lines.append(comment(f"(empty) {quoted(name)}"))
            continue
        extra = _extra(name, number)
        if not extra:
            lines.append(comment(f"(may be personal: leave out) {quoted(name)}"))
            continue
        kind = {"text": "string"}.get(what.kind, what.kind)
        form = f", format = {quoted(what.form)}" if what.form else ""
        lines.append(comment(f"{extra} = {{ column = {quoted(name)}, type = {quoted(kind)}{form} }}"))
    return lines


def _extra(name: str, number: int) -> str:
    """Give a snake_case name for an extra column; empty where it looks personal."""
    text = bare(name)
    if text in _EXTRA:
        return _EXTRA[text]
    if _PERSONAL.search(text):
        return ""
    ascii_only = re.sub(r"[^a-z0-9_]", "", text).strip("_")
    if re.match(r"[a-z][a-z0-9_]{1,60}$", ascii_only) and text.isascii():
        taken = any(ascii_only in table.by_name for table in TABLES.values())
        return f"{ascii_only}_given" if taken else ascii_only
    return f"column_{number}"
