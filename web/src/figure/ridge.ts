/** Densities one behind the other, a period each: where a distribution lies, and how it moves. */
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import type { EChartsCoreOption } from "echarts/core";

import type { Figure } from "../api/types";
import { rgb, spaceColour } from "../look/colours";
import { periodLabel } from "../format/period";
import { axisTitle, described, textStyle, tooltip, valueAxis, type Style } from "./frame";
import { bySeries, numbers } from "./rows";

/** Height of the tallest ridge, in distances between two baselines. */
const OVERLAP = 3.4;
const HEAD = 46;
const FOOT = 44;

export function ridgeHeight(periods: number): number {
  return HEAD + FOOT + Math.max(120, Math.min(430, periods * 17));
}

export function ridge(figure: Figure, style: Style): EChartsCoreOption {
  const [xs, ys] = [numbers(figure, figure.x), numbers(figure, figure.y)];
  const groups = bySeries(figure);
  const names = [...groups.keys()];
  const tallest = Math.max(1e-12, ...ys.map((value) => value ?? 0));
  const x = described(figure, figure.x);
  const axis = valueAxis(x, style);
  const colour = spaceColour(figure.space, style.palette);
  const step = Math.max(1, Math.ceil(names.length / 13));
  // The last one is always named; what would stand too near to it is not.
  const told = (k: number) => (names.length - 1 - k) % step === 0;
  return {
    grid: { left: 4, right: 18, top: HEAD, bottom: 26, containLabel: true },
    tooltip: { trigger: "item", ...tooltip(figure, style, (parameters) => nearest(parameters)) },
    xAxis: { ...axis, axisLabel: { ...axis.axisLabel, showMaxLabel: false }, max: "dataMax", name: axisTitle(x, style.language), nameLocation: "middle", nameGap: 28, nameTextStyle: textStyle(style), splitLine: { show: false } },
    yAxis: {
      type: "category",
      data: names,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...textStyle(style), interval: (k: number) => told(k), formatter: (name: string) => periodLabel(name, style.language) },
    },
    series: names.map((name, k) => {
      const chosen = figure.marked === name;
      return {
        name,
        type: "custom",
        data: (groups.get(name) ?? []).filter((p) => xs[p] !== null && ys[p] !== null).map((p) => ({ value: [xs[p], name], position: p })),
        encode: { x: 0, y: 1 },
        z: 2 + k,
        renderItem: outline(groups.get(name) ?? [], { xs, ys, name, tallest, fill: chosen ? style.palette.accent : colour, surface: style.palette.surface, share: names.length < 2 ? 1 : k / (names.length - 1), chosen }),
      };
    }),
  };
}

const nearest = (parameters: unknown): number[] => {
  const position = (parameters as { data?: { position?: number } }).data?.position;
  return typeof position === "number" ? [position] : [];
};

interface Drawn {
  xs: (number | null)[];
  ys: (number | null)[];
  name: string;
  tallest: number;
  fill: string;
  surface: string;
  /** From 0, the first period, to 1, the last. */
  share: number;
  chosen: boolean;
}

/** One shape for the whole period, drawn with its first point. */
function outline(positions: number[], { xs, ys, name, tallest, fill, surface, share, chosen }: Drawn) {
  const known = positions.filter((p) => xs[p] !== null && ys[p] !== null);
  const mixed = mix(surface, fill, chosen ? 0.85 : 0.18 + 0.5 * share);
  return (parameters: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
    if (parameters.dataIndexInside !== 0) return undefined;
    const band = (api.size?.([0, 1]) as number[])[1] as number;
    const top = known.map((p) => {
      const [px, py] = api.coord([xs[p] as number, name]) as [number, number];
      return [px, py + band / 2 - ((ys[p] as number) / tallest) * band * OVERLAP];
    });
    const first = api.coord([xs[known[0] as number] as number, name]) as [number, number];
    const last = api.coord([xs[known[known.length - 1] as number] as number, name]) as [number, number];
    const points = [[first[0], first[1] + band / 2], ...top, [last[0], last[1] + band / 2]];
    return {
      type: "group" as const,
      children: [
        { type: "polygon" as const, shape: { points }, style: { fill: mixed, opacity: 0.9 } },
        { type: "polyline" as const, shape: { points: top }, style: { stroke: fill, lineWidth: chosen ? 2 : 1, opacity: chosen ? 1 : 0.35 + 0.6 * share, fill: "none" } },
      ],
    };
  };
}

function mix(ground: string, colour: string, share: number): string {
  const [a, b] = [rgb(ground), rgb(colour)];
  return `rgb(${[0, 1, 2].map((k) => Math.round((a[k] as number) * (1 - share) + (b[k] as number) * share)).join(",")})`;
}
