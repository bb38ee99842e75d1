/** Who gained and who lost most positions, and whether that is beyond what the choice of weights leaves open. */
import { useMemo } from "react";

import { periodLabel } from "../format/period";
import { useLook } from "../look/look";
import { moves, type Move, type Panel } from "./reading";

const SHOWN = 6;

interface Props {
  panel: Panel;
  period: string;
  nameOf: (id: string) => string;
  onPick: (id: string) => void;
}

export function Movers({ panel, period, nameOf, onPick }: Props) {
  const { w, language } = useLook();
  const first = panel.periods[0] ?? "";
  // From the first period there is nothing to compare with: then the whole time is shown.
  const to = period === first ? (panel.periods[panel.periods.length - 1] ?? "") : period;
  const all = useMemo(() => moves(panel, first, to), [panel, first, to]);
  if (first === to || !all.length) return null;
  const up = all.filter((each) => each.gained > 0).slice(0, SHOWN);
  const down = all.filter((each) => each.gained < 0).slice(-SHOWN).reverse();
  return (
    <section className="panel movers" aria-labelledby="movers">
      <h3 id="movers">{w("ev_movers", { from: periodLabel(first, language), to: periodLabel(to, language) })}</h3>
      <div className="movers-sides">
        <Side title={w("ev_up")} list={up} nameOf={nameOf} onPick={onPick} />
        <Side title={w("ev_down")} list={down} nameOf={nameOf} onPick={onPick} />
      </div>
      <p className="measure-note">{w("ev_moversSure")}</p>
    </section>
  );
}

function Side({ title, list, nameOf, onPick }: { title: string; list: Move[]; nameOf: (id: string) => string; onPick: (id: string) => void }) {
  const { w } = useLook();
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {list.map((each) => (
          <tr key={each.place}>
            <th scope="row">
              <button type="button" onClick={() => onPick(each.place)}>
                {nameOf(each.place)}
              </button>
            </th>
            <td>
              {each.before} → {each.after}
            </td>
            <td className={each.sure ? "sure" : ""}>
              {each.gained > 0 ? "+" : "−"}
              {Math.abs(each.gained)}
              {each.sure ? <span title={w("ev_sure")}> ●</span> : null}
              {each.sure ? <span className="visually-hidden">{w("ev_sure")}</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
