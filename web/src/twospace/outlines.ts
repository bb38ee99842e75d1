/** The outlines a map needs, fetched by name. */
import { useQueries } from "@tanstack/react-query";
import type { FeatureCollection } from "geojson";
import { useMemo } from "react";

import { boundariesQuery } from "../api/queries";

export interface Outlines {
  all: FeatureCollection | null;
  sets: FeatureCollection[];
  china: boolean;
}

const DASH = "china-nine-dash";

export function useOutlines(given: string[]): Outlines {
  const china = given.some((name) => name.startsWith("china"));
  // A map of China is not drawn without the line in the South China Sea.
  const names = china && !given.includes(DASH) ? [...given, DASH] : given;
  const found = useQueries({ queries: names.map((name) => boundariesQuery(name)) });
  const loaded = found.every((each) => each.data);
  const key = names.join(",") + String(loaded);
  return useMemo(
    () => {
      const sets = loaded ? found.flatMap((each) => (each.data ? [each.data] : [])) : [];
      return { all: sets.length ? { type: "FeatureCollection" as const, features: sets.flatMap((set) => set.features) } : null, sets, china };
    },
    // The answers of one set of names do not change once they are there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [key],
  );
}
