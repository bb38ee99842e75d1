/** Six key figures, each with its interval drawn, its figure and its explanation. */
import { useState } from "react";

import type { Kpi } from "../api/types";
import { exact, short } from "../format/number";
import { useLook } from "../look/look";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";

interface Props {
  kpis: Kpi[];
  figures: Set<string>;
  onMark: (figure: string) => void;
}

export function KpiGrid({ kpis, figures, onMark }: Props) {
  const { w } = useLook();
  return (
    <section className="kpis" aria-label={w("keyFigures")}>
      {kpis.map((kpi) => (
        <KpiCell key={kpi.id} kpi={kpi} onMark={kpi.figure && figures.has(kpi.figure) ? () => onMark(kpi.figure) : null} />
      ))}
    </section>
  );
}

function KpiCell({ kpi, onMark }: { kpi: Kpi; onMark: (() => void) | null }) {
  const { w, t, language } = useLook();
  const [how, setHow] = useState(false);
  const known = kpi.value !== null;
  const value = short(kpi.value, kpi.type, language);
  return (
    <div className={`kpi${known ? "" : " kpi-missing"}`} data-kpi={kpi.id}>
      <div className="kpi-head">
        <h3>{t(kpi.title)}</h3>
        <button type="button" className="icon-button icon-button-small" onClick={() => setHow(true)} aria-label={`${w("how")} ${t(kpi.title)}`} title={w("how")}>
          <Icon name="question" size={14} />
        </button>
      </div>
      <p className="kpi-value" title={exact(kpi.value, kpi.type, language)}>
        {onMark ? (
          <button type="button" onClick={onMark} title={w("showFigure")}>
            {value}
          </button>
        ) : (
          value
        )}
        {known && t(kpi.unit) ? <small>{t(kpi.unit)}</small> : null}
      </p>
      {known ? <Interval kpi={kpi} /> : <p className="kpi-note">{w("notComputable")}</p>}
      {t(kpi.note) ? <p className="kpi-note">{t(kpi.note)}</p> : null}
      <HowDrawer open={how} onClose={() => setHow(false)} title={t(kpi.title)} how={kpi.how} />
    </div>
  );
}

function Interval({ kpi }: { kpi: Kpi }) {
  const { w, t, language } = useLook();
  const drawn = intervalScale(kpi);
  if (!drawn) return t(kpi.note) ? null : <p className="kpi-interval kpi-counted">{w("fullCount")}</p>;
  const text = w("interval", { low: short(kpi.low, kpi.type, language), high: short(kpi.high, kpi.type, language) });
  return (
    <>
      <div className="kpi-bar" aria-hidden="true">
        <i className="kpi-band" style={{ left: `${drawn.low}%`, width: `${Math.max(0.8, drawn.high - drawn.low)}%` }} />
        <i className="kpi-dot" style={{ left: `${drawn.value}%` }} />
      </div>
      <p className="kpi-interval">{text}</p>
    </>
  );
}

/** Percent positions of the interval and the value; a share on 0–1, the rest from zero to a little above. */
export function intervalScale(kpi: Pick<Kpi, "value" | "low" | "high" | "type">): { low: number; value: number; high: number } | null {
  const { value, low, high } = kpi;
  if (value === null || low === null || low === undefined || high === null || high === undefined) return null;
  const from = Math.min(0, low * 1.15);
  const end = kpi.type === "share" && high <= 1 && low >= 0 ? 1 : Math.max(0, high * 1.15);
  // Nothing but zero has no scale of its own.
  const to = end > from ? end : from + 1;
  const at = (x: number) => Math.max(0, Math.min(100, ((x - from) / (to - from)) * 100));
  return { low: at(low), value: at(value), high: at(high) };
}
