/** Platform 平台: who takes part and stays, what is dealt, who bears subsidies, and what drives the cluster. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";

import type { ClusterCard, Figure, PlatformReport } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import { PartFigure } from "../network/PartView";
import { NumberCard } from "../parts/NumberCard";
import { Refusal } from "../parts/Refusal";
import { Seen } from "../parts/Seen";
import { Empty } from "../parts/States";
import { FAMILIES, numbersOf, overTime, platformQuery } from "./asking";
import { Driver } from "./Driver";
import "../styles/profile.css";
import "../styles/data.css";
import "../styles/measures.css";
import "../styles/twospace.css";
import "../styles/spaces.css";
import "../styles/network.css";

const PARTS = ["participants", "staying", "interactions", "activity", "driver"] as const;

export default function PlatformPage() {
  const card = useCluster();
  const { w } = useLook();
  return (
    <main id="main" className="page platform-page" tabIndex={-1}>
      <UtilityBar card={card} question={w("platformQuestion")} method={<p>{w("platformHow")}</p>} />
      {card.digital ? (
        <div className="network-body">
          <nav className="part-nav" aria-label={w("onThisPage")}>
            {PARTS.map((part) => (
              <button key={part} type="button" onClick={() => document.getElementById(`part-${part}`)?.scrollIntoView({ block: "start" })}>
                {w(`part_${part}`)}
              </button>
            ))}
          </nav>
          <div className="parts">
            <Indices card={card} />
            <Section id="driver">
              <Seen height={260}>
                <Driver card={card} />
              </Seen>
            </Section>
          </div>
        </div>
      ) : (
        <section className="panel">
          <Empty title={w("noPlatform")} space="digital">
            {w("noPlatformWhy")}
          </Empty>
        </section>
      )}
    </main>
  );
}

function Section({ id, children }: { id: (typeof PARTS)[number]; children: ReactNode }) {
  const { w } = useLook();
  return (
    <section id={`part-${id}`} className="panel part" aria-labelledby={`part-title-${id}`} data-part={id}>
      <h2 id={`part-title-${id}`} className="section-title">
        {w(`part_${id}`)}
      </h2>
      <p className="part-question">{w(`ask_${id}`)}</p>
      {children}
    </section>
  );
}

function Indices({ card }: { card: ClusterCard }) {
  const { w } = useLook();
  const queries = useQueryClient();
  const query = platformQuery(card.id, ["side"]);
  const { data, error, isFetching, refetch } = useQuery(query);
  if (error)
    return (
      <section className="panel">
        <Refusal error={error} retry={() => void refetch()} />
      </section>
    );
  if (!data)
    return isFetching ? (
      <Running what={w("platformPage")} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} />
    ) : (
      <button type="button" className="button" onClick={() => void refetch()}>
        {w("compute")}
      </button>
    );
  return (
    <>
      <Family card={card} made={data} family="participants" />
      <Section id="staying">
        <div className="part-figures">
          {data.figures.map((figure) => (
            <PartFigure key={figure.id} card={card} figure={figure as Figure} />
          ))}
        </div>
      </Section>
      <Family card={card} made={data} family="interactions" />
      <Family card={card} made={data} family="activity" />
    </>
  );
}

function Family({ card, made, family }: { card: ClusterCard; made: PlatformReport; family: (typeof FAMILIES)[number] }) {
  const { w, t } = useLook();
  const numbers = useMemo(() => numbersOf(made, family), [made, family]);
  const missing = made.indicators.filter((each) => each.family === family && each.missing);
  return (
    <Section id={family}>
      <div className="numbers">
        {numbers.map((number) => (
          <NumberCard key={number.id} number={number} />
        ))}
      </div>
      <Seen height={300}>
        <Course card={card} made={made} family={family} />
      </Seen>
      {missing.length ? (
        <ul className="missing-list">
          {missing.map((each) => (
            <li key={each.id}>
              <b>{t(each.title)}</b> {t(each.missing)}
            </li>
          ))}
        </ul>
      ) : null}
      {numbers.length ? null : <p className="industries-missing">{w("notComputable")}</p>}
    </Section>
  );
}

/** One indicator over time, chosen from those of the family. */
function Course({ card, made, family }: { card: ClusterCard; made: PlatformReport; family: string }) {
  const { w, t } = useLook();
  const { read, set } = useAddress();
  const query = useQuery(platformQuery(card.id, ["side", "period"]));
  const known = made.indicators.filter((each) => each.family === family && !each.missing);
  const chosen = known.find(({ id }) => id === read(`i.${family}`)) ?? known[0];
  const figure = useMemo(() => (query.data && chosen ? overTime(query.data, chosen.id) : null), [query.data, chosen]);
  if (!chosen || made.periods.length < 2) return null;
  return (
    <div className="part-found">
      <label className="inline-field">
        {w("overTimeOf")}
        <select className="field" value={chosen.id} onChange={(event) => set({ [`i.${family}`]: event.target.value })}>
          {known.map(({ id, title }) => (
            <option key={id} value={id}>
              {t(title)}
            </option>
          ))}
        </select>
      </label>
      {figure ? <PartFigure card={card} figure={figure} /> : query.isFetching ? <Running what={t(chosen.title)} onCancel={() => undefined} /> : <p className="industries-missing">{w("noPeriods")}</p>}
    </div>
  );
}
