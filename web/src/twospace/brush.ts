/** Linked brushing: from a selection on either side to what it means on both. Pure. */
import type { Box, Pick } from "./pick";
import type { Both, Nodes, Points } from "./spaces";

export interface Brushed {
  /** Positions in the network. */
  nodes: ReadonlySet<number>;
  /** Positions among the points of the map. */
  points: ReadonlySet<number>;
  cells: ReadonlySet<string>;
  /** Places: areas of the map, or rows of the list. */
  areas: ReadonlySet<string>;
}

export function brush(pick: Pick | null, both: Both): Brushed | null {
  if (!pick) return null;
  const { nodes, points } = both;
  const chosen = positions(nodes.length, (k) => nodeMatches(pick, nodes, k));
  const ids = new Set([...chosen].map((k) => nodes.id[k]));
  // A point belongs to the selection where it meets it itself, or where its firm does in the network.
  const shown = positions(points.length, (k) => pointMatches(pick, points, k) || ids.has(points.id[k]));
  const cells = new Set<string>(pick.kind === "cell" ? [pick.id] : []);
  const areas = new Set<string>(pick.kind === "area" ? [pick.id] : []);
  if (pick.kind === "map-box") {
    both.cells.cell.forEach((cell, k) => inside(pick.box, ...centre(both.cells.outline[k] ?? [])) && cells.add(cell));
  }
  // A selection made on the map already says which cells and areas it means.
  if (pick.kind !== "cell" && pick.kind !== "area" && pick.kind !== "map-box") {
    for (const k of chosen) {
      if (nodes.cell[k]) cells.add(nodes.cell[k]);
      if (nodes.place[k]) areas.add(nodes.place[k]);
    }
  }
  return { nodes: chosen, points: shown, cells, areas };
}

function nodeMatches(pick: Pick, nodes: Nodes, k: number): boolean {
  const [lon, lat] = [nodes.lon[k] ?? Number.NaN, nodes.lat[k] ?? Number.NaN];
  switch (pick.kind) {
    case "firm":
      return nodes.id[k] === pick.id;
    case "community":
      return nodes.community[k] === pick.id;
    case "industry":
      return nodes.industry[k] === pick.id;
    case "area":
      return nodes.place[k] === pick.id;
    case "cell":
      return nodes.cell[k] === pick.id;
    case "spot":
      return near(lon, pick.lon) && near(lat, pick.lat);
    case "map-box":
      return inside(pick.box, lon, lat);
    case "network-box":
      return inside(pick.box, nodes.x[k] ?? Number.NaN, nodes.y[k] ?? Number.NaN);
  }
}

function pointMatches(pick: Pick, points: Points, k: number): boolean {
  const [lon, lat] = [points.lon[k] ?? Number.NaN, points.lat[k] ?? Number.NaN];
  switch (pick.kind) {
    case "firm":
      return points.id[k] === pick.id;
    case "industry":
      return points.industry[k] === pick.id;
    case "area":
      return points.place[k] === pick.id;
    case "spot":
      return near(lon, pick.lon) && near(lat, pick.lat);
    case "map-box":
      return inside(pick.box, lon, lat);
    default:
      return false;
  }
}

function positions(length: number, test: (k: number) => boolean): Set<number> {
  const found = new Set<number>();
  for (let k = 0; k < length; k++) if (test(k)) found.add(k);
  return found;
}

function inside([west, south, east, north]: Box, x: number, y: number): boolean {
  return x >= west && x <= east && y >= south && y <= north;
}

/** Equal as far as an address can say: a spot is written with the digits it has, a millionth apart is the same. */
const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

function centre(outline: readonly (readonly [number, number])[]): [number, number] {
  const n = Math.max(1, outline.length);
  return [outline.reduce((sum, [x]) => sum + x, 0) / n, outline.reduce((sum, [, y]) => sum + y, 0) / n];
}

export interface Share<T> {
  value: T;
  count: number;
  share: number;
}

/** How often each value occurs, most frequent first, with its share of all. */
export function shares<T>(values: readonly T[]): Share<T>[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count, share: count / values.length })).sort((a, b) => b.count - a.count);
}
