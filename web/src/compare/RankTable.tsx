/** Units by indices: the rank with the range its interval leaves open, the value, the percentile. */
import { useState } from "react";

import type { ComparedIndex, Comparison } from "../api/types";
import { count, exact, short } from "../format/number";
import { useLook } from "../look/look";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import { cellOf, ordered, rankSpan, type Order } from "./ranking";

interface Props {
  made: Comparison;
  order: Order;
  onOrder: (order: Order) => void;
  onRemoveUnit: (id: string) => void;
  onRemoveIndex: (id: string) => void;
  onSimilar: ((id: string) => void) | null;
}

export function RankTable({ made, order, onOrder, onRemoveUnit, onRemoveIndex, onSimilar }: Props) {
  const { w, t, language } = useLook();
  const [how, setHow] = useState<ComparedIndex | null>(null);
  return (
    <div className="rank-table" tabIndex={0} role="region" aria-label={w("compareTable")}>
      <table>
        <caption className="visually-hidden">{w("compareTable")}</caption>
        <thead>
          <tr>
            <th scope="col">{w(made.of === "place" ? "place" : "industry")}</th>
            {made.indices.map((index) => {
              const sorted = order.by === index.id;
              return (
                <th key={index.id} scope="col" aria-sort={sorted ? (order.down ? "descending" : "ascending") : "none"}>
                  <div className="rank-head">
                    <button type="button" className="rank-sort" title={t(index.reading)} onClick={() => onOrder({ by: index.id, down: sorted ? !order.down : true })}>
                      {t(index.title)} <span aria-hidden="true">{sorted ? (order.down ? "↓" : "↑") : ""}</span>
                    </button>
                    {index.how ? (
                      <button type="button" className="icon-button icon-button-small" aria-label={`${w("how")} ${t(index.title)}`} onClick={() => setHow(index)}>
                        <Icon name="question" size={14} />
                      </button>
                    ) : null}
                    <button type="button" className="icon-button icon-button-small" aria-label={w("removeWhat", { what: t(index.title) })} onClick={() => onRemoveIndex(index.id)}>
                      <Icon name="close" size={12} />
                    </button>
                  </div>
                  <small>{index.missing ? w("notComputable") : w("rankedAmong", { n: count(index.of_known, language) })}</small>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {ordered(made, order).map((k) => {
            const unit = made.units[k];
            if (!unit) return null;
            return (
              <tr key={unit.id} data-unit={unit.id}>
                <th scope="row">
                  <div className="rank-unit">
                    <span>{t(unit.title)}</span>
                    {onSimilar ? (
                      <button type="button" className="tool" onClick={() => onSimilar(unit.id)} aria-label={`${w("similarShort")}: ${t(unit.title)}`}>
                        {w("similarShort")}
                      </button>
                    ) : null}
                    <button type="button" className="icon-button icon-button-small" aria-label={w("removeWhat", { what: t(unit.title) })} onClick={() => onRemoveUnit(unit.id)}>
                      <Icon name="close" size={12} />
                    </button>
                  </div>
                </th>
                {made.indices.map((index) => (
                  <td key={index.id}>{index.missing ? null : <RankCell index={index} k={k} />}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {made.indices
        .filter((index) => index.missing)
        .map((index) => (
          <p key={index.id} className="rank-missing">
            <b>{t(index.title)}</b> {t(index.missing)}
          </p>
        ))}
      {how?.how ? <HowDrawer open onClose={() => setHow(null)} title={t(how.title)} how={how.how} /> : null}
    </div>
  );
}

function RankCell({ index, k }: { index: ComparedIndex; k: number }) {
  const { w, language } = useLook();
  const cell = cellOf(index, k);
  if (cell.value === null) return <span className="rank-none">{w("noValue")}</span>;
  const span = rankSpan(cell, index.of_known);
  const ranged = cell.rank_best !== null && cell.rank_worst !== null;
  return (
    <div className="rank-cell">
      <div className="rank-line">
        <b>{cell.rank === null ? "–" : w("rankN", { n: cell.rank })}</b>
        {ranged && cell.rank_best !== cell.rank_worst ? <span>{w("rankRange", { from: cell.rank_best ?? "", to: cell.rank_worst ?? "" })}</span> : null}
        {cell.percentile === null ? null : <span className="rank-percentile">{w("percentileN", { n: percentile(cell.percentile) })}</span>}
      </div>
      {span ? (
        <div className="rank-bar" aria-hidden="true">
          <i style={{ left: `${span.from}%`, width: `${Math.max(0, span.to - span.from)}%` }} />
          <b style={{ left: `${span.at}%` }} />
        </div>
      ) : null}
      <div className="rank-value">
        <span title={exact(cell.value, "number", language)}>{rounded(cell.value, language)}</span>
        {cell.low === null || cell.high === null ? null : <small>{` [${rounded(cell.low, language)}, ${rounded(cell.high, language)}]`}</small>}
      </div>
    </div>
  );
}

/** Nobody stands at 100: the last places are told by a tenth. */
const percentile = (value: number) => (value > 99 || value < 1 ? value.toFixed(1) : String(Math.round(value)));

const rounded = (value: number, language: "en" | "zh") => (Math.abs(value) >= 1e5 ? short(value, "number", language) : new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-US", { maximumSignificantDigits: 3 }).format(value));
