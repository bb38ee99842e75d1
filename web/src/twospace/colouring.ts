/** Colours of communities and industries, the same in both panes. */
import { categoryColour, type Palette } from "../look/colours";
import { shares } from "./brush";
import type { Nodes } from "./spaces";

export type ColourBy = "community" | "industry";

export interface Coloured {
  key: string;
  colour: string;
  count: number;
}

export interface Colouring {
  /** The categories with a colour of their own, largest first. */
  legend: Coloured[];
  /** Firms beyond them, all in the quiet colour. */
  rest: number;
  of: (key: string) => string;
}

export function keyOf(nodes: Nodes, k: number, by: ColourBy): string {
  return by === "community" ? String(nodes.community[k]) : (nodes.industry[k] ?? "");
}

/** Communities keep the colour of their number; industries are coloured by size, since they have no number. */
export function colouring(nodes: Nodes, by: ColourBy, palette: Palette): Colouring {
  const counted = shares(Array.from({ length: nodes.length }, (_, k) => keyOf(nodes, k, by))).filter(({ value }) => value !== "" && value !== "-1");
  const limit = palette.categories.length;
  const named = by === "community" ? counted.filter(({ value }) => Number(value) < limit).sort((a, b) => Number(a.value) - Number(b.value)) : counted.slice(0, limit);
  const legend = named.map(({ value, count }, k) => ({ key: value, count, colour: categoryColour(by === "community" ? Number(value) : k, palette) }));
  const colours = new Map(legend.map(({ key, colour }) => [key, colour]));
  const shown = legend.reduce((sum, { count }) => sum + count, 0);
  return { legend, rest: nodes.length - shown, of: (key) => colours.get(key) ?? palette.quiet };
}
