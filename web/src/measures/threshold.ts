/** Keeping the rows beyond a threshold, and what share of them that is. */
import type { Columnar } from "../api/types";
import { lengthOf, rowsOf, taking, type Measurement } from "./result";

/** A value is kept from the threshold upward, a p up to it. */
export const THRESHOLDS = ["value", "p", "p_global", "percentile"] as const;
export type By = (typeof THRESHOLDS)[number];

export interface Threshold {
  by: By;
  at: number;
}

export const upward = (by: By): boolean => by === "value" || by === "percentile";

/** By what this result can be cut: columns with at least two different numbers. */
export function cuttable(result: Measurement): By[] {
  const rows = rowsOf(result);
  const possible = THRESHOLDS.filter((name) => steps(rows, name).length > 1);
  // Of curves it is the p of the whole curve that says which ones to look at.
  return possible.includes("p_global") ? ["p_global", ...possible.filter((name) => name !== "p_global")] : possible;
}

/** The different numbers of a column in ascending order: the places where a slider can stand. */
export function steps(rows: Columnar, by: By): number[] {
  const known = (rows[by] ?? []).filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  return [...new Set(known)].sort((a, b) => a - b);
}

/** The step at which a slider stands for a threshold. */
export function stepOf(numbers: readonly number[], { by, at }: Threshold): number {
  if (upward(by)) {
    const found = numbers.findIndex((value) => value >= at);
    return found < 0 ? numbers.length : found;
  }
  let last = -1;
  numbers.forEach((value, k) => {
    if (value <= at) last = k;
  });
  return last;
}

export interface Cut {
  kept: Measurement;
  rows: number;
  of: number;
}

/** Rows without the number are not kept once there is a threshold, and count in the whole. */
export function cut(result: Measurement, threshold: Threshold | null): Cut {
  const rows = rowsOf(result);
  const of = lengthOf(rows);
  if (!threshold) return { kept: result, rows: of, of };
  const { by, at } = threshold;
  const positions = (rows[by] ?? []).flatMap((value, k) => (typeof value === "number" && (upward(by) ? value >= at : value <= at) ? [k] : []));
  return { kept: taking(result, positions), rows: positions.length, of };
}

export function readThreshold(by: string, at: string, possible: readonly By[]): Threshold | null {
  const found = possible.find((each) => each === by);
  const number = Number(at);
  return found && at.trim() !== "" && Number.isFinite(number) ? { by: found, at: number } : null;
}
