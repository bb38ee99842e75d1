/** By which indicators places are evaluated: the tree with signs, units and the weights that came out. */
import { useMemo } from "react";

import { exact } from "../format/number";
import { useLook } from "../look/look";
import { numbers, rowsOf, texts, type Tables } from "./reading";
import type { SystemCard, SystemIndicator } from "./shapes";

interface ChooserProps {
  systems: SystemCard[];
  system: SystemCard;
  onSystem: (id: string) => void;
}

/** Which system, and what it is for. */
export function SystemChooser({ systems, system, onSystem }: ChooserProps) {
  const { w, t } = useLook();
  return (
    <section className="panel ev-system" aria-label={w("ev_system")}>
      <label className="choice">
        <span className="choice-label">{w("ev_system")}</span>
        <select className="field" value={system.id} onChange={(event) => onSystem(event.target.value)} data-testid="system">
          {systems.map((each) => (
            <option key={each.id} value={each.id} disabled={!each.usable}>
              {t(each.title)}
              {each.usable ? "" : ` – ${w("ev_unusable")}`}
            </option>
          ))}
        </select>
      </label>
      {t(system.summary) ? <p className="ev-summary" title={t(system.summary)}>{t(system.summary)}</p> : null}
    </section>
  );
}

interface TreeProps {
  system: SystemCard;
  tables: Tables | null;
}

/** Its indicators with sign, unit, and the weight that came out. */
export function SystemTree({ system, tables }: TreeProps) {
  const { w } = useLook();
  const weights = useMemo(() => (tables ? weightsOf(tables) : new Map<string, number>()), [tables]);
  const most = Math.max(1e-9, ...weights.values());
  return (
    <section className="panel" aria-label={w("ev_indicators", { n: system.indicators.length })}>
      <details className="ev-tree" open={window.innerWidth > 900}>
        <summary>
          {w("ev_indicators", { n: system.indicators.length })} <small>{w("ev_weights")}</small>
        </summary>
        <Branch system={system} parent="" weights={weights} most={most} />
        <p className="ev-key">{w("ev_key")}</p>
      </details>
    </section>
  );
}

/** Mean weight of each indicator: one set for the panel, or one for each period. */
export function weightsOf(tables: Tables): Map<string, number> {
  const rows = rowsOf(tables, "weights");
  const values = numbers(rows, "weight");
  const sums = new Map<string, { sum: number; n: number }>();
  texts(rows, "indicator").forEach((indicator, k) => {
    const found = sums.get(indicator) ?? { sum: 0, n: 0 };
    if (values[k] !== null) sums.set(indicator, { sum: found.sum + (values[k] as number), n: found.n + 1 });
  });
  return new Map([...sums].map(([indicator, { sum, n }]) => [indicator, sum / n]));
}

interface BranchProps {
  system: SystemCard;
  parent: string;
  weights: ReadonlyMap<string, number>;
  most: number;
}

function Branch({ system, parent, weights, most }: BranchProps) {
  const { t } = useLook();
  const nodes = system.nodes.filter((node) => node.parent === parent);
  const leaves = system.indicators.filter((each) => each.node === parent);
  return (
    <ul>
      {nodes.map((node) => (
        <li key={node.id} className="ev-node">
          <span>{t(node.title)}</span>
          <Branch system={system} parent={node.id} weights={weights} most={most} />
        </li>
      ))}
      {leaves.map((each) => (
        <Leaf key={each.id} indicator={each} weight={weights.get(each.id) ?? null} most={most} />
      ))}
    </ul>
  );
}

const SIGNS = { "+": "+", "-": "−", target: "◎" } as const;

function Leaf({ indicator, weight, most }: { indicator: SystemIndicator; weight: number | null; most: number }) {
  const { w, t, language } = useLook();
  const about = [t(indicator.transformation), t(indicator.source)].filter(Boolean).join(language === "zh" ? "；" : "; ");
  return (
    <li className={`ev-leaf${indicator.present ? "" : " ev-absent"}`} data-indicator={indicator.id}>
      <span className="ev-sign" title={w(indicator.sign === "+" ? "ev_signPlus" : indicator.sign === "-" ? "ev_signMinus" : "ev_signTarget")}>
        {SIGNS[indicator.sign]}
        <span className="visually-hidden">{w(indicator.sign === "+" ? "ev_signPlus" : indicator.sign === "-" ? "ev_signMinus" : "ev_signTarget")}</span>
      </span>
      <span className="ev-name" title={about}>
        {t(indicator.title)} <small>{t(indicator.unit)}</small>
      </span>
      <span className="ev-weight">{indicator.present ? (weight === null ? "" : exact(weight, "share", language)) : w("ev_absent")}</span>
      <span className="ev-bar" aria-hidden="true">
        {weight === null ? null : <i style={{ width: `${(100 * weight) / most}%` }} />}
      </span>
    </li>
  );
}
