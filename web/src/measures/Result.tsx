/** The answer: a figure that fits what was measured, the map of it, and the table with everything. */
import { useCallback, useMemo, useState } from "react";

import { apiUrl } from "../api/client";
import type { BuiltSpace, Columnar, Text } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { FigureCard } from "../figure/FigureCard";
import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { Choice, type ChoiceOption } from "../parts/Choice";
import { DataTable } from "../parts/DataTable";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/States";
import { sourceLine } from "../profile/source";
import { Built } from "../spaces/Built";
import { Curves } from "./Curves";
import { isCurve } from "./curves";
import { Cutting } from "./Cutting";
import type { Names } from "./names";
import { heatOf, isPairs } from "./pairs";
import { drawable, PlaceMap } from "./PlaceMap";
import { columnsOf, figureOf, holding, lengthOf, naming, rowsOf, titleOf, type IndexCard, type Measurement } from "./result";
import { cut, cuttable, readThreshold, type Threshold } from "./threshold";

interface Props {
  index: IndexCard;
  result: Measurement;
  names: Names;
  /** Keys that are one value in every row. */
  fixed: string[];
  address: string;
  query: Record<string, string>;
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
}

export function Result({ index, result, names, fixed, address, query, read, set }: Props) {
  const { w, t, language } = useLook();
  const { nameOf } = names;
  const wanted = read("q");
  const [by, at] = [read("by"), read("at")];
  const threshold = useMemo(() => readThreshold(by, at, cuttable(result)), [result, by, at]);
  const part = useMemo(() => cut(result, threshold), [result, threshold]);
  const found = useMemo(() => holding(part.kept, wanted, nameOf), [part, wanted, nameOf]);
  const shown = useMemo(() => naming(found, nameOf), [found, nameOf]);
  const pick = useCallback((id: string) => set({ q: id }), [set]);
  const put = (next: Threshold | null) => set({ by: next?.by ?? "", at: next ? String(next.at) : "" });
  // Read from the largest down: what is beyond a value is whole even where not all rows are read.
  const read_ = lengthOf(rowsOf(result));
  const csv = apiUrl(address, { ...query, format: "csv", bom: true });
  const mapped = drawable(result, names.layer, fixed);
  return (
    <>
      <Built built={(result.built ?? null) as BuiltSpace | null} chance={result.chance as Text} />
      <Pictures index={index} result={found} whole={result} names={names} fixed={fixed} read={read} set={set} />
      {mapped && names.layer ? <PlaceMap index={index} result={part.kept} layer={names.layer} nameOf={nameOf} onPick={pick} /> : null}
      <section className="panel" aria-labelledby="result">
        <div className="section-row">
          <h2 id="result" className="section-title">
            {w("result")}
          </h2>
          {result.grain.length ? <input type="search" className="field search" value={wanted} placeholder={w("search")} aria-label={w("search")} onChange={(event) => set({ q: event.target.value })} /> : null}
          <a className="tool" href={csv} download>
            <Icon name="download" size={14} /> {w("csv")}
          </a>
        </div>
        <Peers result={result} set={set} />
        <Cutting result={result} neutral={index.neutral ?? null} threshold={threshold} cut={threshold && threshold.by !== "value" ? part : { ...part, of: Math.max(part.of, result.total) }} onChange={put} />
        {read_ < result.total ? <p className="measure-note">{w("largestRead", { n: count(read_, language), total: count(result.total, language) })}</p> : null}
        <Notes result={found} />
        <DataTable columns={columnsOf(found, shown.named)} rows={shown.rows} caption={t(index.title)} pageSize={50} />
      </section>
    </>
  );
}

interface PicturesProps {
  index: IndexCard;
  result: Measurement;
  whole: Measurement;
  names: Names;
  fixed: string[];
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
}

/** Curves for distances, a heat map for pairs, else the largest values with their intervals. */
function Pictures({ index, result, whole, names, fixed, read, set }: PicturesProps) {
  const { w, t } = useLook();
  const card = useCluster();
  const [table, setTable] = useState(false);
  const { nameOf } = names;
  const curves = isCurve(whole);
  const figure = useMemo(() => (curves ? null : ((isPairs(result) && !fixed.length ? heatOf(index, result, nameOf) : null) ?? figureOf(index, result, nameOf, fixed))), [curves, index, result, nameOf, fixed]);
  const empty = lengthOf(rowsOf(result)) === 0;
  if (empty) return <section className="panel"><Empty title={w("nothingKept")}>{lengthOf(rowsOf(whole)) ? w("nothingKeptWhy") : w("noRowsMeasured")}</Empty></section>;
  if (curves) return <Curves index={index} result={whole} kept={result} nameOf={nameOf} chosen={read("curve")} onChoose={(key) => set({ curve: key })} />;
  if (!figure) return <section className="panel"><Empty title={w("allNull")}>{w("allNullWhy")}</Empty></section>;
  return <FigureCard figure={figure} cluster={card.id} source={sourceLine(card, t, w("generated"), w("evaluation"))} table={table} onTable={setTable} marked={false} />;
}

/** Among whom the percentile is. */
function Peers({ result, set }: { result: Measurement; set: Props["set"] }) {
  const { w, t } = useLook();
  const choices = (result.peer_choices ?? []) as { id: string; title: Text; says: Text }[];
  const chosen = choices.find((each) => each.id === result.peers);
  if (!choices.length) return null;
  return (
    <div className="peers">
      <label className="inline-field">
        {w("percentileAmong")}
        <select className="field" value={chosen?.id ?? ""} onChange={(event) => set({ peers: event.target.value === "all" ? "" : event.target.value })} data-testid="peers">
          {chosen ? null : <option value="">–</option>}
          {choices.map((each) => (
            <option key={each.id} value={each.id}>
              {t(each.title)}
            </option>
          ))}
        </select>
      </label>
      <small>
        {chosen ? t(chosen.says) : null} {w("percentileMeans")}
      </small>
    </div>
  );
}

/** What is said of rows, each remark once, with the number of rows it is of. */
function Notes({ result }: { result: Measurement }) {
  const { language } = useLook();
  const notes = useMemo(() => {
    const found = new Map<string, number>();
    for (const note of (rowsOf(result) as Columnar)["note"] ?? []) if (typeof note === "string" && note) found.set(note, (found.get(note) ?? 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1]).slice(0, 3);
  }, [result]);
  if (!notes.length) return null;
  return (
    <ul className="measure-notes">
      {notes.map(([note, n]) => (
        <li key={note}>
          <b>{exact(n, "integer", language)}</b> {note}
        </li>
      ))}
    </ul>
  );
}

interface KeysProps {
  index: IndexCard;
  names: Names;
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
}

/** One industry, or one place, of an index that is of both. */
export function Keys({ index, names, read, set }: KeysProps) {
  const { w, t } = useLook();
  const both = index.grain.includes("place_id") && index.grain.includes("industry_id");
  const pairs = index.grain.includes("industry_id_2") && !index.grain.includes("distance_km");
  if (!both && !pairs) return null;
  const choice = (key: string, options: ChoiceOption[]) => (options.length ? <Choice key={key} label={t(titleOf(key))} value={read(`k.${key}`)} none={w("all")} options={options} onChange={(id) => set({ [`k.${key}`]: id })} /> : null);
  return (
    <div className="measure-keys">
      {choice("industry_id", names.industries)}
      {both ? choice("place_id", names.places) : null}
    </div>
  );
}
