/** An index of places on the map: areas where their outlines are known, else points. */
import type { PickingInfo } from "@deck.gl/core";
import { ScatterplotLayer } from "@deck.gl/layers";
import type { Feature } from "geojson";
import { lazy, Suspense, useMemo, useRef, useState } from "react";

import type { Columnar, MapLayer } from "../api/types";
import { exact } from "../format/number";
import { rgb } from "../look/colours";
import { useLook } from "../look/look";
import { classOf, quantileBreaks, rampColour } from "../look/scale";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/States";
import type { MapHandle } from "../twospace/GeoMap";
import { Classes as ClassLegend } from "../twospace/Legends";
import { areaLayer, outlineId, setOf } from "../twospace/mapLayers";
import { useOutlines } from "../twospace/outlines";
import { SouthSea } from "../twospace/SouthSea";
import type { Areas } from "../twospace/spaces";
import { canDraw } from "../twospace/webgl";
import "../styles/twospace.css";
import { rowsOf, type IndexCard, type Measurement, type NameOf } from "./result";

const GeoMap = lazy(() => import("../twospace/GeoMap"));
const NOTHING: string[] = [];

interface Props {
  index: IndexCard;
  result: Measurement;
  layer: MapLayer;
  nameOf: NameOf;
  onPick: (id: string) => void;
}

/** Whether there is something to draw: places with a value that lie somewhere. */
export function drawable(result: Measurement, layer: MapLayer | null, fixed: readonly string[]): boolean {
  const keys = result.grain.filter((key) => !fixed.includes(key));
  return layer !== null && (layer.mode === "areas" || layer.mode === "points") && keys.length === 1 && keys[0] === "place_id";
}

export function PlaceMap({ index, result, layer, nameOf, onPick }: Props) {
  const { w, t, language, palette } = useLook();
  const map = useRef<MapHandle>(null);
  const [webgl] = useState(canDraw);
  const outlines = useOutlines(layer.boundaries.length ? layer.boundaries : NOTHING);
  const rows = (layer.mode === "areas" ? layer.areas : layer.points) as Columnar;
  const values = useMemo(() => {
    const found = rowsOf(result);
    return new Map((found["place_id"] ?? []).map((id, k) => [String(id), typeof found["value"]?.[k] === "number" ? (found["value"][k] as number) : null]));
  }, [result]);
  const areas = useMemo<Areas>(() => {
    const id = (rows["id"] ?? []).map(String);
    return { length: id.length, id, name: id.map((each) => nameOf("place_id", each)), value: id.map((each) => values.get(each) ?? null) };
  }, [rows, values, nameOf]);
  const classes = useMemo(() => ({ breaks: quantileBreaks(areas.value, 6), ramp: result.space === "digital" ? palette.violet : palette.teal }), [areas, result.space, palette]);
  const layers = useMemo(() => {
    if (layer.mode === "areas") {
      const filled = setOf(outlines.sets, areas);
      return filled ? [areaLayer(filled, areas, classes, palette, null, onPick)] : [];
    }
    const colour = (k: number) => {
      const position = classOf(areas.value[k], classes.breaks);
      return rgb(position < 0 ? palette.land : rampColour(position, classes.breaks.length, classes.ramp));
    };
    return [
      new ScatterplotLayer<number>({
        id: "places",
        data: areas.id.map((_, k) => k),
        getPosition: (k) => [rows["lon"]?.[k] as number, rows["lat"]?.[k] as number],
        getRadius: (k) => (areas.value[k] === null ? 5 : 8),
        radiusUnits: "pixels",
        getFillColor: (k) => [...colour(k), 235],
        stroked: true,
        getLineColor: [...rgb(palette.inkSoft), 255],
        lineWidthUnits: "pixels",
        getLineWidth: 0.8,
        pickable: true,
        updateTriggers: { getFillColor: [areas, classes], getRadius: [areas] },
        onClick: ({ object }: PickingInfo<number>) => {
          if (object !== undefined) onPick(areas.id[object] ?? "");
          return true;
        },
      }),
    ];
  }, [layer.mode, outlines.sets, areas, rows, classes, palette, onPick]);
  const tip = (info: { object?: unknown }) => {
    if (info.object === undefined || info.object === null) return null;
    const k = typeof info.object === "number" ? info.object : areas.id.indexOf(outlineId(info.object as Feature));
    if (k < 0) return String((info.object as Feature).properties?.["name"] ?? "");
    return `${areas.name[k]}\n${areas.value[k] === null ? w("noData") : exact(areas.value[k], "number", language)}`;
  };
  if (!webgl) return null;
  return (
    <section className="panel place-map" aria-label={w("onTheMap")}>
      <h2 className="section-title">{w("onTheMap")}</h2>
      <div className="place-map-box">
        <ErrorBoundary>
          <Suspense fallback={<Loading height="100%" />}>
            <GeoMap handle={map} bounds={layer.bounds as [number, number, number, number] | null} outlines={outlines.all} layers={layers} tip={tip} onBackground={() => onPick("")} label={`${t(index.title)}: ${w("onTheMap")}`} facts={{ mode: layer.mode, places: areas.value.filter((value) => value !== null).length }} />
          </Suspense>
        </ErrorBoundary>
        <div className="place-map-zoom">
          <button type="button" className="icon-button" aria-label={w("zoomIn")} onClick={() => map.current?.zoom("in")}>
            <Icon name="plus" />
          </button>
          <button type="button" className="icon-button" aria-label={w("zoomOut")} onClick={() => map.current?.zoom("out")}>
            <Icon name="minus" />
          </button>
          <button type="button" className="icon-button" aria-label={w("zoomFit")} onClick={() => map.current?.zoom("fit")}>
            <Icon name="fit" />
          </button>
        </div>
        <div className="legends legends-left">
          <ClassLegend classes={classes} title={t(index.title)} type="number" missing />
          {outlines.china && layer.mode === "areas" ? <SouthSea outlines={outlines.all} areas={areas} classes={classes} /> : null}
        </div>
      </div>
      {t(layer.attribution) ? <p className="attribution">{t(layer.attribution)}</p> : null}
    </section>
  );
}
