/** What was found: a question, its sentence, its map, and the figures that answer it. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import type { Columnar, Text } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { FindingList } from "../data/FindingList";
import { periodLabel } from "../format/period";
import { count } from "../format/number";
import { useLook } from "../look/look";
import { useNames } from "../measures/names";
import { Drawer } from "../parts/Drawer";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/States";
import { sourceLine } from "../profile/source";
import type { Word } from "../words/dictionary";
import { tableQuery, tableUrl, type Asked } from "./asking";
import { ellipsesOf } from "./ellipse";
import { MethodDrawer } from "./Evaluate";
import { both, type Made } from "./figures";
import { Files } from "./Files";
import { Answers, Side } from "./Answers";
import { Clusters } from "./Clusters";
import { FIRST_VIEW, viewsOf } from "./layers";
import { PeriodSlider } from "./PeriodSlider";
import { PlacePanel } from "./PlacePanel";
import { PlacesMap } from "./PlacesMap";
import { at, gridOf, panelOf, rowsOf } from "./reading";
import { sentence, type Question, type Told } from "./saying";
import type { EvaluationReport } from "./shapes";
import { useWhole } from "./whole";

const QUESTIONS: readonly Question[] = ["leads", "where", "gap", "moves", "together", "holds", "clusters"];

interface Props {
  cluster: string;
  asked: Asked;
  report: EvaluationReport;
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
}

export function Report({ cluster, asked, report: given, read, set }: Props) {
  const card = useCluster();
  const { w, t, language } = useLook();
  const report = useWhole(cluster, asked, given);
  const { layer, industries } = useNames(card);
  const found = useMemo<Made>(() => ({ report, panel: panelOf(report.tables), names: namesIn(report) }), [report]);
  const { panel, names } = found;
  const titles = useMemo(() => new Map(report.places.id.map((id, k) => [id, report.places.name[k] as Text])), [report]);
  const nameOf = useCallback((id: string) => t(titles.get(id)) || id, [titles, t]);
  const period = panel.periods.includes(read("at")) ? read("at") : (panel.periods[panel.periods.length - 1] ?? "");
  // Clusters are of an industry: without industries there is nothing to ask.
  const questions = QUESTIONS.filter((each) => each !== "clusters" || industries.length > 0);
  const question = questions.find((each) => each === read("ask")) ?? "leads";
  const place = titles.has(read("place")) ? read("place") : "";
  const pick = useCallback((id: string) => set({ place: id }), [set]);
  const setPeriod = useCallback((next: string) => set({ at: next }), [set]);
  const source = sourceLine(card, t, w("generated"), w("evaluation"));
  const told: Told = { tables: report.tables, panel, period, language, place: nameOf, name: (id) => t(names[id]) || id, grade: (grade) => t(names[`grade:${grade}`]) || String(grade), level: chosen(report, "level"), draws: chosen(report, "draws") };
  const says = sentence(question, told);
  if (!panel.periods.length) return <Empty title={w("ev_notMade")}>{w("ev_notMadeWhy")}<FindingList items={report.findings} /></Empty>;
  const shared = { cluster, found, period, place, nameOf, source, read, set, pick };
  return (
    <div className="ev-report">
      <Head cluster={cluster} asked={asked} report={report} periods={panel.periods} />
      <nav className="ev-questions" aria-label={w("ev_ask")}>
        {questions.map((each) => (
          <button key={each} type="button" aria-pressed={each === question} onClick={() => set({ ask: each === "leads" ? "" : each, show: "" })} data-ask={each}>
            {w(`ev_${each}` as Word)}
          </button>
        ))}
      </nav>
      <section aria-label={w(`ev_${question}` as Word)} className="ev-question">
        <h2 className="visually-hidden">{w(`ev_${question}` as Word)}</h2>
        {says ? (
          <p className="ev-sentence" data-testid="sentence">
            {says}
          </p>
        ) : null}
        {question === "clusters" ? <Clusters cluster={cluster} report={report} industries={industries} layer={layer} place={place} nameOf={nameOf} source={source} read={read} set={set} pick={pick} /> : null}
        {question === "clusters" ? null : <div className="ev-stage">
          <Stage cluster={cluster} asked={asked} found={found} question={question} period={period} place={place} nameOf={nameOf} source={source} layer={layer} read={read} set={set} onPick={pick} onPeriod={setPeriod} />
          <Side question={question} {...shared} />
        </div>}
        {place ? <PlacePanel cluster={cluster} asked={asked} found={found} place={place} period={period} name={nameOf(place)} source={source} onClose={() => pick("")} /> : null}
        {question === "clusters" ? null : <Answers question={question} {...shared} />}
      </section>
      <footer className="page-foot">
        {source}
        {report.boundaries.startsWith("china") ? ` · ${w("ev_china")}` : ""}
      </footer>
    </div>
  );
}

function chosen(report: EvaluationReport, id: string): number {
  const value = report.choices.find((each) => each.id === id)?.value;
  return typeof value === "number" ? value : 0;
}

/** What nodes, indicators and grades are called. */
function namesIn(report: EvaluationReport): Record<string, Text> {
  const grades = report.tables["coupling"]?.columns.find((each) => each.name === "grade")?.values ?? {};
  return {
    ...Object.fromEntries([...report.system.nodes, ...report.system.indicators].map(({ id, title }) => [id, title])),
    ...Object.fromEntries(Object.entries(grades).map(([grade, title]) => [`grade:${grade}`, title])),
  };
}

interface HeadProps {
  cluster: string;
  asked: Asked;
  report: EvaluationReport;
  periods: string[];
}

function Head({ cluster, asked, report, periods }: HeadProps) {
  const { w, t, language } = useLook();
  const [open, setOpen] = useState<"findings" | "tables" | null>(null);
  const span = w("ev_span", { from: periodLabel(periods[0] ?? "", language), to: periodLabel(periods[periods.length - 1] ?? "", language), n: count(report.places.id.length, language) });
  return (
    <header className="ev-head">
      <div>
        <h2>{t(report.system.title)}</h2>
        <p>{span}</p>
      </div>
      <div className="ev-tools">
        {report.findings.length ? (
          <button type="button" className="tool" onClick={() => setOpen("findings")} data-testid="ev-findings">
            <Icon name="warning" size={14} /> {w("ev_findings", { n: report.findings.length })}
          </button>
        ) : null}
        <button type="button" className="tool" onClick={() => setOpen("tables")} data-testid="ev-tables">
          <Icon name="table" size={14} /> {w("ev_tables")}
        </button>
        <Files cluster={cluster} asked={asked} />
        <MethodDrawer report={report} label={w("how")} />
      </div>
      <Drawer open={open === "findings"} onClose={() => setOpen(null)} title={w("ev_findings", { n: report.findings.length })}>
        <p>{w("ev_findingsWhy")}</p>
        <FindingList items={report.findings} />
      </Drawer>
      <Drawer open={open === "tables"} onClose={() => setOpen(null)} title={w("ev_tables")}>
        <ul className="ev-table-list">
          {Object.values(report.tables).map((table) => (
            <li key={table.name}>
              <span>
                {t(table.title)} <small>{w("ev_rowsN", { n: count(table.total, language) })}</small>
              </span>
              <a className="tool" href={tableUrl(cluster, asked, table.name)} download aria-label={`${w("csv")}: ${t(table.title)}`}>
                <Icon name="download" size={14} /> {w("csv")}
              </a>
            </li>
          ))}
        </ul>
      </Drawer>
    </header>
  );
}

interface StageProps {
  cluster: string;
  asked: Asked;
  found: Made;
  question: Question;
  period: string;
  place: string;
  nameOf: (id: string) => string;
  source: string;
  layer: Parameters<typeof PlacesMap>[0]["layer"];
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
  onPick: (id: string) => void;
  onPeriod: (period: string) => void;
}

/** The map with what it can show, and the slider of periods below it. */
function Stage({ cluster, asked, found, question, period, place, nameOf, source, layer, read, set, onPick, onPeriod }: StageProps) {
  const { w, t, palette } = useLook();
  const { report, panel, names } = found;
  const wanted = read("show") || (FIRST_VIEW[question] ?? "score");
  const node = wanted.startsWith("score:") ? wanted.slice("score:".length) : "";
  const scores = useQuery({ ...tableQuery(cluster, asked, "scores", { node }), enabled: node !== "" });
  const grid = useMemo(() => (scores.data ? gridOf(scores.data.rows as Columnar, "score") : null), [scores.data]);
  const views = useMemo(() => viewsOf({ tables: report.tables, panel, nodes: report.system.nodes, node: { id: node, grid }, names, palette }), [report, panel, node, grid, names, palette]);
  const view = views.find((each) => each.id === wanted) ?? views[0];
  const ellipses = useMemo(() => (question === "where" ? ellipsesOf(rowsOf(report.tables, "ellipses")) : null), [question, report]);
  const grades = useMemo(() => gridOf(rowsOf(report.tables, "coupling"), "grade"), [report]);
  const tell = useCallback(
    (id: string) => {
      const [rank, low, high, grade] = [at(panel.ranks.rank, period, id), at(panel.ranks.low, period, id), at(panel.ranks.high, period, id), at(grades, period, id)];
      return [
        ...(rank === null ? [] : [`${w("ev_rank")}${w("colon")}${low === null || high === null ? rank : w("ev_rankRange", { rank, low, high })}`]),
        ...(grade === null ? [] : [`${w("ev_grade")}${w("colon")}${t(names[`grade:${grade}`]) || grade}`]),
      ];
    },
    [panel, period, grades, names, w, t],
  );
  if (!view) return null;
  return (
    <section className="panel ev-map" aria-label={w("map")}>
      <div className="ev-map-head">
        <label className="inline-field">
          {w("ev_shows")}
          <select className="field" value={view.id} onChange={(event) => set({ show: event.target.value === FIRST_VIEW[question] ? "" : event.target.value })} data-testid="show">
            {views.map((each) => (
              <option key={each.id} value={each.id}>
                {each.id.startsWith("score:") ? `${t(both("Score", "得分"))}${w("colon")}${t(each.title)}` : t(each.title)}
              </option>
            ))}
          </select>
        </label>
        {t(layer?.attribution) && report.boundaries ? (
          <span className="attribution" title={t(layer?.attribution)}>
            {t(layer?.attribution)}
          </span>
        ) : null}
      </div>
      <PlacesMap cluster={cluster} view={view} period={period} places={report.places} boundaries={report.boundaries} layer={layer} picked={place} nameOf={nameOf} tell={tell} ellipses={ellipses} source={source} onPick={onPick} />
      <PeriodSlider periods={panel.periods} period={period} onChange={onPeriod} />
    </section>
  );
}
