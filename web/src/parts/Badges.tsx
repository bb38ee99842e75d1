/** Badges: where data are from, how good they are, which spaces they cover. */
import { Link } from "react-router";

import type { ClusterCard, Grade } from "../api/types";
import { useLook } from "../look/look";
import { Icon } from "./Icon";

/** Real data has no badge; generated and evaluation-only data always have one. */
export function OriginBadge({ origin }: { origin: ClusterCard["origin"] }) {
  const { w } = useLook();
  if (origin === "real") return null;
  return (
    <span className={`badge badge-${origin}`} title={w(origin === "generated" ? "generatedWhy" : "evaluationWhy")} data-origin={origin}>
      <Icon name={origin === "generated" ? "generated" : "warning"} size={12} />
      {w(origin)}
    </span>
  );
}

export function GradeMark({ grade }: { grade: Grade }) {
  const { w } = useLook();
  const label = w("qualityGrade", { letter: grade.letter, score: Math.round(grade.score) });
  return (
    <span className={`grade grade-${grade.letter}`} title={label}>
      <b aria-hidden="true">{grade.letter}</b>
      <span className="visually-hidden">{label}</span>
    </span>
  );
}

export function GradeLink({ grade, to }: { grade: Grade; to: string }) {
  const { w } = useLook();
  return (
    <Link to={to} className="grade-link">
      <span className="grade-link-word">{w("quality")}</span>
      <GradeMark grade={grade} />
    </Link>
  );
}

export function SpaceBadges({ card }: { card: ClusterCard }) {
  const { w } = useLook();
  return (
    <span className="spaces">
      <span className={`space space-physical${card.physical ? "" : " absent"}`}>{w(card.physical ? "hasPhysical" : "noPhysical")}</span>
      <span className={`space space-digital${card.digital ? "" : " absent"}`}>{w(card.digital ? "hasDigital" : "noDigital")}</span>
    </span>
  );
}
