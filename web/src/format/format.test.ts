import { describe, expect, it } from "vitest";

import { toCsv } from "./csv";
import { exact, short } from "./number";
import { nextWindow, periodLabel, windowOf } from "./period";

describe("numbers", () => {
  it("are counted in 万 and 亿 in Chinese and in K, M and B in English", () => {
    expect(short(1_469_307, "integer", "zh")).toBe("147万");
    expect(short(1_469_307, "integer", "en")).toBe("1.47M");
    expect(short(242_400_000_000, "money", "zh")).toBe("2420亿");
  });
  it("below ten thousand are written out in both languages", () => {
    expect(short(6471, "integer", "zh")).toBe("6,471");
    expect(short(6471, "integer", "en")).toBe("6,471");
  });
  it("that are missing are a dash, never zero", () => {
    expect(short(null, "number", "en")).toBe("–");
    expect(exact(undefined, "money", "zh")).toBe("–");
    expect(exact(0, "integer", "en")).toBe("0");
  });
  it("keep a tenth of a percent where shares are small", () => {
    expect(short(0.0123, "share", "en")).toBe("1.2%");
    expect(short(0.5123, "share", "en")).toBe("51%");
  });
});

describe("periods", () => {
  it("are said in the words of each language", () => {
    expect(periodLabel("2017-03", "en")).toBe("Mar 2017");
    expect(periodLabel("2017-03", "zh")).toBe("2017年3月");
    expect(periodLabel("2017-Q2", "zh")).toBe("2017年2季度");
    expect(periodLabel("2017-W05", "en")).toBe("W05 2017");
    expect(periodLabel("2017", "en")).toBe("2017");
  });
  it("a window moves by one, keeps its width, and begins again after the end", () => {
    expect(nextWindow({ first: 2, last: 4 }, 12)).toEqual({ first: 3, last: 5 });
    expect(nextWindow({ first: 9, last: 11 }, 12)).toEqual({ first: 0, last: 2 });
  });
  it("a window over everything plays from the first period alone", () => {
    expect(nextWindow({ first: 0, last: 11 }, 12)).toEqual({ first: 0, last: 0 });
  });
  it("an address with unknown or swapped periods still gives a window", () => {
    expect(windowOf("x", "", ["a", "b", "c"])).toEqual({ first: 0, last: 2 });
    expect(windowOf("c", "b", ["a", "b", "c"])).toEqual({ first: 1, last: 2 });
  });
});

describe("csv", () => {
  it("quotes, keeps Chinese, and leaves numbers alone", () => {
    expect(toCsv(["名称", "n"], { 名称: ['甲"乙', "a,b", null], n: [1, -2.5, null] })).toBe('\uFEFF名称,n\r\n"甲""乙",1\r\n"a,b",-2.5\r\n,\r\n');
  });
  it("never hands a spreadsheet a formula", () => {
    expect(toCsv(["a"], { a: ["=HYPERLINK(1)", "@x", "-1 apple"] })).toBe("\uFEFFa\r\n'=HYPERLINK(1)\r\n'@x\r\n'-1 apple\r\n");
  });
});
