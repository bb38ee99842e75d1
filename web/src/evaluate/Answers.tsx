/** The figures of each question: one beside the map, the others below. */
import { useMemo } from "react";

import type { Figure } from "../api/types";
import { useLook } from "../look/look";
import { Empty } from "../parts/States";
import { Card } from "./Card";
import { Chains } from "./Chain";
import { beta, between, both, centre, chain, clubs, clubTests, coordination, crossed, dagum, densities, developing, firmness, grades, granger, lagging, lisa, moran, obstacles, obstaclesNow, projections, sigma, theil, within, type Made } from "./figures";
import { Movers } from "./Movers";
import { RankList } from "./RankList";
import type { Question } from "./saying";

interface Props {
  question: Question;
  cluster: string;
  found: Made;
  period: string;
  place: string;
  nameOf: (id: string) => string;
  source: string;
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
  pick: (id: string) => void;
}

/** What stands beside the map. */
export function Side({ question, cluster, found, period, place, nameOf, source, read, set, pick }: Props) {
  const figure = useMemo(() => side(question, found, period), [question, found, period]);
  const level = found.report.choices.find((each) => each.id === "level")?.value;
  if (question === "leads") {
    return (
      <section className="panel ev-side">
        <RankList panel={found.panel} period={period} place={place} nameOf={nameOf} cluster={cluster} wanted={read("q")} onWanted={(q) => set({ q })} onPick={pick} level={typeof level === "number" ? level : 0.9} />
      </section>
    );
  }
  if (question === "moves") return <div className="ev-side">{<Movers panel={found.panel} period={period} nameOf={nameOf} onPick={pick} />}</div>;
  return <div className="ev-side">{figure ? <Card figure={figure} cluster={cluster} source={source} /> : <Missing />}</div>;
}

function Missing() {
  const { w } = useLook();
  return (
    <section className="panel">
      <Empty title={w("ev_notMade")}>{w("ev_notMadeWhy")}</Empty>
    </section>
  );
}

function side(question: Question, found: Made, period: string): Figure | null {
  if (question === "where") return moran(found);
  if (question === "gap") return densities(found, period);
  if (question === "together") return coordination(found);
  if (question === "holds") return obstaclesNow(found, period);
  return null;
}

/** What stands below the map. */
export function Answers({ question, cluster, found, period, source }: Props) {
  const made = useMemo(() => below(question, found, period), [question, found, period]);
  const { tables } = found.report;
  const matrix = useMemo(() => (question === "moves" ? chain(found) : null), [question, found]);
  return (
    <div className={`ev-figures${made.length + (matrix ? 1 : 0) === 1 ? " ev-figures-one" : ""}`}>
      {matrix ? <Card figure={matrix} cluster={cluster} source={source} picture={<Chains tables={tables} />} /> : null}
      {made.map((figure) => (
        <Card key={figure.id} figure={figure} cluster={cluster} source={source} />
      ))}
      {question !== "leads" && !matrix && !made.length ? <Missing /> : null}
    </div>
  );
}

const FIGURES: Record<Question, readonly ((found: Made, period: string) => Figure | null)[]> = {
  leads: [(found) => developing(found, found.panel.score, both("Score", "综合得分")), firmness],
  where: [lisa, centre],
  gap: [sigma, beta, clubs, clubTests, dagum, theil, within, between],
  moves: [],
  together: [grades, lagging, projections, granger, crossed],
  holds: [obstacles],
  clusters: [],
};

const below = (question: Question, found: Made, period: string): Figure[] => FIGURES[question].map((make) => make(found, period)).filter((each): each is Figure => each !== null);
