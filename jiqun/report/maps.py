"""The physical space under the filters: points, hexagons, areas, a list, or the reason there is none."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, UnknownName
from jiqun.engine import trace
from jiqun.engine.derived import derived
from jiqun.report.again import asked, command
from jiqun.report.names import place_title
from jiqun.report.numbers import count, fitted, unit_of
from jiqun.report.panel import indicator_title, indicator_unit, main_indicator
from jiqun.report.shapes import Columnar, How, MapLayer, Text, TraceShape
from jiqun.report.vocabulary import vocabulary
from jiqun.space import (
    ATTRIBUTION,
    Window,
    activity,
    actors,
    boundary_with,
    bounds,
    covering,
    hexagons,
    industry_names,
    kept,
    panel_values,
    parse,
    place_activity,
    place_names,
    points,
    selected,
    typed,
    usable,
    window,
    within_industry,
)
from jiqun.space.physical import HEXAGONS_ABOVE

__all__ = ["map_layer", "outlines_of", "places_layer"]

LISTED = 1_000
"""Places in a list at most: the largest."""

_NOTHING = Text(
    en="Nothing can be put on a map: no actor and no place has coordinates.",
    zh="无法绘制地图：主体与地点均无坐标。",
)


def map_layer(
    cluster: Cluster,
    *,
    industry: str | None = None,
    first: str | None = None,
    last: str | None = None,
    indicator: str | None = None,
) -> MapLayer:
    """Give the physical space under the filters.

    Parameters
    ----------
    cluster
        The data.
    industry
        Keep the actors of this industry and those below it.
    first, last
        Keep what was there in these periods; see :func:`jiqun.space.selected`.
    indicator
        Colour the areas of the panel by this indicator, in the last of its periods that the filter keeps.

    Raises
    ------
    JiqunError
        If a filter names something that does not exist.
    """
    name = f"map:{industry}:{first}:{last}:{indicator}"
    within = window(cluster, first, last)
    if industry is not None:
        within_industry(cluster, industry)
    if industry is None and within is None and indicator is None:
        # What a page shows first is kept on disk, so that a second start shows it at once.
        return kept(
            cluster,
            "map",
            lambda: MapLayer.model_validate_json(
                derived(cluster, "map", lambda: _map_layer(cluster, None, None, None).model_dump_json())
            ),
        )
    return kept(cluster, name, lambda: _map_layer(cluster, industry, within, indicator))


def _map_layer(cluster: Cluster, industry: str | None, within: Window | None, indicator: str | None) -> MapLayer:
    layer = _layer(cluster, industry, within, indicator)
    if layer.mode == "none":
        return layer
    return layer.model_copy(update={"how": _how(cluster, layer, industry, within, indicator)})


def _how(cluster: Cluster, layer: MapLayer, industry: str | None, within: Window | None, indicator: str | None) -> How:
    filters = asked(cluster, within, industry=industry, indicator=indicator)
    traced = trace(cluster, command(cluster, "--map", filters), **filters)
    areas = layer.mode == "areas" or (layer.mode == "list" and not actors(cluster).height)
    tables = ["panel", "places"] if areas else ["actors", "places", "interactions"]
    return How(
        sentence=_AREAS if areas else _DRAWN[layer.mode],
        tables=[table for table in tables if cluster.has(table)],
        caveats=_unmapped(layer),
        trace=TraceShape(**asdict(traced)),
    )


_AREAS = Text(
    en="Each area has the value of the indicator in the last of the chosen periods; classes hold about equally many "
    "areas, so a darker colour is a higher rank, not a proportion.",
    zh="各区域显示所选时期中最后一期的指标值；各等级所含区域数大致相等，颜色越深表示排名越高，并不与数值成比例。",
)
_DRAWN = {
    "points": Text(
        en="Each circle is a position; its area says how many actors stand there.",
        zh="每个圆为一个位置，其面积表示该处的主体数。",
    ),
    "hexagons": Text(
        en="There are too many actors for single points, so they are counted in the hexagons of H3; classes hold about "
        "equally many hexagons.",
        zh="主体过多，无法逐点绘制，因此按 H3 六边形计数；各等级所含六边形数大致相等。",
    ),
    "list": Text(
        en="Interactions are summed by the place where they took place, in the chosen periods and industry.",
        zh="按互动发生的地点，对所选时期与行业的互动求和。",
    ),
}


def _unmapped(layer: MapLayer) -> list[Text]:
    found = []
    left = layer.total - layer.located
    if left and layer.mode != "list":
        noun = ("area", "areas", "个区域") if layer.mode == "areas" else ("actor", "actors", "个主体")
        found.append(
            Text(
                en=f"{count(left).en} of {count(layer.total).en} {noun[1]} {'is' if left == 1 else 'are'} not on the "
                "map: nothing says where, or there is no value.",
                zh=f"{count(layer.total).zh} {noun[2]}中有 {count(left).zh} 个未上图：缺少位置或数值。",
            )
        )
    if layer.mode == "points" and "place" in layer.points.get("located", ()):
        found.append(
            Text(
                en="Where an actor has no coordinates of its own, it stands at those of its place.",
                zh="主体自身没有坐标时，取其所在地点的坐标。",
            )
        )
    return [fitted(each) for each in found]


def _layer(cluster: Cluster, industry: str | None, within: Window | None, indicator: str | None) -> MapLayer:
    roster = actors(cluster)
    located = bool(roster["located"].count())
    if indicator is not None or not located:
        outlines = outlines_of(cluster)
        if outlines is not None or indicator is not None:
            return _areas(cluster, within, indicator, outlines)
    if located:
        return _actors(cluster, selected(cluster, industry=industry, within=within), within)
    places = _places(cluster, industry, within)
    if places is not None:
        return places
    return MapLayer(mode="none", total=roster.height, located=0, reason=_NOTHING)


def _actors(cluster: Cluster, chosen: NDArray[np.bool_], within: Window | None) -> MapLayer:
    value, title, unit = _value(cluster, within)
    found = points(cluster, chosen, value)
    box = _everywhere(cluster)
    common = {
        "bounds": box,
        "total": int(chosen.sum()),
        "located": found.height,
        "value_title": title,
        "value_unit": unit,
        "boundaries": list(covering(box)),
        "attribution": Text(en=ATTRIBUTION.en, zh=ATTRIBUTION.zh) if covering(box) else Text(en="", zh=""),
    }
    if found.height > HEXAGONS_ABOVE:
        return MapLayer(mode="hexagons", hexagons=hexagons(cluster, found).to_dict(as_series=False), **common)
    industries, places = industry_names(cluster), place_names(cluster)
    shown = found.with_columns(
        pl.col("name").fill_null(pl.col("id")),
        pl.col("place").replace(places),
        pl.col("industry").replace(industries).alias("industry_name"),
    )
    return MapLayer(mode="points", points=shown.to_dict(as_series=False), **common)


def _everywhere(cluster: Cluster) -> tuple[float, float, float, float] | None:
    """Bounds of all actors, whatever the filters: a map that jumps with the slider cannot be read."""
    roster = actors(cluster).filter(pl.col("located").is_not_null())
    return bounds(roster["lon"].to_numpy(), roster["lat"].to_numpy())


def _value(cluster: Cluster, within: Window | None) -> tuple[NDArray[np.float64], Text, Text]:
    """Give what the size of a point means: money, else a number of interactions, else the size of the actor."""
    value, is_money = activity(cluster, within=within)
    names = vocabulary(cluster)
    if is_money:
        return value, _titled("Value of", names.events.en, f"{names.events.zh}金额"), unit_of(cluster.about.currency)
    if value.any():
        return value, _titled("Number of", names.events.en, f"{names.events.zh}次数"), Text(en="", zh="")
    size = actors(cluster)["size"].fill_null(0.0).to_numpy()
    if size.any():
        return size, Text(en="Size (employment or another weight)", zh="规模（从业人员或其他权重）"), Text(en="", zh="")
    return np.ones(len(value)), Text(en="Each actor counts one", zh="每个主体计为 1"), Text(en="", zh="")


def _titled(what: str, events: str, zh: str) -> Text:
    return Text(en=f"{what} {events}", zh=zh)


def places_layer(cluster: Cluster) -> MapLayer:
    """Give every place where it lies, without a value: what any index of places can be drawn on.

    Outlines where the identifiers are those of known areas, else points where places have coordinates, else
    a list with the reason.
    """
    return kept(cluster, "places-layer", lambda: _places_layer(cluster))


def _places_layer(cluster: Cluster) -> MapLayer:
    if not cluster.has("places", "place_id"):
        return MapLayer(mode="none", total=0, located=0, reason=_NOTHING)
    frame = typed(cluster, "places", "place_id").collect("polars").to_native()
    ids = sorted(frame["place_id"].drop_nulls().unique().to_list())
    rows: Columnar = {
        "id": ids,
        "name": [place_title(cluster, p).en for p in ids],
        "name_zh": [place_title(cluster, p).zh for p in ids],
        "value": [None] * len(ids),
    }
    outlines, at, nothing = boundary_with(ids), _coordinates(cluster), Text(en="", zh="")
    if outlines is not None:
        return _areas_layer(rows, outlines, value_title=nothing, value_unit=nothing, located=len(ids))
    if at:
        layer = _place_points(rows, at, nothing, nothing)
        known = [k for k, place in enumerate(ids) if place in at]
        return layer.model_copy(update={"points": layer.points | {"name_zh": [rows["name_zh"][k] for k in known]}})
    return MapLayer(
        mode="list",
        total=len(ids),
        located=0,
        points=rows,
        reason=Text(
            en="These places have neither coordinates nor known outlines, so they are listed and not mapped.",
            zh="这些地点既没有坐标，也没有已知边界，因此只能列出，无法上图。",
        ),
    )


def _areas_layer(rows: Columnar, outlines: str, *, value_title: Text, value_unit: Text, located: int) -> MapLayer:
    box = (73.0, 17.5, 136.0, 54.0)
    return MapLayer(
        mode="areas",
        bounds=box,
        total=len(rows["id"]),
        located=located,
        value_title=value_title,
        value_unit=value_unit,
        areas=rows,
        boundaries=[outlines, *(b for b in covering(box) if b != outlines)],
        attribution=Text(en=ATTRIBUTION.en, zh=ATTRIBUTION.zh),
    )


def outlines_of(cluster: Cluster) -> str | None:
    """Name the outlines whose areas the panel's places are, None where there are none."""
    if not cluster.has("panel"):
        return None

    def look() -> str | None:
        ids = typed(cluster, "panel", "place_id").unique().collect("polars").to_native()["place_id"].drop_nulls()
        return boundary_with(sorted(ids.to_list()))

    return kept(cluster, "outlines", look)


def _areas(cluster: Cluster, within: Window | None, indicator: str | None, outlines: str | None) -> MapLayer:
    chosen = indicator or main_indicator(cluster)
    values = panel_values(cluster, chosen) if chosen and cluster.has("panel") else None
    if chosen is None or values is None or not values.height:
        frame = typed(cluster, "panel", "indicator").unique().collect("polars") if cluster.has("panel") else None
        known: list[str] = frame["indicator"].to_list() if frame is not None else []
        raise UnknownName("indicator", (indicator or "")[:60], known)
    dated = values.filter(pl.col("value").is_not_null())
    periods = sorted(p for p in dated["period"].unique().to_list() if _inside(p, within))
    period = periods[-1] if periods else None
    every = values.select("place_id").unique().sort("place_id")
    now = every.join(values.filter(pl.col("period") == period), on="place_id", how="left", maintain_order="left")
    names = place_names(cluster)
    rows: Columnar = {
        "id": now["place_id"].to_list(),
        "name": [names.get(p, p) for p in now["place_id"].to_list()],
        "value": now["value"].to_list(),
    }
    title = indicator_title(chosen)
    suffix = f" · {period}" if period else ""
    located = now["value"].count()
    if outlines is None:
        return MapLayer(
            mode="list",
            total=now.height,
            located=0,
            value_title=Text(en=title.en + suffix, zh=title.zh + suffix),
            value_unit=indicator_unit(cluster, chosen),
            points=_ranked(rows),
            reason=Text(en="No outlines are known for these places.", zh="没有这些地点的边界。"),
        )
    titled = Text(en=title.en + suffix, zh=title.zh + suffix)
    unit = indicator_unit(cluster, chosen)
    layer = _areas_layer(rows, outlines, value_title=titled, value_unit=unit, located=located)
    empty = None if period else Text(en="The panel has no value in these periods.", zh="所选时期内没有数据。")
    return layer.model_copy(update={"reason": empty})


def _inside(period: str, within: Window | None) -> bool:
    if within is None:
        return True
    try:
        start, end = parse(period)
    except JiqunError:
        return False
    return start < within.end and end > within.start


def _places(cluster: Cluster, industry: str | None, within: Window | None) -> MapLayer | None:
    """Places where interactions took place: on the map where they have coordinates, else as a list."""
    sums = place_activity(cluster)
    if sums is None:
        return None
    if within is not None:
        sums = sums.filter(pl.col("period").is_between(within.first, within.last))
    if industry is not None:
        sums = sums.filter(pl.col("industry").is_in(list(within_industry(cluster, industry))))
    is_money = bool((sums["amount"] != 0).any())
    summed = sums.group_by("place").agg(pl.col("amount" if is_money else "count").sum().alias("value"))
    ranked = summed.sort(["value", "place"], descending=[True, False])
    names, words = place_names(cluster), vocabulary(cluster)
    ids = ranked["place"].to_list()
    rows: Columnar = {"id": ids, "name": [names.get(p, p) for p in ids], "value": ranked["value"].to_list()}
    title = (
        _titled("Value of", words.events.en, f"{words.events.zh}金额")
        if is_money
        else _titled("Number of", words.events.en, f"{words.events.zh}次数")
    )
    unit = unit_of(cluster.about.currency) if is_money else Text(en="", zh="")
    at = _coordinates(cluster)
    if at:
        return _place_points(rows, at, title, unit)
    return MapLayer(
        mode="list",
        total=len(ids),
        located=0,
        value_title=title,
        value_unit=unit,
        points={key: column[:LISTED] for key, column in rows.items()},
        reason=Text(
            en="No coordinates are known for these places, so they are listed and not mapped.",
            zh="这些地点没有坐标，因此只能列出，无法上图。",
        ),
    )


def _place_points(rows: Columnar, at: dict[str, tuple[float, float]], title: Text, unit: Text) -> MapLayer:
    known = [k for k, place in enumerate(rows["id"]) if place in at]
    lon, lat = (np.array([at[rows["id"][k]][axis] for k in known]) for axis in (0, 1))
    everywhere = np.array(list(at.values()))
    box = bounds(everywhere[:, 0], everywhere[:, 1])
    none = [None] * len(known)
    found: Columnar = {
        "id": [rows["id"][k] for k in known],
        "name": [rows["name"][k] for k in known],
        "kind": ["place"] * len(known),
        "industry": none,
        "place": [rows["name"][k] for k in known],
        "lon": lon.tolist(),
        "lat": lat.tolist(),
        "value": [rows["value"][k] for k in known],
        "located": ["place"] * len(known),
        "stack": [1] * len(known),
        "industry_name": none,
    }
    return MapLayer(
        mode="points",
        bounds=box,
        total=len(rows["id"]),
        located=len(known),
        value_title=title,
        value_unit=unit,
        points=found,
        boundaries=list(covering(box)),
        attribution=Text(en=ATTRIBUTION.en, zh=ATTRIBUTION.zh) if covering(box) else Text(en="", zh=""),
    )


def _coordinates(cluster: Cluster) -> dict[str, tuple[float, float]]:
    if not (usable(cluster, "places", "lon") and usable(cluster, "places", "lat")):
        return {}
    frame = typed(cluster, "places", "place_id", "lon", "lat").collect("polars").to_native()
    plausible = pl.col("lon").is_between(-180, 180) & pl.col("lat").is_between(-90, 90)
    return {place: (lon, lat) for place, lon, lat in frame.filter(plausible).rows() if place is not None}


def _ranked(rows: Columnar) -> Columnar:
    order = sorted(range(len(rows["id"])), key=lambda k: (rows["value"][k] is None, -(rows["value"][k] or 0.0)))
    return {key: [column[k] for k in order[:LISTED]] for key, column in rows.items()}
