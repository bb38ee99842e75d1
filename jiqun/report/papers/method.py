"""How an evaluation was made, as rows for a method sheet: data, system, choices, formulas, command."""

from __future__ import annotations

from collections.abc import Mapping

from jiqun.cluster import Language, Words
from jiqun.report.evaluations import EvaluationReport
from jiqun.report.papers.printed import Printed
from jiqun.report.shapes import Text

__all__ = ["findings_table", "method_tables"]

_ORIGIN: Mapping[str, Words] = {
    "real": Words("real data", "真实数据"),
    "generated": Words("GENERATED data: no finding about the world", "生成数据：不反映现实"),
    "evaluation": Words("data for evaluation only", "仅供评估的数据"),
}
_SEVERITY = {"error": Words("error", "错误"), "warning": Words("warning", "警告"), "info": Words("note", "提示")}


def method_tables(made: EvaluationReport, lang: Language) -> list[Printed]:
    """Give what the figures rest on: data, choices, formulas."""
    return [_data(made, lang), _choices(made, lang), _formulas(made, lang)]


def findings_table(made: EvaluationReport, lang: Language) -> Printed:
    """Give all that was odd and what was done."""
    rows = tuple(
        (
            _SEVERITY[f.severity][lang],
            _in(f.title, lang),
            f.column or "–",
            f"{f.rows}/{f.of}" if f.of else "–",
            _in(f.advice, lang) + (f" [{', '.join(f.examples)}]" if f.examples else ""),
        )
        for f in made.findings
    )
    heads = _both(lang, "Severity|What was odd|Where|Cells|What was done", "级别|情况|位置|数量|处理").split("|")
    none = (_both(lang, "Nothing odd was found.", "未发现异常。"),)
    return Printed("findings", _both(lang, "Findings", "数据说明"), tuple(heads), rows, (), () if rows else none)


def _data(made: EvaluationReport, lang: Language) -> Printed:
    trace = made.trace
    rows = [
        (_both(lang, "Cluster", "集群"), _in(made.cluster, lang)),
        (_both(lang, "Kind of data", "数据性质"), _ORIGIN[made.origin][lang]),
        (_both(lang, "As of", "数据日期"), made.as_of or "–"),
        (_both(lang, "Periods", "时期"), f"{made.periods[0]} – {made.periods[-1]} ({len(made.periods)})"),
        (_both(lang, "Places", "地点数"), str(len(made.places.id))),
        (_both(lang, "Version of the data", "数据版本"), trace.data_hash),
        (_both(lang, "Panel as read", "读入的面板"), str(trace.parameters.get("panel_hash", ""))),
        (_both(lang, "Indicator system", "指标体系"), f"{_in(made.system.title, lang)} ({made.system.id})"),
        (_both(lang, "Source of the system", "体系来源"), _in(made.system.source, lang) or "–"),
        (_both(lang, "Version of the system", "体系版本"), str(trace.parameters.get("system_hash", ""))),
        ("Jiqun", trace.jiqun),
        (_both(lang, "Libraries", "软件库"), ", ".join(f"{k} {v}" for k, v in trace.versions.items())),
        (_both(lang, "Seed", "随机种子"), str(trace.seed)),
        (_both(lang, "Command", "复现命令"), trace.command),
    ]
    heads = _both(lang, "What|Value", "项目|内容").split("|")
    return Printed("method", _both(lang, "Data and version", "数据与版本"), tuple(heads), tuple(rows))


def _choices(made: EvaluationReport, lang: Language) -> Printed:
    yes = _both(lang, "default", "默认")
    rows = tuple((_in(c.title, lang), _in(c.said, lang), yes if c.default else "", c.id) for c in made.choices)
    heads = _both(lang, "Choice|Taken|Default|Name", "选项|取值|默认|名称").split("|")
    return Printed("choices", _both(lang, "Choices", "各项选择"), tuple(heads), rows)


def _formulas(made: EvaluationReport, lang: Language) -> Printed:
    seen: dict[str, tuple[str, str, str]] = {}
    for table in made.tables.values():
        for m in table.methods:
            seen.setdefault(m.formula, (_in(m.title, lang), m.formula, f"{m.reference} {m.url}".strip()))
    heads = _both(lang, "Method|Formula|Reference", "方法|公式|文献").split("|")
    return Printed("formulas", _both(lang, "Formulas", "公式与文献"), tuple(heads), tuple(seen.values()))


def _both(lang: Language, en: str, zh: str) -> str:
    return zh if lang == "zh" else en


def _in(text: Text, lang: Language) -> str:
    return text.zh if lang == "zh" else text.en
