/** From the result of an index to a figure: the largest values with their intervals, and the whole table behind. */
import type { components } from "../api/schema";
import type { Columnar, DataColumn, Figure, How, Text } from "../api/types";

export type IndexCard = components["schemas"]["IndexCard"];
export type Measurement = components["schemas"]["Measurement"];

const text = (en: string, zh: string): Text => ({ en, zh });
const NONE = text("", "");
const KNOWN: Record<string, [Text, DataColumn["type"]]> = {
  value: [text("Value", "数值"), "number"],
  low: [text("Low", "下限"), "number"],
  high: [text("High", "上限"), "number"],
  p: [text("p", "p 值"), "number"],
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
};

const DRAWN = 20;
/** Rows read at most: the file has them all. */
const MOST = 100_000;

/** All pages of a result as one: the largest values may be on the last page. */
export async function whole(page: (offset: number) => Promise<Measurement>): Promise<Measurement> {
  const first = await page(0);
  const rows: Columnar = Object.fromEntries(Object.entries(first.rows as Columnar).map(([name, values]) => [name, [...values]]));
  const held = () => Math.max(0, ...Object.values(rows).map((column) => column.length));
  while (held() < Math.min(first.total ?? 0, MOST)) {
    const before = held();
    const next = (await page(before)).rows as Columnar;
    for (const [name, column] of Object.entries(rows)) for (const value of next[name] ?? []) column.push(value);
    if (held() === before) break;
  }
  return { ...first, rows: rows as Measurement["rows"] };
}

/** The rows whose place, industry or period holds every word asked for, by identifier or by name. */
export function holding(result: Measurement, wanted: string, nameOf: (key: string, id: string) => string): Measurement {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return result;
  const rows = result.rows as Columnar;
  const length = Math.max(0, ...Object.values(rows).map((column) => column.length));
  const kept = Array.from({ length }, (_, k) => k).filter((k) => {
    const said = result.grain.map((key) => `${String(rows[key]?.[k] ?? "")} ${nameOf(key, String(rows[key]?.[k] ?? ""))}`).join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  });
  return { ...result, rows: Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, kept.map((k) => column[k])])) as Measurement["rows"] };
}

export function columnsOf(result: Measurement): DataColumn[] {
  const rows = result.rows as Columnar;
  return result.columns.map((name) => {
    const [title, type] = KNOWN[name] ?? [text(name, name), rows[name]?.some((value) => typeof value === "number") ? "number" : "string"];
    return { name, title, type, unit: NONE };
  });
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

/** The largest values, one row for each key; null where the index has no value at all. */
export function figureOf(index: IndexCard, result: Measurement, nameOf: (key: string, id: string) => string): Figure | null {
  const rows = result.rows as Columnar;
  const values = rows["value"] ?? [];
  const order = values
    .map((value, k) => [value, k] as const)
    .filter((each): each is [number, number] => typeof each[0] === "number")
    .sort((a, b) => b[0] - a[0])
    .slice(0, DRAWN)
    .map(([, k]) => k);
  if (!order.length) return null;
  const ranged = result.columns.includes("low") && order.some((k) => rows["low"]?.[k] !== null);
  const label = order.map((k) => result.grain.map((key) => nameOf(key, String(rows[key]?.[k] ?? "–"))).join(" · "));
  const pick = (name: string) => order.map((k) => rows[name]?.[k] ?? null);
  const column = (name: string): DataColumn => ({ name, title: KNOWN[name]?.[0] ?? text(name, name), type: "number", unit: NONE });
  return {
    id: index.name,
    title: index.title,
    takeaway: index.reading,
    kind: ranged ? "interval" : "bar",
    x: "key",
    y: "value",
    series: "",
    low: ranged ? "low" : "",
    high: ranged ? "high" : "",
    log: false,
    space: result.space === "digital" ? "digital" : "physical",
    columns: [{ name: "key", title: text(result.grain.join(" · "), result.grain.map((key) => KNOWN[key]?.[0].zh ?? key).join(" · ")), type: "string", unit: NONE }, column("value"), ...(ranged ? [column("low"), column("high")] : [])],
    rows: { key: label, value: pick("value"), ...(ranged ? { low: pick("low"), high: pick("high") } : {}) },
    how: howOf(index, result),
    missing: null,
  };
}
