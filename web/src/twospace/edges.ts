/** Which links are drawn: all inside communities, and of those between them the strongest. */
import type { Network } from "../api/types";
import type { Nodes } from "./spaces";

export interface DrawnEdge {
  from: number;
  to: number;
  /** Both ends are in one community. */
  inside: boolean;
  /** Rank of its weight among those drawn of its kind, 0–1: weights are skewed, and a few heavy ones would leave the rest alike. */
  part: number;
}

/** Links between communities cross the whole picture; more of them than this are a carpet. */
export const BETWEEN = 400;

/** Weakest first, links between communities below those inside. */
export function drawnEdges({ edges }: Pick<Network, "edges">, nodes: Pick<Nodes, "community">): DrawnEdge[] {
  if (!edges) return [];
  const order = edges.source.map((_, k) => k).sort((a, b) => (edges.weight[a] ?? 0) - (edges.weight[b] ?? 0));
  const isInside = (k: number) => nodes.community[edges.source[k] ?? -1] === nodes.community[edges.target[k] ?? -2];
  const ranked = (chosen: number[], inside: boolean) =>
    chosen.map<DrawnEdge>((k, rank) => ({ from: edges.source[k] ?? -1, to: edges.target[k] ?? -1, inside, part: (rank + 1) / chosen.length }));
  return [...ranked(order.filter((k) => !isInside(k)).slice(-BETWEEN), false), ...ranked(order.filter(isInside), true)];
}
