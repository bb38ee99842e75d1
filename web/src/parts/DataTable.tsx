/** The table twin of a figure, and every other table of values: sortable, paged, with tabular figures. */
import { useMemo, useState } from "react";

import type { Columnar, DataColumn } from "../api/types";
import { count, exact } from "../format/number";
import { periodLabel } from "../format/period";
import { useLook } from "../look/look";
import { Icon } from "./Icon";

interface Props {
  columns: DataColumn[];
  rows: Columnar;
  caption: string;
  pageSize?: number;
  /** Without its own foot, where the page around it says which rows these are. */
  plain?: boolean;
}

export function DataTable({ columns, rows, caption, pageSize = 50, plain = false }: Props) {
  const { language, t, w } = useLook();
  const [sort, setSort] = useState<{ name: string; down: boolean } | null>(null);
  const [page, setPage] = useState(0);
  const total = Math.max(0, ...columns.map((column) => rows[column.name]?.length ?? 0));
  const order = useMemo(() => sortedPositions(rows, total, sort), [rows, total, sort]);
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const at = Math.min(page, pages - 1);
  const shown = order.slice(at * pageSize, (at + 1) * pageSize);

  return (
    <div className="data-table">
      <div className="data-table-scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" className={`type-${column.type}`} aria-sort={sort?.name === column.name ? (sort.down ? "descending" : "ascending") : "none"}>
                  <button type="button" onClick={() => setSort(sort?.name === column.name ? { name: column.name, down: !sort.down } : { name: column.name, down: column.type !== "string" })}>
                    {t(column.title)}
                    {t(column.unit) ? <small> {t(column.unit)}</small> : null}
                    <span aria-hidden="true" className="sort-mark">
                      {sort?.name === column.name ? (sort.down ? "↓" : "↑") : ""}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((position) => (
              <tr key={position}>
                {columns.map((column) => {
                  const value = rows[column.name]?.[position];
                  const text = column.type === "date" && typeof value === "string" ? periodLabel(value, language) : exact(value, column.type, language);
                  return (
                    <td key={column.name} className={`type-${column.type}`} title={text.length > 40 ? text : undefined}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {plain ? null : pages > 1 ? (
        <Pager first={at * pageSize + 1} last={Math.min(total, (at + 1) * pageSize)} total={total} onPrevious={at > 0 ? () => setPage(at - 1) : null} onNext={at < pages - 1 ? () => setPage(at + 1) : null} />
      ) : (
        <p className="data-table-foot">{w("rowsOf", { first: count(total ? 1 : 0, language), last: count(total, language), total: count(total, language) })}</p>
      )}
    </div>
  );
}

interface PagerProps {
  first: number;
  last: number;
  total: number;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

export function Pager({ first, last, total, onPrevious, onNext }: PagerProps) {
  const { language, w } = useLook();
  return (
    <div className="pager">
      <span>{w("rowsOf", { first: count(first, language), last: count(last, language), total: count(total, language) })}</span>
      <button type="button" className="icon-button" aria-label={w("previous")} disabled={!onPrevious} onClick={onPrevious ?? undefined}>
        <Icon name="left" />
      </button>
      <button type="button" className="icon-button" aria-label={w("next")} disabled={!onNext} onClick={onNext ?? undefined}>
        <Icon name="right" />
      </button>
    </div>
  );
}

/** Positions in the order asked for; missing values last in both directions. */
export function sortedPositions(rows: Columnar, total: number, sort: { name: string; down: boolean } | null): number[] {
  const positions = Array.from({ length: total }, (_, k) => k);
  const values = sort ? rows[sort.name] : undefined;
  if (!sort || !values) return positions;
  const missing = (value: unknown) => value === null || value === undefined || value === "";
  return positions.sort((a, b) => {
    const [left, right] = [values[a], values[b]];
    if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right)) || a - b;
    const order = typeof left === "number" && typeof right === "number" ? left - right : String(left).localeCompare(String(right), undefined, { numeric: true });
    return (sort.down ? -order : order) || a - b;
  });
}
