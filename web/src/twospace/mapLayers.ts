/** What deck.gl draws above the ground, for points, hexagons and areas. */
import type { Layer, PickingInfo } from "@deck.gl/core";
import { GeoJsonLayer, PolygonLayer, ScatterplotLayer } from "@deck.gl/layers";
import type { Feature, FeatureCollection } from "geojson";

import { rgb, type Palette } from "../look/colours";
import { classOf, rampColour } from "../look/scale";
import type { Brushed } from "./brush";
import type { Areas, Cells, Spot } from "./spaces";
import { commonest } from "./spaces";

type Colour = [number, number, number, number];

const FADED = 38;

interface SpotStyle {
  palette: Palette;
  brushed: Brushed | null;
  /** Colour of the actor at a position; null where points have the colour of the space. */
  tint: ((position: number) => string) | null;
}

/** Radius in pixels: area says how many actors stand at the spot. */
export function spotRadius(members: number, spots: number): number {
  const least = spots > 5000 ? 2 : spots > 800 ? 2.6 : 3.6;
  return members <= 1 ? least : Math.min(34, Math.sqrt(least * least + 1.6 * (members - 1)));
}

export function spotLayer(spots: Spot[], { palette, brushed, tint }: SpotStyle, onPick: (spot: Spot) => void): Layer {
  const hit = (spot: Spot) => !brushed || spot.members.some((position) => brushed.points.has(position));
  const colour = (spot: Spot): Colour => {
    if (!hit(spot)) return [...rgb(palette.quiet), FADED];
    const members = brushed ? spot.members.filter((position) => brushed.points.has(position)) : spot.members;
    const hex = tint ? (commonest(members.map(tint)) ?? palette.quiet) : palette.physical;
    return [...rgb(hex), hex === palette.quiet ? 110 : spot.members.length > 1 ? 190 : 225];
  };
  // Later items lie above: what is selected comes last, and what has no colour first.
  const plain = (spot: Spot) => tint !== null && spot.members.every((position) => tint(position) === palette.quiet);
  const rank = (spot: Spot) => (brushed ? 2 * Number(hit(spot)) : 0) + Number(!plain(spot));
  const data = brushed || tint ? [...spots].sort((a, b) => rank(a) - rank(b)) : spots;
  return new ScatterplotLayer<Spot>({
    id: "spots",
    data,
    getPosition: (spot) => [spot.lon, spot.lat],
    getRadius: (spot) => spotRadius(spot.members.length, spots.length) + (brushed && hit(spot) ? 0.8 : 0),
    radiusUnits: "pixels",
    getFillColor: colour,
    // Rims tell neighbours apart; where points are many and small they would be all that is seen.
    stroked: spots.length <= 3000,
    getLineColor: (spot) => [...rgb(palette.surface), hit(spot) ? 255 : 0] as Colour,
    lineWidthUnits: "pixels",
    getLineWidth: 0.8,
    pickable: true,
    onClick: ({ object }: PickingInfo<Spot>) => {
      if (object) onPick(object);
      return true;
    },
  });
}

export interface Classes {
  breaks: number[];
  ramp: readonly string[];
}

function classColour(value: number | null, { breaks, ramp }: Classes, palette: Palette): readonly [number, number, number] {
  const position = classOf(value, breaks);
  return rgb(position < 0 ? palette.land : rampColour(position, breaks.length, ramp));
}

export function cellLayer(cells: Cells, classes: Classes, palette: Palette, brushed: Brushed | null, onPick: (cell: string) => void): Layer {
  const positions = cells.cell.map((_, k) => k);
  return new PolygonLayer<number>({
    id: "cells",
    data: positions,
    getPolygon: (k) => cells.outline[k] ?? [],
    getFillColor: (k) => [...classColour(cells.count[k] ?? null, classes, palette), !brushed || brushed.cells.has(cells.cell[k] ?? "") ? 235 : FADED] as Colour,
    getLineColor: [...rgb(palette.surface), 160] as Colour,
    lineWidthUnits: "pixels",
    getLineWidth: 0.5,
    pickable: true,
    onClick: ({ object }: PickingInfo<number>) => {
      if (object !== undefined) onPick(cells.cell[object] ?? "");
      return true;
    },
  });
}

/** The identifier by which an outline and a value of the data find each other. */
export function outlineId(feature: Feature): string {
  const properties = feature.properties ?? {};
  return String(properties["id"] ?? properties["code"] ?? feature.id ?? "");
}

/** Of several sets of outlines the one whose identifiers are those of the data. */
export function setOf(sets: readonly FeatureCollection[], areas: Areas): FeatureCollection | null {
  const ids = new Set(areas.id);
  const hits = sets.map((set) => set.features.filter((feature) => ids.has(outlineId(feature))).length);
  const best = hits.indexOf(Math.max(0, ...hits));
  return hits[best] ? (sets[best] ?? null) : null;
}

export function areaLayer(outlines: FeatureCollection, areas: Areas, classes: Classes, palette: Palette, brushed: Brushed | null, onPick: (id: string) => void): Layer {
  const position = new Map(areas.id.map((id, k) => [id, k]));
  const data = outlines.features.filter((each) => each.geometry && /Polygon/.test(each.geometry.type));
  return new GeoJsonLayer({
    id: "areas",
    data: { type: "FeatureCollection", features: data } as FeatureCollection,
    filled: true,
    stroked: true,
    getFillColor: (feature) => {
      const k = position.get(outlineId(feature as Feature));
      const faded = brushed && !brushed.areas.has(outlineId(feature as Feature));
      return [...classColour(k === undefined ? null : (areas.value[k] ?? null), classes, palette), faded ? FADED + 20 : 255] as Colour;
    },
    getLineColor: (feature) => (brushed?.areas.has(outlineId(feature as Feature)) ? ([...rgb(palette.accent), 255] as Colour) : ([...rgb(palette.surface), 255] as Colour)),
    lineWidthUnits: "pixels",
    getLineWidth: (feature) => (brushed?.areas.has(outlineId(feature as Feature)) ? 2.2 : 0.5),
    pickable: true,
    updateTriggers: { getFillColor: [areas, classes, brushed], getLineColor: [brushed, palette], getLineWidth: [brushed] },
    onClick: ({ object }: PickingInfo<Feature>) => {
      const id = object ? outlineId(object) : "";
      if (position.has(id)) onPick(id);
      return true;
    },
  });
}
