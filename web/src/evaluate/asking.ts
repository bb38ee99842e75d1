/** What is evaluated, as the address says it, and the questions that follow. */
import { queryOptions } from "@tanstack/react-query";

import { apiUrl, get, path, patiently } from "../api/client";
import type { EvaluationChoices, EvaluationProgress, EvaluationReport, EvaluationTable } from "./shapes";

/** Rows of a table that are sent with the answer; longer ones are read by name when they are needed. */
const ROWS = 20_000;

const STEADY = { staleTime: 5 * 60_000, gcTime: 10 * 60_000, retry: false } as const;

/** Parameters of the address that are choices of the evaluation begin so. */
export const CHOICE = "c.";

export type Asked = Readonly<Record<string, string>>;

export const choicesQuery = (cluster: string) =>
  queryOptions({ queryKey: ["evaluate-choices", cluster], queryFn: ({ signal }) => get<EvaluationChoices>(`${path("clusters", cluster)}/evaluate/choices`, {}, signal), ...STEADY });

export const evaluationQuery = (cluster: string, asked: Asked) =>
  queryOptions({ queryKey: ["evaluate", cluster, asked], queryFn: ({ signal }) => patiently<EvaluationReport>(`${path("clusters", cluster)}/evaluate`, { ...asked, rows: ROWS }, signal), ...STEADY });

export const progressQuery = (cluster: string, asked: Asked, running: boolean) =>
  queryOptions({
    queryKey: ["evaluate-progress", cluster, asked],
    queryFn: ({ signal }) => get<EvaluationProgress>(`${path("clusters", cluster)}/evaluate/progress`, asked, signal),
    enabled: running,
    refetchInterval: running ? 700 : false,
    retry: false,
    gcTime: 0,
  });

/** One table whole, or its rows of one node or place. */
export const tableQuery = (cluster: string, asked: Asked, name: string, keys: Readonly<Record<string, string>> = {}) =>
  queryOptions({ queryKey: ["evaluate-table", cluster, asked, name, keys], queryFn: ({ signal }) => patiently<EvaluationTable>(`${path("clusters", cluster)}/evaluate/table`, { ...asked, ...keys, name }, signal), ...STEADY });

export const tableUrl = (cluster: string, asked: Asked, name: string): string => apiUrl(`${path("clusters", cluster)}/evaluate/table`, { ...asked, name, format: "csv", bom: true });

export const fileUrl = (cluster: string, asked: Asked, format: "xlsx" | "docx", language: string): string => apiUrl(`${path("clusters", cluster)}/evaluate/export`, { ...asked, format, lang: language });
