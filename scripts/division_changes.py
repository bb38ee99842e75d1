"""Compile jiqun/cluster/codes/china_changes.csv: divisions of China that are gone or renamed, and what they are now.

``python scripts/division_changes.py result.csv > jiqun/cluster/codes/china_changes.csv``

The input is the table ``result.csv`` of the project *areacodes* (CC0 1.0), which collects the yearly lists of the
Ministry of Civil Affairs since 1981. A division in use on 31 December is in the list of that year, so that ``until``
is the first year at whose end it was gone. Successors are followed to those in use today. A prefecture that was
dissolved is where its counties are. Kept are prefectures and above, and counties gone in 1990 or later.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

SINCE = 1990
MUNICIPALITIES = ("11", "12", "31", "50")
Row = dict[str, str]


def main(file: str) -> None:
    """Print the table."""
    with Path(file).open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    today = {row["代码"] for row in rows if row["状态"] == "在用"}
    gone = [row for row in rows if row["状态"] != "在用"]
    after: dict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for row in gone:
        after[row["代码"]].append((int(row["变更/弃用时间"]), _successors(row)))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["code", "name", "since", "until", "now", "joined"])
    made: list[list[Any]] = []
    for row in sorted(gone, key=lambda r: (r["代码"], r["变更/弃用时间"])):
        until = int(row["变更/弃用时间"])
        high = row["代码"].endswith("00")
        if not high and until < SINCE:
            continue
        now = _above(row, rows, today, 0) if high else _now(row["代码"], until, after, today, 0)
        made.append([row["代码"], row["名称"], row["启用时间"], until, ";".join(sorted(now)), 0])
    arrivals = Counter((target, line[3]) for line in made if line[0].endswith("00") for target in line[4].split(";"))
    for line in made:
        # figures must be added where the successor had land of its own before, or several went into it at once
        line[5] = int(
            any(
                target != line[0] and (_was(rows, target, line[3]) or arrivals[target, line[3]] > 1)
                for target in line[4].split(";")
                if target
            )
        )
        out.writerow(line)


def _was(rows: list[Row], code: str, year: int) -> bool:
    """Whether a code was in use both before and after the end of a year."""
    spans = [(int(r["启用时间"]), int(r["变更/弃用时间"] or 9999)) for r in rows if r["代码"] == code]
    return any(since < year for since, until in spans if until >= year) and any(until > year for _, until in spans)


def _above(row: Row, rows: list[Row], today: set[str], depth: int) -> set[str]:
    """Give the prefectures of today that follow a prefecture: its own successors, else where its counties went."""
    until, prefix = int(row["变更/弃用时间"]), row["代码"][:4]
    followers = set(_successors(row))
    if not followers:
        children = [
            r
            for r in rows
            if r["代码"][:4] == prefix
            and r["代码"] != row["代码"]
            and r["变更/弃用时间"]
            and int(r["变更/弃用时间"]) == until
        ]
        followers = {_prefecture(code) for child in children for code in _successors(child)}
    found: set[str] = set()
    for code in {_prefecture(f) for f in followers}:
        later = [r for r in rows if r["代码"] == code and r["变更/弃用时间"] and int(r["变更/弃用时间"]) > until]
        renamed = [r for r in rows if r["代码"] == row["代码"] and int(r["启用时间"]) == until and r["变更/弃用时间"]]
        if code == row["代码"] and renamed:
            found |= _above(renamed[0], rows, today, depth + 1)
        elif code == row["代码"] or not later or depth > 8:
            found |= {code} & today
        else:
            found |= _above(min(later, key=lambda r: int(r["变更/弃用时间"])), rows, today, depth + 1)
    return found


def _prefecture(code: str) -> str:
    """Give the prefecture of a code: a municipality is one, a county that a province governs stands for itself."""
    if code[:2] in MUNICIPALITIES:
        return f"{code[:2]}0000"
    return code if code[2:4] == "90" else f"{code[:4]}00"


def _successors(row: Row) -> tuple[str, ...]:
    """Give the codes that followed when it went; those with a year of their own are earlier losses of land."""
    return tuple(part for part in row["新代码"].split(";") if part and not re.search(r"\[", part))


def _now(
    code: str, year: int, after: dict[str, list[tuple[int, tuple[str, ...]]]], today: set[str], depth: int
) -> set[str]:
    """Follow a code that went in a year to those in use today."""
    ends = sorted(end for end in after.get(code, ()) if end[0] >= year)
    if not ends:
        return {code} if code in today else set()
    if depth > 12:
        return set()
    when, next_codes = ends[0]
    found: set[str] = set()
    for follower in next_codes:
        if follower == code:
            later = [end for end in ends if end[0] > when]
            found |= _now(code, later[0][0], after, today, depth + 1) if later else {code} & today
        else:
            found |= _now(follower, when + 1, after, today, depth + 1)
    return found


if __name__ == "__main__":
    main(sys.argv[1])
