/** Measures 集聚度: choose an index, set its parameters, see values with their intervals. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { ApiError, apiUrl, get, path } from "../api/client";
import { filtersQuery } from "../api/queries";
import type { ClusterCard, Columnar } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { FigureCard } from "../figure/FigureCard";
import { useLook } from "../look/look";
import { sourceLine } from "../profile/source";
import { Choice } from "../parts/Choice";
import { DataTable } from "../parts/DataTable";
import { Formula } from "../parts/Formula";
import { SafeLink } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import { Empty, Failed, Loading, useMessage } from "../parts/States";
import { asked, fieldsOf, type Field } from "./parameters";
import { columnsOf, figureOf, holding, whole, type IndexCard, type Measurement } from "./result";
import "../styles/profile.css";
import "../styles/data.css";
import "../styles/measures.css";
import { nameIn } from "../format/name";

/** The most rows one page of a table may have. */
const MOST_PLACES = 10_000;

/** Rows asked for at once: the most the server sends. */
const PAGE = 10_000;

const indicesQuery = queryOptions({ queryKey: ["indices"], queryFn: ({ signal }) => get<IndexCard[]>("indices", {}, signal), staleTime: Infinity });

export default function Measures() {
  const card = useCluster();
  const { w } = useLook();
  const { read, set } = useAddress();
  const { data: indices, error, refetch } = useQuery(indicesQuery);
  const index = indices?.find((each) => each.name === read("index")) ?? indices?.find((each) => each.name === "location_quotient") ?? indices?.[0];
  return (
    <main id="main" className="page" tabIndex={-1}>
      <UtilityBar card={card} question={w("measuresQuestion")} method={index ? <Reading index={index} /> : null} />
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!indices && !error ? <Loading height="50vh" /> : null}
      {indices?.length === 0 ? <Empty title={w("noIndices")} /> : null}
      {indices && index ? <Measure key={index.name} indices={indices} index={index} cluster={card.id} read={read} set={set} /> : null}
    </main>
  );
}

type Address = ReturnType<typeof useAddress>;

interface MeasureProps {
  indices: IndexCard[];
  index: IndexCard;
  cluster: string;
  read: Address["read"];
  set: Address["set"];
}

function Measure({ indices, index, cluster, read, set }: MeasureProps) {
  const { w, t } = useLook();
  const fields = useMemo(() => fieldsOf(index.parameters), [index]);
  const space = index.spaces.includes(read("space")) ? read("space") : (index.spaces[0] ?? "");
  const query = { space, ...asked(fields, read) };
  const result = useQuery({
    queryKey: ["measure", cluster, index.name, query],
    queryFn: ({ signal }) => whole((offset) => get<Measurement>(path("clusters", cluster, "measures", index.name), { ...query, limit: PAGE, offset }, signal)),
    staleTime: 5 * 60_000,
  });
  const clear = Object.fromEntries(indices.flatMap((each) => fieldsOf(each.parameters)).map(({ name }) => [`p.${name}`, ""]));
  return (
    <div className="measure">
      <section className="panel measure-form" aria-label={w("index")}>
        <Choice label={w("index")} value={index.name} options={indices.map((each) => ({ value: each.name, label: t(each.title) }))} onChange={(name) => set({ ...clear, index: name, space: "" }, false)} />
        <Reading index={index} />
        {index.spaces.length > 1 ? (
          <div className="segments" role="group" aria-label={w("space")}>
            {index.spaces.map((each) => (
              <button key={each} type="button" aria-pressed={space === each} onClick={() => set({ space: each })}>
                {w(each === "digital" ? "digital" : "physical")}
              </button>
            ))}
          </div>
        ) : null}
        <details>
          <summary>{w("parameters")}</summary>
          {fields.map((field) => (
            <FieldInput key={field.name} field={field} value={read(`p.${field.name}`)} onChange={(value) => set({ [`p.${field.name}`]: value === field.initial ? "" : value })} />
          ))}
        </details>
      </section>
      <div className="measure-result" aria-live="polite">
        {result.error ? <Refused error={result.error} /> : null}
        {result.isPending ? <Loading height={320} /> : null}
        {result.data ? <Result index={index} result={result.data} csv={apiUrl(path("clusters", cluster, "measures", index.name), { ...query, format: "csv", bom: true })} /> : null}
      </div>
    </div>
  );
}

/** What an index needs and does not find is an answer, not a fault. */
function Refused({ error }: { error: unknown }) {
  const { w } = useLook();
  const message = useMessage(error);
  if (!(error instanceof ApiError) || error.status !== 422) return <Failed error={error} />;
  return (
    <section className="panel">
      <Empty title={w("notComputable")}>{message}</Empty>
    </section>
  );
}

function Reading({ index }: { index: IndexCard }) {
  const { w, t } = useLook();
  return (
    <div className="reading">
      <p className="reading-question">{t(index.question)}</p>
      <p>{t(index.reading)}</p>
      <Formula text={index.formula} />
      <p className="reading-needs">
        {w("needsTables")}:{" "}
        {index.needs.columns.map((column) => (
          <code key={column} className="chip">{`${index.needs.table}.${column}`}</code>
        ))}
      </p>
      <ul className="reading-references">
        {index.references.map((reference) => (
          <li key={reference.text}>
            <SafeLink url={reference.url ?? ""}>{reference.text}</SafeLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Result({ index, result, csv }: { index: IndexCard; result: Measurement; csv: string }) {
  const { w, t } = useLook();
  const card = useCluster();
  const [table, setTable] = useState(false);
  const nameOf = useNames(card);
  const [wanted, setWanted] = useState("");
  const found = useMemo(() => holding(result, wanted, nameOf), [result, wanted, nameOf]);
  const figure = useMemo(() => figureOf(index, found, nameOf), [index, found, nameOf]);
  return (
    <>
      {figure ? <FigureCard figure={figure} cluster={card.id} source={sourceLine(card, t, w("generated"), w("evaluation"))} table={table} onTable={setTable} marked={false} /> : null}
      <section className="panel" aria-labelledby="result">
        <div className="section-row">
          <h2 id="result" className="section-title">
            {w("result")}
          </h2>
          {result.grain.length ? <input type="search" className="field search" value={wanted} placeholder={w("search")} aria-label={w("search")} onChange={(event) => setWanted(event.target.value)} /> : null}
          <a className="tool" href={csv} download>
            <Icon name="download" size={14} /> {w("csv")}
          </a>
        </div>
        <DataTable columns={columnsOf(result)} rows={found.rows as Columnar} caption={t(index.title)} pageSize={50} />
      </section>
    </>
  );
}

/** Names of places and industries for the chart; the table keeps the identifiers. */
function useNames(card: ClusterCard): (key: string, id: string) => string {
  const { t, language } = useLook();
  const industries = useQuery(filtersQuery(card.id)).data?.industries;
  const places = useQuery({
    queryKey: ["place-names", card.id],
    queryFn: ({ signal }) => get<{ rows: Columnar }>(path("clusters", card.id, "tables", "places"), { limit: MOST_PLACES }, signal),
    enabled: (card.counts["places"] ?? 0) > 0 && (card.counts["places"] ?? 0) <= MOST_PLACES,
    staleTime: Infinity,
  }).data?.rows;
  return useMemo(() => {
    const names = new Map<string, string>(industries?.map((each) => [`industry_id ${each.id}`, t(each.title)]));
    places?.["place_id"]?.forEach((id, k) => names.set(`place_id ${String(id)}`, nameIn(language, String(places["name"]?.[k] ?? id))));
    return (key, id) => names.get(`${key} ${id}`) ?? id;
  }, [industries, places, t, language]);
}

function FieldInput({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const { w } = useLook();
  const shown = value || field.initial;
  return (
    <label className="parameter">
      <span>{field.name}</span>
      {field.kind === "choice" || field.kind === "switch" ? (
        <select className="field" value={shown.toLowerCase()} onChange={(event) => onChange(event.target.value)}>
          {(field.kind === "switch" ? ["true", "false"] : field.choices).map((choice) => (
            <option key={choice} value={choice}>
              {field.kind === "switch" ? w(choice === "true" ? "yes" : "no") : choice}
            </option>
          ))}
        </select>
      ) : (
        // Asked for when left: half a number typed is not a number meant.
        <input
          key={shown}
          className="field"
          type={field.kind === "text" ? "text" : "number"}
          step={field.kind === "integer" ? 1 : "any"}
          min={field.low ?? undefined}
          max={field.high ?? undefined}
          defaultValue={shown}
          placeholder={w("defaultValue")}
          onBlur={(event) => onChange(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onChange(event.currentTarget.value)}
        />
      )}
      {field.description ? <small>{field.description}</small> : null}
    </label>
  );
}
