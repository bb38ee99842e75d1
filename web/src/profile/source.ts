/** What every picture and page carries: whose data, as of when, and whether it is real. */
import type { ClusterCard, Text } from "../api/types";

export function sourceLine(card: ClusterCard, t: (text: Text) => string, generated: string, evaluation: string): string {
  const origin = card.origin === "generated" ? generated : card.origin === "evaluation" ? evaluation : "";
  return [origin, t(card.title), t(card.attribution), card.licence, card.as_of].filter(Boolean).join(" · ");
}
