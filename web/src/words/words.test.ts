import { describe, expect, it } from "vitest";

import { dictionary, type Word } from "./dictionary";
import { say, tableWord, word } from "./words";

describe("words", () => {
  it("exist in both languages with the same places to fill in", () => {
    for (const [key, { en, zh }] of Object.entries(dictionary)) {
      expect(en.trim(), key).not.toBe("");
      expect(zh.trim(), key).not.toBe("");
      const slots = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([slot]) => slot).sort();
      expect(slots(zh), key).toEqual(slots(en));
    }
  });
  it("are filled in, and a missing value is seen rather than lost", () => {
    expect(word("communityN", "en", { n: 3 })).toBe("Community 3");
    expect(word("communityN" as Word, "zh")).toBe("社群 {n}");
  });
  it("of the server fall back to the other language rather than to nothing", () => {
    expect(say({ en: "Firms", zh: "" }, "zh")).toBe("Firms");
    expect(say(null, "en")).toBe("");
  });
  it("name tables that are known and leave others as they are", () => {
    expect(tableWord("actors", "zh")).toBe("主体");
    expect(tableWord("visits", "zh")).toBe("visits");
  });
});
