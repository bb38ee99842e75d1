/** A form from a JSON schema: what each parameter of an index may be. */

export interface Field {
  name: string;
  kind: "choice" | "integer" | "number" | "switch" | "text" | "list";
  choices: string[];
  description: string;
  initial: string;
  low: number | null;
  high: number | null;
  /** Of a list: whether its items are numbers. */
  numeric: boolean;
}

interface Property {
  type?: string | string[];
  anyOf?: Property[];
  items?: Property;
  enum?: unknown[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/** Fields for everything that can be written in one line; tables stay at their defaults. */
export function fieldsOf(schema: Record<string, unknown>): Field[] {
  const properties = (schema["properties"] ?? {}) as Record<string, Property>;
  return Object.entries(properties).flatMap(([name, property]) => {
    const kind = kindOf(property);
    if (!kind) return [];
    const list = variant(property, (each) => hasType(each, "array"));
    const bounded = variant(property, (each) => [each.minimum, each.exclusiveMinimum, each.maximum, each.exclusiveMaximum].some((limit) => limit !== undefined)) ?? property;
    return [
      {
        name,
        kind,
        choices: (variant(property, (each) => Boolean(each.enum))?.enum ?? []).filter((each) => each !== null).map(String),
        description: property.description ?? "",
        initial: written(property.default),
        low: bounded.minimum ?? bounded.exclusiveMinimum ?? null,
        high: bounded.maximum ?? bounded.exclusiveMaximum ?? null,
        numeric: variants(list?.items ?? {}).some((each) => hasType(each, "number") || hasType(each, "integer")),
      },
    ];
  });
}

const written = (value: unknown): string => (value === null || value === undefined ? "" : Array.isArray(value) ? value.join(", ") : String(value));
const variants = (property: Property): Property[] => [property, ...(property.anyOf ?? [])];
const variant = (property: Property, test: (each: Property) => boolean) => variants(property).find(test);
const hasType = (property: Property, type: string) => [property.type].flat().includes(type);

function kindOf(property: Property): Field["kind"] | null {
  if (variant(property, (each) => hasType(each, "array"))) return "list";
  if (variant(property, (each) => Boolean(each.enum))) return "choice";
  for (const [type, kind] of [["boolean", "switch"], ["integer", "integer"], ["number", "number"], ["string", "text"]] as const) {
    if (variant(property, (each) => hasType(each, type))) return kind;
  }
  return null;
}

/** What is between the commas, Chinese ones as well. */
export function items(text: string): string[] {
  return text.split(/[,，;；]/).map((part) => part.trim()).filter(Boolean);
}

/** Only what differs from the defaults is asked for: the address then says what was chosen. */
export function asked(fields: readonly Field[], read: (name: string) => string): Record<string, string> {
  const given = fields.map((field) => [field, read(`p.${field.name}`)] as const).filter(([field, value]) => value !== "" && value !== field.initial);
  return Object.fromEntries(given.map(([field, value]) => [field.name, field.kind === "list" ? listed(field, value) : value]));
}

/** A list goes over the wire as JSON; an item that should be a number and is none is left for the server to refuse. */
function listed({ numeric }: Field, text: string): string {
  return JSON.stringify(items(text).map((item) => (numeric && Number.isFinite(Number(item)) ? Number(item) : item)));
}
