/** Numbers as people of each language write them: 万 and 亿 in Chinese, thousand and million in English. */

export type Language = "en" | "zh";
export type NumberType = "string" | "integer" | "number" | "share" | "date" | "money";

const LOCALE: Record<Language, string> = { en: "en-US", zh: "zh-CN" };
const formats = new Map<string, Intl.NumberFormat>();

function format(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(LOCALE[language], options);
    formats.set(key, made);
  }
  return made;
}

/** Full precision, for tables and tooltips. */
export function exact(value: unknown, type: NumberType, language: Language): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return "–";
  if (type === "share") return format(language, { style: "percent", maximumFractionDigits: 2 }).format(value);
  if (type === "integer") return format(language, { maximumFractionDigits: 0 }).format(value);
  if (type === "money") return format(language, { maximumFractionDigits: Math.abs(value) < 1000 ? 2 : 0 }).format(value);
  return format(language, { maximumSignificantDigits: 6 }).format(value);
}

/** Short, for headlines and axes: 1.47M, 147万. */
export function short(value: number | null | undefined, type: NumberType, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (type === "share") {
    return format(language, { style: "percent", maximumFractionDigits: Math.abs(value) < 0.1 ? 1 : 0 }).format(value);
  }
  // Below ten thousand the number itself is as short as its abbreviation, in both languages.
  if (Math.abs(value) < 10_000) {
    const digits = type === "integer" ? 0 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 3;
    return format(language, { maximumFractionDigits: digits }).format(value);
  }
  return format(language, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

export function count(value: number, language: Language): string {
  return exact(value, "integer", language);
}
