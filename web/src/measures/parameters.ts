/** A form from a JSON schema: what each parameter of an index may be. */

export interface Field {
  name: string;
  kind: "choice" | "integer" | "number" | "switch" | "text";
  choices: string[];
  description: string;
  initial: string;
  low: number | null;
  high: number | null;
}

interface Property {
  type?: string | string[];
  anyOf?: Property[];
  enum?: unknown[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/** Fields for everything that can be written in one line; tables and lists stay at their defaults. */
export function fieldsOf(schema: Record<string, unknown>): Field[] {
  const properties = (schema["properties"] ?? {}) as Record<string, Property>;
  return Object.entries(properties).flatMap(([name, property]) => {
    const kind = kindOf(property);
    if (!kind) return [];
    const { default: initial } = property;
    return [
      {
        name,
        kind,
        choices: (variant(property, (each) => Boolean(each.enum))?.enum ?? []).map(String),
        description: property.description ?? "",
        initial: initial === null || initial === undefined ? "" : String(initial),
        low: property.minimum ?? property.exclusiveMinimum ?? null,
        high: property.maximum ?? property.exclusiveMaximum ?? null,
      },
    ];
  });
}

const variants = (property: Property): Property[] => [property, ...(property.anyOf ?? [])];
const variant = (property: Property, test: (each: Property) => boolean) => variants(property).find(test);
const hasType = (property: Property, type: string) => [property.type].flat().includes(type);

function kindOf(property: Property): Field["kind"] | null {
  if (variant(property, (each) => Boolean(each.enum))) return "choice";
  for (const [type, kind] of [["boolean", "switch"], ["integer", "integer"], ["number", "number"], ["string", "text"]] as const) {
    if (variant(property, (each) => hasType(each, type))) return kind;
  }
  return null;
}

/** Only what differs from the defaults is asked for: the address then says what was chosen. */
export function asked(fields: readonly Field[], read: (name: string) => string): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, initial }) => [name, read(`p.${name}`), initial] as const).filter(([, value, initial]) => value !== "" && value !== initial).map(([name, value]) => [name, value]));
}
