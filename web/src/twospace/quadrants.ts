/** Quadrants of industries: the question to the server, and the figures made of its answer. */
import { queryOptions } from "@tanstack/react-query";

import { path, patiently } from "../api/client";
import type { Columnar, Drift, Figure, Quadrants, SpaceAgreement, Text, Tone } from "../api/types";

export interface AskedQuadrants {
  periods: readonly string[];
  interactions: string;
}

/** Draws of the picture of all time, and of each of several periods. */
const DRAWS = { whole: 999, each: 199 } as const;
const STEADY = { staleTime: 10 * 60_000, gcTime: 15 * 60_000, retry: false } as const;

const asking = ({ periods, interactions }: AskedQuadrants) => ({ period: periods, interactions, draws: periods.length > 1 ? DRAWS.each : DRAWS.whole });

export const quadrantsQuery = (cluster: string, asked: AskedQuadrants) =>
  queryOptions({ queryKey: ["quadrants", cluster, asked], queryFn: ({ signal }) => patiently<Quadrants>(path("clusters", cluster, "quadrants"), asking(asked), signal), ...STEADY });

export const driftQuery = (cluster: string, asked: AskedQuadrants) =>
  queryOptions({ queryKey: ["drift", cluster, asked], queryFn: ({ signal }) => patiently<Drift>(path("clusters", cluster, "drift"), asking(asked), signal), enabled: asked.periods.length > 1, ...STEADY });

export const agreementQuery = (cluster: string, interactions: string) =>
  queryOptions({ queryKey: ["agreement", cluster, interactions], queryFn: ({ signal }) => patiently<SpaceAgreement>(path("clusters", cluster, "agreement"), { interactions }, signal), ...STEADY });

const TONES: Record<string, Tone> = {
  "concentrated-concentrated": "both",
  "dispersed-concentrated": "digital",
  "concentrated-dispersed": "physical",
  "dispersed-dispersed": "none",
};
export const CORNERS = ["concentrated-concentrated", "dispersed-concentrated", "concentrated-dispersed", "dispersed-dispersed"] as const;

export const toneOf = (quadrant: unknown): Tone => TONES[String(quadrant)] ?? "none";

/** The plane as it stands in one period, with the way of each industry until then. */
export function planeOf(made: Quadrants, at: string, marked: string): Figure {
  const rows = made.figure.rows as Columnar;
  const periods = rows["period"] as string[] | undefined;
  const until = made.periods.indexOf(at);
  const ways = new Map<string, number[]>();
  (rows["industry_id"] ?? []).forEach((id, k) => {
    if (periods && made.periods.indexOf(periods[k] as string) > (until < 0 ? made.periods.length : until)) return;
    ways.set(String(id), [...(ways.get(String(id)) ?? []), k]);
  });
  const name = made.figure.columns.find((column) => column.name === "industry_id")?.values?.[marked];
  return {
    ...made.figure,
    kind: "quadrants",
    ...(name ? { marked: name.en } : {}),
    plane: {
      tones: (rows["quadrant"] ?? []).map(toneOf),
      corners: CORNERS.map((key) => (made.names as Record<string, Text>)[key] ?? { en: key, zh: key }),
      ways: [...ways.values()],
      lowX: "physical_low",
      highX: "physical_high",
    },
  };
}

/** Rows of one period, the largest value first. */
function rowsAt(made: Quadrants, at: string, by: string): Columnar {
  const rows = made.figure.rows as Columnar;
  const value = (k: number) => (rows[by]?.[k] as number | null) ?? Number.NEGATIVE_INFINITY;
  const kept = (rows["industry_id"] ?? [])
    .map((_, k) => k)
    .filter((k) => !rows["period"] || rows["period"][k] === (at || made.periods[made.periods.length - 1]))
    .filter((k) => rows[by]?.[k] !== null)
    .sort((a, b) => value(b) - value(a));
  return Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, kept.map((k) => column[k])]));
}

/** How concentrated industries are in the network alone, where the ground cannot be measured. */
export function digitalOf(made: Quadrants, at: string, title: Text): Figure {
  return { ...made.figure, id: "in-network", title, kind: "interval", x: "industry_id", y: "digital", series: "", low: "digital_low", high: "digital_high", space: "digital", neutral: 1, rows: rowsAt(made, at, "digital") as Figure["rows"] };
}

/** What is left of it where the industry's own trade is left out, beside the band of chance. */
export function elsewhereOf(made: Quadrants, at: string, title: Text, takeaway: Text): Figure {
  return { ...made.figure, id: "elsewhere", title, takeaway, kind: "interval", x: "industry_id", y: "elsewhere", series: "", low: "elsewhere_low", high: "elsewhere_high", space: "digital", neutral: 1, rows: rowsAt(made, at, "elsewhere") as Figure["rows"] };
}

/** Periods worth comparing: years where periods are shorter, the latest ones where there are many. */
export function comparable(choices: { periods: string[]; years: string[] } | undefined): string[] {
  const all = choices ? (choices.years.length > 1 ? choices.years : choices.periods) : [];
  return all.slice(-MOST);
}

const MOST = 8;
