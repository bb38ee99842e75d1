import { describe, expect, it } from "vitest";

import { layout } from "./layout";

const apart = (points: { x: number; y: number }[], a: number, b: number) => Math.hypot((points[a]?.x ?? 0) - (points[b]?.x ?? 0), (points[a]?.y ?? 0) - (points[b]?.y ?? 0));

describe("a graph is laid out", () => {
  it("the same way every time", () => {
    const edges = [[0, 1], [1, 2], [2, 3]] as const;
    expect(layout(4, edges)).toEqual(layout(4, edges));
  });
  it("with those linked nearer than those that are not", () => {
    const two = layout(8, [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3], [4, 5], [4, 6], [5, 6], [4, 7], [5, 7], [6, 7]]);
    const inside = [apart(two, 0, 1), apart(two, 2, 3), apart(two, 4, 7)];
    const across = [apart(two, 0, 4), apart(two, 1, 5), apart(two, 3, 7)];
    expect(Math.max(...inside)).toBeLessThan(Math.min(...across));
  });
  it("with no two at the same point, and none far away", () => {
    const points = layout(30, [[0, 1]]);
    for (let a = 0; a < 30; a++) for (let b = a + 1; b < 30; b++) expect(apart(points, a, b)).toBeGreaterThan(0.01);
    expect(Math.max(...points.map(({ x, y }) => Math.hypot(x, y)))).toBeLessThan(6);
  });
});
