/** A figure as a file, where the page shows something else in its place: a table of shaded cells, say. */
import type { Figure } from "../api/types";
import { init } from "./engine";
import type { Style } from "./frame";
import { chartHeight, chartOption } from "./option";

export function stillSvg(figure: Figure, style: Style): string {
  const made = init(null, null, { renderer: "svg", ssr: true, width: style.width, height: chartHeight(figure) });
  made.setOption(chartOption(figure, style));
  const text = made.renderToSVGString();
  made.dispose();
  return text;
}

export function stillPng(figure: Figure, style: Style): string {
  const made = init(document.createElement("div"), null, { renderer: "canvas", width: style.width, height: chartHeight(figure) });
  made.setOption(chartOption(figure, style));
  const address = made.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: style.palette.surface });
  made.dispose();
  return address;
}
