import { expect, test } from "vitest";

import { BETWEEN, drawnEdges } from "./edges";

test("all links inside communities are drawn, of those between only the strongest, weakest first", () => {
  const between = Array.from({ length: BETWEEN + 50 }, (_, k) => k + 1);
  const edges = { source: [0, 0, ...between.map(() => 0)], target: [1, 1, ...between.map(() => 2)], weight: [5, 1, ...between] };
  const drawn = drawnEdges({ edges }, { community: [0, 0, 1] });
  const inside = drawn.filter((each) => each.inside);
  expect(inside).toEqual([
    { from: 0, to: 1, inside: true, part: 0.5 },
    { from: 0, to: 1, inside: true, part: 1 },
  ]);
  expect(drawn.length - inside.length).toBe(BETWEEN);
  expect(drawn[0]).toEqual({ from: 0, to: 2, inside: false, part: 1 / BETWEEN });
});
