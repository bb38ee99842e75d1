/** What all charts have in common: type, grid, axes, tooltip. */
import type { DataColumn, Figure } from "../api/types";
import type { Palette } from "../look/colours";
import { exact, short, type Language } from "../format/number";
import { periodLabel } from "../format/period";
import { say } from "../words/words";
import { column, describe } from "./rows";

export interface Style {
  language: Language;
  palette: Palette;
  width: number;
}

export const FONT = 'Inter, "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Segoe UI", system-ui, sans-serif';

export function axisTitle(described: DataColumn | undefined, language: Language): string {
  if (!described) return "";
  const unit = say(described.unit, language);
  return unit ? `${say(described.title, language)} (${unit})` : say(described.title, language);
}

export function textStyle({ palette }: Style) {
  return { fontFamily: FONT, fontSize: 12, color: palette.inkSoft };
}

export function valueAxis(described: DataColumn | undefined, style: Style, log = false) {
  return {
    type: log ? ("log" as const) : ("value" as const),
    axisLabel: {
      ...textStyle(style),
      hideOverlap: true,
      formatter: (value: number) => short(value, described?.type ?? "number", style.language),
    },
    splitNumber: 4,
    splitLine: { lineStyle: { color: style.palette.line } },
    axisLine: { show: false },
    axisTick: { show: false },
    // A measured axis is cut to the data only where zero would flatten it; bars override this.
    scale: false,
  };
}

export function categoryAxis(names: readonly string[], described: DataColumn | undefined, style: Style) {
  const dated = described?.type === "date";
  return {
    type: "category" as const,
    data: [...names],
    axisLabel: {
      ...textStyle(style),
      hideOverlap: true,
      formatter: (name: string) => (dated ? periodLabel(name, style.language) : name),
    },
    axisLine: { lineStyle: { color: style.palette.border } },
    axisTick: { show: false },
  };
}

/** Names down the left side, cut to a share of the width; the tooltip and the table hold them in full. */
export function nameAxis(names: readonly string[], described: DataColumn | undefined, style: Style) {
  const axis = categoryAxis(names, described, style);
  return {
    ...axis,
    inverse: true,
    axisLine: { show: false },
    axisLabel: { ...axis.axisLabel, color: style.palette.ink, width: Math.min(style.width > 640 ? 230 : 160, style.width * 0.36), overflow: "truncate" as const, interval: 0 },
  };
}

/** Rows of a tooltip as elements: text of the data is never read as HTML. */
export function tooltip(figure: Figure, style: Style, positions: (parameters: unknown) => number[]) {
  return {
    confine: true,
    backgroundColor: style.palette.surface,
    borderColor: style.palette.border,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { ...textStyle(style), color: style.palette.ink },
    extraCssText: "box-shadow: 0 4px 16px rgb(0 0 0 / 12%); border-radius: 6px; max-width: 320px; white-space: normal;",
    formatter: (parameters: unknown) => {
      const box = document.createElement("div");
      for (const position of positions(parameters).slice(0, 12)) box.append(tooltipRow(figure, style, position));
      return box;
    },
  };
}

function tooltipRow(figure: Figure, style: Style, position: number): HTMLElement {
  const row = document.createElement("div");
  row.className = "tip-row";
  for (const described of figure.columns) {
    const value = column(figure, described.name)[position];
    const name = document.createElement("span");
    const shown = document.createElement("b");
    name.textContent = axisTitle(described, style.language);
    shown.textContent =
      described.type === "date" && typeof value === "string" ? periodLabel(value, style.language) : exact(value, described.type, style.language);
    row.append(name, shown);
  }
  return row;
}

export function described(figure: Figure, name: string) {
  return describe(figure, name);
}

export const legend = (style: Style, names: readonly string[]) =>
  names.length > 1
    ? {
        show: true,
        type: "scroll" as const,
        top: 0,
        left: 0,
        itemWidth: 12,
        itemHeight: 8,
        itemGap: 14,
        icon: "roundRect",
        textStyle: { ...textStyle(style), color: style.palette.ink },
        data: [...names],
      }
    : { show: false };
