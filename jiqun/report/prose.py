"""The sentences of the profile that no figure says: what the cluster is, and what is not known of it."""

from __future__ import annotations

import polars as pl

from jiqun.cluster import Cluster
from jiqun.report.cards import findings
from jiqun.report.numbers import count, fitted, percent
from jiqun.report.shapes import Sentence, Text
from jiqun.report.time import said as in_words
from jiqun.space import actors, calendar, exchanges, typed

__all__ = ["opening", "reservations"]

_KINDS = {
    "firm": (("firm", "firms"), "家企业"),
    "buyer": (("buyer", "buyers"), "个买方"),
    "institution": (("institution", "institutions"), "家机构"),
    "platform": (("platform", "platforms"), "个平台"),
}


def opening(cluster: Cluster) -> list[Sentence]:
    """Say who is there, in how many industries and places, and when."""
    parts_en, parts_zh = _who(cluster)
    if not parts_en:
        return [
            Sentence(
                text=Text(
                    en=f"The cluster “{_title(cluster).en}” holds no data yet.",
                    zh=f"集群“{_title(cluster).zh}”暂无数据。",
                )
            )
        ]
    covered = calendar(cluster)
    when_en = when_zh = ""
    if covered is not None:
        first, last = in_words(covered.periods[0]), in_words(covered.periods[-1])
        when_en = f", from {first.en} to {last.en}" if first != last else f", in {first.en}"
        when_zh = f"，时间为 {first.zh}至 {last.zh}" if first != last else f"，时间为 {first.zh}"
    title = _title(cluster)
    said = Text(
        en=f"The cluster “{title.en}” holds {_joined(parts_en)}{when_en}.",
        zh=f"集群“{title.zh}”包含 {'、'.join(parts_zh)}{when_zh}。",
    )
    return [Sentence(text=fitted(said))]


def reservations(cluster: Cluster) -> list[Sentence]:
    """Say what a reader must know before using a number: made-up data, missing coordinates, the grade."""
    said = []
    if cluster.about.origin == "generated":
        said.append(
            Text(
                en="The data are generated with a known truth; no real firm is described.",
                zh="数据为按已知真值生成的模拟数据，不对应任何真实企业。",
            )
        )
    if cluster.about.origin == "evaluation":
        said.append(
            Text(
                en="The data may be used for evaluation only and must not be passed on.",
                zh="数据仅供评估使用，不得外传。",
            )
        )
    if cluster.about.origin == "real" and cluster.about.notes:
        # The first note is the one a reader must not miss; the others stand on the card.
        note = cluster.about.notes[0]
        said.append(Text(en=note.en, zh=note.zh))
    lacking = _lacking(cluster)
    if lacking:
        en, zh = zip(*lacking, strict=True)
        said.append(Text(en=f"Not in the data: {_joined(list(en))}.", zh=f"数据中缺少：{'、'.join(zh)}。"))
    grade = findings(cluster).grade
    errors = (f"{grade.errors} error{'s' if grade.errors != 1 else ''}", f"{grade.errors} 项错误")
    warnings = (f"{grade.warnings} warning{'s' if grade.warnings != 1 else ''}", f"{grade.warnings} 项警告")
    said.append(
        Text(
            en=f"Data quality is graded {grade.letter} ({grade.score:.0f} of 100; {errors[0]}, {warnings[0]}).",
            zh=f"数据质量评级为 {grade.letter}（满分 100，得 {grade.score:.0f} 分；{errors[1]}，{warnings[1]}）。",
        )
    )
    return [Sentence(text=fitted(t)) for t in said]


def _title(cluster: Cluster) -> Text:
    return Text(en=cluster.about.title.en, zh=cluster.about.title.zh)


def _who(cluster: Cluster) -> tuple[list[str], list[str]]:
    en: list[str] = []
    zh: list[str] = []
    roster = actors(cluster)
    kinds = roster["kind"].fill_null("").to_list()
    for kind, ((one, many), word) in _KINDS.items():
        number_of = kinds.count(kind)
        if number_of:
            en.append(f"{count(number_of).en} {one if number_of == 1 else many}")
            zh.append(f"{count(number_of).zh} {word}")
    rest = sum(kind not in _KINDS for kind in kinds)
    if rest:
        en.append(f"{count(rest).en} {'other ' if en else ''}actor{'s' if rest != 1 else ''}")
        zh.append(f"{count(rest).zh} 个{'其他' if zh else ''}主体")
    industries = roster["industry"].n_unique() - int(roster["industry"].null_count() > 0) if roster.height else 0
    if industries > 1:
        en.append(f"{count(industries).en} industries")
        zh.append(f"{count(industries).zh} 个行业")
    places = _places(cluster)
    if places > 1:
        en.append(f"{count(places).en} places")
        zh.append(f"{count(places).zh} 个地点")
    if cluster.has("panel") and not roster.height:
        indicators = typed(cluster, "panel", "indicator").unique().collect("polars").shape[0]
        if indicators:
            en.append(f"{count(indicators).en} indicator{'s' if indicators != 1 else ''}")
            zh.append(f"{count(indicators).zh} 个指标")
    return en, zh


def _places(cluster: Cluster) -> int:
    """Places that something is known of: actors in them, interactions in them, or values of the panel."""
    for table in ("panel", "interactions", "actors"):
        if cluster.has(table, "place_id"):
            found = typed(cluster, table, "place_id").unique().collect("polars").to_native()["place_id"].drop_nulls()
            if len(found):
                return len(found)
    return cluster.rows("places") if cluster.has("places") else 0


def _lacking(cluster: Cluster) -> list[tuple[str, str]]:
    lacking = []
    roster = actors(cluster)
    firms = roster.filter((pl.col("kind") == "firm") | pl.col("kind").is_null())
    if firms.height and not firms["located"].count():
        lacking.append(("coordinates", "坐标"))
    elif firms.height and firms["located"].null_count() > 0.02 * firms.height:
        share = percent(firms["located"].null_count() / firms.height)
        lacking.append((f"coordinates of {share.en} of the firms", f"{share.zh} 企业的坐标"))
    if firms.height and not firms["industry"].count():
        lacking.append(("industries", "行业"))
    if roster.height and exchanges(cluster) is None:
        lacking.append(("interactions", "互动记录"))
    if firms.height and not firms["founded"].count():
        lacking.append(("founding dates", "成立日期"))
    if firms.height and not firms["size"].count():
        lacking.append(("sizes of firms", "企业规模"))
    return lacking


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
