import { describe, expect, it } from "vitest";

import type { Figure } from "../api/types";
import { PALETTES, seriesColours } from "../look/colours";
import { classOf, quantileBreaks } from "../look/scale";
import { sortedPositions } from "../parts/DataTable";
import { matching } from "../parts/Choice";
import { parts } from "../profile/prose";
import { intervalScale } from "../profile/KpiGrid";
import { chartOption } from "./option";
import { wrapped } from "./picture";

const NONE = { en: "", zh: "" };
const figure = (change: Partial<Figure>): Figure =>
  ({
    id: "f",
    title: { en: "T", zh: "题" },
    takeaway: NONE,
    kind: "line",
    x: "period",
    y: "value",
    series: "",
    low: "",
    high: "",
    log: false,
    space: "digital",
    columns: [
      { name: "period", title: { en: "Month", zh: "月" }, type: "date", unit: NONE },
      { name: "value", title: { en: "Amount", zh: "金额" }, type: "money", unit: { en: "USD", zh: "美元" } },
    ],
    rows: { period: ["2017-01", "2017-02", "2017-03"], value: [1, null, 3], low: [0.5, null, 2], high: [1.5, null, 4] },
    missing: null,
    ...change,
  }) as Figure;
const style = { language: "en", palette: PALETTES.light, width: 600 } as const;
interface Drawn {
  series: { type: string; data: { value: unknown[] }[]; color: string }[];
  xAxis: { type: string; data?: string[] };
}
const drawn = (change: Partial<Figure>) => chartOption(figure(change), style) as unknown as Drawn;

describe("charts", () => {
  it("leave a missing value out instead of drawing zero", () => {
    expect(drawn({}).series[0]?.data.map((each) => each.value[1])).toEqual([1, null, 3]);
  });
  it("draw the interval wherever there is one", () => {
    for (const kind of ["line", "area", "bar", "column", "interval", "scatter", "lorenz"] as const) {
      expect(drawn({ kind, low: "low", high: "high" }).series.map((each) => each.type), kind).toContain("custom");
      expect(drawn({ kind }).series.map((each) => each.type), kind).not.toContain("custom");
    }
  });
  it("a single series has the colour of its space", () => {
    expect(drawn({ space: "physical" }).series[0]?.color).toBe(PALETTES.light.physical);
    expect(drawn({ space: "digital" }).series[0]?.color).toBe(PALETTES.light.digital);
  });
  it("a second series never has the colour of the other space first", () => {
    expect(seriesColours("digital", PALETTES.light)[1]).not.toBe(PALETTES.light.categories[1]);
  });
  it("periods are names in order, not numbers", () => {
    expect(drawn({}).xAxis).toMatchObject({ type: "category", data: ["2017-01", "2017-02", "2017-03"] });
  });
});

describe("numbers in prose", () => {
  const numbers = (text: string) => parts(text).filter((part) => part.number).map((part) => part.text);
  it("are found with thousands, percent and 万, and the text stays whole", () => {
    const text = "In 2017, 6,471 makers sold 51% for 1.47万 (95% interval 50–52%).";
    expect(numbers(text)).toEqual(["6,471", "51%", "1.47万", "50–52%"]);
    expect(parts(text).map((part) => part.text).join("")).toBe(text);
  });
  it("leave years, periods and codes alone", () => {
    expect(numbers("2017-12 of GB4754 and B2B, 2,024 firms")).toEqual(["2,024"]);
    expect(numbers("2024 年,共 6,471 家")).toEqual(["6,471"]);
  });
});

describe("scales", () => {
  it("quantiles have no empty class, ties included", () => {
    expect(quantileBreaks([1, 1, 1, 1, 2, 9], 6)).toEqual([1, 2, 9]);
    expect(classOf(2, [1, 2, 9])).toBe(1);
    expect(classOf(null, [1, 2, 9])).toBe(-1);
  });
  it("an interval is drawn from zero; a share on the whole of 0 to 1", () => {
    expect(intervalScale({ value: 0.5, low: 0.25, high: 0.75, type: "share" })).toEqual({ low: 25, value: 50, high: 75 });
    expect(intervalScale({ value: 5, low: null, high: null, type: "number" })).toBeNull();
    const negative = intervalScale({ value: -2, low: -4, high: -1, type: "number" });
    expect(negative?.low).toBeCloseTo(13.04, 1);
    expect(negative?.value).toBeCloseTo(56.52, 1);
    expect(negative?.high).toBeCloseTo(78.26, 1);
  });
});

describe("tables", () => {
  it("sort with what is missing last in both directions", () => {
    const rows = { v: [2, null, 10] };
    expect(sortedPositions(rows, 3, { name: "v", down: true })).toEqual([2, 0, 1]);
    expect(sortedPositions(rows, 3, { name: "v", down: false })).toEqual([0, 2, 1]);
  });
});

describe("choices", () => {
  it("that begin with what was typed come first", () => {
    const options = ["Frozen meat", "Meat", "Dairy"].map((label) => ({ value: label, label }));
    expect(matching(options, "mea").map((each) => each.label)).toEqual(["Meat", "Frozen meat"]);
  });
});

describe("pictures", () => {
  it("break Chinese between characters and English at spaces", () => {
    const width = (text: string) => text.length;
    expect(wrapped("一二三四五六", 4, width)).toEqual(["一二三四", "五六"]);
    expect(wrapped("one two three", 8, width)).toEqual(["one two", "three"]);
  });
});
