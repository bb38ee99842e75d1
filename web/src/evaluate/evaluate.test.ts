import { describe, expect, it } from "vitest";

import type { Columnar } from "../api/types";
import { PALETTES } from "../look/colours";
import { ring } from "./ellipse";
import { lisaGrid } from "./figures";
import { viewsOf } from "./layers";
import { gridOf, middles, moves, panelOf, quantile, ranking, type Tables } from "./reading";
import { behind, journey, matrixOf, sentence, type Told } from "./saying";

const rows = (names: string[], ...of: unknown[][]): Columnar => Object.fromEntries(names.map((name, k) => [name, of.map((row) => row[k])]));

const RANKING = rows(
  ["place_id", "period", "score", "rank", "low", "high", "share_in_top"],
  ["a", "2000", 0.9, 1, 1, 1, 1],
  ["b", "2000", 0.5, 2, 2, 2, 1],
  ["c", "2000", 0.1, 3, 3, 3, 0],
  ["a", "2001", 0.2, 3, 2, 3, 0],
  ["b", "2001", 0.6, 2, 1, 2, 1],
  ["c", "2001", 0.7, 1, 1, 2, 1],
  ["a", "2002", null, null, null, null, null],
);
const tables: Tables = {
  ranking: { rows: RANKING },
  coupling: { rows: rows(["place_id", "period", "coordination", "grade", "behind"], ["a", "2001", 0.35, 4, "one"], ["b", "2001", 0.45, 5, "one"], ["c", "2001", 0.95, 10, null]) },
  transitions: { rows: rows(["neighbours", "from", "to", "count", "probability", "error", "passage"], [null, 1, 1, 9, 0.9, 0.09, 4], [null, 1, 2, 1, 0.1, 0.09, 10], [null, 2, 1, 2, 0.2, 0.12, 5], [null, 2, 2, 8, 0.8, 0.12, 3]) },
};
const panel = panelOf(tables);
const told = (language: "en" | "zh", change: Partial<Told> = {}): Told => ({ tables, panel, period: "2001", language, place: (id) => id.toUpperCase(), name: (id) => id, grade: (n) => `G${n}`, level: 0.9, draws: 1000, ...change });

describe("a panel", () => {
  it("has the periods in which somebody has a score", () => {
    expect(panel.periods).toEqual(["2000", "2001"]);
    expect(panel.places).toEqual(["a", "b", "c"]);
  });
  it("ranks the places of a period, without those that have no score", () => {
    expect(ranking(panel, "2001").map(({ place }) => place)).toEqual(["c", "b", "a"]);
    expect(ranking(panel, "2002")).toEqual([]);
  });
  it("calls a move sure only where the ranges of the ranks do not meet", () => {
    expect(moves(panel, "2000", "2001").map(({ place, gained, sure }) => [place, gained, sure])).toEqual([
      ["c", 2, true],
      ["b", 0, false],
      ["a", -2, true],
    ]);
  });
  it("gives median and middle half as R's type 7 does", () => {
    expect(quantile([1, 2, 3, 10], 0.25)).toBe(1.75);
    expect(quantile([], 0.5)).toBeNull();
    expect(middles(gridOf(RANKING, "score"))[0]).toMatchObject({ period: "2000", value: 0.5, n: 3 });
  });
});

describe("the sentences", () => {
  it("name the first and how firm it is", () => {
    expect(sentence("leads", told("en"))).toContain("In 2001 C comes first (score 0.7; 1–2 in 90% of 1,000 draws of weights and standardisation), before B and A.");
    expect(sentence("leads", told("zh"))).toContain("2001年C居首（得分 0.7；随机改变权重与标准化 1,000 次，90% 的名次落在 1–2）");
  });
  it("say which side is behind, among the places that have a grade", () => {
    expect(behind(tables, "2001")).toEqual([{ node: "one", share: 2 / 3 }]);
    expect(sentence("together", told("en"))).toBe("In 2001 the median coordination is 0.45 (G5); in 67% of the places “one” is the one behind.");
  });
  it("count who stays from the transitions, not from the classes", () => {
    expect(sentence("moves", told("en"))).toBe("From one period to the next 85% stay in their class; from the lowest class to the highest takes 10 periods on average.");
  });
  it("are empty where their tables are not there", () => {
    for (const question of ["where", "gap", "holds", "clusters"] as const) expect(sentence(question, told("en")), question).toBe("");
  });
  it("use full-width punctuation in Chinese", () => {
    for (const question of ["leads", "moves", "together"] as const) expect(sentence(question, told("zh")), question).not.toMatch(/[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]/);
  });
});

describe("on the map", () => {
  it("a degree of longitude on the equator is 111.2 km to the east", () => {
    const { km, bearing } = journey([0, 0], [1, 0]);
    expect(km).toBeCloseTo(111.195, 2);
    expect(bearing).toBeCloseTo(90, 9);
  });
  it("the longer axis of an ellipse lies along its bearing", () => {
    const corners = ring({ period: "", lon: 0, lat: 0, major: 222.39, minor: 1, bearing: 90 });
    expect(Math.max(...corners.map(([lon]) => lon))).toBeCloseTo(2, 3);
    expect(Math.max(...corners.map(([, lat]) => lat))).toBeLessThan(0.01);
  });
  it("a local cluster is shown only where the adjusted p is below 0.05", () => {
    const grid = lisaGrid(rows(["place_id", "period", "quadrant", "p_adjusted"], ["a", "1", 1, 0.01], ["b", "1", 3, 0.2], ["c", "1", null, null]));
    expect([...(grid.get("1") ?? [])]).toEqual([["a", 1], ["b", 0], ["c", null]]);
  });
  it("classes hold for all periods, so that colours can be compared through time", () => {
    const views = viewsOf({ tables, panel, nodes: [], node: { id: "", grid: null }, names: {}, palette: PALETTES.light });
    const score = views.find(({ id }) => id === "score");
    expect(score?.classes.breaks.at(-1)).toBe(0.9);
    expect(views.map(({ id }) => id)).toEqual(["score", "width", "grade", "behind"]);
  });
  it("a category has the colour of its class", () => {
    for (const view of viewsOf({ tables, panel, nodes: [], node: { id: "", grid: null }, names: {}, palette: PALETTES.dark })) {
      for (const each of view.categories ?? []) expect(view.classes.ramp[view.classes.breaks.indexOf(each.at)], view.id).toBe(each.colour);
      expect(view.classes.ramp.length, view.id).toBeGreaterThan(1);
    }
  });
});

describe("a transition matrix", () => {
  it("is read by its classes", () => {
    const { classes, at } = matrixOf(tables, "");
    expect(classes).toEqual([1, 2]);
    for (const from of classes) expect(classes.reduce((sum, to) => sum + (at(from, to)?.probability ?? 0), 0)).toBeCloseTo(1, 12);
  });
});
