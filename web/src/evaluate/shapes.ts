/** The shapes of an evaluation; their truth is the generated schema. */
import type { components } from "../api/schema";
import type { Columnar, DataColumn, Finding, Text, Trace } from "../api/types";

type Schemas = components["schemas"];

/** Answers carry every field: what has a default may be left out of a request, never of an answer. */
type Sent<T> = T extends (infer Item)[] ? Sent<Item>[] : T extends object ? { [K in keyof T]-?: Sent<T[K]> } : T;

export type SystemCard = Sent<Schemas["SystemCard"]>;
export type SystemIndicator = Sent<Schemas["SystemIndicator"]>;
export type ChoiceCard = Omit<Sent<Schemas["ChoiceCard"]>, "default"> & { default?: unknown };
export type EvaluationChoices = Omit<Sent<Schemas["EvaluationChoices"]>, "choices"> & { choices: ChoiceCard[] };
export type EvaluationTable = Omit<Sent<Schemas["EvaluationTable"]>, "columns" | "rows"> & { columns: DataColumn[]; rows: Columnar };
export type PlaceRows = Sent<Schemas["PlaceRows"]>;
export type EvaluationReport = Omit<Sent<Schemas["EvaluationReport"]>, "tables" | "findings" | "trace" | "choices"> & { tables: Record<string, EvaluationTable>; findings: Finding[]; trace: Trace; choices: ChosenValue[] };
export type ChosenValue = Omit<Sent<Schemas["ChosenValue"]>, "value"> & { value?: unknown };
export type EvaluationProgress = Sent<Schemas["EvaluationProgress"]>;
export type Identification = Omit<Sent<Schemas["Identification"]>, "places" | "agreement" | "trace" | "missing"> & { places: EvaluationTable; agreement: EvaluationTable; trace: Trace; missing: Record<string, Text> };
