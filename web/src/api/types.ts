/** Names for the shapes of the API; their truth is the generated schema. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** Answers carry every field: what has a default may be left out of a request, never of an answer. */
type Sent<T> = T extends (infer Item)[] ? Sent<Item>[] : T extends object ? { [K in keyof T]-?: Sent<T[K]> } : T;

export type Text = Sent<Schemas["Text"]>;
export type Columnar = Record<string, unknown[]>;
export type ClusterCard = Sent<Schemas["ClusterCard"]>;
/** Words for codes are left out where there are none. */
export type DataColumn = Omit<Sent<Schemas["DataColumn"]>, "values"> & Partial<Pick<Sent<Schemas["DataColumn"]>, "values">>;
export type Figure = Omit<Sent<Schemas["Figure"]>, "columns" | "kind"> & { columns: DataColumn[]; kind: Schemas["Figure"]["kind"] | Drawing } & Guides;
/** Drawings that pages make of their tables: densities one behind the other, and a way through a plane. */
export type Drawing = "ridge" | "path" | "quadrants";
/** In which of the two spaces an industry is concentrated. */
export type Tone = "both" | "digital" | "physical" | "none";
/** What a page draws behind the values: the value of chance, the course expected under it, bands around that. */
export interface Guides {
  neutral?: number | null;
  /** Column of the course expected. */
  expected?: string;
  /** The widest first. */
  bands?: { low: string; high: string; title: Text }[];
  /** The series, or the point, that is looked at now. */
  marked?: string;
  /** The smallest value at the top, as with ranks. */
  inverse?: boolean;
  /** Series are steps from little to much, not names. */
  ramp?: boolean;
  /** Values are written into the cells of a heat map. */
  labelled?: boolean;
  /** Of the plane of two spaces: the tone of each row, what the corners are called, the rows of each industry over time. */
  plane?: { tones: Tone[]; corners: Text[]; ways: number[][]; lowX: string; highX: string };
}
export type Filters = Sent<Schemas["Filters"]>;
export type Finding = Sent<Schemas["Finding"]>;
export type FindingsReport = Sent<Schemas["FindingsReport"]>;
export type Grade = Sent<Schemas["Grade"]>;
export type How = Sent<Schemas["How"]>;
export type Kpi = Sent<Schemas["Kpi"]>;
export type MapLayer = Sent<Schemas["MapLayer"]>;
export type Network = Sent<Schemas["Network"]>;
export type Option = Sent<Schemas["Option"]>;
export type Profile = Sent<Schemas["Profile"]>;
export type Sentence = Sent<Schemas["Sentence"]>;
export type Choices = Sent<Schemas["Choices"]>;
export type Comparable = Sent<Schemas["Comparable"]>;
export type ComparedIndex = Sent<Schemas["ComparedIndex"]>;
export type Comparison = Sent<Schemas["Comparison"]>;
export type ClusterComparison = Sent<Schemas["ClusterComparison"]>;
export type Headline = Sent<Schemas["Headline"]>;
export type NetworkChoices = Sent<Schemas["NetworkChoices"]>;
export type NetworkGraph = Omit<Sent<Schemas["NetworkGraph"]>, "node_columns" | "edge_columns"> & { node_columns: DataColumn[]; edge_columns: DataColumn[] };
export type NetworkPart = Omit<Sent<Schemas["NetworkPart"]>, "figures" | "graph"> & { figures: Figure[]; graph: NetworkGraph | null };
export type PlatformReport = Omit<Sent<Schemas["PlatformReport"]>, "figures" | "columns"> & { figures: Figure[]; columns: DataColumn[] };
export type DriverReport = Omit<Sent<Schemas["DriverReport"]>, "figure"> & { figure: Figure };
export type GravityReport = Omit<Sent<Schemas["GravityReport"]>, "figures"> & { figures: Figure[] };
export type SpaceChoices = Sent<Schemas["SpaceChoices"]>;
export type BuiltSpace = Sent<Schemas["BuiltSpace"]>;
export type Quadrants = Omit<Sent<Schemas["Quadrants"]>, "figure"> & { figure: Figure };
export type Drift = Omit<Sent<Schemas["Drift"]>, "figure"> & { figure: Figure };
export type AgreementFound = Sent<Schemas["AgreementFound"]>;
export type SpaceAgreement = Sent<Schemas["SpaceAgreement"]>;
export type SimilarUnits = Sent<Schemas["SimilarUnits"]>;
export type Trace = Sent<Schemas["TraceShape"]>;
export type Grain = NonNullable<Filters["grain"]>;
export type Space = Figure["space"];
