/** Pairs of industries as a heat map: the industries of the strongest pairs, each with each. */
import type { Figure } from "../api/types";
import { largest, NONE, numeric, plain, rowsOf, text, titleOf, type IndexCard, type Measurement, type NameOf } from "./result";

/** Industries in the heat map: beyond these nobody reads the names. */
const SHOWN = 16;

export const isPairs = (result: Measurement): boolean => result.columns.includes("industry_id_2") && !result.columns.includes("distance_km");

export function heatOf(index: IndexCard, result: Measurement, nameOf: NameOf): Figure | null {
  const rows = rowsOf(result);
  const [first, second, values] = [rows["industry_id"] ?? [], rows["industry_id_2"] ?? [], rows["value"] ?? []];
  const shown: string[] = [];
  for (const k of largest(result)) {
    for (const id of [String(first[k]), String(second[k])]) if (!shown.includes(id) && shown.length < SHOWN) shown.push(id);
    if (shown.length >= SHOWN) break;
  }
  if (shown.length < 3) return null;
  const at = new Set(shown);
  const cells = new Map<string, unknown>();
  first.forEach((one, k) => {
    const [a, b] = [String(one), String(second[k])];
    if (!at.has(a) || !at.has(b)) return;
    cells.set(`${a}\n${b}`, values[k]);
    // An unordered pair is given once and stands on both sides of the diagonal.
    if (!cells.has(`${b}\n${a}`)) cells.set(`${b}\n${a}`, values[k]);
  });
  const pairs = shown.flatMap((a) => shown.map((b) => [a, b] as const));
  const label = (id: string) => nameOf("industry_id", id);
  const title = titleOf("industry_id");
  return {
    ...plain(index, result),
    kind: "heat",
    x: "other",
    y: "value",
    series: "industry",
    neutral: null,
    columns: [
      { name: "industry", title, type: "string", unit: NONE },
      { name: "other", title: titleOf("industry_id_2"), type: "string", unit: NONE },
      { ...numeric("value"), title: index.title },
    ],
    rows: { industry: pairs.map(([a]) => label(a)), other: pairs.map(([, b]) => label(b)), value: pairs.map(([a, b]) => cells.get(`${a}\n${b}`) ?? null) },
    takeaway: text(`${index.reading.en} The ${shown.length} industries of the strongest pairs.`, `${index.reading.zh}图中为最强组合涉及的 ${shown.length} 个行业。`),
  };
}
