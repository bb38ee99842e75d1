/** Reading the columnar table behind a figure. */
import type { Columnar, DataColumn, Figure, Text } from "../api/types";

export function rowCount(rows: Columnar): number {
  return Math.max(0, ...Object.values(rows).map((column) => column.length));
}

export function column(figure: Figure, name: string): unknown[] {
  return name ? ((figure.rows as Columnar)[name] ?? []) : [];
}

export function numbers(figure: Figure, name: string): (number | null)[] {
  return column(figure, name).map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
}

export function labels(figure: Figure, name: string): string[] {
  return column(figure, name).map((value) => (value === null || value === undefined ? "–" : String(value)));
}

/** The same figure with codes of its columns said in words. */
export function worded(figure: Figure, t: (text: Text) => string): Figure {
  const coded = figure.columns.filter((each) => Object.keys(each.values ?? {}).length);
  if (!coded.length) return figure;
  const rows = { ...(figure.rows as Columnar) };
  for (const { name, values } of coded) {
    rows[name] = (rows[name] ?? []).map((value) => {
      const word = values?.[String(value)];
      return word ? t(word) : value;
    });
  }
  return { ...figure, rows };
}

export function describe(figure: Figure, name: string): DataColumn | undefined {
  return figure.columns.find((each) => each.name === name);
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Positions of the rows of each series, in order of appearance; one unnamed series where nothing splits. */
export function bySeries(figure: Figure): Map<string, number[]> {
  const names = labels(figure, figure.series);
  const groups = new Map<string, number[]>();
  for (let i = 0; i < rowCount(figure.rows as Columnar); i++) {
    const name = names[i] ?? "";
    const group = groups.get(name);
    if (group) group.push(i);
    else groups.set(name, [i]);
  }
  return groups;
}

/** Whether the horizontal axis counts (a number or share) or names (text, periods). */
export function isMeasured(type: DataColumn["type"] | undefined): boolean {
  return type === "integer" || type === "number" || type === "share" || type === "money";
}
