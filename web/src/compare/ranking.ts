/** A comparison as rows: in what order units stand, and what goes into the file. */
import type { Columnar, ComparedIndex, Comparison } from "../api/types";
import { say } from "../words/words";
import type { Language } from "../format/number";

export interface Order {
  /** Identifier of an index, or empty for the order in which they were chosen. */
  by: string;
  /** The lowest rank number, the largest value, first. */
  down: boolean;
}

/** Positions of the units in an order; units without a value come last in both directions. */
export function ordered(made: Comparison, { by, down }: Order): number[] {
  const positions = made.units.map((_, k) => k);
  const index = made.indices.find((each) => each.id === by && !each.missing);
  if (!index) return positions;
  return positions.sort((a, b) => {
    const [left, right] = [index.value[a] ?? null, index.value[b] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    return (down ? right - left : left - right) || a - b;
  });
}

/** One row for each unit and index. */
export function flat(made: Comparison, language: Language): { names: string[]; rows: Columnar } {
  const names = ["unit", "name", "index", "title", "value", "low", "high", "rank", "rank_best", "rank_worst", "of", "percentile"];
  const rows: Columnar = Object.fromEntries(names.map((name) => [name, []]));
  for (const index of made.indices) {
    made.units.forEach((unit, k) => {
      const row: Record<string, unknown> = { unit: unit.id, name: say(unit.title, language), index: index.id, title: say(index.title, language), of: index.of_known, ...cellOf(index, k) };
      for (const name of names) (rows[name] as unknown[]).push(row[name] ?? null);
    });
  }
  return { names, rows };
}

export interface Cell {
  value: number | null;
  low: number | null;
  high: number | null;
  rank: number | null;
  rank_best: number | null;
  rank_worst: number | null;
  percentile: number | null;
}

export function cellOf(index: ComparedIndex, k: number): Cell {
  const at = (column: (number | null)[]) => column[k] ?? null;
  return { value: at(index.value), low: at(index.low), high: at(index.high), rank: at(index.rank), rank_best: at(index.rank_best), rank_worst: at(index.rank_worst), percentile: at(index.percentile) };
}

/** Where on a bar of all ranks a range begins and ends, in percent: the first rank left, the last right. */
export function rankSpan({ rank, rank_best, rank_worst }: Cell, of: number): { from: number; to: number; at: number } | null {
  if (rank === null || of < 2) return null;
  const share = (each: number) => (100 * (each - 1)) / (of - 1);
  return { from: share(rank_best ?? rank), to: share(rank_worst ?? rank), at: share(rank) };
}
