/** Distance: how interactions fall with it, by period and channel, what the curve looks like, and who stays at home. */
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { path, patiently } from "../api/client";
import type { ClusterCard, Figure, GravityReport } from "../api/types";
import type { useAddress } from "../app/UtilityBar";
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import { PartFigure } from "../network/PartView";
import { NumberCard } from "../parts/NumberCard";
import { Refusal } from "../parts/Refusal";
import { Empty } from "../parts/States";
import { Built } from "../spaces/Built";
import { SpaceChoice } from "../spaces/SpaceChoice";

type Address = ReturnType<typeof useAddress>;

const gravityQuery = (cluster: string, period: string, interactions: string) =>
  queryOptions({
    queryKey: ["gravity", cluster, period, interactions],
    queryFn: ({ signal }) => patiently<GravityReport>(path("clusters", cluster, "gravity"), { period, interactions }, signal),
    staleTime: 10 * 60_000,
    gcTime: 15 * 60_000,
    retry: false,
  });

export function Gravity({ card, read, set }: { card: ClusterCard; read: Address["read"]; set: Address["set"] }) {
  const { w } = useLook();
  const queries = useQueryClient();
  const query = gravityQuery(card.id, read("period"), read("interactions"));
  const { data, error, isPending, isPlaceholderData, fetchStatus, refetch } = useQuery({ ...query, placeholderData: keepPreviousData });
  const waiting = (isPending || isPlaceholderData) && fetchStatus === "fetching";
  return (
    <section className="industries" aria-label={w("viewGravity")} data-testid="gravity">
      <div className="industries-controls">
        <SpaceChoice cluster={card.id} digital={card.digital} period={read("period")} interactions={read("interactions")} onChange={set} />
      </div>
      {waiting ? <Running key={JSON.stringify(query.queryKey)} what={w("viewGravity")} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} /> : null}
      {isPending && fetchStatus === "idle" && !error ? (
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
      {error ? <Refusal error={error} retry={() => void refetch()} /> : null}
      {data && !error ? (
        <div className={isPlaceholderData ? "measure-stale" : "measure-fresh"} aria-busy={isPlaceholderData}>
          <Found card={card} made={data} />
        </div>
      ) : null}
    </section>
  );
}

/** With the fitted equation behind the classes of distance, and 0 or 1 where nothing is to be seen. */
function drawn(figure: Figure): Figure {
  if (figure.id === "gravity-curve") return { ...figure, neutral: 1, expected: "fitted" };
  return figure.id.startsWith("gravity-") ? { ...figure, neutral: 0 } : figure;
}

function Found({ card, made }: { card: ClusterCard; made: GravityReport }) {
  const { w, t } = useLook();
  const [all, setAll] = useState(false);
  if (made.missing) {
    return (
      <Empty title={w("notComputable")} space={card.digital ? "physical" : "digital"}>
        {t(made.missing)}
      </Empty>
    );
  }
  return (
    <>
      {t(made.takeaway) ? <p className="part-takeaway">{t(made.takeaway)}</p> : null}
      <div className="numbers">
        {made.numbers.map((number) => (
          <NumberCard key={number.id} number={number} />
        ))}
      </div>
      {made.figures.map((figure) => (
        <PartFigure key={figure.id} card={card} figure={drawn(figure)} />
      ))}
      {made.notes.length ? (
        <details open={all} onToggle={(event) => setAll(event.currentTarget.open)}>
          <summary>{w("notComputable")}</summary>
          <ul className="plain-list">
            {made.notes.map((note) => (
              <li key={note.en}>{t(note)}</li>
            ))}
          </ul>
        </details>
      ) : null}
      <Built built={made.built} />
    </>
  );
}
