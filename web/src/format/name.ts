/** A name written in two languages, “Packaging 包装材料”, in the one that is read; any other name as it is. */
export function nameIn(lang: "zh" | "en", name: string): string {
  const both = /^([\x20-\x7e]*[A-Za-z0-9)])\s+([\u3400-\u9fff].*)$/.exec(name);
  return both ? (lang === "zh" ? both[2]! : both[1]!) : name;
}
