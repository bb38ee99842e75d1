/** One number: its interval drawn, what chance gives, how to read it, and how it is known. */
import { useState } from "react";

import type { How, Text } from "../api/types";
import { exact, short } from "../format/number";
import { probability } from "../format/probability";
import { useLook } from "../look/look";
import { HowDrawer } from "./HowDrawer";
import { Icon } from "./Icon";

export interface Numbered {
  id: string;
  title: Text;
  type: "integer" | "number" | "share" | "money";
  value: number | null;
  low: number | null;
  high: number | null;
  chance: number | null;
  p: number | null;
  reading: Text;
  note: Text;
  how: How | null;
}

export function NumberCard({ number }: { number: Numbered }) {
  const { w, t, language } = useLook();
  const [how, setHow] = useState(false);
  const known = number.value !== null;
  const said = (value: number | null) => (value !== null && Math.abs(value) >= 1000 ? short(value, number.type, language) : exact(value === null ? null : Number(value.toPrecision(3)), number.type, language));
  const between = number.low !== null && number.high !== null;
  return (
    <div className={`number${known ? "" : " number-missing"}`} data-number={number.id}>
      <div className="number-head">
        <h4>{t(number.title)}</h4>
        {number.how ? (
          <button type="button" className="icon-button icon-button-small" onClick={() => setHow(true)} aria-label={`${w("how")} ${t(number.title)}`} title={w("how")}>
            <Icon name="question" size={14} />
          </button>
        ) : null}
      </div>
      <p className="number-value" title={exact(number.value, number.type, language)}>
        {known ? said(number.value) : w("notComputable")}
        {between ? <small>{w("interval", { low: said(number.low), high: said(number.high) })}</small> : null}
      </p>
      {number.chance !== null ? (
        <p className="number-chance">
          {w("byChance", { value: said(number.chance) })}
          {number.p !== null ? ` · ${probability(number.p, language)}` : ""}
        </p>
      ) : number.p !== null ? (
        <p className="number-chance">{probability(number.p, language)}</p>
      ) : null}
      {t(number.reading) ? <p className="number-reading">{t(number.reading)}</p> : null}
      {t(number.note) ? <p className="number-note">{t(number.note)}</p> : null}
      {number.how ? <HowDrawer open={how} onClose={() => setHow(false)} title={t(number.title)} how={number.how} /> : null}
    </div>
  );
}
