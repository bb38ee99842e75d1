/** Evaluate 评价: places by an indicator system – who leads, where, whether they converge, and how sure all of it is. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import { ApiError } from "../api/client";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { useLook } from "../look/look";
import { Drawer } from "../parts/Drawer";
import { Icon } from "../parts/Icon";
import { Empty, Failed, Loading, useMessage } from "../parts/States";
import { CHOICE, choicesQuery, evaluationQuery, progressQuery, type Asked } from "./asking";
import { Choices } from "./Choices";
import { Method } from "./Method";
import { Report } from "./Report";
import type { EvaluationChoices, EvaluationReport } from "./shapes";
import { SystemChooser, SystemTree } from "./SystemPanel";
import { Waiting } from "./Waiting";
import "../styles/profile.css";
import "../styles/data.css";
import "../styles/measures.css";
import "../styles/twospace.css";
import "../styles/evaluate.css";

export default function Evaluate() {
  const card = useCluster();
  const { w, t } = useLook();
  const { data, error, refetch } = useQuery(choicesQuery(card.id));
  return (
    <main id="main" className="page" tabIndex={-1}>
      <UtilityBar card={card} question={w("ev_question")} method={<Method report={null} />} />
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Loading height="50vh" /> : null}
      {data && !data.default ? (
        <section className="panel">
          <Empty title={w("ev_nothing")}>{t(data.reason)}</Empty>
        </section>
      ) : null}
      {data?.default ? <Evaluation cluster={card.id} offered={data} /> : null}
    </main>
  );
}

/** State of the page that means nothing for another system. */
const OF_SYSTEM = { place: "", show: "", at: "", q: "" };

function Evaluation({ cluster, offered }: { cluster: string; offered: EvaluationChoices }) {
  const { w, t } = useLook();
  const { read, set } = useAddress();
  const system = offered.systems.find((each) => each.id === read("system") && each.usable) ?? offered.systems.find((each) => each.id === offered.default) ?? offered.systems[0];
  const given = offered.choices.map(({ id }) => [id, read(CHOICE + id)] as const).filter(([, value]) => value !== "");
  const key = JSON.stringify([system?.id, given]);
  const asked = useMemo<Asked>(() => ({ system: system?.id ?? "", ...Object.fromEntries(given) }), [key]); // eslint-disable-line react-hooks/exhaustive-deps
  const queries = useQueryClient();
  const query = evaluationQuery(cluster, asked);
  const answer = useQuery({ ...query, placeholderData: keepPreviousData });
  const waiting = answer.isPending || answer.isPlaceholderData;
  const running = waiting && answer.fetchStatus === "fetching";
  const progress = useQuery(progressQuery(cluster, asked, running)).data ?? null;
  const change = useCallback((changes: Record<string, string>) => set(changes), [set]);
  // Of another system nothing stays on the page: its places may not be the same.
  const kept = answer.data && answer.data.system.id === system?.id ? answer.data : null;
  const failed = answer.error && !running ? answer.error : null;
  if (!system) return null;
  return (
    <div className="evaluate">
      <aside className="ev-rail">
        <SystemChooser systems={offered.systems} system={system} onSystem={(id) => set({ ...OF_SYSTEM, ...Object.fromEntries(given.map(([name]) => [CHOICE + name, ""])), system: id === offered.default ? "" : id }, false)} />
        <Choices cards={offered.choices} periods={kept?.periods ?? offered.periods} read={read} set={change} counted={system.panel === "interactions"} />
        <SystemTree system={kept?.system ?? system} tables={kept?.tables ?? null} />
      </aside>
      <div className="ev-main">
        {running ? <Waiting key={key} what={t(system.title)} progress={progress} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} /> : null}
        {waiting && !running && !failed ? (
          <section className="panel">
            <Empty
              title={w("stopped")}
              action={
                <button type="button" className="button" onClick={() => void answer.refetch()}>
                  {w("compute")}
                </button>
              }
            >
              {w("stoppedWhy")}
            </Empty>
          </section>
        ) : null}
        {failed ? <Refused error={failed} retry={() => void answer.refetch()} undo={given.length ? () => set(Object.fromEntries(given.map(([name]) => [CHOICE + name, ""]))) : null} n={given.length} /> : null}
        {kept && !failed ? (
          <div className={answer.isPlaceholderData ? "measure-stale" : "measure-fresh"} aria-busy={answer.isPlaceholderData}>
            <Report cluster={cluster} asked={asked} report={kept} read={read} set={change} />
          </div>
        ) : null}
      </div>
    </div>
  );
}

/** Choices that do not go together are an answer, not a fault; they can be undone. */
function Refused({ error, retry, undo, n }: { error: unknown; retry: () => void; undo: (() => void) | null; n: number }) {
  const { w } = useLook();
  const message = useMessage(error);
  if (!(error instanceof ApiError) || ![400, 404, 422].includes(error.status)) return <Failed error={error} retry={retry} />;
  return (
    <section className="panel" data-testid="refused">
      <Empty
        title={w("notComputable")}
        action={
          undo ? (
            <button type="button" className="button" onClick={undo}>
              {w("ev_defaults", { n })}
            </button>
          ) : null
        }
      >
        {message}
      </Empty>
    </section>
  );
}

/** The drawer of a report: how it was made. */
export function MethodDrawer({ report, label }: { report: EvaluationReport; label: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="tool" onClick={() => setOpen(true)} data-testid="how-made">
        <Icon name="question" size={14} /> {label}
      </button>
      <Drawer open={open} onClose={() => setOpen(false)} title={label} wide>
        <Method report={report} />
      </Drawer>
    </>
  );
}
