/** A probability as it is printed: small ones are small, not a row of zeros. */
import { exact, type Language } from "./number";

const LEAST = 0.001;

export function probability(p: number, language: Language): string {
  return p < LEAST ? `p < ${LEAST}` : `p = ${exact(Number(p.toPrecision(2)), "number", language)}`;
}
