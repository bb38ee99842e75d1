import { describe, expect, it } from "vitest";

import { PALETTES } from "../look/colours";
import { chartOption } from "../figure/option";
import { curveFigure, curvesOf, isCurve, keptCurves, reachOf, takeawayOf } from "./curves";
import { heatOf } from "./pairs";
import { asked, fieldsOf, items } from "./parameters";
import { columnsOf, figureOf, naming, type IndexCard, type Measurement } from "./result";
import { cut, cuttable, readThreshold, stepOf, steps } from "./threshold";

const both = (text: string) => ({ en: text, zh: text });
const INDEX = {
  name: "kd",
  title: both("K-density"),
  question: both("?"),
  reading: both("Reading."),
  documentation: "",
  family: "distance",
  formula: "K",
  needs: { table: "actors", columns: [], optional: [] },
  grain: ["industry_id", "distance_km"],
  bounds: [null, null],
  neutral: 1,
  spaces: ["physical"],
  references: [],
  parameters: {},
} as unknown as IndexCard;

function measured(rows: Record<string, unknown[]>, grain: string[]): Measurement {
  return { index: "kd", title: both("K"), space: "physical", origin: "generated", grain, total: 0, offset: 0, limit: 0, peers: "", peer_choices: [], columns: Object.keys(rows), rows, trace: { cluster: "c", data_hash: "x", jiqun: "0", command: "", parameters: { level: 0.95 } } } as unknown as Measurement;
}

const CURVES = measured(
  {
    industry_id: ["a", "a", "a", "a", "b", "b", "b", "b"],
    distance_km: [30, 10, 20, 40, 10, 20, 30, 40],
    value: [0.5, 3, 2.9, 1, 1, 1.1, 1, null],
    expected: [1, 1, 1, 1, 1, 1, 1, 1],
    band_low: [0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8],
    band_high: [1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2],
    global_low: [0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6],
    global_high: [1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4],
    p_global: [0.01, 0.01, 0.01, 0.01, 0.4, 0.4, 0.4, 0.4],
    note: [null, null, null, null, null, null, null, "no neighbour"],
  },
  ["industry_id", "distance_km"],
);
const name = (_: string, id: string) => id.toUpperCase();

describe("curves", () => {
  const [first, second] = curvesOf(CURVES, name, 1);
  it("are one for each industry, along the distance, the least likely by chance first", () => {
    expect(isCurve(CURVES)).toBe(true);
    expect([first?.key, second?.key]).toEqual(["a", "b"]);
    expect(first?.label).toBe("A");
    expect(first?.positions).toEqual([1, 2, 0, 3]);
    expect(first?.departure).toBeCloseTo(2 / 0.2);
  });
  it("tell where they leave the global band, above and below", () => {
    expect(reachOf(CURVES, first!)).toEqual({ above: [[10, 20]], below: [[30, 30]], banded: true });
    expect(takeawayOf(INDEX, CURVES, first!).en).toBe("Closer together than by chance at 10–20 km; farther apart at 30 km (p = 0.01).");
    expect(takeawayOf(INDEX, CURVES, second!).zh).toBe("在所有距离上均处于随机范围之内（p = 0.4）。");
  });
  it("inside the local band only are not said to be outside the global one", () => {
    const narrow = measured({ ...(CURVES.rows as Record<string, unknown[]>), value: [1.3, 1.3, 1.3, 1.3, 1, 1, 1, 1] }, CURVES.grain);
    expect(reachOf(narrow, curvesOf(narrow, name, 1)[0]!).above).toEqual([]);
  });
  it("are drawn with nested bands, the widest at the back, and the expected course", () => {
    const figure = curveFigure(INDEX, CURVES, first!);
    expect(figure.bands?.map(({ low }) => low)).toEqual(["global_low", "band_low"]);
    expect(figure.rows["distance_km"]).toEqual([10, 20, 30, 40]);
    const option = chartOption(figure, { language: "en", palette: PALETTES.light, width: 600 }) as unknown as { series: { type: string; name: string }[]; legend: { data: string[] } };
    expect(option.series.map(({ type }) => type)).toEqual(["custom", "custom", "line", "line"]);
    expect(option.legend.data).toEqual(["Value", "Global 95% band", "Local 95% band", "Expected"]);
  });
  it("stay whole where one of their rows is kept", () => {
    const part = cut(CURVES, { by: "value", at: 2.95 }).kept;
    const kept = keptCurves(curvesOf(CURVES, name, 1), part);
    expect(kept.map(({ key }) => key)).toEqual(["a"]);
    expect(kept[0]?.positions).toHaveLength(4);
  });
});

describe("a threshold", () => {
  const rows = measured({ place_id: ["p", "q", "r", "s"], value: [3, 1, null, 2], p: [0.01, 0.5, null, 0.05] }, ["place_id"]);
  it("keeps values from it upward and ps up to it, and never what has no number", () => {
    expect(cut(rows, { by: "value", at: 2 })).toMatchObject({ rows: 2, of: 4, kept: { rows: { place_id: ["p", "s"] } } });
    expect(cut(rows, { by: "p", at: 0.05 })).toMatchObject({ rows: 2, kept: { rows: { place_id: ["p", "s"] } } });
    expect(cut(rows, null).rows).toBe(4);
  });
  it("can stand at every different number", () => {
    expect(cuttable(rows)).toEqual(["value", "p"]);
    expect(steps(rows.rows as Record<string, unknown[]>, "value")).toEqual([1, 2, 3]);
    expect(stepOf([1, 2, 3], { by: "value", at: 1.5 })).toBe(1);
    expect(stepOf([0.01, 0.05, 0.5], { by: "p", at: 0.05 })).toBe(1);
  });
  it("of the address is read only where the result has it", () => {
    expect(readThreshold("p", "0.05", ["value", "p"])).toEqual({ by: "p", at: 0.05 });
    expect(readThreshold("p_global", "0.05", ["value"])).toBeNull();
    expect(readThreshold("value", "much", ["value"])).toBeNull();
    expect(readThreshold("value", "", ["value"])).toBeNull();
  });
});

describe("a form", () => {
  const fields = fieldsOf({
    properties: {
      only: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }], default: null },
      other: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }, { type: "null" }], default: null },
      distances: { anyOf: [{ type: "array", items: { type: "number" } }, { type: "null" }], default: null },
      simulations: { type: "integer", minimum: 0, default: 99 },
      table: { anyOf: [{ type: "object" }, { type: "null" }], default: null },
    },
  });
  it("has a field for lists and none for tables", () => {
    expect(fields.map(({ name: each, kind, numeric }) => [each, kind, numeric])).toEqual([
      ["only", "list", false],
      ["other", "list", false],
      ["distances", "list", true],
      ["simulations", "integer", false],
    ]);
  });
  it("asks for lists as JSON, with numbers as numbers, and for nothing that is as it was", () => {
    const given: Record<string, string> = { "p.only": "C17，C18", "p.distances": "5, 10, x", "p.simulations": "99" };
    expect(asked(fields, (each) => given[each] ?? "")).toEqual({ only: '["C17","C18"]', distances: '[5,10,"x"]' });
    expect(items(" a ; b,, ")).toEqual(["a", "b"]);
  });
});

describe("pairs", () => {
  const pairs = measured({ industry_id: ["a", "a", "b"], industry_id_2: ["b", "c", "c"], value: [0.9, 0.1, null] }, ["industry_id", "industry_id_2"]);
  it("stand on both sides of the diagonal, which is empty", () => {
    const figure = heatOf(INDEX, pairs, name);
    const at = (one: string, two: string) => (figure?.rows["value"] ?? [])[(figure?.rows["industry"] ?? []).findIndex((each, k) => each === one && figure?.rows["other"]?.[k] === two)];
    expect([at("A", "B"), at("B", "A"), at("A", "C"), at("A", "A"), at("B", "C")]).toEqual([0.9, 0.9, 0.1, null, null]);
  });
  it("of one industry are named by the other one", () => {
    const some = measured({ industry_id: ["a", "b"], industry_id_2: ["b", "c"], value: [0.9, 0.1] }, pairs.grain);
    expect(figureOf(INDEX, some, name, ["industry_id"])?.rows["key"]).toEqual(["A", "C"]);
  });
  it("of two industries alone are no map", () => {
    expect(heatOf(INDEX, measured({ industry_id: ["a"], industry_id_2: ["b"], value: [1] }, pairs.grain), name)).toBeNull();
  });
});

describe("a table", () => {
  const rows = measured({ place_id: ["p", "q"], value: [1, 2], low: [null, null], percentile: [33.3333, 66.6667] }, ["place_id"]);
  it("has names beside identifiers, and leaves columns without any entry to the file", () => {
    const { rows: shown, named } = naming(rows, name);
    expect(columnsOf(rows, named).map((each) => each.name)).toEqual(["place_id name", "place_id", "value", "percentile"]);
    expect(shown["place_id name"]).toEqual(["P", "Q"]);
    expect(shown["percentile"]).toEqual([33.3, 66.7]);
    expect(naming(rows, (_, id) => id).named).toEqual([]);
  });
  it("of one industry does not say it again in every bar", () => {
    const cells = measured({ place_id: ["p", "q"], industry_id: ["i", "i"], value: [1, 2] }, ["place_id", "industry_id"]);
    expect(figureOf(INDEX, cells, name, ["industry_id"])?.rows["key"]).toEqual(["Q", "P"]);
    expect(figureOf(INDEX, cells, () => "same", ["industry_id"])?.rows["key"]).toEqual(["same", "same (2)"]);
  });
  it("draws the neutral value as a line of its own", () => {
    const figure = figureOf(INDEX, rows, name);
    const option = chartOption(figure!, { language: "en", palette: PALETTES.light, width: 600 }) as unknown as { series: { type: string; data: unknown[] }[] };
    expect(option.series.filter(({ type }) => type === "custom").map(({ data }) => data)).toEqual([[[1]]]);
  });
});
