/** A way through a plane, one point a period: where it began, where it is, and how it got there. */
import type { EChartsCoreOption } from "echarts/core";

import type { Figure } from "../api/types";
import { spaceColour } from "../look/colours";
import { periodLabel } from "../format/period";
import { axisTitle, described, textStyle, tooltip, valueAxis, type Style } from "./frame";
import { labels, numbers } from "./rows";

export function way(figure: Figure, style: Style): EChartsCoreOption {
  const [xs, ys, names] = [numbers(figure, figure.x), numbers(figure, figure.y), labels(figure, figure.series)];
  const known = xs.flatMap((value, k) => (value === null || ys[k] === null ? [] : [k]));
  const colour = spaceColour(figure.space, style.palette);
  const ends = new Set([known[0], known[known.length - 1], names.indexOf(figure.marked ?? "")]);
  const axis = (name: string) => {
    const column = described(figure, name);
    return { ...valueAxis(column, style), scale: true, name: axisTitle(column, style.language), nameTextStyle: textStyle(style), axisLabel: { ...textStyle(style), hideOverlap: true, formatter: (value: number) => `${Number(value.toFixed(2))}°` } };
  };
  return {
    grid: { left: 4, right: 34, top: 30, bottom: 26, containLabel: true },
    tooltip: { trigger: "item", ...tooltip(figure, style, (parameters) => (parameters as { data?: { position?: number } }).data?.position === undefined ? [] : [(parameters as { data: { position: number } }).data.position]) },
    xAxis: { ...axis(figure.x), nameLocation: "middle", nameGap: 28 },
    yAxis: { ...axis(figure.y), nameGap: 12, nameTextStyle: { ...textStyle(style), align: "left", padding: [0, 0, 0, -2] } },
    series: [
      {
        type: "line",
        color: colour,
        lineStyle: { width: 1.5 },
        symbol: "circle",
        data: known.map((k) => ({
          value: [xs[k], ys[k]],
          position: k,
          symbolSize: ends.has(k) ? 9 : 5,
          itemStyle: names[k] === figure.marked ? { color: style.palette.accent } : {},
          label: { show: ends.has(k), position: "top" as const, color: style.palette.ink, fontSize: 12, formatter: periodLabel(names[k] as string, style.language) },
        })),
      },
    ],
  };
}
