/** The ground of the map: land without borders, and the states where the data lie in the United States. */
import type { LayerSpecification, Map, StyleSpecification } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";
import landAddress from "world-atlas/land-50m.json?url";
import statesAddress from "us-atlas/states-10m.json?url";

import type { Palette } from "../look/colours";

const UNITED_STATES = [-179.2, 17.6, -64.5, 71.5] as const;

export type Bounds = readonly [number, number, number, number];

async function outline(address: string, object: string): Promise<FeatureCollection> {
  const response = await fetch(address);
  const topology = (await response.json()) as Topology;
  const found = topology.objects[object];
  if (!found) throw new Error(`${address} has no ${object}.`);
  const made = feature(topology, found);
  return made.type === "FeatureCollection" ? made : { type: "FeatureCollection", features: [made] };
}

let land: Promise<FeatureCollection> | undefined;
let states: Promise<FeatureCollection> | undefined;

export const landOutline = () => (land ??= outline(landAddress, "land"));
export const stateOutlines = () => (states ??= outline(statesAddress, "states"));

export function liesInStates(bounds: Bounds | null): boolean {
  if (!bounds) return false;
  const [west, south, east, north] = UNITED_STATES;
  return bounds[0] >= west && bounds[1] >= south && bounds[2] <= east && bounds[3] <= north;
}

type Ground = "land" | "states" | "outlines";

/** From the ground up; the order holds whichever arrives first. */
function groundLayers(palette: Palette): (LayerSpecification & { source: Ground })[] {
  return [
    { id: "land", type: "fill", source: "land", paint: { "fill-color": palette.land, "fill-antialias": true } },
    { id: "states", type: "line", source: "states", paint: { "line-color": palette.border, "line-width": 0.7 } },
    { id: "outlines-fill", type: "fill", source: "outlines", filter: ["!=", ["geometry-type"], "LineString"], paint: { "fill-color": palette.land } },
    { id: "outlines", type: "line", source: "outlines", paint: { "line-color": palette.border, "line-width": 0.7 } },
  ];
}

/** No glyphs and no tiles: nothing is asked of any other machine. */
export function groundStyle(palette: Palette): StyleSpecification {
  return { version: 8, sources: {}, layers: [{ id: "sea", type: "background", paint: { "background-color": palette.sea } }] };
}

/**
 * Draw a ground that has arrived. The source is made with its data: one made empty and filled later
 * keeps its empty tiles until the camera moves to another zoom.
 */
export function putGround(map: Map, name: Ground, data: FeatureCollection, palette: Palette): void {
  const layers = groundLayers(palette);
  const own = layers.filter((layer) => layer.source === name);
  for (const layer of own) if (map.getLayer(layer.id)) map.removeLayer(layer.id);
  if (map.getSource(name)) map.removeSource(name);
  map.addSource(name, { type: "geojson", data });
  for (const layer of own) {
    const above = layers.slice(layers.indexOf(layer) + 1).find((each) => map.getLayer(each.id));
    map.addLayer(layer, above?.id);
  }
}
