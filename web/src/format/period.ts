/** Periods as the server writes them (2017, 2017-Q1, 2017-03, 2017-W05) in words. */
import type { Language } from "./number";

export function periodLabel(period: string, language: Language): string {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period);
  if (quarter) return language === "zh" ? `${quarter[1]}年${quarter[2]}季度` : `Q${quarter[2]} ${quarter[1]}`;
  const week = /^(\d{4})-W(\d{2})$/.exec(period);
  if (week) return language === "zh" ? `${week[1]}年第${Number(week[2])}周` : `W${week[2]} ${week[1]}`;
  const month = /^(\d{4})-(\d{2})$/.exec(period);
  if (month) {
    const date = new Date(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
    return language === "zh"
      ? `${month[1]}年${Number(month[2])}月`
      : date.toLocaleDateString("en-US", { month: "short", year: "numeric", timeZone: "UTC" });
  }
  return language === "zh" && /^\d{4}$/.test(period) ? `${period}年` : period;
}

export function spanLabel(first: string, last: string, language: Language): string {
  if (!first && !last) return "";
  return first === last ? periodLabel(first, language) : `${periodLabel(first, language)} – ${periodLabel(last, language)}`;
}

export interface Window {
  first: number;
  last: number;
}

/** The window one step later, of the same width; it starts again at the beginning after the end. */
export function nextWindow({ first, last }: Window, total: number): Window {
  const width = last - first;
  // A window over everything cannot move: playing it starts with the first period alone.
  if (width >= total - 1) return { first: 0, last: 0 };
  return last + 1 >= total ? { first: 0, last: width } : { first: first + 1, last: last + 1 };
}

/** The window for two period names; unknown or empty names mean the ends. */
export function windowOf(first: string, last: string, periods: readonly string[]): Window {
  const a = periods.indexOf(first);
  const b = periods.indexOf(last);
  const low = a < 0 ? 0 : a;
  const high = b < 0 ? periods.length - 1 : b;
  return { first: Math.min(low, high), last: Math.max(low, high) };
}
