/** Outlines as a path in a small frame, for the islands that lie beyond the main map. */
import type { FeatureCollection, Geometry, Position } from "geojson";

import type { Bounds } from "./basemap";

export interface Drawn {
  id: string;
  path: string;
  line: boolean;
}

const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));

/** Paths of what touches the frame, in pixels of a picture of this width; the height keeps the map's proportion. */
export function insetPaths(outlines: FeatureCollection, frame: Bounds, width: number, idOf: (feature: FeatureCollection["features"][number]) => string): { height: number; shapes: Drawn[] } {
  const [west, south, east, north] = frame;
  const scale = width / (((east - west) * Math.PI) / 180);
  const height = (mercator(north) - mercator(south)) * scale;
  const at = ([lon = 0, lat = 0]: Position) => `${((((lon - west) * Math.PI) / 180) * scale).toFixed(1)} ${((mercator(north) - mercator(lat)) * scale).toFixed(1)}`;
  const touches = (ring: Position[]) => ring.some(([lon = 0, lat = 0]) => lon >= west && lon <= east && lat >= south && lat <= north);
  const shapes: Drawn[] = [];
  for (const feature of outlines.features) {
    const { rings, line } = ringsOf(feature.geometry);
    const path = rings.filter(touches).map((ring) => `M${ring.map(at).join("L")}${line ? "" : "Z"}`).join("");
    if (path) shapes.push({ id: idOf(feature), path, line });
  }
  return { height, shapes };
}

function ringsOf(geometry: Geometry | null): { rings: Position[][]; line: boolean } {
  switch (geometry?.type) {
    case "Polygon":
      return { rings: geometry.coordinates, line: false };
    case "MultiPolygon":
      return { rings: geometry.coordinates.flat(), line: false };
    case "LineString":
      return { rings: [geometry.coordinates], line: true };
    case "MultiLineString":
      return { rings: geometry.coordinates, line: true };
    default:
      return { rings: [], line: false };
  }
}
