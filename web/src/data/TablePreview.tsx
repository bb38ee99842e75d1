/** The canonical tables, page by page, and as files. */
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";

import { apiUrl, get, path } from "../api/client";
import type { components } from "../api/schema";
import type { ClusterCard, Columnar, DataColumn } from "../api/types";
import { count, short } from "../format/number";
import { useLook } from "../look/look";
import { DataTable, Pager } from "../parts/DataTable";
import { Icon } from "../parts/Icon";
import { Failed, Loading } from "../parts/States";
import { tableWord } from "../words/words";

type Page = components["schemas"]["TablePage"];

const ROWS = 50;

export const tableQuery = (id: string, table: string, offset: number) =>
  queryOptions({
    queryKey: ["table", id, table, offset],
    queryFn: ({ signal }) => get<Page>(path("clusters", id, "tables", table), { limit: ROWS, offset }, signal),
    staleTime: 5 * 60_000,
  });

interface Props {
  card: ClusterCard;
  table: string;
  offset: number;
  onChange: (table: string, offset: number) => void;
}

export function TablePreview({ card, table, offset, onChange }: Props) {
  const { w, t, language } = useLook();
  const { data, error, refetch } = useQuery({ ...tableQuery(card.id, table, offset), placeholderData: keepPreviousData, enabled: Boolean(table) });
  const file = (format: string) => apiUrl(path("clusters", card.id, "tables", table), { format, ...(format === "csv" ? { bom: true } : {}) });
  return (
    <section aria-labelledby="tables" className="panel">
      <div className="section-row">
        <h2 id="tables" className="section-title">
          {w("tables")}
        </h2>
        <span className="table-files">
          <a className="tool" href={file("csv")} download>
            <Icon name="download" size={14} /> {w("csv")}
          </a>
          <a className="tool" href={file("parquet")} download>
            <Icon name="download" size={14} /> {w("parquet")}
          </a>
        </span>
      </div>
      <div className="table-tabs" role="group" aria-label={w("tables")}>
        {Object.entries(card.counts).map(([name, rows]) => (
          <button key={name} type="button" aria-pressed={name === table} onClick={() => onChange(name, 0)}>
            {tableWord(name, language)} <small>{short(rows, "integer", language)}</small>
          </button>
        ))}
      </div>
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Loading height={300} /> : null}
      {data && data.table === table ? (
        <>
          {data.total === 0 ? <p>{w("noRows")}</p> : <DataTable key={`${table}-${offset}`} columns={columnsOf(data)} rows={data.rows as Columnar} caption={t(data.title)} pageSize={ROWS} plain />}
          <div className="table-foot">
            {data.omitted?.length ? <span>{w("omittedColumns", { columns: data.omitted.join(", ") })}</span> : <span>{w("rows")}: {count(data.total, language)}</span>}
            <Pager first={data.total ? offset + 1 : 0} last={Math.min(data.total, offset + ROWS)} total={data.total} onPrevious={offset > 0 ? () => onChange(table, Math.max(0, offset - ROWS)) : null} onNext={offset + ROWS < data.total ? () => onChange(table, offset + ROWS) : null} />
          </div>
        </>
      ) : null}
    </section>
  );
}

/** Codes, coordinates and dates are shown as they are; grouping digits would change what they say. */
function columnsOf(page: Page): DataColumn[] {
  return page.columns.map(({ name, title, type, unit }) => ({
    name,
    title,
    type: type === "integer" || type === "number" ? type : "string",
    unit: { en: unit ?? "", zh: unit ?? "" },
  }));
}
