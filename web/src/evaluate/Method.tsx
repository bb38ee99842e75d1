/** How an evaluation was made: the choices in words, the formulas with their papers, and the command that repeats it. */
import { useMemo } from "react";

import { useLook } from "../look/look";
import { Command, SafeLink } from "../parts/HowDrawer";
import type { EvaluationReport } from "./shapes";

export function Method({ report }: { report: EvaluationReport | null }) {
  const { w } = useLook();
  return (
    <>
      <p>{w("ev_readHow1")}</p>
      <p>{w("ev_readHow2")}</p>
      {report ? <Made report={report} /> : null}
    </>
  );
}

function Made({ report }: { report: EvaluationReport }) {
  const { w, t } = useLook();
  const methods = useMemo(() => [...new Map(Object.values(report.tables).flatMap((table) => table.methods).map((method) => [`${method.formula} ${method.reference}`, method])).values()], [report]);
  const { trace } = report;
  return (
    <>
      <section className="how-section">
        <h3>{w("ev_again")}</h3>
        <Command text={trace.command} />
        <dl className="facts">
          {[
            [w("dataHash"), trace.data_hash.slice(0, 16)],
            [w("version"), trace.jiqun],
            [w("seed"), String(trace.seed ?? "–")],
            [w("software"), Object.entries(trace.versions).map((each) => each.join(" ")).join(", ")],
          ].map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="how-section">
        <h3>{w("ev_taken")}</h3>
        <dl className="facts ev-taken">
          {report.choices.map((each) => (
            <div key={each.id}>
              <dt>{t(each.title)}</dt>
              <dd>
                {t(each.said)} {each.default ? null : <small className="ev-changed">{w("ev_changedBy")}</small>}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="how-section">
        <h3>{w("ev_formulas")}</h3>
        <ul className="ev-methods">
          {methods.map((method) => (
            <li key={`${method.formula} ${method.reference}`}>
              <b>{t(method.title)}</b>
              <code>{method.formula}</code>
              <small>{method.url ? <SafeLink url={method.url}>{method.reference}</SafeLink> : method.reference}</small>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
