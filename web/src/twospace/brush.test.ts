import { describe, expect, it } from "vitest";

import type { MapLayer, Network } from "../api/types";
import { brush, shares } from "./brush";
import { readPick, writePick, type Pick } from "./pick";
import { readBoth, spotsOf } from "./spaces";

const network = {
  nodes: { id: ["a", "b", "c"], name: ["A", "B", ""], x: [0, 1, 5], y: [0, 1, 5], size: [3, 2, 1], degree: [1, 1, 0], industry: ["i", "j", "i"], place: ["East", "East", null], community: [0, 0, 1], lon: [120, 120, null], lat: [30, 30, null], cell: ["h1", "h1", ""] },
  edges: { source: [0], target: [1], weight: [1] },
} as unknown as Network;
const layer = {
  mode: "points",
  points: { id: ["a", "b", "d"], name: ["A", "B", "D"], industry: ["i", "j", "i"], place: ["East", "East", "West"], lon: [120, 120, 100], lat: [30, 30, 25], value: [1, 2, null] },
  hexagons: {},
  areas: { id: ["e"], name: ["East"], value: [4] },
} as unknown as MapLayer;
const both = readBoth(layer, network);
const sets = (pick: Pick) => {
  const found = brush(pick, both);
  return { nodes: [...(found?.nodes ?? [])], points: [...(found?.points ?? [])], areas: [...(found?.areas ?? [])], cells: [...(found?.cells ?? [])] };
};

describe("brushing", () => {
  it("a community lights up where its firms stand", () => {
    expect(sets({ kind: "community", id: 0 })).toEqual({ nodes: [0, 1], points: [0, 1], areas: ["e"], cells: ["h1"] });
  });
  it("a box on the map lights up the firms in the network", () => {
    expect(sets({ kind: "map-box", box: [119, 29, 121, 31] })).toMatchObject({ nodes: [0, 1], points: [0, 1] });
  });
  it("a box in the network lights up points on the map", () => {
    expect(sets({ kind: "network-box", box: [-1, -1, 0.5, 0.5] })).toMatchObject({ nodes: [0], points: [0] });
  });
  it("an area is found by identifier although firms name it by name", () => {
    expect(sets({ kind: "area", id: "e" })).toMatchObject({ nodes: [0, 1], areas: ["e"] });
  });
  it("an industry includes points that are not in the network", () => {
    expect(sets({ kind: "industry", id: "i" })).toMatchObject({ nodes: [0, 2], points: [0, 2] });
  });
  it("a firm without a position is in the network and nowhere on the map", () => {
    expect(sets({ kind: "firm", id: "c" })).toEqual({ nodes: [2], points: [], areas: [], cells: [] });
  });
  it("nothing selected brushes nothing", () => {
    expect(brush(null, both)).toBeNull();
  });
});

describe("selections in the address", () => {
  it("are read as they were written", () => {
    const picks: Pick[] = [
      { kind: "firm", id: "F:1" },
      { kind: "community", id: 3 },
      { kind: "spot", lon: 120.123456, lat: 30 },
      { kind: "map-box", box: [1, 2, 3, 4] },
    ];
    for (const pick of picks) expect(readPick(writePick(pick))).toEqual(pick);
  });
  it("that make no sense are none", () => {
    for (const text of ["", "community:", "community:x", "spot:1", "map-box:1,2,3", "other:1", "spot:1,NaN"]) expect(readPick(text)).toBeNull();
  });
});

describe("spots", () => {
  it("put actors at one point together, the largest first", () => {
    expect(spotsOf(both.points).map((spot) => spot.members)).toEqual([[0, 1], [2]]);
  });
});

describe("shares", () => {
  it("add up to one and are ordered", () => {
    expect(shares(["x", "y", "x", "x"])).toEqual([
      { value: "x", count: 3, share: 0.75 },
      { value: "y", count: 1, share: 0.25 },
    ]);
  });
});
