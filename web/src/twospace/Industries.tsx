/** Industries in two spaces: the quadrant of each, how it moved, what is left without its own trade, and how the spaces agree. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState, type ReactNode } from "react";

import type { ClusterCard, Columnar, Figure, Quadrants } from "../api/types";
import type { useAddress } from "../app/UtilityBar";
import { FigureCard } from "../figure/FigureCard";
import { toneColour } from "../figure/quadrants";
import { count } from "../format/number";
import { periodLabel } from "../format/period";
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import { Icon } from "../parts/Icon";
import { Empty, Failed } from "../parts/States";
import { sourceLine } from "../profile/source";
import { Built } from "../spaces/Built";
import { SpaceChoice } from "../spaces/SpaceChoice";
import { spacesQuery } from "../spaces/choosing";
import { Agreement } from "./Agreement";
import type { Pick } from "./pick";
import { comparable, CORNERS, digitalOf, driftQuery, elsewhereOf, planeOf, quadrantsQuery, toneOf, type AskedQuadrants } from "./quadrants";

type Address = ReturnType<typeof useAddress>;

interface Props {
  card: ClusterCard;
  read: Address["read"];
  set: Address["set"];
  pick: Pick | null;
  onPick: (pick: Pick | null) => void;
}

export function Industries({ card, read, set, pick, onPick }: Props) {
  const { w, t } = useLook();
  const queries = useQueryClient();
  const choices = useQuery(spacesQuery(card.id)).data;
  const years = comparable(choices);
  const moving = read("over") === "time" && years.length > 1;
  const asked: AskedQuadrants = { periods: moving ? years : [], interactions: read("interactions") };
  const query = quadrantsQuery(card.id, asked);
  const { data, error, isPending, isPlaceholderData, fetchStatus, refetch } = useQuery({ ...query, enabled: choices !== undefined, placeholderData: keepPreviousData });
  const waiting = (isPending || isPlaceholderData) && fetchStatus === "fetching";
  return (
    <section className="industries" aria-label={w("industriesInTwoSpaces")} data-testid="industries">
      <div className="industries-controls">
        <SpaceChoice cluster={card.id} digital={card.digital} period="" interactions={read("interactions")} onChange={set} periods={false} />
        {years.length > 1 ? (
          <div className="segments" role="group" aria-label={w("period")}>
            {(["", "time"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={moving === (each === "time")} onClick={() => set({ over: each, at: "" })}>
                {w(each ? "overTime" : "allTime")}
              </button>
            ))}
          </div>
        ) : null}
      </div>
      {waiting ? <Running key={JSON.stringify(query.queryKey)} what={w("industriesInTwoSpaces")} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} /> : null}
      {choices && isPending && fetchStatus === "idle" && !error ? (
        <Empty title={w("stopped")} action={<button type="button" className="button" onClick={() => void refetch()}>{w("compute")}</button>}>
          {w("stoppedWhy")}
        </Empty>
      ) : null}
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {data && !data.figure.missing && t(data.missing) ? <p className="industries-missing">{w("onlyNetwork")} {t(data.missing)}</p> : null}
      {data ? <Found card={card} made={data} asked={asked} stale={isPlaceholderData} read={read} set={set} pick={pick} onPick={onPick} /> : null}
    </section>
  );
}

interface FoundProps extends Props {
  made: Quadrants;
  asked: AskedQuadrants;
  stale: boolean;
}

function Found({ card, made, asked, stale, read, set, pick, onPick }: FoundProps) {
  const { w, t } = useLook();
  const last = made.periods[made.periods.length - 1] ?? "";
  const at = made.periods.includes(read("at")) ? read("at") : last;
  const marked = pick?.kind === "industry" ? pick.id : "";
  const drift = useQuery(driftQuery(card.id, asked)).data;
  if (made.figure.missing) {
    return (
      <Empty title={w("notComputable")} space={card.digital ? "physical" : "digital"}>
        {t(made.figure.missing)}
      </Empty>
    );
  }
  const ids = (made.figure.rows as Columnar)["industry_id"] ?? [];
  const choose = (position: number | null) => {
    const id = position === null ? "" : String(ids[position]);
    if (id) onPick(id === marked ? null : { kind: "industry", id });
  };
  return (
    <div className={stale ? "measure-stale" : "measure-fresh"} aria-busy={stale}>
      {made.periods.length > 1 ? <Player periods={made.periods} at={at} onChange={(next) => set({ at: next === last ? "" : next })} /> : null}
      {made.missing ? null : <Tally made={made} at={at} marked={marked} onPick={(id) => onPick(id === marked ? null : { kind: "industry", id })} />}
      <Figures card={card} made={made} at={at} marked={marked} choose={choose} />
      {drift && !drift.missing ? <Shown card={card} figure={drift.figure as Figure} neutral={0} /> : null}
      <Built built={made.built} />
      <Agreement card={card} interactions={asked.interactions} />
    </div>
  );
}

function Figures({ card, made, at, marked, choose }: { card: ClusterCard; made: Quadrants; at: string; marked: string; choose: (position: number | null) => void }) {
  const { w, t, language } = useLook();
  const main = useMemo(() => {
    if (made.missing) return digitalOf(made, at, { en: w("inNetworkTitle"), zh: w("inNetworkTitle") });
    const figure = planeOf(made, at, marked);
    // The chart knows its marks by the words it shows.
    const name = made.figure.columns.find((column) => column.name === "industry_id")?.values?.[marked];
    return name ? { ...figure, marked: t(name) } : figure;
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [made, at, marked, language]);
  const without = useMemo(() => elsewhereOf(made, at, { en: w("elsewhereTitle"), zh: w("elsewhereTitle") }, { en: w("elsewhereRead"), zh: w("elsewhereRead") }), [made, at, language]); // eslint-disable-line react-hooks/exhaustive-deps
  const known = ((without.rows as Columnar)["elsewhere"] ?? []).length > 0;
  return (
    <>
      <Shown card={card} figure={main} {...(made.missing ? {} : { onPick: choose })} />
      {known ? <Shown card={card} figure={without} /> : null}
    </>
  );
}

function Shown({ card, figure, onPick, neutral }: { card: ClusterCard; figure: Figure; onPick?: (position: number | null) => void; neutral?: number }) {
  const { w, t } = useLook();
  const [table, setTable] = useState(false);
  return <FigureCard figure={neutral === undefined ? figure : { ...figure, neutral }} cluster={card.id} source={sourceLine(card, t, w("generated"), w("evaluation"))} table={table} onTable={setTable} marked={false} {...(onPick ? { onPick } : {})} />;
}

/** The quadrants in words, each with its industries: what the chart shows, for the keyboard and for reading aloud. */
function Tally({ made, at, marked, onPick }: { made: Quadrants; at: string; marked: string; onPick: (id: string) => void }) {
  const { w, t, language, palette } = useLook();
  const rows = made.figure.rows as Columnar;
  const titles = made.figure.columns.find((column) => column.name === "industry_id")?.values ?? {};
  const held = new Map<string, string[]>(CORNERS.map((key) => [key, []]));
  let unknown = 0;
  (rows["industry_id"] ?? []).forEach((id, k) => {
    if (rows["period"] && rows["period"][k] !== at) return;
    const group = held.get(String(rows["quadrant"]?.[k]));
    if (group) group.push(String(id));
    else unknown += 1;
  });
  return (
    <ul className="tally" data-testid="tally">
      {CORNERS.map((key) => (
        <Corner key={key} colour={toneColour(toneOf(key), palette)} name={t((made.names as Record<string, { en: string; zh: string }>)[key])} number={count(held.get(key)?.length ?? 0, language)}>
          {(held.get(key) ?? []).slice(0, NAMED).map((id) => (
            <button key={id} type="button" className={`chip-button${id === marked ? " chip-marked" : ""}`} aria-pressed={id === marked} onClick={() => onPick(id)}>
              {t(titles[id]) || id}
            </button>
          ))}
          {(held.get(key)?.length ?? 0) > NAMED ? <small>+ {count((held.get(key)?.length ?? 0) - NAMED, language)}</small> : null}
        </Corner>
      ))}
      {unknown ? <li className="tally-unknown">{w("quadrantUnknown", { n: count(unknown, language) })}</li> : null}
    </ul>
  );
}

/** Industries named under a quadrant; the table has them all. */
const NAMED = 12;

function Corner({ colour, name, number, children }: { colour: string; name: string; number: string; children: ReactNode }) {
  return (
    <li style={{ borderTopColor: colour }}>
      <h3>
        {name} <b>{number}</b>
      </h3>
      <div className="tally-names">{children}</div>
    </li>
  );
}

const STEP_MS = 1400;

/** Periods one after the other, by hand, by key, or played. */
function Player({ periods, at, onChange }: { periods: string[]; at: string; onChange: (period: string) => void }) {
  const { w, language } = useLook();
  const [playing, setPlaying] = useState(false);
  const k = Math.max(0, periods.indexOf(at));
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      const next = (k + 1) % periods.length;
      onChange(periods[next] as string);
      if (next === periods.length - 1) setPlaying(false);
    }, STEP_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [playing, k, periods]);
  return (
    <div className="player" data-testid="player">
      <button type="button" className="play" onClick={() => setPlaying(!playing)} aria-label={w(playing ? "pause" : "play")}>
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <input type="range" min={0} max={periods.length - 1} value={k} aria-label={w("period")} aria-valuetext={periodLabel(at, language)} onChange={(event) => onChange(periods[Number(event.target.value)] as string)} />
      <output>{periodLabel(at, language)}</output>
    </div>
  );
}
