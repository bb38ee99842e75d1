/** Whether who is near on the ground is near in the network: actors, and pairs of industries. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { AgreementFound, ClusterCard, Figure } from "../api/types";
import { FigureCard } from "../figure/FigureCard";
import { exact } from "../format/number";
import { probability } from "../format/probability";
import { useLook } from "../look/look";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import { sourceLine } from "../profile/source";
import { agreementQuery } from "./quadrants";

export function Agreement({ card, interactions }: { card: ClusterCard; interactions: string }) {
  const { w, t } = useLook();
  const [asked, setAsked] = useState(false);
  const [how, setHow] = useState(false);
  const [table, setTable] = useState(false);
  const { data, isFetching } = useQuery({ ...agreementQuery(card.id, interactions), enabled: asked });
  const found = data ? [...data.actors, ...(data.industries ? [data.industries.found] : [])] : [];
  return (
    <section className="panel agreement" aria-labelledby="agreement" data-testid="agreement">
      <div className="section-row">
        <h2 id="agreement" className="section-title">
          {w("agreementTitle")}
        </h2>
        {data ? (
          <button type="button" className="how-button" onClick={() => setHow(true)}>
            <Icon name="question" size={14} />
            {w("how")}
          </button>
        ) : (
          <button type="button" className="button" disabled={isFetching} onClick={() => setAsked(true)}>
            {isFetching ? w("computing") : w("compute")}
          </button>
        )}
      </div>
      {found.length ? (
        <ul className="agreement-list">
          {found.map((one) => (
            <Line key={one.id} one={one} />
          ))}
        </ul>
      ) : (
        <p>{w("agreementLead")}</p>
      )}
      {(data?.missing ?? []).map((why) => (
        <p key={why.en} className="industries-missing">
          <b>{w("notComputable")}</b> {t(why)}
        </p>
      ))}
      {data?.industries ? <FigureCard figure={{ ...(data.industries.figure as Figure) }} cluster={card.id} source={sourceLine(card, t, w("generated"), w("evaluation"))} table={table} onTable={setTable} marked={false} /> : null}
      {data ? <HowDrawer open={how} onClose={() => setHow(false)} title={w("agreementTitle")} how={data.how} /> : null}
    </section>
  );
}

function Line({ one }: { one: AgreementFound }) {
  const { w, t, language } = useLook();
  const shown = (value: number) => exact(Number(value.toFixed(3)), "number", language);
  return (
    <li>
      <b>{t(one.title)}</b>
      <span>{one.value === null ? w("noValue") : shown(one.value)}</span>
      <span>{one.low === null || one.high === null ? "" : `[${shown(one.low)}, ${shown(one.high)}]`}</span>
      <span>{one.p === null ? "" : probability(one.p, language)}</span>
      <small>
        {t(one.reading)} {w("ofMembers", { n: one.members })}
      </small>
    </li>
  );
}
