"""The indicator system: a tree of indicators with sign, unit, transformation and source, as a small TOML file.

The file declares and computes nothing: transformations come from a closed list, and there is no expression in it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from jiqun.cluster import JiqunError, UnknownName, Words
from jiqun.measure.evaluation.saying import Wrong, said
from jiqun.measure.evaluation.transformation import Name, PerCapita, Ratio, Transformations

__all__ = ["Comparison", "Indicator", "Node", "System", "load_system", "parse_system", "systems"]

MAX_BYTES = 1024 * 1024
MAX_INDICATORS = 500
MAX_DEPTH = 8

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FRACTION = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(?:/(\d{1,4}(?:\.\d{1,6})?))?")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class _Both(_Section):
    en: Annotated[str, Field(max_length=2000)] = ""
    zh: Annotated[str, Field(max_length=2000)] = ""


def _words(value: Any) -> Any:
    if isinstance(value, Words):
        return value
    both = _Both.model_validate({"en": value, "zh": value} if isinstance(value, str) else value)
    return Words(both.en or both.zh, both.zh or both.en)


Text = Annotated[Words, BeforeValidator(_words)]


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _FRACTION.fullmatch(value.strip())
    if found is None or (found[2] and float(found[2]) == 0):
        raise Wrong('write a number such as 3, 0.5 or "1/3"', '请写数字，例如 3、0.5 或 "1/3"')
    return float(found[1]) / float(found[2] or 1)


Judgement = Annotated[float, BeforeValidator(_number), Field(gt=0.0, le=1e4)]


class Node(_Section):
    """A branch of the tree: a dimension or a subsystem."""

    title: Text
    parent: str = ""
    source: Text = Words("", "")


class Indicator(_Section):
    """A leaf of the tree: where its values come from and how they are read."""

    title: Text
    node: str
    sign: Literal["+", "-", "target"]
    """``+``: more is better; ``-``: less is better; ``target``: the nearer to ``target`` the better (适度指标)."""
    target: float | None = None
    unit: Text = Words("", "")
    column: Name = Field(default="", alias="from")
    """Name of the indicator in the panel; empty: the same as here."""
    transformation: Transformations = ()
    source: Text = Words("", "")
    weight: float | None = Field(default=None, ge=0.0)
    """Weight that the author gives, for ``weights = "given"``."""

    @model_validator(mode="after")
    def _aimed(self) -> Indicator:
        if (self.sign == "target") != (self.target is not None):
            raise Wrong(
                'target = NUMBER belongs to sign = "target", and only to it',
                'target = 数字 与 sign = "target" 必须同时出现',
            )
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Indicators of the panel that it is made of."""
        return (self.column, *(s.to for s in self.transformation if isinstance(s, (Ratio, PerCapita))))


class Comparison(_Section):
    """Judgements of experts on the children of a node, as a matrix of the analytic hierarchy process."""

    node: str = ""
    of: tuple[str, ...] = Field(min_length=1, max_length=15)
    matrix: tuple[tuple[Judgement, ...], ...]


class LeftOut(_Section):
    """A place that the system leaves out unless told otherwise, and why."""

    place: str = Field(min_length=1, max_length=200)
    why: Text = Words("", "")


class _Head(_Section):
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    title: Text
    summary: Text = Words("", "")
    source: Text = Words("", "")
    couple: tuple[str, ...] = ()
    without: tuple[LeftOut, ...] = Field(default=(), max_length=1000)


class System(_Section):
    """An indicator system that has been read and found consistent in itself."""

    head: _Head = Field(alias="system")
    nodes: dict[str, Node] = Field(min_length=1, max_length=MAX_INDICATORS)
    indicators: dict[str, Indicator] = Field(min_length=1, max_length=MAX_INDICATORS)
    comparisons: tuple[Comparison, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _columns(cls, raw: Any) -> Any:
        listed = raw.get("indicators") if isinstance(raw, dict) else None
        if isinstance(listed, dict):
            # an indicator without `from` has the name it has in the panel
            full = {k: {"from": k, **v} if isinstance(v, dict) and "from" not in v else v for k, v in listed.items()}
            return {**raw, "indicators": full}
        return raw

    @model_validator(mode="after")
    def _consistent(self) -> System:
        for name in (*self.nodes, *self.indicators):
            if not _ID.fullmatch(name):
                raise Wrong(
                    f"the name {name!r} must be in snake_case, such as per_capita_output",
                    f"名称 {name!r} 应为 snake_case，例如 per_capita_output",
                )
        both = set(self.nodes) & set(self.indicators)
        if both:
            raise Wrong(
                f"{min(both)} is both a node and an indicator; rename one", f"{min(both)} 既是节点又是指标，请改名"
            )
        for name, node in self.nodes.items():
            if node.parent and node.parent not in self.nodes:
                raise Wrong(
                    f"node {name} lies in {node.parent!r}, which is no node",
                    f"节点 {name} 的上级 {node.parent!r} 不是节点",
                )
            self.path(name)
        for name, indicator in self.indicators.items():
            if indicator.node not in self.nodes:
                raise Wrong(
                    f"indicator {name} lies in {indicator.node!r}, which is no node",
                    f"指标 {name} 所属的 {indicator.node!r} 不是节点",
                )
        for name in self.nodes:
            if not any(True for _ in self.leaves(name)):
                raise Wrong(f"node {name} holds no indicator", f"节点 {name} 没有指标")
        for name in self.head.couple:
            if name not in self.nodes:
                raise Wrong(f"couple names {name!r}, which is no node", f"couple 中的 {name!r} 不是节点")
        self._compared()
        return self

    def _compared(self) -> None:
        for c in self.comparisons:
            children = self.children(c.node)
            where = c.node or "root"
            if sorted(c.of) != sorted(children):
                raise Wrong(
                    f"the comparison of {where} must be of its children {', '.join(children)}",
                    f"{where} 的比较必须针对其全部下级：{'、'.join(children)}",
                )
            if len(c.matrix) != len(c.of) or any(len(row) != len(c.of) for row in c.matrix):
                raise Wrong(
                    f"the comparison of {where} needs a {len(c.of)} × {len(c.of)} matrix",
                    f"{where} 的比较需要 {len(c.of)} × {len(c.of)} 矩阵",
                )
        nodes = [c.node for c in self.comparisons]
        if len(set(nodes)) < len(nodes):
            raise Wrong("a node is compared twice", "有节点被比较了两次")

    def path(self, node: str) -> tuple[str, ...]:
        """Nodes from the root down to a node, itself last."""
        way: list[str] = []
        here = node
        while here:
            if here in way or len(way) >= MAX_DEPTH:
                raise Wrong(
                    f"node {node} lies in a circle, or deeper than {MAX_DEPTH} levels",
                    f"节点 {node} 的上级成环，或超过 {MAX_DEPTH} 层",
                )
            way.append(here)
            here = self.nodes[here].parent if here in self.nodes else ""
        return tuple(reversed(way))

    def children(self, node: str = "") -> tuple[str, ...]:
        """Nodes and indicators right below a node; below the root for an empty name."""
        below = [name for name, n in self.nodes.items() if n.parent == node]
        return (*below, *(name for name, i in self.indicators.items() if i.node == node))

    def leaves(self, node: str = "") -> Iterator[str]:
        """Indicators below a node, in the order of the file; all for an empty name."""
        return (name for name, i in self.indicators.items() if not node or node in self.path(i.node))

    @property
    def subsystems(self) -> tuple[str, ...]:
        """Nodes whose coupling is measured: those the file names, else the branches of the root."""
        return self.head.couple or tuple(name for name, n in self.nodes.items() if not n.parent)

    @property
    def columns(self) -> tuple[str, ...]:
        """Indicators of the panel that the system reads."""
        return tuple(dict.fromkeys(c for i in self.indicators.values() for c in i.columns))


def parse_system(text: str, *, name: str = "indicators.toml") -> System:
    """Read an indicator system from its text.

    Raises
    ------
    JiqunError
        If it is not one; the message names the file, the key and what is wrong.

    Examples
    --------
    >>> s = parse_system('''
    ... [system]
    ... id = "tiny"
    ... title = "Tiny"
    ... [nodes.scale]
    ... title = { en = "Scale", zh = "规模" }
    ... [indicators.gdp]
    ... title = "GDP"
    ... node = "scale"
    ... sign = "+"
    ... ''')
    >>> s.head.title.zh, s.columns, s.subsystems
    ('Tiny', ('gdp',), ('scale',))
    """
    if len(text.encode()) > MAX_BYTES:
        raise JiqunError(
            f"{name} is longer than 1 MiB; an indicator system is a text of a few kilobytes.",
            f"{name} 超过 1 MiB；指标体系是几千字节的文本。",
        )
    try:
        return System.model_validate(tomllib.loads(text.removeprefix("\ufeff")))
    except tomllib.TOMLDecodeError as error:
        raise JiqunError(f"{name} is not valid TOML: {error}.", f"{name} 不是有效的 TOML：{error}。") from error
    except RecursionError as error:
        raise JiqunError(f"{name} is nested too deeply.", f"{name} 嵌套过深。") from error
    except ValidationError as error:
        where, words = said(error)
        at, at_zh = (f" {where} is not right:", f"{where} 不合要求：") if where else ("", "")
        raise JiqunError(
            f"{name}:{at} {words.en}. See the page Evaluation of the docs for what may stand there.",
            f"{name}：{at_zh}{words.zh}。可写内容见文档 Evaluation 一页。",
        ) from error


def load_system(source: str | Path) -> System:
    """Read an indicator system by the name of a shipped one, or from a file.

    Raises
    ------
    UnknownName
        If it is neither.
    JiqunError
        If the file cannot be read or is not an indicator system.

    Examples
    --------
    >>> load_system("china-cities").head.title.zh
    '中国城市数字与集群发展'
    """
    if isinstance(source, str) and source in systems():
        return systems()[source]
    path = Path(source).expanduser()
    if not path.is_file():
        raise UnknownName("indicator system", str(source), systems())
    try:
        if path.stat().st_size > MAX_BYTES:
            raise JiqunError(
                f"{path.name} has {path.stat().st_size:,} bytes; an indicator system is a text of a few kilobytes.",
                f"{path.name} 有 {path.stat().st_size:,} 字节；指标体系是几千字节的文本。",
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JiqunError(
            f"{path.name} is not UTF-8 (byte {error.start}). Save it as UTF-8.",
            f"{path.name} 不是 UTF-8（第 {error.start} 字节）。请存为 UTF-8。",
        ) from error
    except OSError as error:
        raise JiqunError(
            f"{path.name} cannot be read: {error.strerror or error}.",
            f"无法读取 {path.name}：{error.strerror or error}。",
        ) from error
    return parse_system(text, name=path.name)


@cache
def systems() -> Mapping[str, System]:
    """Give every shipped indicator system by name.

    >>> sorted(systems())
    ['china-cities', 'commerce-and-cluster', 'digital-cluster', 'platform']
    """
    folder = Path(__file__).parent / "systems"
    read = (parse_system(f.read_text(encoding="utf-8"), name=f.name) for f in sorted(folder.glob("*.toml")))
    return MappingProxyType({s.head.id: s for s in read})
