/** The tables of an evaluation as grids of places and periods, and what follows from them. */
import type { Columnar } from "../api/types";

export type Tables = Readonly<Record<string, { rows: Columnar }>>;

/** A value of each place in each period; a gap is null. */
export type Grid = ReadonlyMap<string, ReadonlyMap<string, number | null>>;

const NOTHING: Columnar = {};

export const rowsOf = (tables: Tables, name: string): Columnar => tables[name]?.rows ?? NOTHING;

export const texts = (rows: Columnar, name: string): string[] => (rows[name] ?? []).map((value) => (value === null || value === undefined ? "" : String(value)));

export const numbers = (rows: Columnar, name: string): (number | null)[] => (rows[name] ?? []).map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));

export const lengthOf = (rows: Columnar): number => Math.max(0, ...Object.values(rows).map((column) => column.length));

/** The rows at some positions. */
export function taken(rows: Columnar, positions: readonly number[]): Columnar {
  return Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, positions.map((k) => column[k])]));
}

export function where(rows: Columnar, keep: (position: number) => boolean): Columnar {
  const positions: number[] = [];
  for (let k = 0; k < lengthOf(rows); k++) if (keep(k)) positions.push(k);
  return taken(rows, positions);
}

/** One column of a table with `place_id` and `period` as a grid. */
export function gridOf(rows: Columnar, column: string): Grid {
  const [places, periods, values] = [texts(rows, "place_id"), texts(rows, "period"), numbers(rows, column)];
  const grid = new Map<string, Map<string, number | null>>();
  for (let k = 0; k < places.length; k++) {
    const period = periods[k] as string;
    let found = grid.get(period);
    if (!found) grid.set(period, (found = new Map()));
    found.set(places[k] as string, values[k] ?? null);
  }
  return grid;
}

/** The same for a column of names, such as the worst obstacle. */
export function namesOf(rows: Columnar, column: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const [places, periods, values] = [texts(rows, "place_id"), texts(rows, "period"), texts(rows, column)];
  const grid = new Map<string, Map<string, string>>();
  for (let k = 0; k < places.length; k++) {
    const period = periods[k] as string;
    let found = grid.get(period);
    if (!found) grid.set(period, (found = new Map()));
    if (values[k]) found.set(places[k] as string, values[k] as string);
  }
  return grid;
}

export const at = (grid: Grid, period: string, place: string): number | null => grid.get(period)?.get(place) ?? null;

/** All values of a grid, so that classes hold for every period and colours can be compared through time. */
export const pooled = (grid: Grid): number[] => [...grid.values()].flatMap((of) => [...of.values()]).filter((value): value is number => value !== null);

/** A value below which a share of the values lie; linear between neighbours. */
export function quantile(values: readonly number[], share: number): number | null {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  return low + (position - below) * ((sorted[below + 1] ?? low) - low);
}

export interface Middle {
  period: string;
  low: number | null;
  value: number | null;
  high: number | null;
  n: number;
}

/** Median and middle half of each period. */
export function middles(grid: Grid): Middle[] {
  return [...grid].map(([period, of]) => {
    const values = [...of.values()].filter((value): value is number => value !== null);
    return { period, low: quantile(values, 0.25), value: quantile(values, 0.5), high: quantile(values, 0.75), n: values.length };
  });
}

export interface Rank {
  place: string;
  score: number | null;
  rank: number | null;
  /** The interval of the rank under other weights and standardisations. */
  low: number | null;
  high: number | null;
  /** Share of draws in which the place is among the first. */
  top: number | null;
}

/** Everything that is asked of every place and period again and again. */
export interface Panel {
  /** Periods in which at least one place has a score. */
  periods: string[];
  places: string[];
  score: Grid;
  ranks: { rank: Grid; low: Grid; high: Grid; top: Grid };
}

export function panelOf(tables: Tables): Panel {
  const rows = rowsOf(tables, "ranking");
  const score = gridOf(rows, "score");
  return {
    // A period without any score is kept by the server, so that a step is one period; there is nothing to show of it.
    periods: [...score].filter(([, of]) => [...of.values()].some((value) => value !== null)).map(([period]) => period),
    places: [...new Set(texts(rows, "place_id"))].sort(),
    score,
    ranks: { rank: gridOf(rows, "rank"), low: gridOf(rows, "low"), high: gridOf(rows, "high"), top: gridOf(rows, "share_in_top") },
  };
}

/** Places of a period that have a score, the first first. */
export function ranking({ places, score, ranks }: Panel, period: string): Rank[] {
  return places
    .map((place) => ({ place, score: at(score, period, place), rank: at(ranks.rank, period, place), low: at(ranks.low, period, place), high: at(ranks.high, period, place), top: at(ranks.top, period, place) }))
    .filter((each) => each.rank !== null)
    .sort((a, b) => (a.rank as number) - (b.rank as number) || a.place.localeCompare(b.place));
}

export interface Move {
  place: string;
  before: number;
  after: number;
  /** Places gained; negative: lost. */
  gained: number;
  /** Whether the intervals of the ranks do not meet, so that no choice of weights undoes the move. */
  sure: boolean;
}

/** How the ranks of places with a score in both periods changed, the largest gain first. */
export function moves({ places, ranks }: Panel, from: string, to: string): Move[] {
  const found: Move[] = [];
  for (const place of places) {
    const [before, after] = [at(ranks.rank, from, place), at(ranks.rank, to, place)];
    if (before === null || after === null) continue;
    const [lowBefore, highBefore, lowAfter, highAfter] = [at(ranks.low, from, place), at(ranks.high, from, place), at(ranks.low, to, place), at(ranks.high, to, place)];
    const known = lowBefore !== null && highBefore !== null && lowAfter !== null && highAfter !== null;
    found.push({ place, before, after, gained: before - after, sure: known && (highAfter < lowBefore || lowAfter > highBefore) });
  }
  return found.sort((a, b) => b.gained - a.gained || a.place.localeCompare(b.place));
}

/** How many places a share of one, such as those of each grade, in each period. */
export function tally(grid: Grid): Map<string, Map<number, number>> {
  return new Map(
    [...grid].map(([period, of]) => {
      const counts = new Map<number, number>();
      for (const value of of.values()) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
      return [period, counts];
    }),
  );
}
