/** What is selected, as it stands in the address: a kind and a value, such as `community:3`. */

export type Pick =
  | { kind: "firm"; id: string }
  | { kind: "community"; id: number }
  | { kind: "industry"; id: string }
  | { kind: "area"; id: string }
  | { kind: "cell"; id: string }
  | { kind: "spot"; lon: number; lat: number }
  | { kind: "map-box"; box: Box }
  | { kind: "network-box"; box: Box };

/** West, south, east, north – or left, bottom, right, top in the plane of the network. */
export type Box = readonly [number, number, number, number];

export function writePick(pick: Pick | null): string {
  if (!pick) return "";
  if (pick.kind === "spot") return `spot:${pick.lon},${pick.lat}`;
  if ("box" in pick) return `${pick.kind}:${pick.box.map((value) => Number(value.toFixed(4))).join(",")}`;
  return `${pick.kind}:${pick.id}`;
}

/** Read what stands in the address; anything that is not a selection is none. */
export function readPick(text: string): Pick | null {
  const at = text.indexOf(":");
  if (at < 1 || at === text.length - 1) return null;
  const kind = text.slice(0, at);
  const value = text.slice(at + 1);
  if (kind === "firm" || kind === "industry" || kind === "area" || kind === "cell") return { kind, id: value };
  if (kind === "community") return /^-?\d+$/.test(value) ? { kind, id: Number(value) } : null;
  const numbers = value.split(",").map(Number);
  if (!numbers.every(Number.isFinite)) return null;
  if (kind === "spot" && numbers.length === 2) return { kind, lon: numbers[0] as number, lat: numbers[1] as number };
  if ((kind === "map-box" || kind === "network-box") && numbers.length === 4) return { kind, box: numbers as unknown as Box };
  return null;
}

export function samePick(a: Pick | null, b: Pick | null): boolean {
  return writePick(a) === writePick(b);
}

/** On which side a selection was made; the other side is the one that answers. */
export function sideOf(pick: Pick): "physical" | "digital" {
  return pick.kind === "area" || pick.kind === "cell" || pick.kind === "spot" || pick.kind === "map-box" ? "physical" : "digital";
}
