/** The places of one period: areas where their outlines are known, else points; and where their centre of gravity is. */
import type { Layer, PickingInfo } from "@deck.gl/core";
import { GeoJsonLayer, PathLayer, PolygonLayer, ScatterplotLayer } from "@deck.gl/layers";
import type { Feature, FeatureCollection } from "geojson";
import { lazy, Suspense, useMemo, useRef, useState } from "react";

import type { MapLayer } from "../api/types";
import { download } from "../format/csv";
import { count } from "../format/number";
import { periodLabel } from "../format/period";
import { framedPng } from "../figure/picture";
import { rgb } from "../look/colours";
import { useLook } from "../look/look";
import { classOf, rampColour } from "../look/scale";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/States";
import { AreaList } from "../twospace/AreaList";
import type { Bounds } from "../twospace/basemap";
import type { MapHandle } from "../twospace/GeoMap";
import { Classes as ClassLegend } from "../twospace/Legends";
import { areaLayer, outlineId, setOf } from "../twospace/mapLayers";
import { useOutlines } from "../twospace/outlines";
import { SouthSea } from "../twospace/SouthSea";
import type { Areas } from "../twospace/spaces";
import { canDraw } from "../twospace/webgl";
import { at } from "./reading";
import { ring, type Ellipse } from "./ellipse";
import type { View } from "./layers";
import type { PlaceRows } from "./shapes";

const GeoMap = lazy(() => import("../twospace/GeoMap"));

interface Props {
  cluster: string;
  view: View;
  period: string;
  places: PlaceRows;
  boundaries: string;
  /** Outlines and bounds of the cluster's map, where it has one. */
  layer: MapLayer | null;
  picked: string;
  nameOf: (id: string) => string;
  /** What is said of a place besides its value, line by line. */
  tell: (place: string) => string[];
  ellipses: Ellipse[] | null;
  source: string;
  onPick: (id: string) => void;
}

const NOTHING: string[] = [];
const MARGIN = 0.08;

export function PlacesMap(props: Props) {
  const { cluster, view, period, places, boundaries, layer, picked, nameOf, tell, ellipses, source, onPick } = props;
  const { w, t, palette, language } = useLook();
  const map = useRef<MapHandle>(null);
  const [webgl] = useState(canDraw);
  const wanted = useMemo(() => (boundaries ? [...new Set([...(layer?.boundaries ?? []), boundaries])] : NOTHING), [boundaries, layer]);
  const outlines = useOutlines(wanted);
  const areas = useMemo<Areas>(() => ({ length: places.id.length, id: places.id, name: places.id.map(nameOf), value: places.id.map((id) => at(view.grid, period, id)) }), [places, nameOf, view, period]);
  const filled = useMemo(() => setOf(outlines.sets, areas), [outlines.sets, areas]);
  const bounds = useMemo<Bounds | null>(() => (boundaries && layer?.bounds ? (layer.bounds as unknown as Bounds) : around(places)), [boundaries, layer, places]);
  const layers = useMemo(() => {
    const ground: Layer[] = boundaries ? (filled ? [areaLayer(filled, areas, view.classes, palette, null, onPick), outlineOf(filled, picked, palette.ink)] : []) : [spots(areas, places, view, palette, picked, onPick)];
    return ellipses ? [...ground, ...centreLayers(ellipses, period, palette)] : ground;
  }, [boundaries, filled, areas, view, palette, picked, onPick, places, ellipses, period]);
  const tip = (info: { object?: unknown }) => {
    if (info.object === undefined || info.object === null) return null;
    const k = typeof info.object === "number" ? info.object : areas.id.indexOf(outlineId(info.object as Feature));
    if (k < 0) return String((info.object as Feature).properties?.["name"] ?? "") || null;
    const value = areas.value[k];
    const said = value === null || value === undefined ? w("noData") : view.categories ? t(view.categories.find((each) => each.at === value)?.title) : value.toLocaleString(language === "zh" ? "zh-CN" : "en-US", { maximumSignificantDigits: 3 });
    return [areas.name[k], `${t(view.title)}${w("colon")}${said}`, ...tell(areas.id[k] as string)].join("\n");
  };
  const known = areas.value.filter((value) => value !== null).length;
  const title = period ? `${t(view.title)}, ${periodLabel(period, language)}` : t(view.title);
  const save = () => {
    const drawn = map.current?.png();
    if (drawn) void framedPng(drawn, { title, takeaway: view.categories ? view.categories.map((each) => t(each.title)).join(" · ") : "", source: [source, t(layer?.attribution)].filter(Boolean).join(" · ") }).then((blob) => download(`${cluster}-map-${view.id.replace(":", "-")}-${period}.png`, blob));
  };
  if (!webgl || (!boundaries && !bounds)) return <Listed view={view} areas={areas} picked={picked} reason={w(webgl ? "ev_noPlaces" : "mapUnavailable")} onPick={onPick} />;
  return (
    <div className="places-map">
      <ErrorBoundary>
        <Suspense fallback={<Loading height="100%" />}>
          <GeoMap handle={map} bounds={bounds} outlines={outlines.all} layers={layers} tip={tip} onBackground={() => onPick("")} label={title} facts={{ view: view.id, places: known, period }} />
        </Suspense>
      </ErrorBoundary>
      <div className="canvas-tools">
        {(["in", "out", "fit"] as const).map((by) => (
          <button key={by} type="button" className="icon-button" aria-label={w(by === "in" ? "zoomIn" : by === "out" ? "zoomOut" : "zoomFit")} onClick={() => map.current?.zoom(by)}>
            <Icon name={by === "in" ? "plus" : by === "out" ? "minus" : "fit"} />
          </button>
        ))}
        <button type="button" className="icon-button" aria-label={w("downloadPng")} title={w("downloadPng")} onClick={save}>
          <Icon name="image" />
        </button>
      </div>
      <div className="legends legends-left">
        {view.categories ? <Names view={view} /> : <ClassLegend classes={view.classes} title={t(view.title)} type="number" missing={known < areas.length} />}
        {outlines.china ? <SouthSea outlines={outlines.all} areas={areas} classes={view.classes} /> : null}
      </div>
      {view.loading ? <span className="pane-busy" aria-hidden="true" /> : null}
    </div>
  );
}

/** Names told of each category; the rest is counted. */
const TOLD = 12;

/** The same values without a map: bars, or who belongs to what. */
function Listed({ view, areas, picked, reason, onPick }: { view: View; areas: Areas; picked: string; reason: string; onPick: (id: string) => void }) {
  const { t, language } = useLook();
  const brushed = useMemo(() => (picked ? { points: new Set<number>(), nodes: new Set<number>(), cells: new Set<string>(), areas: new Set([picked]) } : null), [picked]);
  const known = useMemo(() => {
    const kept = areas.id.flatMap((_, k) => (areas.value[k] === null ? [] : [k]));
    return { length: kept.length, id: kept.map((k) => areas.id[k] as string), name: kept.map((k) => areas.name[k] as string), value: kept.map((k) => areas.value[k] as number) };
  }, [areas]);
  if (!view.categories) return <AreaList areas={known} reason={reason} title={t(view.title)} brushed={brushed} onPick={onPick} />;
  return (
    <div className="ev-groups">
      <p>{reason}</p>
      <ul>
        {view.categories.map((each) => {
          const members = known.name.filter((_, k) => known.value[k] === each.at);
          return (
            <li key={each.at}>
              <i style={{ background: each.colour }} />
              <b>{t(each.title)}</b> {count(members.length, language)}
              <small>
                {members.slice(0, TOLD).join(language === "zh" ? "、" : ", ")}
                {members.length > TOLD ? ` + ${count(members.length - TOLD, language)}` : ""}
              </small>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Names({ view }: { view: View }) {
  const { t, w, palette } = useLook();
  return (
    <div className="legend">
      <p>{t(view.title)}</p>
      <div className="legend-classes">
        {(view.categories ?? []).map((each) => (
          <span key={each.at}>
            <i style={{ background: each.colour, outline: each.colour === palette.land ? `1px solid ${palette.border}` : undefined }} />
            {t(each.title)}
          </span>
        ))}
        <span>
          <i style={{ background: palette.surface, outline: `1px dashed ${palette.border}` }} />
          {w("noData")}
        </span>
      </div>
    </div>
  );
}

type Palette = ReturnType<typeof useLook>["palette"];

/** The place that is looked at, drawn above the others. */
function outlineOf(set: FeatureCollection, id: string, ink: string): Layer {
  const found = id ? set.features.filter((feature) => outlineId(feature) === id) : [];
  return new GeoJsonLayer({ id: "picked", data: { type: "FeatureCollection", features: found } as FeatureCollection, filled: false, stroked: true, getLineColor: [...rgb(ink), 255], lineWidthUnits: "pixels", getLineWidth: 2.4, pickable: false });
}

function spots(areas: Areas, places: PlaceRows, view: View, palette: Palette, picked: string, onPick: (id: string) => void): Layer {
  const data = areas.id.flatMap((_, k) => (places.lon[k] === null || places.lat[k] === null ? [] : [k]));
  const colour = (k: number) => {
    const position = classOf(areas.value[k], view.classes.breaks);
    return rgb(position < 0 ? palette.land : rampColour(position, view.classes.breaks.length, view.classes.ramp));
  };
  return new ScatterplotLayer<number>({
    id: "places",
    data,
    getPosition: (k) => [places.lon[k] as number, places.lat[k] as number],
    getRadius: (k) => (areas.value[k] === null ? 5 : 9),
    radiusUnits: "pixels",
    getFillColor: (k) => [...colour(k), 240],
    stroked: true,
    getLineColor: (k) => [...rgb(areas.id[k] === picked ? palette.ink : palette.inkSoft), 255],
    lineWidthUnits: "pixels",
    getLineWidth: (k) => (areas.id[k] === picked ? 2.6 : 0.8),
    pickable: true,
    updateTriggers: { getFillColor: [areas, view, palette], getRadius: [areas], getLineColor: [picked, palette], getLineWidth: [picked] },
    onClick: ({ object }: PickingInfo<number>) => {
      if (object !== undefined) onPick(areas.id[object] ?? "");
      return true;
    },
  });
}

/** The way of the centre up to now, and the ellipse of the period. */
function centreLayers(ellipses: Ellipse[], period: string, palette: Palette): Layer[] {
  const now = ellipses.find((each) => each.period === period);
  const path = ellipses.map(({ lon, lat }) => [lon, lat] as [number, number]);
  const colour = [...rgb(palette.ink), 255] as [number, number, number, number];
  return [
    new PolygonLayer<Ellipse>({ id: "ellipse", data: now ? [now] : [], getPolygon: ring, filled: false, stroked: true, getLineColor: colour, lineWidthUnits: "pixels", getLineWidth: 1.6, pickable: false }),
    new PathLayer<[number, number][]>({ id: "way", data: path.length > 1 ? [path] : [], getPath: (points) => points, getColor: colour, widthUnits: "pixels", getWidth: 1.4, pickable: false }),
    new ScatterplotLayer<Ellipse>({ id: "centre", data: now ? [now] : [], getPosition: ({ lon, lat }) => [lon, lat], getRadius: 5.5, radiusUnits: "pixels", getFillColor: [...rgb(palette.accent), 255], stroked: true, getLineColor: [...rgb(palette.surface), 255], lineWidthUnits: "pixels", getLineWidth: 1.5, pickable: false }),
  ];
}

/** Bounds of the points, with a margin; nothing where no place has coordinates. */
function around({ lon, lat }: PlaceRows): Bounds | null {
  const [xs, ys] = [lon, lat].map((all) => all.filter((value): value is number => value !== null)) as [number[], number[]];
  if (!xs.length || !ys.length) return null;
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [dx, dy] = [Math.max(0.05, MARGIN * (east - west)), Math.max(0.05, MARGIN * (north - south))];
  return [west - dx, south - dy, east + dx, north + dy];
}
