/** Industries in the plane of two spaces: across the ground, up the network, crosses for intervals, ways over periods. */
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import type { EChartsCoreOption } from "echarts/core";

import type { Figure, Tone } from "../api/types";
import type { Palette } from "../look/colours";
import { say } from "../words/words";
import { axisTitle, described, textStyle, tooltip, valueAxis, type Style } from "./frame";
import { labels, numbers } from "./rows";

export function toneColour(tone: Tone, palette: Palette): string {
  return tone === "both" ? palette.both : tone === "digital" ? palette.digital : tone === "physical" ? palette.physical : palette.quiet;
}

/** Where the axes begin and end: everything drawn fits, and so does 1, which is chance. */
function extent(values: (number | null)[]): { min: number; max: number } {
  const known = [1, ...values.filter((value): value is number => value !== null)];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = Math.max(0.08 * (high - low), 0.05);
  return { min: Math.max(0, Number((low - room).toFixed(2))), max: Number((high + room).toFixed(2)) };
}

export function plane(figure: Figure, style: Style): EChartsCoreOption {
  const { palette, language } = style;
  const guide = figure.plane ?? { tones: [], corners: [], ways: [], lowX: "", highX: "" };
  const [xs, ys, names] = [numbers(figure, figure.x), numbers(figure, figure.y), labels(figure, "industry_id")];
  const [left, right, low, high] = [guide.lowX, guide.highX, figure.low, figure.high].map((name) => numbers(figure, name));
  const now = guide.ways.map((way) => way[way.length - 1] as number).filter((k) => xs[k] !== null && ys[k] !== null);
  const marked = (k: number) => names[k] === figure.marked;
  const tone = (k: number) => toneColour(guide.tones[k] ?? "none", palette);
  const drawn = guide.ways.flat();
  const few = now.length <= 30;
  const axis = (name: string, values: (number | null)[]) => {
    const column = described(figure, name);
    return { ...valueAxis(column, style), ...extent(values), splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: palette.line } }, name: axisTitle(column, language), nameTextStyle: textStyle(style) };
  };
  return {
    grid: { left: 6, right: 22, top: 34, bottom: 30, containLabel: true },
    tooltip: { trigger: "item", ...tooltip(figure, style, (parameters) => {
      const position = (parameters as { data?: { position?: number } }).data?.position;
      return position === undefined ? [] : [position];
    }) },
    xAxis: { ...axis(figure.x, drawn.flatMap((k) => [xs[k] ?? null, left?.[k] ?? null, right?.[k] ?? null])), nameLocation: "middle", nameGap: 28 },
    yAxis: { ...axis(figure.y, drawn.flatMap((k) => [ys[k] ?? null, low?.[k] ?? null, high?.[k] ?? null])), nameGap: 14, nameTextStyle: { ...textStyle(style), align: "left", padding: [0, 0, 0, -2] } },
    series: [
      chanceLines(palette, guide.corners.map((corner) => say(corner, language))),
      ...guide.ways.filter((way) => way.length > 1).map((way) => trail(way.map((k) => [xs[k] ?? null, ys[k] ?? null]), tone(way[way.length - 1] as number))),
      crosses(now.map((k) => ({ x: xs[k] as number, y: ys[k] as number, left: left?.[k] ?? null, right: right?.[k] ?? null, low: low?.[k] ?? null, high: high?.[k] ?? null, colour: tone(k), faint: Boolean(figure.marked) && !marked(k) }))),
      {
        type: "scatter",
        z: 6,
        cursor: "pointer",
        data: now.map((position) => ({
          value: [xs[position], ys[position]],
          position,
          symbolSize: marked(position) ? 15 : 11,
          itemStyle: { color: tone(position), borderColor: palette.surface, borderWidth: 1.5, opacity: figure.marked && !marked(position) ? 0.45 : 1 },
          label: { show: few || marked(position), formatter: names[position] ?? "", position: "top" as const, distance: 6, color: figure.marked && !marked(position) ? palette.inkSoft : palette.ink, fontSize: 12, fontWeight: marked(position) ? 600 : 400 },
        })),
        labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
      },
    ],
  };
}

/** Chance in either space, and what the four corners are called. */
function chanceLines(palette: Palette, corners: string[]): object {
  return {
    type: "custom",
    silent: true,
    z: 1,
    data: [[1, 1]],
    renderItem: ({ coordSys }: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
      const { x, y, width, height } = coordSys as unknown as { x: number; y: number; width: number; height: number };
      const [atX, atY] = api.coord([1, 1]) as [number, number];
      const style = { stroke: palette.accent, lineWidth: 1.2, lineDash: [2, 3] };
      const name = (text: string, px: number, py: number, align: "left" | "right", verticalAlign: "top" | "bottom", fill: string) => ({ type: "text" as const, style: { text, x: px, y: py, fill, opacity: 0.85, font: "600 12px sans-serif", textAlign: align, textVerticalAlign: verticalAlign } });
      const [both, digital, physical, none] = corners;
      return {
        type: "group" as const,
        children: [
          { type: "line" as const, shape: { x1: x, y1: atY, x2: x + width, y2: atY }, style },
          { type: "line" as const, shape: { x1: atX, y1: y, x2: atX, y2: y + height }, style },
          name(both ?? "", x + width - 4, y + 2, "right", "top", palette.both),
          name(digital ?? "", x + 6, y + 2, "left", "top", palette.digital),
          name(physical ?? "", x + width - 4, y + height - 4, "right", "bottom", palette.physical),
          name(none ?? "", x + 6, y + height - 4, "left", "bottom", palette.inkSoft),
        ],
      };
    },
  };
}

/** The way of an industry through the periods, with a head at its end. */
function trail(points: (number | null)[][], colour: string): object {
  return {
    type: "line",
    silent: true,
    z: 3,
    data: points.filter(([x, y]) => x !== null && y !== null),
    color: colour,
    lineStyle: { width: 1.6, opacity: 0.55 },
    symbol: ["circle"],
    symbolSize: 4,
    itemStyle: { opacity: 0.55 },
  };
}

interface Cross {
  x: number;
  y: number;
  left: number | null;
  right: number | null;
  low: number | null;
  high: number | null;
  colour: string;
  faint: boolean;
}

/** Both intervals of each point. */
function crosses(found: Cross[]): object {
  return {
    type: "custom",
    silent: true,
    z: 4,
    data: found.map(({ x, y }) => [x, y]),
    renderItem: ({ dataIndex }: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
      const cross = found[dataIndex] as Cross;
      const style = { stroke: cross.colour, lineWidth: 1.3, opacity: cross.faint ? 0.25 : 0.75 };
      const line = (from: number[], to: number[]) => ({ type: "line" as const, shape: { x1: from[0] ?? 0, y1: from[1] ?? 0, x2: to[0] ?? 0, y2: to[1] ?? 0 }, style });
      return {
        type: "group" as const,
        children: [
          ...(cross.left === null || cross.right === null ? [] : [line(api.coord([cross.left, cross.y]), api.coord([cross.right, cross.y]))]),
          ...(cross.low === null || cross.high === null ? [] : [line(api.coord([cross.x, cross.low]), api.coord([cross.x, cross.high]))]),
        ],
      };
    },
  };
}
