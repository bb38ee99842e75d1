/** Tables too long to be sent with the answer, fetched by name where the page cannot do without them. */
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { tableQuery, type Asked } from "./asking";
import type { EvaluationReport } from "./shapes";

/** What the map, the ranking and the place panel read; everything else that is so long is for files. */
const NEEDED = ["ranking", "coupling", "local_moran", "obstacles_by_place", "clubs"] as const;

export function useWhole(cluster: string, asked: Asked, report: EvaluationReport): EvaluationReport {
  const short = NEEDED.filter((name) => report.tables[name] && !report.tables[name].whole);
  const found = useQueries({ queries: short.map((name) => tableQuery(cluster, asked, name)) });
  const there = found.map((each) => (each.data ? "1" : "0")).join("");
  return useMemo(
    () => {
      const tables = { ...report.tables };
      short.forEach((name, k) => {
        const whole = found[k]?.data;
        if (whole) tables[name] = whole;
      });
      return { ...report, tables };
    },
    // Answers of one evaluation do not change once they are there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [report, there],
  );
}
