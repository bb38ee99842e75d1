/** What a digital space can be made of, as the server says it, and as it stands in an address. */
import { queryOptions } from "@tanstack/react-query";

import { get, path } from "../api/client";
import type { SpaceChoices } from "../api/types";

export const spacesQuery = (id: string) =>
  queryOptions({
    queryKey: ["spaces", id],
    queryFn: ({ signal }) => get<SpaceChoices>(path("clusters", id, "spaces"), {}, signal),
    staleTime: 5 * 60_000,
    gcTime: 10 * 60_000,
  });

export interface Group<T> {
  name: string;
  items: T[];
}

/** Items under the name they share, in order of appearance. */
export function grouped<T>(items: readonly T[], nameOf: (item: T) => string): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups].map(([name, held]) => ({ name, items: held }));
}
