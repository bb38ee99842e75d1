"""The shared vocabulary in English and Chinese: what the command line, HTTP and the screen all say.

Names of tables and columns come from :mod:`jiqun.cluster.schema`; texts of rules, indices and sources
stand with them. What several faces say is here, so that they say it in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jiqun.cluster.errors import UnknownName
from jiqun.cluster.facts import Language, Words
from jiqun.cluster.schema import TABLES

__all__ = [
    "GRADES",
    "GRADE_ADVICE",
    "GRAINS",
    "KINDS",
    "LABELS",
    "LEVELS",
    "ORIGINS",
    "SEVERITIES",
    "SPACES",
    "column_title",
    "number",
    "table_title",
]

SEVERITIES: Mapping[str, Words] = MappingProxyType(
    {
        "error": Words("Error", "错误"),
        "warning": Words("Warning", "警告"),
        "info": Words("Worth knowing", "提示"),
    }
)

GRADES: Mapping[str, Words] = MappingProxyType(
    {
        "A": Words("Sound: use it.", "质量优良，可直接使用。"),
        "B": Words("Good: use it, and read the warnings.", "质量良好，使用时请留意警告。"),
        "C": Words(
            "Fair: good for an overview; settle the findings before deciding by it.",
            "质量一般，可用于概览；据以决策前请先处理问题。",
        ),
        "D": Words("Poor: repair the errors before using results.", "质量较差，请先修正错误再使用结果。"),
        "E": Words("Unfit: results would mislead.", "不可用，结果会产生误导。"),
    }
)
"""What each grade of the data means, in one sentence."""

GRADE_ADVICE = Words(
    "The grade starts at 100 and is lowered by each finding: by up to 60 % for an error and 20 % for a warning, in "
    "proportion to the square root of the share of rows concerned. A from 90, B from 75, C from 60, D from 40.",
    "质量评分从 100 分起，每项问题按所涉记录比例的平方根扣减：错误最多扣 60%，警告最多扣 20%。"
    "90 分以上为 A,75 为 B,60 为 C,40 为 D。",
)

GRAINS: Mapping[str, Words] = MappingProxyType(
    {
        "year": Words("Year", "年"),
        "quarter": Words("Quarter", "季度"),
        "month": Words("Month", "月"),
        "week": Words("Week", "周"),
    }
)

SPACES: Mapping[str, Words] = MappingProxyType(
    {
        "physical": Words("Physical space", "物理空间"),
        "digital": Words("Digital space", "数字空间"),
        "both": Words("Both spaces", "双空间"),
        "none": Words("", ""),
    }
)

ORIGINS: Mapping[str, Words] = MappingProxyType(
    {
        "real": Words("Real data", "真实数据"),
        "generated": Words("Generated data", "生成数据"),
        "evaluation": Words("For evaluation only", "仅供评测"),
    }
)

KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "firm": Words("Firm", "企业"),
        "buyer": Words("Buyer", "买方"),
        "institution": Words("Institution", "机构"),
        "platform": Words("Platform", "平台"),
        "view": Words("View", "浏览"),
        "favourite": Words("Favourite", "收藏"),
        "enquiry": Words("Enquiry", "询盘"),
        "order": Words("Order", "订单"),
        "payment": Words("Payment", "付款"),
        "investment": Words("Investment", "投资"),
        "acquisition": Words("Acquisition", "并购"),
        "collaboration": Words("Collaboration", "合作"),
        "stay": Words("Stay", "入住"),
        "review": Words("Review", "评价"),
        "award": Words("Contract award", "中标"),
        "market": Words("Market", "市场"),
        "ai": Words("AI", "智能匹配"),
        "planner": Words("Planner", "规划者"),
    }
)
"""Kinds of actors and interactions, and ways of matching: every choice of the schema has a word here."""

LEVELS: Mapping[str, Words] = MappingProxyType(
    {
        "country": Words("Country", "国家"),
        "province": Words("Province", "省"),
        "city": Words("City", "市"),
        "district": Words("District", "区县"),
        "town": Words("Town", "乡镇"),
        "village": Words("Village", "村居"),
        "park": Words("Park", "园区"),
        "store": Words("Store", "门店"),
    }
)

LABELS: Mapping[str, Words] = MappingProxyType(
    {
        "grade": Words("Data quality", "数据质量"),
        "findings": Words("Findings", "质量问题"),
        "rule": Words("Rule", "规则"),
        "severity": Words("Severity", "级别"),
        "table": Words("Table", "表"),
        "column": Words("Column", "字段"),
        "rows": Words("Rows", "记录数"),
        "of": Words("of", "共"),
        "share": Words("Share", "占比"),
        "examples": Words("Examples", "示例"),
        "advice": Words("What to do", "处理建议"),
        "file": Words("File", "文件"),
        "line": Words("Line", "行号"),
        "nothing_found": Words("Nothing found.", "未发现问题。"),
    }
)
"""Headings of the findings table."""


def table_title(table: str) -> Words:
    """Give the name of a canonical table.

    >>> table_title("actors")
    Words(en='Actors', zh='主体')
    """
    if table not in TABLES:
        raise UnknownName("canonical table", table, TABLES)
    return Words(TABLES[table].title, TABLES[table].title_zh)


def column_title(table: str, column: str) -> Words:
    """Give the name of a column; one that is not canonical is called what the source calls it.

    >>> column_title("actors", "founded").zh, column_title("actors", "fax").en
    ('成立日期', 'fax')
    """
    known = TABLES[table].by_name.get(column) if table in TABLES else None
    return Words(known.title, known.title_zh) if known else Words(column, column)


def number(value: float, lang: Language, *, digits: int = 1) -> str:
    """Write a large number as people of the language say it: thousand and million, or 万 and 亿.

    >>> number(1_469_307, "en"), number(1_469_307, "zh"), number(823, "zh")
    ('1.5 million', '146.9万', '823')
    """
    steps = (
        ((1e9, " billion"), (1e6, " million"), (1e3, " thousand"))
        if lang == "en"
        else ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
    )
    for size, word in steps:
        # what would round up to the next word is said with it: 1 000 thousand is 1 million
        if abs(value) >= size * (1.0 - 0.5 * 10.0**-digits / 1000.0):
            return f"{value / size:,.{digits}f}{word}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{digits}f}"
