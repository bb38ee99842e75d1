/** One part of the network page: its question, the one thing to see, its numbers, figures and graph. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ClusterCard, Figure, NetworkPart, Option } from "../api/types";
import { FigureCard } from "../figure/FigureCard";
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { NumberCard } from "../parts/NumberCard";
import { Seen } from "../parts/Seen";
import { Empty, Failed, Loading } from "../parts/States";
import { sourceLine } from "../profile/source";
import { networkPartQuery, type AskedNetwork } from "./asking";
import { PartGraph } from "./PartGraph";

interface Props {
  card: ClusterCard;
  part: Option;
  asked: AskedNetwork;
}

export function PartView({ card, part, asked }: Props) {
  const { t } = useLook();
  return (
    <section id={`part-${part.id}`} className="panel part" aria-labelledby={`part-title-${part.id}`} data-part={part.id}>
      <h2 id={`part-title-${part.id}`} className="section-title">
        {t(part.title)}
      </h2>
      <Seen height={460}>
        <Answered card={card} part={part} asked={asked} />
      </Seen>
    </section>
  );
}

function Answered({ card, part, asked }: Props) {
  const { w, t } = useLook();
  const queries = useQueryClient();
  const query = networkPartQuery(card.id, part.id, asked);
  const { data, error, isPending, isPlaceholderData, fetchStatus, refetch } = useQuery({ ...query, placeholderData: keepPreviousData });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const waiting = (isPending || isPlaceholderData) && fetchStatus === "fetching";
  const stopped = (isPending || isPlaceholderData) && fetchStatus === "idle";
  return (
    <>
      {waiting ? (
        <div className={data ? "" : "part-waiting"}>
          <Running key={JSON.stringify(query.queryKey)} what={t(part.title)} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} />
        </div>
      ) : null}
      {stopped ? (
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
      {!data && !waiting && !stopped ? <Loading /> : null}
      {data && !stopped ? (
        <div className={isPlaceholderData ? "measure-stale part-found" : "part-found"} aria-busy={isPlaceholderData}>
          <Found card={card} found={data} />
        </div>
      ) : null}
    </>
  );
}

function Found({ card, found }: { card: ClusterCard; found: NetworkPart }) {
  const { w, t } = useLook();
  if (found.missing) {
    return (
      <Empty title={w("notComputable")} space="digital">
        {t(found.missing)}
      </Empty>
    );
  }
  return (
    <>
      <p className="part-question">{t(found.question)}</p>
      {t(found.takeaway) ? <p className="part-takeaway">{t(found.takeaway)}</p> : null}
      {found.numbers.length ? (
        <div className="numbers">
          {found.numbers.map((number) => (
            <NumberCard key={number.id} number={number} />
          ))}
        </div>
      ) : null}
      <div className="part-figures">
        {found.graph ? (
          <ErrorBoundary>
            <PartGraph graph={found.graph} name={`${card.id}-${found.part}`} />
          </ErrorBoundary>
        ) : null}
        {found.figures.map((figure) => (
          <PartFigure key={figure.id} card={card} figure={figure as Figure} />
        ))}
      </div>
      {t(found.built_from) ? <p className="part-built">{t(found.built_from)}</p> : null}
    </>
  );
}

export function PartFigure({ card, figure }: { card: ClusterCard; figure: Figure }) {
  const { w, t } = useLook();
  const [table, setTable] = useState(false);
  return <FigureCard figure={figure} cluster={card.id} source={sourceLine(card, t, w("generated"), w("evaluation"))} table={table} onTable={setTable} marked={false} />;
}
