"""Errors that speak: who complains, what was expected, what came, what to do – in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from jiqun.cluster.facts import Words

__all__ = ["JiqunError", "MissingColumn", "MissingTable", "UnknownName"]

_WHAT = {
    "canonical table": "标准表",
    "choice": "选项",
    "cluster": "集群",
    "column": "列",
    "figure": "图",
    "grain": "时期长度",
    "index": "指数",
    "industry": "行业",
    "indicator": "指标",
    "indicator system": "指标体系",
    "job": "任务",
    "period": "时期",
    "place": "地点",
    "preset": "预设",
    "room": "模块",
    "rule": "检查规则",
    "step": "步骤",
    "table": "表",
}


class JiqunError(Exception):
    """Any failure that a user can understand and mend.

    The command line prints the message alone, in the user's language, and exits with ``exit_code``; HTTP
    answers with ``status`` and the message in both.

    Parameters
    ----------
    message
        What is wrong and what to do, in English.
    zh
        The same in Chinese; empty where there is none yet.
    """

    exit_code = 2
    status = 422

    def __init__(self, message: str = "", zh: str = "") -> None:
        super().__init__(message)
        self.words: Words | None = Words(message, zh) if zh else None


class UnknownName(JiqunError):
    """A name (cluster, table, index, figure …) that does not exist; the message lists what does."""

    status = 404

    def __init__(self, what: str, name: str, known: Iterable[object] = ()) -> None:
        choices = sorted(str(k) for k in known)
        super().__init__(
            f"There is no {what} called {name!r}. Known: {', '.join(choices) or 'none'}.",
            f"没有名为 {name!r} 的{_WHAT.get(what, what)}。可用：{'、'.join(choices) or '无'}。",
        )


class MissingTable(JiqunError):
    """A computation needs a canonical table that this cluster does not have."""

    def __init__(self, who: str, table: str, present: Iterable[object] = ()) -> None:
        has = [str(t) for t in sorted(present, key=str)]
        super().__init__(
            f"{who} is not computable: needs table {table}; this cluster has {', '.join(has) or 'no tables'}. "
            f"Add it in the recipe under [[{table}]].",
            f"{who} 无法计算：需要表 {table}；本集群有：{'、'.join(has) or '无'}。请在配方的 [[{table}]] 中补充。",
        )


class MissingColumn(JiqunError):
    """A computation needs a column that the table does not have."""

    def __init__(self, who: str, table: str, column: str, present: Iterable[object] = ()) -> None:
        has = [str(c) for c in present]
        super().__init__(
            f"{who} needs column {column} of table {table}, which has {', '.join(has) or 'no columns'}. "
            f"Add it in the recipe under [{table}.columns].",
            f"{who} 需要表 {table} 的列 {column}；"
            f"该表有：{'、'.join(has) or '无'}。请在配方的 [{table}.columns] 中补充。",
        )
