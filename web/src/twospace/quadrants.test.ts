import { describe, expect, it } from "vitest";

import type { Quadrants } from "../api/types";
import { chartOption } from "../figure/option";
import { PALETTES } from "../look/colours";
import { comparable, elsewhereOf, planeOf } from "./quadrants";

const word = (en: string) => ({ en, zh: en });
const column = (name: string) => ({ name, title: word(name), type: "number" as const, unit: word("") });
const made = {
  figure: {
    id: "quadrants",
    title: word("t"),
    takeaway: word(""),
    kind: "scatter",
    x: "physical",
    y: "digital",
    series: "quadrant",
    low: "digital_low",
    high: "digital_high",
    log: false,
    space: "both",
    columns: [{ ...column("industry_id"), type: "string", values: { a: word("Apples"), b: word("Pears") } }, ...["physical", "digital", "elsewhere"].map(column)],
    rows: {
      period: ["2020", "2020", "2021", "2021"],
      industry_id: ["a", "b", "a", "b"],
      quadrant: ["dispersed-dispersed", "concentrated-dispersed", "dispersed-concentrated", null],
      physical: [1, 2, 0.9, null],
      physical_low: [0.9, 1.5, 0.8, null],
      physical_high: [1.1, 2.5, 1.0, null],
      digital: [1, 1, 1.8, 1.2],
      digital_low: [0.9, 0.9, 1.5, 1],
      digital_high: [1.1, 1.1, 2.1, 1.4],
      elsewhere: [1, 1, null, 1.01],
    },
    missing: null,
  },
  periods: ["2020", "2021"],
  names: { "dispersed-concentrated": word("platform only") },
} as unknown as Quadrants;

interface Drawn {
  series: { type: string; z: number; data: { value: number[]; position: number; itemStyle: { color: string } }[] }[];
  xAxis: { min: number; max: number };
}

describe("quadrants of industries", () => {
  it("stand where they are in the period looked at, with the way until then", () => {
    expect(planeOf(made, "2020", "").plane?.ways).toEqual([[0], [1]]);
    expect(planeOf(made, "2021", "").plane?.ways).toEqual([[0, 2], [1, 3]]);
  });
  it("are coloured by the verdict, and one without a place on both axes is not drawn", () => {
    const drawn = chartOption(planeOf(made, "2021", ""), { language: "en", palette: PALETTES.light, width: 600 }) as unknown as Drawn;
    const points = drawn.series.find((each) => each.type === "scatter");
    expect(points?.data.map((each) => each.position)).toEqual([2]);
    expect(points?.data[0]?.itemStyle.color).toBe(PALETTES.light.digital);
  });
  it("lie on axes that hold every interval and chance itself", () => {
    const drawn = chartOption(planeOf(made, "2020", ""), { language: "en", palette: PALETTES.light, width: 600 }) as unknown as Drawn;
    expect(drawn.xAxis.min).toBeLessThanOrEqual(0.9);
    expect(drawn.xAxis.max).toBeGreaterThanOrEqual(2.5);
  });
  it("without their own trade are those that have such a value", () => {
    expect(elsewhereOf(made, "2021", word(""), word("")).rows["industry_id"]).toEqual(["b"]);
  });
  it("are compared over years where periods are shorter", () => {
    expect(comparable({ periods: ["2020-Q1", "2020-Q2"], years: ["2020", "2021"] })).toEqual(["2020", "2021"]);
    expect(comparable({ periods: ["2020", "2021"], years: [] })).toEqual(["2020", "2021"]);
    expect(comparable(undefined)).toEqual([]);
  });
});
