/** From the result of an index to what is shown of it: columns, rows of a page, and the figure of the largest values. */
import type { components } from "../api/schema";
import type { Columnar, DataColumn, Figure, How, Text } from "../api/types";

export type IndexCard = components["schemas"]["IndexCard"];
export type Measurement = components["schemas"]["Measurement"];
export type NameOf = (key: string, id: string) => string;

export const text = (en: string, zh: string): Text => ({ en, zh });
export const NONE = text("", "");
const KNOWN: Record<string, [Text, DataColumn["type"]]> = {
  value: [text("Value", "数值"), "number"],
  low: [text("Low", "下限"), "number"],
  high: [text("High", "上限"), "number"],
  p: [text("p", "p 值"), "number"],
  p_formula: [text("p by formula", "公式 p 值"), "number"],
  p_global: [text("p (whole curve)", "整条曲线 p 值"), "number"],
  percentile: [text("Percentile", "百分位"), "number"],
  distance_km: [text("Distance (km)", "距离（km）"), "number"],
  band_low: [text("Local band, low", "局部带下限"), "number"],
  band_high: [text("Local band, high", "局部带上限"), "number"],
  global_low: [text("Global band, low", "全局带下限"), "number"],
  global_high: [text("Global band, high", "全局带上限"), "number"],
  error: [text("Error bound", "误差上界"), "number"],
  note: [text("Note", "说明"), "string"],
  place_id: [text("Place", "地点"), "string"],
  industry_id: [text("Industry", "行业"), "string"],
  industry_id_2: [text("Other industry", "另一行业"), "string"],
  period: [text("Period", "时期"), "date"],
  rows: [text("Rows", "行数"), "integer"],
  weight: [text("Weight", "权重"), "number"],
  z: [text("z", "z 值"), "number"],
  expected: [text("Expected", "预期"), "number"],
  present: [text("Present", "是否具备"), "string"],
  log: [text("Logarithm", "对数"), "number"],
  steps: [text("Steps", "迭代次数"), "integer"],
  components: [text("Parts", "连通部分"), "integer"],
  space: [text("Space", "空间"), "string"],
  interactions: [text("Interactions used", "所用互动"), "string"],
  communities: [text("Communities", "社群数"), "integer"],
  stability: [text("Stability of communities", "社群稳定性"), "number"],
};
/** What the same columns are in the digital space. */
const DIGITAL: Record<string, [Text, DataColumn["type"]]> = {
  place_id: [text("Community", "社群"), "string"],
  distance_km: [text("Distance in the network", "网络距离"), "number"],
};
/** Keys whose identifiers have names. */
export const NAMED = ["place_id", "industry_id", "industry_id_2"];

const DRAWN = 20;
/** Rows read at most: the file has them all. */
export const MOST = 100_000;

export const rowsOf = (result: Measurement): Columnar => result.rows as Columnar;
export const lengthOf = (rows: Columnar): number => Math.max(0, ...Object.values(rows).map((column) => column.length));
export const titleOf = (name: string): Text => KNOWN[name]?.[0] ?? text(name.replaceAll("_", " "), name);

/** Rows at some positions, in their order. */
export function taking(result: Measurement, positions: readonly number[]): Measurement {
  return { ...result, rows: Object.fromEntries(Object.entries(rowsOf(result)).map(([name, column]) => [name, positions.map((k) => column[k])])) as Measurement["rows"] };
}

/** The rows whose place, industry or period holds every word asked for, by identifier or by name. */
export function holding(result: Measurement, wanted: string, nameOf: NameOf): Measurement {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return result;
  const rows = rowsOf(result);
  const kept = Array.from({ length: lengthOf(rows) }, (_, k) => k).filter((k) => {
    const said = result.grain.map((key) => `${String(rows[key]?.[k] ?? "")} ${nameOf(key, String(rows[key]?.[k] ?? ""))}`).join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  });
  return taking(result, kept);
}

/** Columns of the table: a name before each identifier that has one; a column without any entry is left to the file. */
export function columnsOf(result: Measurement, named: readonly string[] = []): DataColumn[] {
  const rows = rowsOf(result);
  const filled = (name: string) => name === "value" || result.grain.includes(name) || rows[name]?.some((value) => value !== null && value !== undefined);
  return result.columns.filter(filled).flatMap((name) => {
    const [title, type] = (result.space === "digital" ? DIGITAL[name] : undefined) ?? KNOWN[name] ?? [titleOf(name), rows[name]?.some((value) => typeof value === "number") ? "number" : "string"];
    const column: DataColumn = { name, title, type, unit: NONE };
    if (!named.includes(name)) return [column];
    const id = text(`${title.en} (id)`, `${title.zh}编号`);
    return [{ name: `${name} name`, title, type: "string" as const, unit: NONE }, { ...column, title: id }];
  });
}

/** The rows with names beside the identifiers, and the keys that have names other than these. */
export function naming(result: Measurement, nameOf: NameOf): { rows: Columnar; named: string[] } {
  const rows = { ...rowsOf(result) };
  // A percentile has no more to say than a tenth; the file has it whole.
  if (rows["percentile"]) rows["percentile"] = rows["percentile"].map((value) => (typeof value === "number" ? Math.round(10 * value) / 10 : value));
  const named = NAMED.filter((key) => {
    const ids = rows[key];
    if (!ids) return false;
    const names = ids.map((id) => (id === null ? null : nameOf(key, String(id))));
    if (names.every((name, k) => name === null || name === String(ids[k]))) return false;
    rows[`${key} name`] = names;
    return true;
  });
  return { rows, named };
}

export function howOf(index: IndexCard, result: Measurement): How {
  return {
    sentence: text(`${index.question.en} ${index.reading.en}`, `${index.question.zh}${index.reading.zh}`),
    formula: index.formula,
    reference: index.references.map((each) => each.text).join("; "),
    url: index.references.length === 1 ? (index.references[0]?.url ?? "") : "",
    tables: [index.needs.table],
    caveats: [],
    trace: { ...result.trace, parameters: result.trace.parameters ?? {}, seed: result.trace.seed ?? null, versions: result.trace.versions ?? {} },
  };
}

/** What all figures of an index have in common. */
export function plain(index: IndexCard, result: Measurement): Omit<Figure, "kind" | "x" | "y" | "columns" | "rows"> {
  return {
    id: index.name,
    title: index.title,
    takeaway: index.reading,
    series: "",
    low: "",
    high: "",
    log: false,
    space: result.space === "digital" ? "digital" : "physical",
    how: howOf(index, result),
    missing: null,
    neutral: index.neutral ?? null,
  };
}

export const numeric = (name: string): DataColumn => ({ name, title: titleOf(name), type: "number", unit: NONE });

/** Positions of the rows with a value, the largest first. */
export function largest(result: Measurement): number[] {
  return (rowsOf(result)["value"] ?? [])
    .map((value, k) => [value, k] as const)
    .filter((each): each is [number, number] => typeof each[0] === "number")
    .sort((a, b) => b[0] - a[0])
    .map(([, k]) => k);
}

/** The largest values, one row for each key; null where the index has no value at all. */
export function figureOf(index: IndexCard, result: Measurement, nameOf: NameOf, fixed: readonly string[] = []): Figure | null {
  const rows = rowsOf(result);
  const order = largest(result).slice(0, DRAWN);
  if (!order.length) return null;
  const ranged = result.columns.includes("low") && order.some((k) => rows["low"]?.[k] !== null && rows["low"]?.[k] !== undefined);
  // A key that is the same in every row is said once, above.
  const keys = result.grain.filter((key) => !fixed.includes(key));
  const one = fixed.includes("industry_id") ? common(rows, order) : null;
  const label = order.map((k) => (one === null ? keys.map((key) => nameOf(key, String(rows[key]?.[k] ?? "–"))).join(" · ") : nameOf("industry_id", String(rows[rows["industry_id"]?.[k] === one ? "industry_id_2" : "industry_id"]?.[k] ?? "–"))));
  const pick = (name: string) => order.map((k) => rows[name]?.[k] ?? null);
  return {
    ...plain(index, result),
    kind: ranged ? "interval" : "bar",
    x: "key",
    y: "value",
    low: ranged ? "low" : "",
    high: ranged ? "high" : "",
    columns: [{ name: "key", title: text(keys.map((key) => titleOf(key).en).join(" · "), keys.map((key) => titleOf(key).zh).join(" · ")), type: "string", unit: NONE }, numeric("value"), ...(ranged ? [numeric("low"), numeric("high")] : [])],
    rows: { key: distinctly(label), value: pick("value"), ...(ranged ? { low: pick("low"), high: pick("high") } : {}) },
  };
}

/** The industry that is on either side of every pair; null where the rows are no pairs, or have none in common. */
function common(rows: Columnar, positions: readonly number[]): unknown {
  const [first, second] = [rows["industry_id"], rows["industry_id_2"]];
  const start = positions[0];
  if (!first || !second || start === undefined) return null;
  return [first[start], second[start]].find((id) => positions.every((k) => first[k] === id || second[k] === id)) ?? null;
}

/** Two keys of one name are two bars. */
function distinctly(labels: string[]): string[] {
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times > 1 ? `${label} (${times})` : label;
  });
}
