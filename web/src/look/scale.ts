/** Classes of a choropleth or of hexagons. */

/** Upper class limits at quantiles, without repeats; at most `classes` of them. */
export function quantileBreaks(values: readonly (number | null)[], classes: number): number[] {
  const sorted = values.filter((v): v is number => v !== null && Number.isFinite(v)).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const breaks: number[] = [];
  for (let k = 1; k <= classes; k++) {
    const limit = sorted[Math.min(sorted.length - 1, Math.ceil((k * sorted.length) / classes) - 1)] as number;
    if (breaks.length === 0 || limit > (breaks[breaks.length - 1] as number)) breaks.push(limit);
  }
  return breaks;
}

/** Position of the class a value falls into; -1 where there is no value. */
export function classOf(value: number | null | undefined, breaks: readonly number[]): number {
  if (value === null || value === undefined || !Number.isFinite(value)) return -1;
  const found = breaks.findIndex((limit) => value <= limit);
  return found < 0 ? breaks.length - 1 : found;
}

/** Spread fewer classes over the whole ramp, so that two classes still differ clearly. */
export function rampColour(position: number, classes: number, ramp: readonly string[]): string {
  const at = classes <= 1 ? ramp.length - 2 : Math.round((position * (ramp.length - 1)) / (classes - 1));
  return ramp[at] as string;
}
