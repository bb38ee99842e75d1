/** One place: how its scores and its rank went, in which grade it is, and what holds it back. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Columnar, Figure, Text } from "../api/types";
import { periodLabel } from "../format/period";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/States";
import { tableQuery, type Asked } from "./asking";
import { Card } from "./Card";
import { both, howOf, type Made } from "./figures";
import { at, gridOf, namesOf, numbers, rowsOf, taken, texts } from "./reading";

interface Props {
  cluster: string;
  asked: Asked;
  found: Made;
  place: string;
  period: string;
  name: string;
  source: string;
  onClose: () => void;
}

export function PlacePanel({ cluster, asked, found, place, period, name, source, onClose }: Props) {
  const { w, t, language } = useLook();
  const { report, panel, names } = found;
  const scores = useQuery(tableQuery(cluster, asked, "scores", { place_id: place }));
  const facts = useMemo(() => {
    const coupling = rowsOf(report.tables, "coupling");
    const grade = at(gridOf(coupling, "grade"), period, place);
    const behind = namesOf(coupling, "behind").get(period)?.get(place);
    const clubs = rowsOf(report.tables, "clubs");
    const club = texts(clubs, "club")[texts(clubs, "place_id").indexOf(place)];
    const region = report.places.region[report.places.id.indexOf(place)];
    const [rank, low, high, score] = [at(panel.ranks.rank, period, place), at(panel.ranks.low, period, place), at(panel.ranks.high, period, place), at(panel.score, period, place)];
    return [
      ...(region ? [[w("ev_region"), t(region)]] : []),
      [w("ev_score"), score === null ? "–" : score.toFixed(3)],
      [w("ev_rank"), rank === null ? "–" : low === null || high === null ? String(rank) : w("ev_rankRange", { rank, low, high })],
      ...(grade === null ? [] : [[w("ev_grade"), t(names[`grade:${grade}`]) || String(grade)]]),
      ...(behind ? [[w("ev_behind"), t(names[behind]) || behind]] : []),
      ...(clubs["club"] ? [[w("ev_club"), club ? String(Number(club)) : w("ev_noClub")]] : []),
    ] as [string, string][];
  }, [report, panel, names, period, place, w, t]);
  const figures = useMemo(() => (scores.data ? [course(found, scores.data.rows as Columnar, names), rankCourse(found, place, period), hindered(found, place, period)].filter((each): each is Figure => each !== null) : []), [found, scores.data, place, period, names]);
  return (
    <section className="panel ev-place" aria-labelledby="ev-place" data-testid="place">
      <div className="section-row">
        <h2 id="ev-place" className="section-title">
          {name} <small>{periodLabel(period, language)}</small>
        </h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label={w("close")}>
          <Icon name="close" />
        </button>
      </div>
      <dl className="ev-facts">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {scores.data ? (
        <div className="ev-three">
          {figures.map((figure) => (
            <Card key={figure.id} figure={figure} cluster={`${cluster}-${place}`} source={source} />
          ))}
        </div>
      ) : (
        <Loading height={260} />
      )}
    </section>
  );
}

const NONE: Text = { en: "", zh: "" };

function draft({ report }: Made, tables: string[], rest: Partial<Figure> & Pick<Figure, "id" | "kind" | "x" | "y" | "columns" | "rows" | "title">): Figure {
  return { takeaway: NONE, series: "", low: "", high: "", log: false, space: "both", how: howOf(report, tables), missing: null, ...rest };
}

const PERIOD = { name: "period", title: both("Period", "时期"), type: "date" as const, unit: NONE };

/** The whole score and those of the branches of the root. */
function course(found: Made, rows: Columnar, names: Record<string, Text>): Figure {
  const branches = new Set(["", ...found.report.system.nodes.filter((node) => !node.parent).map((node) => node.id)]);
  const nodes = texts(rows, "node");
  const order = nodes.map((_, k) => k).filter((k) => branches.has(nodes[k] as string));
  const kept = taken(rows, order);
  const values = { ...names, whole: both("Whole", "总体") };
  return draft(found, ["scores"], {
    id: "place-scores",
    title: both("Scores", "得分"),
    kind: "line",
    x: "period",
    y: "score",
    series: "node",
    columns: [PERIOD, { name: "node", title: both("Of", "对象"), type: "string", unit: NONE, values }, { name: "score", title: both("Score", "得分"), type: "number", unit: NONE }],
    rows: { ...kept, node: texts(kept, "node").map((node) => node || "whole") },
  });
}

function rankCourse(found: Made, place: string, period: string): Figure {
  const { panel } = found;
  const of = (grid: typeof panel.score) => panel.periods.map((each) => at(grid, each, place));
  return draft(found, ["ranking"], {
    id: "place-rank",
    title: both("Rank, and the range other choices give", "名次及其他选择下的范围"),
    kind: "line",
    x: "period",
    y: "rank",
    low: "low",
    high: "high",
    inverse: true,
    marked: period,
    columns: [PERIOD, ...(["rank", "low", "high"] as const).map((name) => ({ name, title: name === "rank" ? both("Rank", "名次") : name === "low" ? both("From", "自") : both("To", "至"), type: "integer" as const, unit: NONE }))],
    rows: { period: panel.periods, rank: of(panel.ranks.rank), low: of(panel.ranks.low), high: of(panel.ranks.high) },
  });
}

/** The three indicators that hold the place back most. */
function hindered(found: Made, place: string, period: string): Figure | null {
  const rows = rowsOf(found.report.tables, "obstacles_by_place");
  const [places, periods] = [texts(rows, "place_id"), texts(rows, "period")];
  const k = places.findIndex((each, position) => each === place && periods[position] === period);
  if (k < 0) return null;
  const list = [1, 2, 3].flatMap((n) => {
    const [indicator, degree] = [texts(rows, `obstacle_${n}`)[k], numbers(rows, `degree_${n}`)[k]];
    return indicator && degree !== null && degree !== undefined ? [{ indicator, degree }] : [];
  });
  if (!list.length) return null;
  return draft(found, ["obstacles_by_place"], {
    id: "place-obstacles",
    title: both(`Largest obstacles, ${period}`, `首要障碍因子，${period}`),
    kind: "bar",
    x: "indicator",
    y: "degree",
    columns: [
      { name: "indicator", title: both("Indicator", "指标"), type: "string", unit: NONE, values: found.names },
      { name: "degree", title: both("Share of what is missing to the ideal", "占与理想值差距的比重"), type: "share", unit: NONE },
    ],
    rows: { indicator: list.map((each) => each.indicator), degree: list.map((each) => each.degree) },
  });
}
