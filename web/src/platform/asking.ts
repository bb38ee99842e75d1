/** The platform and its driver profile: the questions, and the figures made of the answers. */
import { queryOptions } from "@tanstack/react-query";

import { path, patiently } from "../api/client";
import type { Columnar, DriverReport, Figure, How, PlatformReport, Text } from "../api/types";
import type { Numbered } from "../parts/NumberCard";

const STEADY = { staleTime: 10 * 60_000, gcTime: 15 * 60_000, retry: false } as const;

export const platformQuery = (cluster: string, by: readonly string[]) =>
  queryOptions({ queryKey: ["platform", cluster, by], queryFn: ({ signal }) => patiently<PlatformReport>(path("clusters", cluster, "platform"), { by }, signal), ...STEADY });

export const driverQuery = (cluster: string) =>
  queryOptions({ queryKey: ["driver", cluster], queryFn: ({ signal }) => patiently<DriverReport>(path("clusters", cluster, "driver"), {}, signal), ...STEADY });

export const FAMILIES = ["participants", "interactions", "activity"] as const;
const NONE: Text = { en: "", zh: "" };

const cell = (rows: Columnar, name: string, k: number): number | null => {
  const value = rows[name]?.[k];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

const sideWord = (made: PlatformReport, side: string): Text => made.columns.find((column) => column.name === "side")?.values?.[side] ?? { en: side, zh: side };

/** The numbers of one family, one for each side. */
export function numbersOf(made: PlatformReport, family: string): Numbered[] {
  const rows = made.rows as Columnar;
  return made.indicators
    .filter((each) => each.family === family)
    .flatMap((each) => {
      const found = (rows["indicator"] ?? []).flatMap((id, k) => (id === each.id ? [k] : []));
      const about = each.about;
      return found.map((k) => {
        const side = rows["side"]?.[k] === null || rows["side"]?.[k] === undefined ? "" : String(rows["side"][k]);
        const word = side ? sideWord(made, side) : null;
        return {
          id: `${each.id}:${side}`,
          title: word ? { en: `${each.title.en}, ${word.en}`, zh: `${each.title.zh}，${word.zh}` } : each.title,
          type: each.type,
          value: cell(rows, "value", k),
          low: cell(rows, "low", k),
          high: cell(rows, "high", k),
          chance: null,
          p: null,
          reading: about,
          note: said(rows["note"]?.[k]),
          how: howOf(made.how, each.title, about),
        };
      });
    });
}

const said = (note: unknown): Text => (typeof note === "string" && note ? { en: note, zh: note } : NONE);
const howOf = (how: How, title: Text, about: Text): How => ({ ...how, sentence: { en: `${title.en}: ${about.en} ${how.sentence.en}`, zh: `${title.zh}：${about.zh}${how.sentence.zh}` } });

/** One indicator over the periods, a line for each side, with its interval. */
export function overTime(made: PlatformReport, indicator: string): Figure | null {
  const rows = made.rows as Columnar;
  const card = made.indicators.find(({ id }) => id === indicator);
  const kept = (rows["indicator"] ?? []).flatMap((id, k) => (id === indicator && rows["period"]?.[k] ? [k] : []));
  if (!card || !kept.length) return null;
  const names = ["period", "side", "value", "low", "high"].filter((name) => rows[name]);
  const sides = made.columns.find(({ name }) => name === "side");
  const ranged = kept.some((k) => cell(rows, "low", k) !== null);
  return {
    id: `platform-${indicator}`,
    title: card.title,
    takeaway: card.about,
    kind: "line",
    x: "period",
    y: "value",
    series: rows["side"] ? "side" : "",
    low: ranged ? "low" : "",
    high: ranged ? "high" : "",
    log: false,
    space: "digital",
    columns: [
      { name: "period", title: { en: "Period", zh: "时期" }, type: "date", unit: NONE },
      ...(sides ? [sides] : []),
      { name: "value", title: card.title, type: card.type, unit: NONE },
      ...(ranged ? (["low", "high"] as const).map((name) => ({ name, title: name === "low" ? { en: "Low", zh: "下限" } : { en: "High", zh: "上限" }, type: card.type, unit: NONE })) : []),
    ],
    rows: Object.fromEntries(names.map((name) => [name, kept.map((k) => rows[name]?.[k])])) as Figure["rows"],
    how: howOf(made.how, card.title, card.about),
    missing: null,
  };
}

/** Where an axis of positions begins and ends: zero in the middle, everything in it. */
export function axisOf({ value, low, high }: { value: number | null; low: number | null; high: number | null }): { at: (x: number) => number } | null {
  if (value === null) return null;
  const reach = Math.max(0.1, ...[value, low ?? 0, high ?? 0].map(Math.abs)) * 1.25;
  return { at: (x) => Math.max(0, Math.min(100, 50 + (50 * x) / reach)) };
}
