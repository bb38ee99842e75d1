/** Measures 集聚度: choose an index, set its parameters, see values with their intervals and how they stand among peers. */
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import { ApiError, get, path, patiently } from "../api/client";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { useLook } from "../look/look";
import { Drawer } from "../parts/Drawer";
import { Empty, Failed, Loading, useMessage } from "../parts/States";
import { IndexForm } from "./IndexForm";
import { Method } from "./Method";
import { inDigital, useNames } from "./names";
import { asked, fieldsOf } from "./parameters";
import { Keys, Result } from "./Result";
import { MOST, type IndexCard, type Measurement } from "./result";
import { Running } from "./Running";
import "../styles/profile.css";
import "../styles/data.css";
import "../styles/measures.css";
import "../styles/spaces.css";

export const indicesQuery = queryOptions({ queryKey: ["indices"], queryFn: ({ signal }) => get<IndexCard[]>("indices", {}, signal), staleTime: Infinity });

/** State of a result that means nothing for another index. */
const OF_RESULT = { space: "", by: "", at: "", q: "", curve: "", peers: "", "k.industry_id": "", "k.place_id": "" };

export default function Measures() {
  const card = useCluster();
  const { w } = useLook();
  const { read, set } = useAddress();
  const { data: indices, error, refetch } = useQuery(indicesQuery);
  const index = indices?.find((each) => each.name === read("index")) ?? indices?.find((each) => each.name === "location_quotient") ?? indices?.[0];
  return (
    <main id="main" className="page" tabIndex={-1}>
      <UtilityBar card={card} question={w("measuresQuestion")} method={index ? <Method index={index} /> : null} />
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!indices && !error ? <Loading height="50vh" /> : null}
      {indices?.length === 0 ? <Empty title={w("noIndices")} /> : null}
      {indices && index ? <Measure key={index.name} indices={indices} index={index} read={read} set={set} /> : null}
    </main>
  );
}

type Address = ReturnType<typeof useAddress>;

interface MeasureProps {
  indices: IndexCard[];
  index: IndexCard;
  read: Address["read"];
  set: Address["set"];
}

function Measure({ indices, index, read, set }: MeasureProps) {
  const { t, w } = useLook();
  const card = useCluster();
  const names = useNames(card);
  const [method, setMethod] = useState(false);
  const fields = useMemo(() => fieldsOf(index.parameters), [index]);
  const chosen = ["industry_id", "place_id"].filter((key) => index.grain.includes(key) && read(`k.${key}`)).join();
  const fixed = useMemo(() => chosen.split(",").filter(Boolean), [chosen]);
  const space = index.spaces.includes(read("space")) ? read("space") : (index.spaces[0] ?? "");
  const curves = index.grain.includes("distance_km");
  const spaced = useMemo(() => (space === "digital" ? inDigital(names, w) : names), [names, space, w]);
  const query: Record<string, string> = {
    space,
    period: fields.some(({ name }) => name === "period") ? "" : read("period"),
    interactions: space === "digital" ? read("interactions") : "",
    ...asked(fields, read),
    peers: read("peers") || "all",
    order: curves ? "key" : "value",
    ...Object.fromEntries(fixed.map((key) => [key, read(`k.${key}`)])),
  };
  const change = useCallback((changes: Record<string, string>) => set(changes), [set]);
  const clear = Object.fromEntries(indices.flatMap((each) => fieldsOf(each.parameters)).map(({ name }) => [`p.${name}`, ""]));
  const address = path("clusters", card.id, "measures", index.name);
  return (
    <div className="measure">
      <IndexForm cluster={card.id} indices={indices} index={index} fields={fields} space={space} industries={names.industries} read={read} set={change} onIndex={(name) => set({ ...clear, ...OF_RESULT, ...withBand(indices.find((each) => each.name === name)), index: name }, false)} onMethod={() => setMethod(true)} />
      <div className="measure-result">
        <Keys index={index} names={spaced} read={read} set={change} />
        <Answer address={address} query={query} what={t(index.title)} elsewhere={card.digital && space === "physical" && index.spaces.includes("digital") ? () => set({ space: "digital", period: "" }) : null}>
          {(result) => <Result index={index} result={result} names={spaced} fixed={fixed} address={address} query={query} read={read} set={change} />}
        </Answer>
      </div>
      <Drawer open={method} onClose={() => setMethod(false)} title={t(index.title)} wide>
        <Method
          index={index}
          onPreset={(values) => {
            set({ ...clear, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`p.${name}`, String(value)])) });
            setMethod(false);
          }}
        />
      </Drawer>
    </div>
  );
}

/** A curve says little without the band of chance, which the library leaves out unless it is asked for. */
function withBand(index: IndexCard | undefined): Record<string, string> {
  const bare = index && index.grain.includes("distance_km") && fieldsOf(index.parameters).some(({ name, initial }) => name === "simulations" && initial === "0");
  return bare ? { "p.simulations": "199" } : {};
}

interface AnswerProps {
  address: string;
  query: Record<string, string>;
  what: string;
  /** Ask in the digital space instead, where the index is defined there. */
  elsewhere: (() => void) | null;
  children: (result: Measurement) => React.ReactNode;
}

/** The result when it is there; until then how long it has taken, and after a cancellation a way to begin again. */
function Answer({ address, query, what, elsewhere, children }: AnswerProps) {
  const { w } = useLook();
  const queries = useQueryClient();
  const queryKey = ["measure", address, query];
  const result = useQuery({
    queryKey,
    queryFn: ({ signal }) => patiently<Measurement>(address, { ...query, limit: MOST }, signal),
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
    gcTime: 10 * 60_000,
    retry: false,
  });
  const running = result.fetchStatus === "fetching" && (result.isPending || result.isPlaceholderData);
  const stopped = result.fetchStatus === "idle" && !result.error && (result.isPending || result.isPlaceholderData);
  return (
    <>
      {running ? <Running key={JSON.stringify(queryKey)} what={what} onCancel={() => void queries.cancelQueries({ queryKey })} /> : null}
      {stopped ? (
        <section className="panel">
          <Empty
            title={w("stopped")}
            action={
              <button type="button" className="button" onClick={() => void result.refetch()}>
                {w("compute")}
              </button>
            }
          >
            {w("stoppedWhy")}
          </Empty>
        </section>
      ) : null}
      {result.error && !running ? <Refused error={result.error} retry={() => void result.refetch()} elsewhere={elsewhere} /> : null}
      {result.data && !stopped && !(result.error && !running) ? <div className={result.isPlaceholderData ? "measure-stale" : "measure-fresh"} aria-busy={result.isPlaceholderData}>{children(result.data)}</div> : null}
    </>
  );
}

/** What an index needs and does not find is an answer, not a fault. */
function Refused({ error, retry, elsewhere }: { error: unknown; retry: () => void; elsewhere: (() => void) | null }) {
  const { w } = useLook();
  const message = useMessage(error);
  if (!(error instanceof ApiError) || error.status !== 422) return <Failed error={error} retry={retry} />;
  return (
    <section className="panel">
      <Empty
        title={w("notComputable")}
        space={elsewhere ? "physical" : "none"}
        action={
          elsewhere ? (
            <button type="button" className="button" onClick={elsewhere}>
              {w("tryDigital")}
            </button>
          ) : null
        }
      >
        {message}
      </Empty>
    </section>
  );
}
