/** Data: what was found in it, where it comes from, and the tables themselves. */
import { useQuery } from "@tanstack/react-query";

import { apiUrl, path } from "../api/client";
import { findingsQuery } from "../api/queries";
import type { ClusterCard, FindingsReport } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { spanLabel } from "../format/period";
import { useLook } from "../look/look";
import { OriginBadge } from "../parts/Badges";
import { Icon } from "../parts/Icon";
import { Failed, Loading } from "../parts/States";
import { FindingTable } from "./FindingTable";
import { TablePreview } from "./TablePreview";
import "../styles/data.css";

export default function Data() {
  const card = useCluster();
  const { w } = useLook();
  const { read, set } = useAddress();
  const { data, error, refetch } = useQuery(findingsQuery(card.id));
  return (
    <main id="main" className="page" tabIndex={-1}>
      <UtilityBar card={card} question={w("dataQuestion")} method={<p>{w("gradeMeaning")}</p>} />
      <div className="data-top">
        <section aria-labelledby="findings" className="panel">
          <div className="section-row">
            <h2 id="findings" className="section-title">
              {w("findings")}
            </h2>
            <a className="tool" href={apiUrl(`${path("clusters", card.id)}/findings`, { format: "csv", bom: true })} download>
              <Icon name="download" size={14} /> {w("csv")}
            </a>
          </div>
          {data ? <GradeSummary report={data} /> : null}
          {error ? <Failed error={error} retry={() => void refetch()} /> : null}
          {!data && !error ? <Loading /> : null}
          {data ? <FindingTable items={data.items} /> : null}
        </section>
        <Provenance card={card} />
      </div>
      <TablePreview card={card} table={read("table") || (Object.keys(card.counts)[0] ?? "")} offset={Number(read("offset")) || 0} onChange={(table, offset) => set({ table, offset: offset ? String(offset) : "" })} />
    </main>
  );
}

function GradeSummary({ report: { grade } }: { report: FindingsReport }) {
  const { w } = useLook();
  return (
    <div className="grade-summary">
      <span className={`grade grade-${grade.letter} grade-large`} aria-hidden="true">
        {grade.letter}
      </span>
      <div>
        <b>{w("qualityGrade", { letter: grade.letter, score: Math.round(grade.score) })}</b>
        <p>
          <span className="severity severity-error">{w("errors", { n: grade.errors })}</span> <span className="severity severity-warning">{w("warnings", { n: grade.warnings })}</span> <span className="severity severity-info">{w("infos", { n: grade.infos })}</span>
        </p>
      </div>
    </div>
  );
}

function Provenance({ card }: { card: ClusterCard }) {
  const { w, t, language } = useLook();
  const facts: [string, string][] = [
    [w("attribution"), t(card.attribution)],
    [w("licence"), card.licence],
    [w("period"), card.period ? spanLabel(card.period.first, card.period.last, language) : ""],
    [w("currency"), card.currency],
  ];
  return (
    <section aria-labelledby="provenance" className="panel">
      <h2 id="provenance" className="section-title">
        {w("provenance")}
      </h2>
      {card.origin === "real" ? null : (
        <p className="provenance-origin">
          <OriginBadge origin={card.origin} /> {w(card.origin === "generated" ? "generatedWhy" : "evaluationWhy")}
        </p>
      )}
      <p>{t(card.summary)}</p>
      <dl className="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {card.notes.length ? (
        <>
          <h3>{w("notes")}</h3>
          <ul className="plain-list">
            {card.notes.map((note) => (
              <li key={note.en}>{t(note)}</li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
