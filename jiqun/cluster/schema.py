"""The canonical tables of a cluster: which columns, of what type, in what unit, pointing where.

This file is the single source of the schema. The readers cast to it, the checks test against it,
the docs page *Tables* and the form of the web client are generated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

__all__ = ["SCHEMA_VERSION", "TABLES", "Column", "Table", "Type"]

SCHEMA_VERSION = 1
"""Version of the on-disk schema; a change of this number comes with a migration in ``engine``."""

CURRENCY = "currency of the source"

Type = Literal["string", "integer", "number", "boolean", "date", "time", "strings", "geometry"]
"""Logical types: ``time`` is a timestamp (microseconds, UTC or local as the source says), ``strings``
a list of strings, ``geometry`` WKB in WGS84 longitude/latitude."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, meaning and unit, and what must be true of its values."""

    name: str
    type: Type
    title: str
    title_zh: str
    unit: str = ""
    required: bool = False
    references: str = ""
    """``table.column`` that every non-null value must exist in."""
    choices: tuple[str, ...] = ()
    """The values in use; others are reported as unknown codes, not refused."""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table: what a row is, its key and its columns."""

    name: str
    title: str
    title_zh: str
    row: str
    key: tuple[str, ...]
    """Columns that identify a row; empty where rows are events and may repeat."""
    columns: tuple[Column, ...]
    by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({c.name: c for c in self.columns}))

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which the table cannot be read."""
        return tuple(c.name for c in self.columns if c.required)


def _lon() -> Column:
    return Column("lon", "number", "longitude (WGS84)", "经度 (WGS84)", "degree", low=-180.0, high=180.0)


def _lat() -> Column:
    return Column("lat", "number", "latitude (WGS84)", "纬度 (WGS84)", "degree", low=-90.0, high=90.0)


ACTORS = Table(
    "actors",
    "Actors",
    "主体",
    "one firm, buyer, institution or platform",
    ("actor_id",),
    (
        Column("actor_id", "string", "identifier", "主体编号", required=True),
        Column("name", "string", "name", "名称"),
        Column("kind", "string", "kind of actor", "主体类型", choices=("firm", "buyer", "institution", "platform")),
        Column("industry_id", "string", "industry", "行业", references="industries.industry_id"),
        Column("place_id", "string", "place", "地点", references="places.place_id"),
        _lon(),
        _lat(),
        Column("x", "number", "planar east", "平面坐标 x", "km"),
        Column("y", "number", "planar north", "平面坐标 y", "km"),
        Column("founded", "date", "founded on", "成立日期"),
        Column("closed", "date", "closed on", "注销日期"),
        Column("size", "number", "size: employment or another weight", "规模（从业人员或其他权重）", low=0.0),
        Column("revenue", "number", "revenue", "营业收入", CURRENCY, low=0.0),
        Column("digital_native", "boolean", "born digital", "数字原生"),
        Column("status", "string", "status given by the source", "状态"),
    ),
)

PLACES = Table(
    "places",
    "Places",
    "地点",
    "one region, city, district, park or store",
    ("place_id",),
    (
        Column("place_id", "string", "identifier or division code", "地点编号", required=True),
        Column("name", "string", "name", "名称"),
        Column("parent", "string", "place it lies in", "上级地点", references="places.place_id"),
        Column("level", "string", "level: country, province, city, district, park, store …", "层级"),
        _lon(),
        _lat(),
        Column("area", "number", "area", "面积", "km²", low=0.0),
        Column("population", "number", "residents", "常住人口", "person", low=0.0),
        Column("geometry", "geometry", "outline (WKB, WGS84)", "边界"),
    ),
)

INDUSTRIES = Table(
    "industries",
    "Industries",
    "行业",
    "one industry, category or product group",
    ("industry_id",),
    (
        Column("industry_id", "string", "code", "行业代码", required=True),
        Column("name", "string", "name", "名称"),
        Column("parent", "string", "industry it belongs to", "上级行业", references="industries.industry_id"),
        Column("scheme", "string", "code system", "分类体系"),
    ),
)

FLOWS = Table(
    "flows",
    "Flows between industries",
    "行业间流量",
    "one input coefficient between two industries",
    ("source", "target", "period"),
    (
        Column("source", "string", "supplier", "供给行业", required=True, references="industries.industry_id"),
        Column("target", "string", "using industry", "使用行业", required=True, references="industries.industry_id"),
        Column("coefficient", "number", "input per unit of output", "直接消耗系数", required=True, low=0.0),
        Column("period", "string", "period", "时期"),
    ),
)

OFFERS = Table(
    "offers",
    "Offers",
    "供给",
    "one thing an actor can supply",
    ("offer_id",),
    (
        Column("offer_id", "string", "identifier", "供给编号", required=True),
        Column("actor_id", "string", "who offers", "供给方", required=True, references="actors.actor_id"),
        Column("text", "string", "description", "描述"),
        Column("category", "string", "category", "类别"),
        Column("capacity", "number", "capacity per period", "产能", "as in unit", low=0.0),
        Column("unit", "string", "unit of capacity and price", "单位"),
        Column("price", "number", "price per unit", "价格", CURRENCY, low=0.0),
        Column("valid_from", "date", "valid from", "有效期起"),
        Column("valid_to", "date", "valid to", "有效期止"),
    ),
)

NEEDS = Table(
    "needs",
    "Needs",
    "需求",
    "one thing an actor is looking for",
    ("need_id",),
    (
        Column("need_id", "string", "identifier", "需求编号", required=True),
        Column("actor_id", "string", "who needs", "需求方", required=True, references="actors.actor_id"),
        Column("text", "string", "description", "描述"),
        Column("category", "string", "category", "类别"),
        Column("quantity", "number", "quantity", "数量", "as in unit", low=0.0),
        Column("unit", "string", "unit of quantity", "单位"),
        Column("components", "strings", "components of a composite need", "组成部分"),
        Column("deadline", "date", "deadline", "截止日期"),
    ),
)

INTERACTIONS = Table(
    "interactions",
    "Interactions",
    "互动",
    "one event between two actors: the source acts (views, orders, pays, invests), the target is acted on",
    (),
    (
        Column("time", "time", "when", "时间"),
        Column("source", "string", "who acts", "发起方", required=True, references="actors.actor_id"),
        Column("target", "string", "who is acted on", "对象方", required=True, references="actors.actor_id"),
        Column(
            "kind",
            "string",
            "kind of interaction",
            "互动类型",
            choices=(
                "view",
                "favourite",
                "enquiry",
                "order",
                "payment",
                "investment",
                "acquisition",
                "collaboration",
                "stay",
                "review",
                "award",
            ),
        ),
        Column("amount", "number", "value paid by the source", "金额", CURRENCY),
        Column("quantity", "number", "quantity", "数量"),
        Column("category", "string", "category of what is exchanged", "类别", references="industries.industry_id"),
        Column("channel", "string", "channel", "渠道"),
        Column("matched_by", "string", "who matched them", "撮合方式", choices=("market", "ai", "planner")),
        Column("group", "string", "joint order or project", "订单/项目编号"),
        Column("place_id", "string", "where it took place", "发生地点", references="places.place_id"),
        Column("subsidy_platform", "number", "subsidy borne by the platform", "平台补贴", CURRENCY, low=0.0),
        Column(
            "subsidy_supplier",
            "number",
            "subsidy borne by the supplier",
            "供应商补贴",
            CURRENCY,
            low=0.0,
        ),
    ),
)

TIES = Table(
    "ties",
    "Ties",
    "关系",
    "one lasting relation between two actors",
    (),
    (
        Column("source", "string", "from whom", "起点", required=True, references="actors.actor_id"),
        Column("target", "string", "to whom", "终点", required=True, references="actors.actor_id"),
        Column("kind", "string", "kind of tie", "关系类型"),
        Column("layer", "string", "space the tie lives in", "所在空间", choices=("physical", "digital")),
        Column("from", "date", "since", "开始"),
        Column("to", "date", "until", "结束"),
        Column("weight", "number", "strength", "强度", low=0.0),
    ),
)

PANEL = Table(
    "panel",
    "Panel",
    "面板",
    "one value of one indicator of one place in one period",
    ("place_id", "period", "indicator"),
    (
        Column("place_id", "string", "place", "地点", required=True, references="places.place_id"),
        Column("period", "string", "period: 2017, 2017-Q1, 2017-03, 2017-W05", "时期", required=True),
        Column("indicator", "string", "indicator", "指标", required=True),
        Column("value", "number", "value", "数值"),
        Column("unit", "string", "unit", "单位"),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {t.name: t for t in (ACTORS, PLACES, INDUSTRIES, FLOWS, OFFERS, NEEDS, INTERACTIONS, TIES, PANEL)}
)
"""The nine canonical tables by name, in the order in which they are read and checked."""
