/** From a figure of the server to an ECharts option. Pure: the same figure gives the same drawing. */
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import type { EChartsCoreOption } from "echarts/core";

import type { Figure } from "../api/types";
import { rampColours, rgb, seriesColours, spaceColour, spaceRamp } from "../look/colours";
import { say } from "../words/words";
import { axisTitle, categoryAxis, described, legend, nameAxis, textStyle, tooltip, valueAxis, type Style } from "./frame";
import { way } from "./path";
import { plane } from "./quadrants";
import { ridge, ridgeHeight } from "./ridge";
import { bySeries, column, distinct, isMeasured, labels, numbers } from "./rows";

/** Height a chart needs: lists of names grow with their number. */
export function chartHeight(figure: Figure): number {
  if (figure.kind === "ridge") return ridgeHeight(bySeries(figure).size);
  if (figure.kind === "quadrants") return 420;
  const names = distinct(labels(figure, figure.kind === "heat" ? figure.series : figure.x)).length;
  if (figure.kind === "bar" || figure.kind === "interval") return Math.max(180, Math.min(520, names * 26 + 44));
  if (figure.kind === "heat") return Math.max(200, Math.min(560, names * 24 + 84));
  return 260;
}

export function chartOption(figure: Figure, style: Style): EChartsCoreOption {
  const base = { animation: false, aria: { enabled: false }, textStyle: textStyle(style) };
  if (figure.kind === "heat") return { ...base, ...heat(figure, style) };
  if (figure.kind === "ridge") return { ...base, ...ridge(figure, style) };
  if (figure.kind === "quadrants") return { ...base, ...plane(figure, style) };
  if (figure.kind === "path") return { ...base, ...way(figure, style) };
  if (figure.kind === "bar" || figure.kind === "interval") return { ...base, ...across(figure, style) };
  return { ...base, ...along(figure, style) };
}

const positionsOf = (parameters: unknown): number[] => {
  const list = Array.isArray(parameters) ? parameters : [parameters];
  const found = list
    .map((each) => (each as { data?: { position?: number } | { position?: number }[] }).data)
    .map((data) => (data && !Array.isArray(data) ? data.position : undefined))
    .filter((position): position is number => typeof position === "number");
  return distinct(found);
};

/** Lines, areas, columns, stacks, points and Lorenz curves: a value along a horizontal axis. */
function along(figure: Figure, style: Style): EChartsCoreOption {
  const x = described(figure, figure.x);
  const measured = isMeasured(x?.type);
  const groups = bySeries(figure);
  const colours = figure.ramp ? rampColours(figure.space, style.palette, groups.size) : seriesColours(figure.space, style.palette);
  const many = groups.size > 1;
  const names = [...groups.keys()];
  const series = names.flatMap((name, k) => alongSeries(figure, name, groups.get(name) ?? [], colours[k % colours.length] as string));
  const behind = guides(figure, style);
  const told = behind.length ? [axisTitle(described(figure, figure.y), style.language), ...behind.map(({ name }) => name)] : many ? names : [];
  if (behind.length && !many) series.forEach((each) => Object.assign(each, { name: told[0] }));
  series.unshift(...behind);
  if (typeof figure.neutral === "number" && !figure.expected) series.unshift(neutralLine(figure.neutral, "horizontal", style));
  if (figure.kind === "lorenz") series.push(equality(style));
  const unit = { min: 0, max: 1, interval: 0.25 };
  const extent = figure.kind === "lorenz" ? unit : figure.bands ? { max: "dataMax" } : {};
  const upright = figure.kind === "lorenz" || isWhole(figure) ? unit : described(figure, figure.y)?.type === "share" ? { max: ({ max }: { max: number }) => (max > 0.8 && max <= 1 ? 1 : null) } : {};
  const scale = figure.kind === "scatter";
  return {
    grid: { left: 4, right: 18, top: told.length ? 54 : 30, bottom: measured ? 26 : 4, containLabel: true },
    legend: legend(style, told),
    tooltip: { trigger: figure.kind === "scatter" ? "item" : "axis", ...tooltip(figure, style, positionsOf) },
    xAxis: measured
      ? { ...valueAxis(x, style), ...extent, scale, name: axisTitle(x, style.language), nameLocation: "middle", nameGap: 28, nameTextStyle: textStyle(style), splitLine: { show: false } }
      : { ...categoryAxis(distinct(labels(figure, figure.x)), x, style), boundaryGap: figure.kind === "column" || figure.kind === "stacked" },
    yAxis: { ...valueAxis(described(figure, figure.y), style, figure.log), ...upright, scale, inverse: figure.inverse === true, ...(figure.inverse ? { min: 1 } : {}), ...(figure.inverse ? { nameLocation: "start" as const } : {}), name: axisTitle(described(figure, figure.y), style.language), nameTextStyle: { ...textStyle(style), align: "left", padding: [0, 0, 0, -2] }, nameGap: 12 },
    series,
  };
}

function alongSeries(figure: Figure, name: string, positions: number[], colour: string): object[] {
  const xs = column(figure, figure.x);
  const ys = numbers(figure, figure.y);
  const data = positions.map((position) => ({ value: [xs[position], ys[position]], position }));
  const solid = figure.kind === "column" || figure.kind === "stacked";
  const main = {
    name,
    type: figure.kind === "scatter" ? "scatter" : solid ? "bar" : "line",
    data,
    color: colour,
    symbol: figure.kind === "scatter" || positions.length <= 30 ? "circle" : "none",
    symbolSize: figure.kind === "scatter" ? 7 : 4,
    lineStyle: { width: 2 },
    itemStyle: figure.kind === "scatter" ? { opacity: 0.7 } : {},
    barCategoryGap: figure.ramp ? "8%" : undefined,
    barMaxWidth: 36,
    stack: figure.kind === "stacked" ? "all" : undefined,
    areaStyle: figure.kind === "area" || figure.kind === "lorenz" ? { opacity: 0.14 } : undefined,
    z: 3,
  };
  if (!figure.low || !figure.high) return [main];
  const range = figure.kind === "line" || figure.kind === "area" || figure.kind === "lorenz" ? band(figure, { name, low: figure.low, high: figure.high, positions, colour }) : whiskers(figure, name, positions, colour);
  return [range, main];
}

/** Stacked shares that add up to everything: then the axis ends at 100%. */
function isWhole(figure: Figure): boolean {
  if (figure.kind !== "stacked" || described(figure, figure.y)?.type !== "share") return false;
  const sums = new Map<string, number>();
  const xs = labels(figure, figure.x);
  numbers(figure, figure.y).forEach((value, k) => sums.set(xs[k] ?? "", (sums.get(xs[k] ?? "") ?? 0) + (value ?? 0)));
  return [...sums.values()].every((sum) => sum > 0.99 && sum < 1.001);
}

function equality({ palette }: Style): object {
  return { type: "line", data: [{ value: [0, 0] }, { value: [1, 1] }], symbol: "none", silent: true, lineStyle: { color: palette.quiet, type: "dashed", width: 1 }, z: 1 };
}

/** Bands of chance, the widest first, and the course expected under it. */
function guides(figure: Figure, style: Style): { name: string }[] {
  const positions = numbers(figure, figure.y).map((_, k) => k);
  const [r, g, b] = rgb(style.palette.inkSoft);
  const bands = (figure.bands ?? []).map(({ low, high, title }, k) => ({ ...band(figure, { name: say(title, style.language), low, high, positions, colour: style.palette.inkSoft, opacity: k ? 0.24 : 0.13 }), color: `rgba(${r},${g},${b},${k ? 0.45 : 0.22})` }));
  if (!figure.expected) return bands;
  const xs = column(figure, figure.x);
  const expected = numbers(figure, figure.expected);
  const line = {
    name: axisTitle(described(figure, figure.expected), style.language),
    type: "line",
    data: positions.map((position) => ({ value: [xs[position], expected[position]], position })),
    symbol: "none",
    color: style.palette.inkSoft,
    lineStyle: { width: 1.4, type: "dashed" },
    z: 2,
  };
  return [...bands, line];
}

/** The value that says “as by chance”, on the whole width or height; the axis makes room for it. */
function neutralLine(value: number, direction: "horizontal" | "vertical", { palette }: Style): object {
  return {
    type: "custom",
    silent: true,
    data: [[value]],
    encode: direction === "horizontal" ? { y: 0 } : { x: 0 },
    z: 1,
    renderItem: ({ coordSys }: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
      const { x, y, width, height } = coordSys as unknown as { x: number; y: number; width: number; height: number };
      const at = api.coord(direction === "horizontal" ? [0, value] : [value, 0])[direction === "horizontal" ? 1 : 0] as number;
      const shape = direction === "horizontal" ? { x1: x, y1: at, x2: x + width, y2: at } : { x1: at, y1: y, x2: at, y2: y + height };
      return { type: "line", shape, style: { stroke: palette.accent, lineWidth: 1.2, lineDash: [2, 3] } };
    },
  };
}

interface Outline {
  name: string;
  low: string;
  high: string;
  positions: number[];
  colour: string;
  opacity?: number;
}

/** The interval around a line as one filled outline. */
function band(figure: Figure, { name, low: lowest, high: highest, positions, colour, opacity = 0.16 }: Outline) {
  const xs = column(figure, figure.x);
  const low = numbers(figure, lowest);
  const high = numbers(figure, highest);
  const known = positions.filter((p) => low[p] !== null && high[p] !== null);
  const [r, g, b] = rgb(colour);
  return {
    name,
    type: "custom",
    silent: true,
    // Low and high as dimensions of their own, so that the value axis makes room for them.
    data: known.map((p) => [xs[p], low[p], high[p]]),
    encode: { x: 0, y: [1, 2] },
    color: colour,
    z: 1,
    renderItem: (parameters: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
      if (parameters.dataIndexInside !== 0) return undefined;
      const at = (p: number, value: number) => api.coord([xs[p] as number | string, value]);
      const upper = known.map((p) => at(p, high[p] as number));
      const lower = known.map((p) => at(p, low[p] as number)).reverse();
      return { type: "polygon" as const, shape: { points: [...upper, ...lower] }, style: { fill: `rgba(${r},${g},${b},${opacity})` } };
    },
  };
}

/** Vertical whiskers around columns and points. */
function whiskers(figure: Figure, name: string, positions: number[], colour: string): object {
  const xs = column(figure, figure.x);
  const low = numbers(figure, figure.low);
  const high = numbers(figure, figure.high);
  return {
    name,
    type: "custom",
    silent: true,
    data: positions.filter((p) => low[p] !== null && high[p] !== null).map((p) => [xs[p], low[p], high[p]]),
    encode: { x: 0, y: [1, 2] },
    color: colour,
    z: 4,
    renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) =>
      whisker(api.coord([api.value(0), api.value(1)]), api.coord([api.value(0), api.value(2)]), colour, "vertical"),
  };
}

type Point = number[];

function whisker(from: Point, to: Point, stroke: string, direction: "vertical" | "horizontal") {
  const cap = 3;
  const [x1, y1, x2, y2] = [from[0] ?? 0, from[1] ?? 0, to[0] ?? 0, to[1] ?? 0];
  const [dx, dy] = direction === "vertical" ? [cap, 0] : [0, cap];
  const style = { stroke, lineWidth: 1.5 };
  return {
    type: "group" as const,
    children: [
      { type: "line" as const, shape: { x1, y1, x2, y2 }, style },
      { type: "line" as const, shape: { x1: x1 - dx, y1: y1 - dy, x2: x1 + dx, y2: y1 + dy }, style },
      { type: "line" as const, shape: { x1: x2 - dx, y1: y2 - dy, x2: x2 + dx, y2: y2 + dy }, style },
    ],
  };
}

/** Bars and intervals: names down the side, values across. */
function across(figure: Figure, style: Style): EChartsCoreOption {
  const value = described(figure, figure.y);
  const groups = bySeries(figure);
  const names = [...groups.keys()];
  const colours = seriesColours(figure.space, style.palette);
  const dots = figure.kind === "interval";
  const series = names.flatMap((name, k) => acrossSeries(figure, style, name, groups.get(name) ?? [], colours[k % colours.length] as string));
  if (typeof figure.neutral === "number" && !(figure.log && figure.neutral <= 0)) series.push(neutralLine(figure.neutral, "vertical", style));
  return {
    grid: { left: 4, right: 24, top: names.length > 1 ? 30 : 4, bottom: 24, containLabel: true },
    legend: legend(style, names.length > 1 ? names : []),
    tooltip: { trigger: "item", ...tooltip(figure, style, positionsOf) },
    xAxis: { ...valueAxis(value, style, figure.log), scale: dots, name: axisTitle(value, style.language), nameLocation: "middle", nameGap: 26, nameTextStyle: textStyle(style) },
    yAxis: nameAxis(distinct(labels(figure, figure.x)), described(figure, figure.x), style),
    series,
  };
}

function acrossSeries(figure: Figure, style: Style, name: string, positions: number[], colour: string): object[] {
  const xs = labels(figure, figure.x);
  const ys = numbers(figure, figure.y);
  const data = positions.map((position) => ({ value: [ys[position], xs[position]], position }));
  const dots = figure.kind === "interval";
  const main = dots
    ? { name, type: "scatter", data, color: colour, symbolSize: 9, z: 5 }
    : { name, type: "bar", data, color: colour, barMaxWidth: 16, barCategoryGap: "35%", z: 2 };
  if (!figure.low || !figure.high) return [main];
  const low = numbers(figure, figure.low);
  const high = numbers(figure, figure.high);
  const range = {
    name,
    type: "custom",
    silent: true,
    data: positions.filter((p) => low[p] !== null && high[p] !== null).map((p) => [low[p], high[p], xs[p]]),
    encode: { x: [0, 1], y: 2 },
    color: colour,
    z: 4,
    renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) =>
      // On a bar of its own colour a whisker would vanish; ink is visible on both bar and ground.
      whisker(api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)]), dots ? colour : style.palette.ink, "horizontal"),
  };
  return [range, main];
}

/** A table as colours: one axis along, the other down. */
function heat(figure: Figure, style: Style): EChartsCoreOption {
  const xs = distinct(labels(figure, figure.x));
  const ys = distinct(labels(figure, figure.series));
  const xAt = new Map(xs.map((name, k) => [name, k]));
  const yAt = new Map(ys.map((name, k) => [name, k]));
  const [xNames, yNames, values] = [labels(figure, figure.x), labels(figure, figure.series), numbers(figure, figure.y)];
  const data = values.map((value, position) => ({ value: [xAt.get(xNames[position] ?? ""), yAt.get(yNames[position] ?? ""), value], position }));
  const known = values.filter((value): value is number => value !== null);
  const down = nameAxis(ys, described(figure, figure.series), style);
  const along = categoryAxis(xs, described(figure, figure.x), style);
  // Names that fit slanted are all written; more of them are left to the tooltip.
  const named = described(figure, figure.x)?.type === "string" && xs.length <= 24;
  return {
    grid: { left: 4, right: 8, top: 4, bottom: 44, containLabel: true },
    tooltip: { trigger: "item", ...tooltip(figure, style, positionsOf) },
    xAxis: { ...along, axisLine: { show: false }, axisLabel: { ...along.axisLabel, ...(named ? { rotate: 38, width: 96, overflow: "truncate", hideOverlap: false, interval: 0 } : {}) } },
    yAxis: { ...down, axisLabel: { ...down.axisLabel, interval: "auto" } },
    visualMap: {
      min: Math.min(...known),
      max: Math.max(...known),
      calculable: false,
      orient: "horizontal",
      left: 0,
      bottom: 0,
      itemWidth: 10,
      itemHeight: 110,
      text: [axisTitle(described(figure, figure.y), style.language), ""],
      textStyle: textStyle(style),
      inRange: { color: [...spaceRamp(figure.space, style.palette)] },
    },
    series: [{ type: "heatmap", data, label: { show: figure.labelled === true, fontSize: 12, formatter: ({ value }: { value: (number | null)[] }) => (typeof value[2] === "number" ? value[2].toFixed(3) : "") }, itemStyle: { borderWidth: 1, borderColor: style.palette.surface }, emphasis: { itemStyle: { borderColor: spaceColour(figure.space, style.palette) } } }],
  };
}
