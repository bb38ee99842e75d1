/** Physical space: points, hexagons or areas on a map; a list where nothing has coordinates. */
import type { Feature } from "geojson";
import { lazy, Suspense, useMemo, useRef } from "react";

import type { Columnar, DataColumn, MapLayer, Text } from "../api/types";
import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { quantileBreaks } from "../look/scale";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Empty, Loading } from "../parts/States";
import type { Brushed } from "./brush";
import type { MapHandle } from "./GeoMap";
import { AreaList } from "./AreaList";
import { Classes as ClassLegend, SpotLegend } from "./Legends";
import { areaLayer, cellLayer, outlineId, setOf, spotLayer } from "./mapLayers";
import { useOutlines } from "./outlines";
import { Pane, type Twin } from "./Pane";
import type { Pick } from "./pick";
import { SouthSea } from "./SouthSea";
import { spotsOf, type Areas, type Cells, type Points, type Spot } from "./spaces";

const GeoMap = lazy(() => import("./GeoMap"));

interface Props {
  cluster: string;
  layer: MapLayer;
  points: Points;
  cells: Cells;
  areas: Areas;
  brushed: Brushed | null;
  tint: ((position: number) => string) | null;
  onPick: (pick: Pick | null) => void;
  table: boolean;
  onTable: (shown: boolean) => void;
  busy: boolean;
  source: string;
  webgl: boolean;
}

export function MapPane(props: Props) {
  const { cluster, layer, points, cells, areas, brushed, tint, onPick, busy } = props;
  const { w, t, language, palette } = useLook();
  const map = useRef<MapHandle>(null);
  const outlines = useOutlines(layer.boundaries);
  const spots = useMemo(() => spotsOf(points), [points]);
  const subtitle = valueLine(t(layer.value_title), t(layer.value_unit));
  const drawable = layer.mode === "points" || layer.mode === "hexagons" || layer.mode === "areas";
  const empty = layer.mode === "none" || (layer.mode !== "areas" && layer.located === 0 && layer.mode !== "list");

  const classes = useMemo(() => {
    const values = layer.mode === "hexagons" ? cells.count : areas.value;
    return { breaks: quantileBreaks(values, 6), ramp: palette.teal };
  }, [layer.mode, cells, areas, palette]);

  const layers = useMemo(() => {
    if (layer.mode === "points") return [spotLayer(spots, { palette, brushed, tint }, (spot) => onPick(pickOf(spot, points)))];
    if (layer.mode === "hexagons") return [cellLayer(cells, classes, palette, brushed, (id) => onPick({ kind: "cell", id }))];
    const filled = layer.mode === "areas" ? setOf(outlines.sets, areas) : null;
    return filled ? [areaLayer(filled, areas, classes, palette, brushed, (id) => onPick({ kind: "area", id }))] : [];
  }, [layer.mode, spots, points, cells, areas, outlines.sets, classes, palette, brushed, tint, onPick]);

  const tip = (info: { index: number; object?: unknown }) => {
    if (layer.mode === "points") return spotTip(info.object as Spot | undefined, points, (n) => count(n, language));
    if (layer.mode === "hexagons" && typeof info.object === "number") return `${count(cells.count[info.object] ?? 0, language)} ${w("n_actors")}`;
    if (layer.mode === "areas" && info.object) {
      const feature = info.object as Feature;
      const k = areas.id.indexOf(outlineId(feature));
      const name = k < 0 ? String(feature.properties?.["name"] ?? "") : areas.name[k];
      return `${name}\n${k < 0 || areas.value[k] === null ? w("noData") : `${exact(areas.value[k], "number", language)} ${t(layer.value_unit)}`}`;
    }
    return null;
  };

  return (
    <Pane
      space="physical"
      shown={layer.mode === "list" ? areas.length : layer.located}
      total={layer.total}
      what={layer.mode === "list" ? "listed" : "onMap"}
      subtitle={subtitle}
      source={props.source}
      twin={twinOf(cluster, layer, subtitle)}
      table={props.table}
      onTable={props.onTable}
      how={layer.how ?? null}
      canvas={
        drawable && !empty && props.webgl
          ? {
              png: () => map.current?.png() ?? "",
              zoom: (by) => map.current?.zoom(by),
              onBox: (rectangle) => map.current && onPick({ kind: "map-box", box: map.current.boxOf(rectangle) }),
              boxes: layer.mode !== "areas",
            }
          : null
      }
      busy={busy}
      footer={t(layer.attribution) ? <span className="attribution" title={t(layer.attribution)}>{t(layer.attribution)}</span> : null}
    >
      {empty ? (
        <Empty title={layer.mode === "none" ? w("noMap") : w("nothingHere")} space="physical">
          {t(layer.reason)}
        </Empty>
      ) : layer.mode === "list" ? (
        <AreaList areas={areas} reason={t(layer.reason)} title={subtitle} brushed={brushed} onPick={(id) => onPick({ kind: "area", id })} />
      ) : !props.webgl ? (
        <Empty title={w("noMap")} space="physical">
          {w("mapUnavailable")}
        </Empty>
      ) : (
        <ErrorBoundary>
          <Suspense fallback={<Loading height="100%" />}>
            <GeoMap
              handle={map}
              bounds={layer.bounds as [number, number, number, number] | null}
              outlines={outlines.all}
              layers={layers}
              tip={tip}
              onBackground={() => onPick(null)}
              label={w("mapLabel", { n: count(layer.located, language) })}
              facts={{ mode: layer.mode, selected: brushed ? (layer.mode === "points" ? brushed.points.size : layer.mode === "areas" ? brushed.areas.size : brushed.cells.size) : "" }}
            />
          </Suspense>
        </ErrorBoundary>
      )}
      {drawable && !empty && !props.table && props.webgl ? (
        <div className="legends legends-left">
          {layer.mode === "points" ? <SpotLegend spots={spots} /> : <ClassLegend classes={classes} title={layer.mode === "hexagons" ? w("firmsPer") : subtitle} type={layer.mode === "hexagons" ? "integer" : "number"} missing={layer.mode === "areas"} />}
          {outlines.china ? <SouthSea outlines={outlines.all} areas={layer.mode === "areas" ? areas : null} classes={classes} /> : null}
        </div>
      ) : null}
    </Pane>
  );
}

function pickOf(spot: Spot, points: Points): Pick {
  return spot.members.length === 1 ? { kind: "firm", id: points.id[spot.members[0] as number] ?? "" } : { kind: "spot", lon: spot.lon, lat: spot.lat };
}

function spotTip(spot: Spot | undefined, points: Points, number: (n: number) => string): string | null {
  if (!spot) return null;
  const names = spot.members.slice(0, 5).map((position) => points.name[position] ?? "");
  return spot.members.length > names.length ? `${names.join("\n")}\n+ ${number(spot.members.length - names.length)}` : names.join("\n");
}

const valueLine = (title: string, unit: string) => (unit ? `${title} (${unit})` : title);

const text = (en: string, zh: string): Text => ({ en, zh });
const NONE = text("", "");
const TITLES: Record<string, Text> = {
  id: text("Identifier", "编号"),
  name: text("Name", "名称"),
  kind: text("Kind", "类型"),
  industry: text("Industry code", "行业代码"),
  industry_name: text("Industry", "行业"),
  place: text("Place", "地点"),
  lon: text("Longitude", "经度"),
  lat: text("Latitude", "纬度"),
  located: text("Located by", "定位依据"),
  stack: text("At the same point", "同点主体数"),
  cell: text("Hexagon (H3)", "六边形 (H3)"),
  count: text("Actors", "主体数"),
};
const COUNTED = new Set(["count", "stack"]);
const MEASURED = new Set(["lon", "lat", "value"]);

/** The table behind the map: what the server sent, without outlines. */
export function twinOf(cluster: string, layer: MapLayer, valueTitle: string): Twin | null {
  const rows = (layer.mode === "hexagons" ? layer.hexagons : layer.mode === "areas" ? layer.areas : layer.points) as Columnar;
  const names = Object.keys(rows).filter((name) => name !== "outline");
  if (!names.length) return null;
  const columns = names.map<DataColumn>((name) => ({
    name,
    title: name === "value" ? text(valueTitle, valueTitle) : (TITLES[name] ?? text(name, name)),
    type: COUNTED.has(name) ? "integer" : MEASURED.has(name) ? "number" : "string",
    unit: NONE,
  }));
  return { name: `${cluster}-physical`, columns, rows };
}
