/** Tables as CSV files that Excel opens correctly, also with Chinese text. */
import type { Columnar } from "../api/types";

/** RFC 4180, with a byte-order mark; text that a spreadsheet would run as a formula is defused. */
export function toCsv(columns: readonly string[], rows: Columnar): string {
  const length = Math.max(0, ...columns.map((name) => rows[name]?.length ?? 0));
  const lines = [columns.map(cell).join(",")];
  for (let i = 0; i < length; i++) lines.push(columns.map((name) => cell(rows[name]?.[i])).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  let text = typeof value === "string" ? value : JSON.stringify(value);
  // Cells beginning with these characters are formulas to spreadsheets; data must never become one.
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function download(name: string, content: string | Blob, type = "text/csv;charset=utf-8"): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Released later: some browsers read the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
