/** Words in the language of the reader. */
import type { Text } from "../api/types";
import type { Language } from "../format/number";
import { dictionary, type Word } from "./dictionary";

export type Values = Record<string, string | number>;

export function word(key: Word, language: Language, values: Values = {}): string {
  const template: string = dictionary[key][language];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** A text of the server; the other language where one is empty, rather than nothing. */
export function say(text: Text | null | undefined, language: Language): string {
  if (!text) return "";
  return text[language] || text.en || text.zh;
}

/** Name of a canonical table, or the table itself where a source carries its own. */
export function tableWord(table: string, language: Language): string {
  const key = `n_${table}`;
  return key in dictionary ? word(key as Word, language) : table;
}
