"""Hierarchies: a place or industry cannot lie in itself, however long the way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jiqun.cluster.checks.data import EXAMPLES, Data, present
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.facts import Words


@rule(
    severity="error",
    title=Words("The hierarchy runs in a circle", "层级关系成环"),
    advice=Words(
        "Correct the parent of one of them; the top of a hierarchy has no parent, not itself.",
        "请更正其中一个的上级；最高一级没有上级，而不是以自身为上级。",
    ),
)
def hierarchy_cycle(data: Data) -> Iterator[Fault]:
    """Places and industries that are their own parent, or the parent of one of their parents."""
    for table, key in (("places", "place_id"), ("industries", "industry_id")):
        if data.has(table, key, "parent"):
            pairs = data.scan(table, key, "parent").filter(present(key) & present("parent")).collect("pyarrow")
            parents = dict(zip(pairs[key].to_list(), pairs["parent"].to_list(), strict=True))
            circles = _cycles(parents)
            rows = sum(len(circle) for circle in circles)
            if rows:
                shown = tuple(_arrow(circle) for circle in circles[:EXAMPLES])
                yield Fault(table, "parent", rows, len(parents), shown)


def _cycles(parents: Mapping[str, str]) -> list[list[str]]:
    """Find every circle; each node is walked once, so that a million places take a second."""
    done: set[str] = set()
    circles = []
    for start in parents:
        path: dict[str, int] = {}
        node: str | None = start
        while node is not None and node not in done and node not in path:
            path[node] = len(path)
            node = parents.get(node)
        if node is not None and node in path:
            circles.append(list(path)[path[node] :])
        done.update(path)
    return circles


def _arrow(circle: list[str]) -> str:
    shown = [*circle[:4], "…", circle[0]] if len(circle) > 4 else [*circle, circle[0]]
    return " → ".join(shown)
