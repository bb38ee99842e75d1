/** What is compared, as the address says it, and the questions that follow. */
import { queryOptions } from "@tanstack/react-query";

import { get, path, patiently } from "../api/client";
import type { Choices, ClusterComparison, Comparison, SimilarUnits } from "../api/types";

export type Of = "place" | "industry";

/** Units, and indices, compared at once. */
export const MOST = 10;

/** Identifiers in one parameter of the address; a comma in one of them is escaped. */
export const joined = (ids: readonly string[]): string => ids.map(encodeURIComponent).join(",");
export const parted = (text: string): string[] => text.split(",").filter(Boolean).map(decodeURIComponent);

const STEADY = { staleTime: 5 * 60_000, gcTime: 10 * 60_000, retry: false } as const;

export type Where = "physical" | "digital";

export const choicesQuery = (cluster: string, of: Of, space: Where) =>
  queryOptions({ queryKey: ["choices", cluster, of, space], queryFn: ({ signal }) => get<Choices>(`${path("clusters", cluster)}/compare/choices`, { of, space }, signal), ...STEADY });

export interface Asked {
  of: Of;
  space: Where;
  unit: readonly string[];
  index: readonly string[];
}

export const comparisonQuery = (cluster: string, { of, space, unit, index }: Asked) =>
  queryOptions({ queryKey: ["compare", cluster, of, space, unit, index], queryFn: ({ signal }) => patiently<Comparison>(`${path("clusters", cluster)}/compare`, { of, space, unit, index }, signal), ...STEADY });

export const similarQuery = (cluster: string, of: Of, to: string) =>
  queryOptions({ queryKey: ["similar", cluster, of, to], queryFn: ({ signal }) => patiently<SimilarUnits>(`${path("clusters", cluster)}/similar`, { of, to }, signal), ...STEADY });

export const clustersComparedQuery = (cluster: readonly string[]) =>
  queryOptions({ queryKey: ["compare-clusters", cluster], queryFn: ({ signal }) => patiently<ClusterComparison>("compare", { cluster }, signal), ...STEADY });
