/** What the map can show of an evaluation, and in which colours. */
import type { Text } from "../api/types";
import { rampColours, rgb, seriesColours, type Palette } from "../look/colours";
import { quantileBreaks } from "../look/scale";
import type { Classes } from "../twospace/mapLayers";
import { both, lisaGrid, QUADRANTS } from "./figures";
import { gridOf, namesOf, numbers, pooled, rowsOf, texts, type Grid, type Panel, type Tables } from "./reading";
import { hasTable } from "./saying";

export interface Category {
  at: number;
  title: Text;
  /** Position in the colours of the view. */
  colour: string;
}

/** One way to colour the places; a place without a value is left bare. */
export interface View {
  id: string;
  title: Text;
  grid: Grid;
  /** Whether the values are still on their way. */
  loading: boolean;
  classes: Classes;
  /** Where values are names; then every class is one of them. */
  categories: Category[] | null;
}

export interface Known {
  tables: Tables;
  panel: Panel;
  /** Nodes in the order of the tree, with what they are called. */
  nodes: readonly { id: string; title: Text }[];
  /** Scores of a node, once they are there. */
  node: { id: string; grid: Grid | null };
  names: Readonly<Record<string, Text>>;
  palette: Palette;
}

const STEPS = 6;

export function viewsOf(known: Known): View[] {
  return [...scores(known), ...widths(known), ...lisa(known), ...coupled(known), ...obstacle(known), ...clubs(known)];
}

const steps = (id: string, title: Text, grid: Grid, palette: Palette): View => ({ id, title, grid, loading: false, classes: { breaks: quantileBreaks(pooled(grid), STEPS), ramp: palette.blend }, categories: null });

/** Values 0, 1, 2 … as classes with one colour each. */
export function named(id: string, title: Text, grid: Grid, titles: readonly Text[], colours: readonly string[]): View {
  const used = new Set(pooled(grid));
  const categories = titles.flatMap((each, k) => (used.has(k) ? [{ at: k, title: each, colour: colours[k] as string }] : []));
  return { id, title, grid, loading: false, classes: { breaks: titles.map((_, k) => k), ramp: [...colours] }, categories };
}

const EMPTY: Grid = new Map();

function scores({ panel, nodes, node, palette }: Known): View[] {
  return [
    steps("score", both("Score", "综合得分"), panel.score, palette),
    ...nodes.map(({ id, title }) => ({ ...steps(`score:${id}`, title, node.id === id ? (node.grid ?? EMPTY) : EMPTY, palette), loading: node.id === id && node.grid === null })),
  ];
}

/** How many positions the rank of a place is open by. */
function widths({ tables, palette }: Known): View[] {
  const rows = rowsOf(tables, "ranking");
  const [low, high] = [numbers(rows, "low"), numbers(rows, "high")];
  if (!low.some((value) => value !== null)) return [];
  const grid = gridOf({ ...rows, width: low.map((value, k) => (value === null || high[k] === null ? null : (high[k] as number) - value)) }, "width");
  return [steps("width", both("Width of the range of ranks", "名次区间宽度"), grid, palette)];
}

function lisa({ tables, palette }: Known): View[] {
  if (!hasTable(tables, "local_moran")) return [];
  const soft = (hex: string) => mixed(palette.surface, hex, 0.45);
  const colours = [palette.land, palette.accent, soft(palette.both), palette.both, soft(palette.accent)];
  return [named("lisa", both("Local clusters (LISA)", "局部集聚（LISA）"), lisaGrid(rowsOf(tables, "local_moran")), QUADRANTS, colours)];
}

function mixed(ground: string, colour: string, share: number): string {
  const [a, b] = [rgb(ground), rgb(colour)];
  return `#${a.map((from, k) => Math.round(from + share * ((b[k] as number) - from)).toString(16).padStart(2, "0")).join("")}`;
}

function coupled({ tables, names, palette }: Known): View[] {
  if (!hasTable(tables, "coupling")) return [];
  const rows = rowsOf(tables, "coupling");
  const titles = Array.from({ length: 11 }, (_, k) => (k ? (names[`grade:${k}`] ?? both(String(k), String(k))) : both("none", "无")));
  const made = [named("grade", both("Grade of coordination", "耦合协调等级"), gridOf(rows, "grade"), titles, [palette.land, ...rampColours("both", palette, 10)])];
  const sides = [...new Set(texts(rows, "behind").filter(Boolean))];
  if (!sides.length) return made;
  return [...made, named("behind", both("Side that is behind", "滞后的一侧"), coded(rows, "behind", sides), sides.map((each) => names[each] ?? both(each, each)), spread(palette, sides.length))];
}

/** Names as positions in a list. */
function coded(rows: Parameters<typeof gridOf>[0], column: string, list: readonly string[]): Grid {
  return new Map([...namesOf(rows, column)].map(([period, of]) => [period, new Map([...of].map(([place, name]) => [place, list.indexOf(name)]))]));
}

/** Colours of names, none of them that of a space; at least two, for a scale of one class has no colour of its own. */
function spread(palette: Palette, n: number): string[] {
  const colours = seriesColours("both", palette).slice(0, -2);
  return Array.from({ length: Math.max(2, n) }, (_, k) => colours[k] ?? palette.quiet);
}

function obstacle({ tables, names, palette }: Known): View[] {
  if (!hasTable(tables, "obstacles_by_place")) return [];
  const rows = rowsOf(tables, "obstacles_by_place");
  const list = commonest(texts(rows, "obstacle_1"));
  return [named("obstacle", both("Largest obstacle", "首要障碍"), coded(rows, "obstacle_1", list), list.map((each) => names[each] ?? both(each, each)), spread(palette, list.length))];
}

function commonest(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([value]) => value);
}

function clubs({ tables, panel, palette }: Known): View[] {
  if (!hasTable(tables, "clubs")) return [];
  const rows = rowsOf(tables, "clubs");
  const [places, club] = [texts(rows, "place_id"), numbers({ club: texts(rows, "club").map((each) => (each ? Number(each) : null)) }, "club")];
  const of = new Map(places.map((place, k) => [place, club[k] ?? 0]));
  const most = Math.max(0, ...of.values());
  const titles = Array.from({ length: most + 1 }, (_, k) => (k ? both(`Club ${k}`, `俱乐部 ${k}`) : both("in none", "不属于任何俱乐部")));
  return [named("club", both("Convergence club", "收敛俱乐部"), new Map(panel.periods.map((period) => [period, of])), titles, [palette.land, ...spread(palette, most)])];
}

/** Which view a question begins with. */
export const FIRST_VIEW: Record<string, string> = { leads: "score", where: "lisa", gap: "club", moves: "score", together: "grade", holds: "obstacle", clusters: "score" };
