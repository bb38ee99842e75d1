/** The visual language in numbers, for the canvases that cannot read CSS variables. */
import type { Space } from "../api/types";

export type Theme = "light" | "dark";
export type Rgb = [number, number, number];

export interface Palette {
  ground: string;
  surface: string;
  ink: string;
  inkSoft: string;
  line: string;
  land: string;
  sea: string;
  border: string;
  physical: string;
  digital: string;
  both: string;
  accent: string;
  quiet: string;
  /** From little to much, physical. */
  teal: readonly string[];
  /** From little to much, digital. */
  violet: readonly string[];
  /** From little to much, in both spaces. */
  blend: readonly string[];
  /** Categories, distinguishable with the common colour deficiencies; what is beyond them is `quiet`. */
  categories: readonly string[];
}

const LIGHT: Palette = {
  ground: "#f6f7f7",
  surface: "#ffffff",
  ink: "#13191c",
  inkSoft: "#5c676d",
  line: "#e2e6e7",
  land: "#eceeed",
  sea: "#fafbfb",
  border: "#c4cbcd",
  physical: "#0f766e",
  digital: "#6d4bc8",
  both: "#3b61a0",
  accent: "#c2570c",
  quiet: "#aab2b6",
  teal: ["#e3f0ee", "#b7dcd7", "#80c2bb", "#47a49b", "#1b8077", "#0b5a54"],
  violet: ["#eeeaf8", "#d5caf0", "#b5a2e3", "#9377d4", "#6d4bc8", "#4a2c98"],
  blend: ["#e6edf6", "#c0d0e7", "#93aed4", "#6689be", "#3b61a0", "#23417a"],
  categories: ["#6d4bc8", "#0f8a80", "#d9822b", "#2f7ed8", "#c2417c", "#7a8b1f", "#8c5a3c", "#3aa0c9", "#a13d3d", "#5b6b8c"],
};

const DARK: Palette = {
  ground: "#0f1416",
  surface: "#161c1f",
  ink: "#eef2f3",
  inkSoft: "#9aa7ad",
  line: "#2a3337",
  land: "#20282b",
  sea: "#12181a",
  border: "#48555a",
  physical: "#34c3b4",
  digital: "#a78bfa",
  both: "#7aa5e8",
  accent: "#ffa94d",
  quiet: "#66747a",
  teal: ["#1d4742", "#1f5f57", "#237a70", "#2b998c", "#43c2b4", "#93e8dd"],
  violet: ["#352b59", "#483a78", "#5f4c9e", "#7a62c6", "#9d84f0", "#cdbcff"],
  blend: ["#26394f", "#304b6b", "#3d628f", "#4f7db4", "#76a2de", "#b7d1f8"],
  categories: ["#a78bfa", "#34c3b4", "#f2a65a", "#6fb1ff", "#f084b4", "#b9c94f", "#c99a7c", "#74d0ee", "#e58a86", "#93a4c8"],
};

export const PALETTES: Record<Theme, Palette> = { light: LIGHT, dark: DARK };

export function spaceColour(space: Space, palette: Palette): string {
  return space === "physical" ? palette.physical : space === "digital" ? palette.digital : space === "both" ? palette.both : palette.inkSoft;
}

export function spaceRamp(space: Space, palette: Palette): readonly string[] {
  return space === "physical" ? palette.teal : space === "digital" ? palette.violet : palette.blend;
}

/** Colours of series: first that of the space, then those that mean nothing; the spaces' own come last. */
export function seriesColours(space: Space, palette: Palette): string[] {
  const [violet, teal, ...free] = palette.categories as [string, string, ...string[]];
  // Blue stands too near to the blend of the two spaces to follow it.
  const [orange, blue, ...others] = free as [string, string, ...string[]];
  return [spaceColour(space, palette), ...(space === "both" ? [orange, ...others, blue] : free), ...[violet, teal].filter((colour) => colour !== spaceColour(space, palette))];
}

/** As many colours as there are steps, from little to much. */
export function rampColours(space: Space, palette: Palette, steps: number): string[] {
  const ramp = spaceRamp(space, palette).map(rgb);
  return Array.from({ length: steps }, (_, k) => {
    const at = steps < 2 ? ramp.length - 2 : (k * (ramp.length - 1)) / (steps - 1);
    const [a, b] = [ramp[Math.floor(at)] as Rgb, ramp[Math.ceil(at)] as Rgb];
    return `#${a.map((from, channel) => Math.round(from + (at - Math.floor(at)) * ((b[channel] as number) - from)).toString(16).padStart(2, "0")).join("")}`;
  });
}

export function categoryColour(position: number, palette: Palette): string {
  return palette.categories[position] ?? palette.quiet;
}

export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
