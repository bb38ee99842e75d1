/** Curves over distance: one of each industry, the most telling first, and where it leaves the band of chance. */
import type { Columnar, Figure, Text } from "../api/types";
import { exact } from "../format/number";
import { NONE, numeric, plain, rowsOf, taking, text, titleOf, type IndexCard, type Measurement, type NameOf } from "./result";

export interface Curve {
  /** Identifier of the industry, or of both. */
  key: string;
  label: string;
  /** Rows of the result, by distance. */
  positions: number[];
  pGlobal: number | null;
  /** How far it goes from what is expected, in half widths of the local band where there is one. */
  departure: number;
}

export const isCurve = (result: Measurement): boolean => result.grain.includes("distance_km") && result.columns.includes("distance_km");

const number = (rows: Columnar, name: string, k: number): number | null => {
  const value = rows[name]?.[k];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

const keysOf = (rows: Columnar): string[] => ["industry_id", "industry_id_2", "place_id", "actor_id"].filter((key) => rows[key]);
const keyAt = (rows: Columnar, k: number): string => keysOf(rows).map((name) => String(rows[name]?.[k] ?? "")).join(" → ");

/** Curves of a result: by the p of the whole curve where there is one, then by departure. */
export function curvesOf(result: Measurement, nameOf: NameOf, neutral: number | null): Curve[] {
  const rows = rowsOf(result);
  const keys = keysOf(rows);
  const groups = new Map<string, number[]>();
  (rows["distance_km"] ?? []).forEach((_, k) => {
    const key = keyAt(rows, k);
    const held = groups.get(key);
    if (held) held.push(k);
    else groups.set(key, [k]);
  });
  const curves = [...groups].map(([key, found]) => {
    const positions = found.sort((a, b) => (number(rows, "distance_km", a) ?? 0) - (number(rows, "distance_km", b) ?? 0));
    const first = positions[0] as number;
    return {
      key,
      label: keys.map((name) => nameOf(name, String(rows[name]?.[first] ?? ""))).join(" → "),
      positions,
      pGlobal: positions.map((k) => number(rows, "p_global", k)).find((p) => p !== null) ?? null,
      departure: Math.max(-1, ...positions.map((k) => departure(rows, k, neutral))),
    };
  });
  return curves.sort((a, b) => (a.pGlobal ?? 2) - (b.pGlobal ?? 2) || b.departure - a.departure || a.label.localeCompare(b.label));
}

function departure(rows: Columnar, k: number, neutral: number | null): number {
  const value = number(rows, "value", k);
  const expected = number(rows, "expected", k) ?? neutral;
  if (value === null) return -1;
  if (expected === null) return Math.abs(value);
  const [low, high] = [number(rows, "band_low", k), number(rows, "band_high", k)];
  const half = low !== null && high !== null && high > low ? (high - low) / 2 : null;
  return half === null ? Math.abs(value - expected) : Math.abs(value - expected) / half;
}

export interface Reach {
  above: [number, number][];
  below: [number, number][];
  /** Whether there is a band at all. */
  banded: boolean;
}

/** The curves of which at least one row is kept. */
export function keptCurves(curves: readonly Curve[], kept: Measurement): Curve[] {
  const rows = rowsOf(kept);
  const keys = new Set((rows["distance_km"] ?? []).map((_, k) => keyAt(rows, k)));
  return curves.filter((curve) => keys.has(curve.key));
}

/** Where a curve runs outside the global band, or the local one where there is no global one. */
export function reachOf(result: Measurement, curve: Curve): Reach {
  const rows = rowsOf(result);
  const name = ["global", "band"].find((each) => curve.positions.some((k) => number(rows, `${each}_high`, k) !== null));
  if (!name) return { above: [], below: [], banded: false };
  const runs = (outside: (value: number, k: number) => boolean): [number, number][] => {
    const found: [number, number][] = [];
    let open = false;
    for (const k of curve.positions) {
      const [value, distance] = [number(rows, "value", k), number(rows, "distance_km", k)];
      const out = value !== null && distance !== null && outside(value, k);
      if (out && open) (found[found.length - 1] as [number, number])[1] = distance;
      else if (out) found.push([distance, distance]);
      open = out;
    }
    return found;
  };
  return {
    above: runs((value, k) => value > (number(rows, `${name}_high`, k) ?? Number.POSITIVE_INFINITY)),
    below: runs((value, k) => value < (number(rows, `${name}_low`, k) ?? Number.NEGATIVE_INFINITY)),
    banded: true,
  };
}

/** The one thing to see, in a sentence of each language. */
export function takeawayOf(index: IndexCard, result: Measurement, curve: Curve): Text {
  const { above, below, banded } = reachOf(result, curve);
  // Distances of the digital space are of no unit.
  const unit = result.space === "digital" ? "" : " km";
  if (!banded) return index.reading;
  // Three figures: where a curve crosses a band is known no better than the grid of distances.
  const km = (distance: number) => String(Number(distance.toPrecision(3)));
  const said = (language: "en" | "zh", runs: [number, number][]) => runs.map(([from, to]) => (from === to ? `${km(from)}${unit}` : `${km(from)}–${km(to)}${unit}`)).join(language === "en" ? ", " : "、");
  const p = curve.pGlobal === null ? ["", ""] : [` (p = ${exact(curve.pGlobal, "number", "en")})`, `（p = ${exact(curve.pGlobal, "number", "zh")}）`];
  if (!above.length && !below.length) return text(`Inside the band of chance at every distance${p[0]}.`, `在所有距离上均处于随机范围之内${p[1]}。`);
  const en = [above.length ? `closer together than by chance at ${said("en", above)}` : "", below.length ? `farther apart at ${said("en", below)}` : ""].filter(Boolean).join("; ");
  const zh = [above.length ? `在 ${said("zh", above)} 处比随机更集聚` : "", below.length ? `在 ${said("zh", below)} 处比随机更分散` : ""].filter(Boolean).join("；");
  return text(`${en[0]?.toUpperCase()}${en.slice(1)}${p[0]}.`, `${zh}${p[1]}。`);
}

/** The figure of one curve with the bands it is read against. */
export function curveFigure(index: IndexCard, result: Measurement, curve: Curve): Figure {
  const rows = rowsOf(taking(result, curve.positions));
  const has = (name: string) => rows[name]?.some((value) => typeof value === "number") ?? false;
  const both = (name: string) => has(`${name}_low`) && has(`${name}_high`);
  const shown = ["distance_km", "value", "low", "high", "expected", "band_low", "band_high", "global_low", "global_high", "p", "percentile", "error"].filter(has);
  const level = result.trace.parameters?.["level"];
  const share = typeof level === "number" ? `${exact(level, "share", "en")} ` : "";
  return {
    ...plain(index, result),
    title: text(`${index.title.en}: ${curve.label}`, `${index.title.zh}：${curve.label}`),
    takeaway: takeawayOf(index, result, curve),
    kind: "line",
    x: "distance_km",
    y: "value",
    low: has("low") && has("high") ? "low" : "",
    high: has("low") && has("high") ? "high" : "",
    expected: has("expected") ? "expected" : "",
    bands: [
      ...(both("global") ? [{ low: "global_low", high: "global_high", title: text(`Global ${share}band`, `${share}全局带`) }] : []),
      ...(both("band") ? [{ low: "band_low", high: "band_high", title: text(`Local ${share}band`, `${share}局部带`) }] : []),
    ],
    columns: shown.map((name) => (name === "distance_km" ? { name, title: text("Distance", "距离"), type: "number", unit: result.space === "digital" ? NONE : text("km", "km") } : { ...numeric(name), title: titleOf(name), unit: NONE })),
    rows: Object.fromEntries(shown.map((name) => [name, rows[name] ?? []])),
  };
}
