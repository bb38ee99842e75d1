/** Compare & rank 比较与排名: a few places or industries on several indices, the ones alike, and whole clusters. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { ApiError } from "../api/client";
import type { Choices } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { download, toCsv } from "../format/csv";
import { count } from "../format/number";
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import { Choice } from "../parts/Choice";
import { Icon } from "../parts/Icon";
import { Empty, Failed, Loading, useMessage } from "../parts/States";
import { choicesQuery, comparisonQuery, joined, MOST, parted, type Asked, type Of, type Where } from "./asking";
import { Clusters } from "./Clusters";
import { flat, type Order } from "./ranking";
import { RankTable } from "./RankTable";
import { SimilarFinder } from "./Similar";
import "../styles/data.css";
import "../styles/measures.css";
import "../styles/compare.css";

export default function Compare() {
  const card = useCluster();
  const { w } = useLook();
  const { read, set } = useAddress();
  const of: Of = read("of") === "industry" ? "industry" : "place";
  // Communities of the network are no places that anybody could choose: there, industries are compared.
  const space: Where = of === "industry" && read("space") === "digital" ? "digital" : "physical";
  const choices = useQuery(choicesQuery(card.id, of, space));
  const none = { units: "", by: "", sort: "", to: "", adding: "" };
  return (
    <main id="main" className="page" tabIndex={-1}>
      <UtilityBar card={card} question={w("compareQuestion")} method={<Method />} />
      <div className="compare">
        <div className="segments" role="group" aria-label={w("compareWhat")}>
          {(["place", "industry"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={of === each} onClick={() => set({ ...none, of: each === "place" ? "" : each, space: "" })}>
              {w(each === "place" ? "places" : "industriesWord")}
            </button>
          ))}
        </div>
        {of === "industry" ? (
          <div className="segments" role="group" aria-label={w("space")}>
            {(["physical", "digital"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={space === each} onClick={() => set({ ...none, space: each === "physical" ? "" : each })}>
                {w(each)}
              </button>
            ))}
          </div>
        ) : null}
        {choices.error ? <NotComparable error={choices.error} retry={() => void choices.refetch()} /> : null}
        {!choices.data && !choices.error ? <Loading height={260} /> : null}
        {choices.data ? <Units key={`${of} ${space}`} cluster={card.id} of={of} space={space} choices={choices.data} read={read} set={set} /> : null}
        <Clusters cluster={card.id} chosen={parted(read("clusters"))} onChange={(ids) => set({ clusters: joined(ids) })} />
      </div>
    </main>
  );
}

function Method() {
  const { w } = useLook();
  return (
    <>
      <p>{w("compareMethodRank")}</p>
      <p>{w("compareMethodJoint")}</p>
      <p>{w("compareMethodPercentile")}</p>
      <p>{w("compareMethodSimilar")}</p>
    </>
  );
}

function NotComparable({ error, retry }: { error: unknown; retry: () => void }) {
  const { w } = useLook();
  const message = useMessage(error);
  if (!(error instanceof ApiError) || error.status !== 422) return <Failed error={error} retry={retry} />;
  return (
    <section className="panel">
      <Empty title={w("notComputable")} space="physical">
        {message}
      </Empty>
    </section>
  );
}

interface UnitsProps {
  cluster: string;
  of: Of;
  space: Where;
  choices: Choices;
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
}

/** Units shown where none are chosen; the server has the same number. */
const FIRST = 6;

function Units({ cluster, of, space, choices, read, set }: UnitsProps) {
  const { w, t, language } = useLook();
  const units = read("units") ? parted(read("units")) : choices.units.slice(0, FIRST).map((each) => each.id);
  const by = read("by") ? parted(read("by")) : choices.default;
  const order: Order = { by: read("sort").replace(/^-/, ""), down: !read("sort").startsWith("-") };
  const options = useMemo(() => choices.units.map(({ id, title, count: n }) => ({ value: id, label: t(title), count: n })), [choices, t]);
  const indices = choices.indices.map(({ index, title }) => ({ value: index, label: t(title) }));
  const needing = choices.indices.find((each) => each.index === read("adding") && each.needs_other);
  const add = (id: string) => id && !units.includes(id) && units.length < MOST && set({ units: joined([...units, id]) });
  const addIndex = (id: string) => {
    if (choices.indices.find((each) => each.index === id)?.needs_other) set({ adding: id });
    else if (id && !by.includes(id)) set({ by: joined([...by, id]), adding: "" });
  };
  const similar = choices.others.length > 0;
  const asked: Asked = { of, space, unit: units, index: by };
  return (
    <div className={`compare-grid compare-${space}${similar ? "" : " compare-wide"}`}>
      <section className="panel compared" aria-labelledby="ranked">
        <div className="section-row">
          <h2 id="ranked" className="section-title">
            {w(of === "place" ? "placesRanked" : "industriesRanked")}
          </h2>
          <Download cluster={cluster} asked={asked} />
        </div>
        <div className="compare-add">
          {units.length < MOST ? <Choice label={w(of === "place" ? "addPlace" : "addIndustry")} value="" none="" options={options.filter((each) => !units.includes(each.value))} onChange={add} /> : <small>{w("mostCompared", { n: MOST })}</small>}
          {by.length < MOST ? <Choice label={w("addIndex")} value={needing?.index ?? ""} none="" options={indices.filter((each) => !by.includes(each.value))} onChange={addIndex} /> : null}
          {needing ? <Choice label={w(of === "place" ? "ofIndustry" : "ofPlace")} value="" none="" options={choices.others.map(({ id, title, count: n }) => ({ value: id, label: t(title), count: n }))} onChange={(other) => other && set({ by: joined([...by, `${needing.index}:${other}`]), adding: "" })} /> : null}
        </div>
        <p className="measure-note">{w("rankedOf", { n: count(choices.units.length, language) })}</p>
        <Ranked cluster={cluster} asked={asked} order={order} set={set} similar={similar} />
      </section>
      {similar ? <SimilarFinder cluster={cluster} of={of} options={options} to={read("to") || (units[0] ?? "")} compared={units} full={units.length >= MOST} onTo={(id) => set({ to: id })} onAdd={add} /> : null}
    </div>
  );
}

interface RankedProps {
  cluster: string;
  asked: Asked;
  order: Order;
  similar: boolean;
  set: (changes: Record<string, string>) => void;
}

function Ranked({ cluster, asked, order, similar, set }: RankedProps) {
  const { unit: units, index: by } = asked;
  const { w } = useLook();
  const queries = useQueryClient();
  const query = comparisonQuery(cluster, asked);
  const { data, error, isPending, isPlaceholderData, fetchStatus, refetch } = useQuery({ ...query, enabled: by.length > 0 && units.length > 0, placeholderData: keepPreviousData });
  if (!by.length || !units.length) return <Empty title={w("nothingCompared")}>{w("nothingComparedWhy")}</Empty>;
  if (error) return <NotComparable error={error} retry={() => void refetch()} />;
  const waiting = isPending || isPlaceholderData;
  return (
    <>
      {waiting && fetchStatus === "fetching" ? <Running key={JSON.stringify(query.queryKey)} what={w("compare")} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} /> : null}
      {waiting && fetchStatus === "idle" ? (
        <Empty
          title={w("stopped")}
          action={
            <button type="button" className="button" onClick={() => void refetch()}>
              {w("compute")}
            </button>
          }
        >
          {w("stoppedWhy")}
        </Empty>
      ) : null}
      {data ? (
        <div className={isPlaceholderData ? "measure-stale" : "measure-fresh"}>
          <RankTable
            made={data}
            order={order}
            onOrder={({ by: name, down }) => set({ sort: `${down ? "" : "-"}${name}` })}
            onRemoveUnit={(id) => units.length > 1 && set({ units: joined(units.filter((each) => each !== id)) })}
            onRemoveIndex={(id) => by.length > 1 && set({ by: joined(by.filter((each) => each !== id)) })}
            onSimilar={similar ? (id) => set({ to: id }) : null}
          />
        </div>
      ) : null}
    </>
  );
}

function Download({ cluster, asked }: { cluster: string; asked: Asked }) {
  const { w, language } = useLook();
  const { data } = useQuery({ ...comparisonQuery(cluster, asked), enabled: false });
  const save = () => {
    if (!data) return;
    const { names, rows } = flat(data, language);
    download(`${cluster}-compare.csv`, toCsv(names, rows));
  };
  return (
    <button type="button" className="tool" disabled={!data} onClick={save}>
      <Icon name="download" size={14} /> {w("csv")}
    </button>
  );
}
