import { describe, expect, it } from "vitest";

import type { ComparedIndex, Comparison } from "../api/types";
import { joined, parted } from "./asking";
import { cellOf, flat, ordered, rankSpan } from "./ranking";

const text = (en: string) => ({ en, zh: `${en} 中` });
const index = (id: string, value: (number | null)[], missing: string | null = null) =>
  ({ id, index: id, title: text(id), reading: text(""), neutral: null, of_known: 9, value, low: value, high: value, ...(missing ? { rank: [], rank_best: [], rank_worst: [], percentile: [] } : { rank: [1, 5, null], rank_best: [1, 3, null], rank_worst: [1, 9, null], percentile: [90, 40, null] }), how: null, missing: missing ? text(missing) : null }) as unknown as ComparedIndex;
const made = {
  of: "place",
  of_all: 9,
  units: ["p", "q", "r"].map((id) => ({ id, title: text(id.toUpperCase()), rows: 1 })),
  indices: [index("a", [3, 1, null]), index("b", [], "why")],
} as Comparison;

describe("a comparison", () => {
  it("is sorted by the value of an index, with what has none last either way", () => {
    expect(ordered(made, { by: "a", down: true })).toEqual([0, 1, 2]);
    expect(ordered(made, { by: "a", down: false })).toEqual([1, 0, 2]);
    expect(ordered(made, { by: "b", down: false })).toEqual([0, 1, 2]);
    expect(ordered(made, { by: "", down: true })).toEqual([0, 1, 2]);
  });
  it("goes into a file with one row for each unit and index", () => {
    const { names, rows } = flat(made, "zh");
    expect(rows["name"]).toEqual(["P 中", "Q 中", "R 中", "P 中", "Q 中", "R 中"]);
    expect(rows["rank_worst"]).toEqual([1, 9, null, null, null, null]);
    expect(names.every((name) => rows[name]?.length === 6)).toBe(true);
  });
  it("draws a rank between the first, on the left, and the last", () => {
    expect(rankSpan(cellOf(made.indices[0]!, 1), 9)).toEqual({ from: 25, to: 100, at: 50 });
    expect(rankSpan(cellOf(made.indices[0]!, 2), 9)).toBeNull();
    expect(rankSpan(cellOf(made.indices[0]!, 0), 1)).toBeNull();
  });
  it("keeps identifiers with commas whole in the address", () => {
    expect(parted(joined(["a,b", "北京", "c"]))).toEqual(["a,b", "北京", "c"]);
    expect(parted("")).toEqual([]);
  });
});
