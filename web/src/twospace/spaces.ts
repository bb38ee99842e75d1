/** The two layers as typed columns, and what stands at the same point put together. */
import type { Columnar, MapLayer, Network } from "../api/types";

export interface Nodes {
  length: number;
  id: string[];
  name: string[];
  x: number[];
  y: number[];
  size: number[];
  degree: number[];
  industry: string[];
  industryName: string[];
  place: string[];
  community: number[];
  lon: (number | null)[];
  lat: (number | null)[];
  cell: string[];
}

export interface Points {
  length: number;
  id: string[];
  name: string[];
  industry: string[];
  place: string[];
  lon: number[];
  lat: number[];
  value: (number | null)[];
}

/** All actors at one and the same point: many data sources know only the city. */
export interface Spot {
  lon: number;
  lat: number;
  members: number[];
}

export interface Cells {
  length: number;
  cell: string[];
  outline: [number, number][][];
  count: number[];
  value: (number | null)[];
}

export interface Areas {
  length: number;
  id: string[];
  name: string[];
  value: (number | null)[];
}

const texts = (columns: Columnar, name: string, length: number): string[] => {
  const found = columns[name] ?? [];
  return Array.from({ length }, (_, k) => (found[k] === null || found[k] === undefined ? "" : String(found[k])));
};

const numbersOf = (columns: Columnar, name: string, length: number): (number | null)[] => {
  const found = columns[name] ?? [];
  return Array.from({ length }, (_, k) => (typeof found[k] === "number" && Number.isFinite(found[k]) ? (found[k] as number) : null));
};

const known = (values: (number | null)[]): number[] => values.map((value) => value ?? 0);

export function readNodes(network: Network): Nodes {
  const columns = network.nodes as Columnar;
  const length = columns["id"]?.length ?? 0;
  return {
    length,
    id: texts(columns, "id", length),
    name: texts(columns, "name", length).map((name, k) => name || String(columns["id"]?.[k])),
    x: known(numbersOf(columns, "x", length)),
    y: known(numbersOf(columns, "y", length)),
    size: known(numbersOf(columns, "size", length)),
    degree: known(numbersOf(columns, "degree", length)),
    industry: texts(columns, "industry", length),
    industryName: texts(columns, "industry_name", length),
    place: texts(columns, "place", length),
    community: numbersOf(columns, "community", length).map((value) => value ?? -1),
    lon: numbersOf(columns, "lon", length),
    lat: numbersOf(columns, "lat", length),
    cell: texts(columns, "cell", length),
  };
}

export function readPoints(layer: MapLayer): Points {
  const columns = layer.points as Columnar;
  const length = columns["id"]?.length ?? 0;
  return {
    length,
    id: texts(columns, "id", length),
    name: texts(columns, "name", length).map((name, k) => name || String(columns["id"]?.[k])),
    industry: texts(columns, "industry", length),
    place: texts(columns, "place", length),
    lon: known(numbersOf(columns, "lon", length)),
    lat: known(numbersOf(columns, "lat", length)),
    value: numbersOf(columns, "value", length),
  };
}

export function readCells(layer: MapLayer): Cells {
  const columns = layer.hexagons as Columnar;
  const length = columns["cell"]?.length ?? 0;
  return {
    length,
    cell: texts(columns, "cell", length),
    outline: (columns["outline"] ?? []) as [number, number][][],
    count: known(numbersOf(columns, "count", length)),
    value: numbersOf(columns, "value", length),
  };
}

export function readAreas(layer: MapLayer): Areas {
  const columns = (layer.mode === "list" ? layer.points : layer.areas) as Columnar;
  const length = columns["id"]?.length ?? 0;
  return {
    length,
    id: texts(columns, "id", length),
    name: texts(columns, "name", length).map((name, k) => name || String(columns["id"]?.[k])),
    value: numbersOf(columns, "value", length),
  };
}

export interface Both {
  nodes: Nodes;
  points: Points;
  cells: Cells;
  areas: Areas;
}

/** Both layers, with places named the same way in each: by the identifier of the area where there is one. */
export function readBoth(layer: MapLayer, network: Network): Both {
  const both = { nodes: readNodes(network), points: readPoints(layer), cells: readCells(layer), areas: readAreas(layer) };
  const ids = new Map(both.areas.name.map((name, k) => [name, both.areas.id[k] ?? name]));
  const named = (places: string[]) => places.map((place) => ids.get(place) ?? place);
  return { ...both, nodes: { ...both.nodes, place: named(both.nodes.place) }, points: { ...both.points, place: named(both.points.place) } };
}

export function spotsOf(points: Points): Spot[] {
  const spots = new Map<string, Spot>();
  for (let k = 0; k < points.length; k++) {
    const [lon, lat] = [points.lon[k] as number, points.lat[k] as number];
    const key = `${lon},${lat}`;
    const spot = spots.get(key);
    if (spot) spot.members.push(k);
    else spots.set(key, { lon, lat, members: [k] });
  }
  // The largest first, so that small ones are drawn above and can be picked.
  return [...spots.values()].sort((a, b) => b.members.length - a.members.length);
}

/** The value that most members have; ties go to the one met first. */
export function commonest<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  let best: T | undefined;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (best === undefined || count > (counts.get(best) ?? 0)) best = value;
  }
  return best;
}
