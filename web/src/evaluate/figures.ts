/** The figures of each question, made of the tables of the evaluation. */
import type { Columnar, DataColumn, Figure, How, Text } from "../api/types";
import type { EvaluationReport, EvaluationTable } from "./shapes";
import { gridOf, lengthOf, middles, numbers, rowsOf, tally, taken, texts, type Grid, type Panel } from "./reading";
import { behind } from "./saying";

const NONE: Text = { en: "", zh: "" };
export const both = (en: string, zh: string): Text => ({ en, zh });

export interface Made {
  report: EvaluationReport;
  panel: Panel;
  /** What a node, an indicator or a grade is called, for the columns that hold their names. */
  names: Record<string, Text>;
}

type Draft = Partial<Figure> & Pick<Figure, "id" | "kind" | "x" | "y" | "columns" | "rows">;

/** The answer to “how do you know?” of some tables: how they are read, by which formulas, and how to obtain them again. */
export function howOf(report: EvaluationReport, tables: readonly string[]): How {
  const found = tables.flatMap((name) => report.tables[name] ?? []);
  const methods = [...new Map(found.flatMap((table) => table.methods).map((method) => [method.formula, method])).values()];
  const notes = found.map((table) => table.note).filter((note) => note.en);
  return {
    sentence: notes[0] ?? found[0]?.title ?? NONE,
    formula: methods.map(({ formula }) => formula).join("\n"),
    reference: methods.map(({ reference }) => reference).filter(Boolean).join("; "),
    url: methods.length === 1 ? (methods[0]?.url ?? "") : "",
    tables: [...tables],
    caveats: notes.slice(1),
    trace: report.trace,
  };
}

function made({ report }: Made, tables: readonly string[], draft: Draft): Figure {
  const table = report.tables[tables[0] ?? ""];
  return { title: table?.title ?? NONE, takeaway: NONE, series: "", low: "", high: "", log: false, space: "both", how: howOf(report, tables), missing: null, ...draft };
}

const columnsOf = (table: EvaluationTable | undefined, names: readonly string[]): DataColumn[] => names.flatMap((name) => table?.columns.find((column) => column.name === name) ?? []);

const column = (name: string, title: Text, type: DataColumn["type"] = "number", unit: Text = NONE): DataColumn => ({ name, title, type, unit });

const PERIOD = column("period", both("Period", "时期"), "date");

/** Several columns of one table under each other, with the name of the column as the series. */
function stacked(rows: Columnar, key: string, names: readonly string[], titles: readonly Text[]): { rows: Columnar; values: Record<string, Text> } {
  const keys = rows[key] ?? [];
  return {
    rows: { [key]: names.flatMap(() => keys), part: names.flatMap((name) => keys.map(() => name)), value: names.flatMap((name) => rows[name] ?? []) },
    values: Object.fromEntries(names.map((name, k) => [name, titles[k] ?? NONE])),
  };
}

const part = (title: Text, values: Record<string, Text>): DataColumn => ({ ...column("part", title, "string"), values });

const has = (found: Made, name: string) => lengthOf(rowsOf(found.report.tables, name)) > 0;

/** Median and middle half of a score: how the places develop. */
export function developing(found: Made, grid: Grid, of: Text): Figure | null {
  const rows = middles(grid).filter(({ n }) => n > 0);
  if (rows.length < 2) return null;
  const columns = [PERIOD, column("value", both("Median score", "得分中位数")), column("low", both("Lower quarter", "下四分位")), column("high", both("Upper quarter", "上四分位")), column("n", both("Places", "地点数"), "integer")];
  return made(found, ["ranking"], { id: "development", title: both(`${of.en} through time: median and middle half of the places`, `${of.zh}随时间的变化：中位数与居中一半`), kind: "line", x: "period", y: "value", low: "low", high: "high", columns, rows: columnar(rows) });
}

const columnar = (rows: readonly object[]): Columnar => Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => (row as Record<string, unknown>)[name])]));

/** How far each other choice moves the ranks. */
export function firmness(found: Made): Figure | null {
  if (!has(found, "rank_shifts")) return null;
  const table = found.report.tables["rank_shifts"];
  // What moves nothing is the choice that was taken.
  const all = table?.rows ?? {};
  const order = numbers(all, "largest_shift").flatMap((value, k) => (value ? [k] : [])).sort((a, b) => (numbers(all, "mean_shift")[b] ?? 0) - (numbers(all, "mean_shift")[a] ?? 0));
  if (!order.length) return null;
  const rows = taken(all, order);
  return made(found, ["rank_shifts"], {
    id: "rank-shifts",
    title: both("What another choice would change", "换一种做法会改变多少名次"),
    takeaway: both("Bars: positions moved on average; the line ends at the largest move of one place.", "条形为平均移动的名次；线段止于单个地点的最大移动。"),
    kind: "bar",
    x: "choice",
    y: "mean_shift",
    low: "mean_shift",
    high: "largest_shift",
    columns: columnsOf(table, ["choice", "spearman", "mean_shift", "largest_shift"]),
    rows,
  });
}

export function densities(found: Made, period: string): Figure | null {
  if (!has(found, "densities")) return null;
  const table = found.report.tables["densities"];
  return made(found, ["densities", "density_shape"], { id: "densities", kind: "ridge", x: "score", y: "density", series: "period", marked: period, columns: columnsOf(table, ["period", "score", "density"]), rows: table?.rows ?? {} });
}

export function sigma(found: Made): Figure | null {
  if (!has(found, "sigma")) return null;
  const table = found.report.tables["sigma"];
  const names = ["variation", "log_deviation"];
  const { rows, values } = stacked(table?.rows ?? {}, "period", names, columnsOf(table, names).map(({ title }) => title));
  return made(found, ["sigma", "sigma_trend"], { id: "sigma", kind: "line", x: "period", y: "value", series: "part", columns: [PERIOD, part(both("Measure", "度量"), values), column("value", both("Dispersion", "离散程度"))], rows });
}

/** Half the width of a 95% interval in standard errors. */
const TWO_SIDED = 1.959963984540054;

export function beta(found: Made): Figure | null {
  if (!has(found, "beta")) return null;
  const table = found.report.tables["beta"];
  const rows = table?.rows ?? {};
  const [b, error] = [numbers(rows, "beta"), numbers(rows, "error")];
  const interval = (sign: number) => b.map((value, k) => (value === null || error[k] === null ? null : value + sign * TWO_SIDED * (error[k] as number)));
  const label = texts(rows, "kind").map((kind, k) => `${kind} · ${texts(rows, "regression")[k]}`);
  const kinds = table?.columns.find((each) => each.name === "kind")?.values ?? {};
  const ways = table?.columns.find((each) => each.name === "regression")?.values ?? {};
  const said = Object.fromEntries(texts(rows, "kind").map((kind, k) => [label[k] as string, joined(kinds[kind] ?? both(kind, kind), ways[texts(rows, "regression")[k] as string] ?? both(texts(rows, "regression")[k] as string, texts(rows, "regression")[k] as string))]));
  const columns = [{ ...column("model", both("Regression", "回归"), "string"), values: said }, ...columnsOf(table, ["beta"]), column("low", both("Low (95%)", "下限（95%）")), column("high", both("High (95%)", "上限（95%）")), ...columnsOf(table, ["error", "p", "speed", "half_life", "rows", "r_squared"])];
  return made(found, ["beta"], {
    id: "beta",
    takeaway: both("Below zero: places behind grow faster. Bars: 95% intervals.", "小于零：落后者增长更快。线段为 95% 区间。"),
    kind: "interval",
    x: "model",
    y: "beta",
    low: "low",
    high: "high",
    neutral: 0,
    columns,
    rows: { ...rows, model: label, low: interval(-1), high: interval(1) },
  });
}

const joined = (a: Text, b: Text): Text => both(`${a.en}: ${b.en}`, `${a.zh}：${b.zh}`);

/** Mean score of each club over the mean of all, period by period. */
export function clubs(found: Made): Figure | null {
  if (!has(found, "clubs") || !has(found, "club_tests")) return null;
  const rows = rowsOf(found.report.tables, "clubs");
  const [places, club] = [texts(rows, "place_id"), texts(rows, "club")];
  const members = new Map<string, string[]>();
  places.forEach((place, k) => {
    const name = club[k] ?? "";
    members.set(name, [...(members.get(name) ?? []), place]);
  });
  const grid = found.panel.score;
  const named = [...members.keys()].filter(Boolean).sort((a, b) => Number(a) - Number(b));
  const out: { period: string; club: string; value: number; places: number }[] = [];
  for (const name of named) {
    for (const period of found.panel.periods) {
      const all = mean(places.map((place) => grid.get(period)?.get(place) ?? null));
      const own = mean((members.get(name) ?? []).map((place) => grid.get(period)?.get(place) ?? null));
      if (all && own !== null) out.push({ period, club: name, value: own / all, places: members.get(name)?.length ?? 0 });
    }
  }
  if (!out.length) return null;
  const values = Object.fromEntries(named.map((name) => [name, both(`Club ${Number(name)} (${members.get(name)?.length})`, `俱乐部 ${Number(name)}（${members.get(name)?.length}）`)]));
  return made(found, ["clubs", "club_tests"], {
    id: "clubs",
    title: both("Clubs: mean score of each over that of all", "俱乐部：各自平均得分与总体之比"),
    kind: "line",
    x: "period",
    y: "value",
    series: "club",
    neutral: 1,
    columns: [PERIOD, { ...column("club", both("Club", "俱乐部"), "string"), values }, column("value", both("Ratio to the mean of all", "与总体均值之比")), column("places", both("Places", "地点数"), "integer")],
    rows: columnar(out),
  });
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
}

export function dagum(found: Made): Figure | null {
  if (!has(found, "differences")) return null;
  const table = found.report.tables["differences"];
  const names = ["gini_within", "gini_between", "transvariation"];
  const { rows, values } = stacked(table?.rows ?? {}, "period", names, columnsOf(table, names).map(({ title }) => title));
  return made(found, ["differences"], { id: "dagum", title: both("Dagum’s Gini and what it is made of", "Dagum 基尼系数及其分解"), kind: "stacked", x: "period", y: "value", series: "part", columns: [PERIOD, part(both("Part", "组成"), values), column("value", both("Gini", "基尼系数"))], rows });
}

/** Gini between each pair of regions through time. */
export function between(found: Made): Figure | null {
  if (!has(found, "differences_between")) return null;
  const table = found.report.tables["differences_between"];
  const rows = table?.rows ?? {};
  const [one, oneZh, two, twoZh] = ["group", "group_zh", "other", "other_zh"].map((name) => texts(rows, name)) as [string[], string[], string[], string[]];
  const pair = one.map((each, k) => `${each} – ${two[k]}`);
  const values = Object.fromEntries(pair.map((each, k) => [each, both(each, `${oneZh[k] || one[k]}–${twoZh[k] || two[k]}`)]));
  const columns = [PERIOD, { ...column("pair", both("Regions", "区域"), "string"), values }, ...columnsOf(table, ["gini", "affluence"])];
  return made(found, ["differences_between"], { id: "between", kind: "line", x: "period", y: "gini", series: "pair", columns, rows: { ...rows, pair } });
}

export function theil(found: Made): Figure | null {
  if (!has(found, "differences")) return null;
  const table = found.report.tables["differences"];
  const names = ["theil_within", "theil_between"];
  const { rows, values } = stacked(table?.rows ?? {}, "period", names, [both("within", "区域内"), both("between", "区域间")]);
  return made(found, ["differences"], { id: "theil", title: both("Theil’s index, within and between regions", "泰尔指数：区域内与区域间"), kind: "stacked", x: "period", y: "value", series: "part", columns: [PERIOD, part(both("Part", "组成"), values), column("value", both("Theil", "泰尔指数"))], rows });
}

/** Gini within each region through time. */
export function within(found: Made): Figure | null {
  if (!has(found, "differences_within")) return null;
  const table = found.report.tables["differences_within"];
  const rows = table?.rows ?? {};
  const [group, zh] = [texts(rows, "group"), texts(rows, "group_zh")];
  const values = Object.fromEntries(group.map((name, k) => [name, both(name, zh[k] || name)]));
  if (Object.keys(values).length < 2) return null;
  const columns = [PERIOD, { ...column("group", both("Region", "区域"), "string"), values }, ...columnsOf(table, ["gini", "theil", "share"])];
  return made(found, ["differences_within"], { id: "within", kind: "line", x: "period", y: "gini", series: "group", columns, rows });
}

/** Median of C, T and D with the middle half of D. */
export function coordination(found: Made): Figure | null {
  if (!has(found, "coupling")) return null;
  const table = found.report.tables["coupling"];
  const names = ["coordination", "coupling", "development"];
  const rows = names.flatMap((name) => middles(gridOf(table?.rows ?? {}, name)).filter(({ n }) => n > 0).map((middle) => ({ ...middle, part: name })));
  const values = Object.fromEntries(columnsOf(table, names).map(({ name, title }) => [name, title]));
  return made(found, ["coupling"], {
    id: "coordination",
    title: both("Coordination D, coupling C and development T: medians and middle halves", "协调度 D、耦合度 C 与综合指数 T：中位数与居中一半"),
    kind: "line",
    x: "period",
    y: "value",
    low: "low",
    high: "high",
    series: "part",
    columns: [PERIOD, part(both("Measure", "度量"), values), column("value", both("Median", "中位数")), column("low", both("Lower quarter", "下四分位")), column("high", both("Upper quarter", "上四分位"))],
    rows: columnar(rows),
  });
}

/** Places of each of the ten grades, period by period. */
export function grades(found: Made): Figure | null {
  if (!has(found, "coupling")) return null;
  const counts = tally(gridOf(rowsOf(found.report.tables, "coupling"), "grade"));
  const used = [...new Set([...counts.values()].flatMap((of) => [...of.keys()]))].sort((a, b) => a - b);
  const low = used[0] ?? 1;
  const high = used[used.length - 1] ?? 10;
  const rows: { period: string; grade: string; value: number; places: number }[] = [];
  for (let grade = low; grade <= high; grade++) {
    for (const [period, of] of counts) {
      const total = [...of.values()].reduce((a, b) => a + b, 0);
      if (total) rows.push({ period, grade: String(grade), value: (of.get(grade) ?? 0) / total, places: of.get(grade) ?? 0 });
    }
  }
  const values = Object.fromEntries(Array.from({ length: high - low + 1 }, (_, k) => [String(low + k), found.names[`grade:${low + k}`] ?? both(String(low + k), String(low + k))]));
  return made(found, ["coupling"], { id: "grades", title: both("Places by grade of coordination", "各协调等级的地点占比"), kind: "stacked", x: "period", y: "value", series: "grade", ramp: true, columns: [PERIOD, { ...column("grade", both("Grade", "等级"), "string"), values }, column("value", both("Share of places", "地点占比"), "share"), column("places", both("Places", "地点数"), "integer")], rows: columnar(rows) });
}

/** Which subsystem is behind, in what share of the places. */
export function lagging(found: Made): Figure | null {
  if (!has(found, "coupling")) return null;
  const sides = found.report.system.subsystems;
  const rows = found.panel.periods.flatMap((period) => {
    const shares = new Map(behind(found.report.tables, period).map(({ node, share }) => [node, share]));
    // Nobody behind is a share of zero, where anybody has a grade at all.
    return shares.size ? sides.map((node) => ({ period, node, value: shares.get(node) ?? 0 })) : [];
  });
  if (!rows.length) return null;
  return made(found, ["coupling"], { id: "behind", title: both("Which side is behind, in what share of places", "哪一侧滞后：地点占比"), kind: "line", x: "period", y: "value", series: "node", columns: [PERIOD, { ...column("node", both("Behind", "滞后一侧"), "string"), values: found.names }, column("value", both("Share of places", "地点占比"), "share")], rows: columnar(rows) });
}

/** What one side does after a change of the other. */
export function projections(found: Made): Figure | null {
  if (!has(found, "local_projections")) return null;
  const table = found.report.tables["local_projections"];
  const rows = table?.rows ?? {};
  const way = texts(rows, "leads").map((one, k) => `${one}>${texts(rows, "follows")[k]}`);
  const values = Object.fromEntries(way.map((each) => [each, arrow(found, each)]));
  return made(found, ["local_projections", "granger"], { id: "local-projections", kind: "line", x: "horizon", y: "value", low: "low", high: "high", series: "way", neutral: 0, columns: [...columnsOf(table, ["horizon"]).map((each) => ({ ...each, type: "integer" as const })), { ...column("way", both("From → to", "方向"), "string"), values }, ...columnsOf(table, ["value", "low", "high", "error", "p", "rows"])], rows: { ...rows, way } });
}

export function crossed(found: Made): Figure | null {
  if (!has(found, "cross_correlation")) return null;
  const table = found.report.tables["cross_correlation"];
  const rows = table?.rows ?? {};
  const pair = texts(rows, "one").map((one, k) => `${one}>${texts(rows, "two")[k]}`);
  const values = Object.fromEntries(pair.map((each) => {
    const [one = "", two = ""] = each.split(">");
    const [a, b] = [found.names[one] ?? both(one, one), found.names[two] ?? both(two, two)];
    return [each, both(`${a.en}, ${b.en}`, `${a.zh}、${b.zh}`)];
  }));
  const many = new Set(pair).size > 1;
  const columns = [...columnsOf(table, ["lead"]).map((each) => ({ ...each, type: "string" as const })), ...columnsOf(table, ["correlation"]), { ...column("pair", both("Pair", "组合"), "string"), values }];
  return made(found, ["cross_correlation"], { id: "cross-correlation", kind: "column", x: "lead", y: "correlation", series: many ? "pair" : "", columns, rows: { ...rows, pair, lead: texts(rows, "lead") } });
}

/** Obstacle degrees: indicators down, periods across. */
export function obstacles(found: Made): Figure | null {
  if (!has(found, "obstacles")) return null;
  const table = found.report.tables["obstacles"];
  const rows = table?.rows ?? {};
  const total = new Map<string, number>();
  texts(rows, "indicator").forEach((indicator, k) => total.set(indicator, (total.get(indicator) ?? 0) + (numbers(rows, "degree")[k] ?? 0)));
  const position = new Map([...total].sort((a, b) => b[1] - a[1]).map(([indicator], k) => [indicator, k]));
  const order = texts(rows, "indicator").map((_, k) => k).sort((a, b) => (position.get(texts(rows, "indicator")[a] as string) ?? 0) - (position.get(texts(rows, "indicator")[b] as string) ?? 0) || a - b);
  const columns = columnsOf(table, ["period", "indicator", "degree"]).map((each) => (each.name === "indicator" ? { ...each, values: { ...found.names, ...each.values } } : each.name === "period" ? PERIOD : each));
  return made(found, ["obstacles"], { id: "obstacles", kind: "heat", x: "period", y: "degree", series: "indicator", columns, rows: taken(rows, order) });
}

/** Obstacle degrees of one period, the largest first. */
export function obstaclesNow(found: Made, period: string): Figure | null {
  if (!has(found, "obstacles")) return null;
  const table = found.report.tables["obstacles"];
  const all = table?.rows ?? {};
  const degrees = numbers(all, "degree");
  const order = texts(all, "period").flatMap((each, k) => (each === period ? [k] : [])).sort((a, b) => (degrees[b] ?? -1) - (degrees[a] ?? -1));
  if (!order.length) return null;
  const columns = columnsOf(table, ["indicator", "degree"]).map((each) => (each.name === "indicator" ? { ...each, values: { ...found.names, ...each.values } } : each));
  return made(found, ["obstacles"], { id: "obstacles-now", title: both(`Obstacles in ${period}, mean of the places`, `${period} 年障碍度（各地平均）`), kind: "bar", x: "indicator", y: "degree", columns, rows: taken(all, order) });
}

/** Share of places in each quadrant, and of those without a shown association. */
export const QUADRANTS: readonly Text[] = [both("not shown", "不显著"), both("high among high", "高–高"), both("low among high", "低–高"), both("low among low", "低–低"), both("high among low", "高–低")];

/** Level at which a local association is shown, after adjustment for the number of places. */
export const LISA_LEVEL = 0.05;

/** The quadrant where it is shown, else 0; a gap where there is no test. */
export function lisaGrid(rows: Columnar): Grid {
  const [quadrant, adjusted] = [numbers(rows, "quadrant"), numbers(rows, "p_adjusted")];
  return gridOf({ ...rows, shown: quadrant.map((each, k) => (each === null || adjusted[k] === null ? null : (adjusted[k] as number) < LISA_LEVEL ? each : 0)) }, "shown");
}

export function lisa(found: Made): Figure | null {
  if (!has(found, "local_moran")) return null;
  const counts = tally(lisaGrid(rowsOf(found.report.tables, "local_moran")));
  // In the order in which the colours of the series are those of the map.
  const rows = [3, 1, 2, 4].flatMap((quadrant) =>
    [...counts].flatMap(([period, of]) => {
      const total = [...of.values()].reduce((a, b) => a + b, 0);
      return total ? [{ period, quadrant: String(quadrant), value: (of.get(quadrant) ?? 0) / total, places: of.get(quadrant) ?? 0 }] : [];
    }),
  );
  if (!rows.length) return null;
  const values = Object.fromEntries(QUADRANTS.map((title, k) => [String(k), title]));
  return made(found, ["local_moran"], { id: "lisa", title: both("Places in local clusters (adjusted p < 0.05)", "处于局部集聚的地点（校正 p < 0.05）"), kind: "line", x: "period", y: "value", series: "quadrant", columns: [PERIOD, { ...column("quadrant", both("Kind", "类型"), "string"), values }, column("value", both("Share of places", "地点占比"), "share"), column("places", both("Places", "地点数"), "integer")], rows: columnar(rows) });
}

export function moran(found: Made): Figure | null {
  if (!has(found, "moran")) return null;
  const table = found.report.tables["moran"];
  const columns = columnsOf(table, ["period", "value", "expected", "p"]).map((each) => (each.name === "period" ? PERIOD : each.name === "value" ? { ...each, title: both("Moran's I", "莫兰指数") } : each));
  return made(found, ["moran"], { id: "moran", title: both("Are neighbours alike? Moran's I through time", "相邻地点是否相似：历年莫兰指数"), takeaway: both("Dashed: what chance gives.", "虚线为随机期望。"), kind: "line", x: "period", y: "value", expected: "expected", columns, rows: table?.rows ?? {} });
}

export function centre(found: Made, period: string): Figure | null {
  if (!has(found, "ellipses")) return null;
  const table = found.report.tables["ellipses"];
  const columns = columnsOf(table, ["period", "lon", "lat", "shift", "heading", "major", "minor", "bearing", "area"]).map((each) => (each.name === "period" ? PERIOD : each));
  return made(found, ["ellipses"], { id: "centre", title: both("The way of the centre of gravity", "重心迁移轨迹"), kind: "path", x: "lon", y: "lat", series: "period", marked: period, columns, rows: table?.rows ?? {} });
}

/** One chain of classes as a heat map, for files; the page shows it as a table of cells. */
export function chain(found: Made): Figure | null {
  if (!has(found, "transitions")) return null;
  const table = found.report.tables["transitions"];
  const all = table?.rows ?? {};
  const near = texts(all, "neighbours");
  const from = texts(all, "from");
  const label = near.map((each, k) => `${each || "0"}.${from[k]}`);
  const values = Object.fromEntries(label.map((each, k) => [each, near[k] ? both(`neighbours ${near[k]}: from ${from[k]}`, `邻居 ${near[k]}：由 ${from[k]}`) : both(`all: from ${from[k]}`, `全部：由 ${from[k]}`)]));
  const columns = [{ ...column("row", both("Neighbours and class", "邻居与原类"), "string"), values }, ...columnsOf(table, ["to", "probability", "error", "count", "passage"]).map((each) => (each.name === "to" ? { ...each, type: "string" as const } : each))];
  return made(found, ["transitions", "long_run", "chain_tests"], { id: "transitions", kind: "heat", x: "to", y: "probability", series: "row", labelled: true, columns, rows: { ...all, row: label, to: texts(all, "to") } });
}

/** The log t test of all places and of each club, with the bound below which convergence is rejected. */
export function clubTests(found: Made): Figure | null {
  if (!has(found, "club_tests")) return null;
  const table = found.report.tables["club_tests"];
  const rows = table?.rows ?? {};
  const [b, error] = [numbers(rows, "b"), numbers(rows, "error")];
  const edge = (sign: number) => b.map((value, k) => (value === null || error[k] === null ? null : value + sign * TWO_SIDED * (error[k] as number)));
  const club = texts(rows, "club").map((each) => each || "all");
  const values = { all: both("All places", "全部地点"), ...Object.fromEntries(club.filter((each) => each !== "all").map((each) => [each, both(`Club ${Number(each)}`, `俱乐部 ${Number(each)}`)])) };
  const columns = [{ ...column("club", both("Club", "俱乐部"), "string"), values }, ...columnsOf(table, ["b"]), column("low", both("Low (95%)", "下限（95%）")), column("high", both("High (95%)", "上限（95%）")), ...columnsOf(table, ["places", "error", "t"])];
  return made(found, ["club_tests"], { id: "club-tests", takeaway: found.report.tables["club_tests"]?.note ?? NONE, kind: "interval", x: "club", y: "b", low: "low", high: "high", neutral: 0, columns, rows: { ...rows, club, low: edge(-1), high: edge(1) } });
}

/** Tests of whether changes of one side come before those of the other. */
export function granger(found: Made): Figure | null {
  if (!has(found, "granger")) return null;
  const table = found.report.tables["granger"];
  const rows = table?.rows ?? {};
  const way = texts(rows, "leads").map((one, k) => `${one}>${texts(rows, "follows")[k]}`);
  const values = Object.fromEntries(way.map((each) => [each, arrow(found, each)]));
  const columns = [{ ...column("way", both("From → to", "方向"), "string"), values }, ...columnsOf(table, ["z_tilde", "z_tilde_p", "z", "z_p", "mean_wald", "lags", "places"])];
  return made(found, ["granger"], { id: "granger", takeaway: both("Beyond the dotted line changes of the first come before those of the second (5%).", "超过虚线则前者的变化先于后者（5% 水平）。"), kind: "bar", x: "way", y: "z_tilde", neutral: TWO_SIDED, columns, rows: { ...rows, way } });
}

function arrow({ names }: Made, way: string): Text {
  const [one = "", two = ""] = way.split(">");
  const [a, b] = [names[one] ?? both(one, one), names[two] ?? both(two, two)];
  return both(`${a.en} → ${b.en}`, `${a.zh} → ${b.zh}`);
}
