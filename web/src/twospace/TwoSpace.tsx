/** Two-space map 双空间: where firms stand, and with whom they trade, side by side. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { filtersQuery, mapQuery, networkQuery, type Slice } from "../api/queries";
import type { ClusterCard, Filters, MapLayer, Network } from "../api/types";
import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { nextWindow, windowOf, type Window } from "../format/period";
import { useLook } from "../look/look";
import { Failed, Loading } from "../parts/States";
import { sourceLine } from "../profile/source";
import { brush } from "./brush";
import { colouring, keyOf, type ColourBy } from "./colouring";
import { FilterBar, VIEWS } from "./FilterBar";
import { Gravity } from "./Gravity";
import { Industries } from "./Industries";
import { MapPane } from "./MapPane";
import { NetworkPane } from "./NetworkPane";
import { readPick, writePick, type Pick } from "./pick";
import { SelectionPanel } from "./SelectionPanel";
import { readBoth } from "./spaces";
import { TimeSlider } from "./TimeSlider";
import { canDraw } from "./webgl";
import "../styles/profile.css";
import "../styles/data.css";
import "../styles/measures.css";
import "../styles/twospace.css";
import "../styles/spaces.css";
import "../styles/network.css";

export default function TwoSpace() {
  const card = useCluster();
  const { w } = useLook();
  const { data: filters, error, refetch } = useQuery(filtersQuery(card.id));
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!filters) return <Loading height="70vh" />;
  return <Spaces card={card} filters={filters} question={w(card.digital ? "mapQuestion" : "mapQuestionPlaces")} />;
}

function Spaces({ card, filters, question }: { card: ClusterCard; filters: Filters; question: string }) {
  const { w } = useLook();
  const { read, set } = useAddress();
  const { periods } = filters;
  const shown = useMemo(() => windowOf(read("from"), read("to"), periods), [read("from"), read("to"), periods]);
  const slice = sliceOf(read, periods, shown);
  const map = useQuery({ ...mapQuery(card.id, slice), placeholderData: keepPreviousData });
  const network = useQuery({ ...networkQuery(card.id, slice), placeholderData: keepPreviousData });
  usePrefetch(card.id, slice, viewOf(read, filters) ? [] : periods, shown);

  const setWindow = useCallback(
    ({ first, last }: Window) => {
      const whole = first === 0 && last === periods.length - 1;
      set({ from: whole ? "" : (periods[first] ?? ""), to: whole ? "" : (periods[last] ?? "") });
    },
    // `set` is made anew on each render and reads the address when it is called.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [periods],
  );

  const error = map.error ?? network.error;
  const view = viewOf(read, filters);
  return (
    <main id="main" className={`twospace on-${read("on") || "map"}${view ? " twospace-industries" : ""}`} tabIndex={-1}>
      <UtilityBar
        card={card}
        question={view ? w(view === "gravity" ? "gravityQuestion" : "industriesQuestion") : question}
        data={{ shown: read("data") === "both", toggle: () => set({ data: read("data") === "both" ? "" : "both" }) }}
        method={
          <>
            <p>{w("mapHow1")}</p>
            <p>{w("mapHow2")}</p>
          </>
        }
      />
      <FilterBar filters={filters} network={card.digital} both={filters.industries.length > 1} read={read} set={set} />
      {error ? <Failed error={error} retry={() => void Promise.all([map.refetch(), network.refetch()])} /> : null}
      {!error && !map.data ? <Loading height="50vh" /> : null}
      {!error && map.data ? (
        <Panes card={card} filters={filters} layer={map.data} network={network.data} read={read} set={set} busy={{ map: map.isPlaceholderData, network: network.isPlaceholderData }} />
      ) : null}
      {view ? null : periods.length > 1 ? <TimeSlider periods={periods} window={shown} onChange={setWindow} ready={!map.isPlaceholderData && !network.isPlaceholderData} /> : <p className="no-time">{w("noTime")}</p>}
    </main>
  );
}

type Address = ReturnType<typeof useAddress>;

interface PanesProps {
  card: ClusterCard;
  filters: Filters;
  layer: MapLayer;
  /** Undefined while a large network is still computed: the map need not wait for it. */
  network: Network | undefined;
  read: Address["read"];
  set: Address["set"];
  busy: { map: boolean; network: boolean };
}

const NOT_YET: Network = { nodes: {}, edges: { source: [], target: [], weight: [] }, total: 0, shown: 0, built_from: { en: "", zh: "" }, weight_title: { en: "", zh: "" }, communities: 0, how: null, reason: null };

function Panes({ card, filters, layer, network, read, set, busy }: PanesProps) {
  const { w, t, palette, language } = useLook();
  const by: ColourBy = read("colour") === "industry" ? "industry" : "community";
  const both = useMemo(() => readBoth(layer, network ?? NOT_YET), [layer, network]);
  const colours = useMemo(() => colouring(both.nodes, by, palette), [both, by, palette]);
  const picked = read("pick");
  const pick = useMemo(() => readPick(picked), [picked]);
  const brushed = useMemo(() => brush(pick, both), [pick, both]);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const onPick = useCallback((next: Pick | null) => set({ pick: writePick(next) }), []);
  const webgl = useMemo(canDraw, []);
  const view = viewOf(read, filters);

  const tint = useMemo(() => {
    if (read("tint") === "off" || both.nodes.length === 0) return null;
    const node = new Map(both.nodes.id.map((id, k) => [id, k]));
    return (position: number) => {
      const k = node.get(both.points.id[position] ?? "");
      return k === undefined ? palette.quiet : colours.of(keyOf(both.nodes, k, by));
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [both, colours, by, palette, read("tint")]);

  const titles = useMemo(() => new Map(filters.industries.map((each) => [each.id, each.title])), [filters]);
  const industryName = useCallback((id: string) => t(titles.get(id)) || both.nodes.industryName[both.nodes.industry.indexOf(id)] || id, [titles, both, language]); // eslint-disable-line react-hooks/exhaustive-deps
  const source = sourceLine(card, t, w("generated"), w("evaluation"));
  const tables = read("data").split(",");
  const showTable = (name: string, shown: boolean) => {
    const open = new Set(tables.flatMap((each) => (each === "both" ? ["map", "network"] : each)).filter(Boolean));
    if (shown) open.add(name);
    else open.delete(name);
    set({ data: open.size === 2 ? "both" : [...open].join(",") });
  };
  const isTable = (name: string) => tables.includes(name) || tables.includes("both");

  return (
    <div className={`panes${view ? " panes-industries" : pick ? " panes-picked" : ""}${card.digital ? "" : " panes-no-digital"}${card.physical || layer.mode === "list" ? "" : " panes-no-physical"}`}>
      {view === "industries" ? <Industries card={card} read={read} set={set} pick={pick} onPick={onPick} /> : null}
      {view === "gravity" ? <Gravity card={card} read={read} set={set} /> : null}
      <MapPane cluster={card.id} layer={layer} points={both.points} cells={both.cells} areas={both.areas} brushed={brushed} tint={tint} onPick={onPick} table={isTable("map")} onTable={(shown) => showTable("map", shown)} busy={busy.map} source={source} webgl={webgl} />
      {network ? (
        <NetworkPane cluster={card.id} network={network} nodes={both.nodes} by={by} colours={colours} brushed={brushed} pick={pick} onPick={onPick} industryName={industryName} table={isTable("network")} onTable={(shown) => showTable("network", shown)} busy={busy.network} source={source} filtered={Boolean(read("industry") || read("from"))} webgl={webgl} />
      ) : (
        <section className="pane">
          <Loading height="50vh" />
        </section>
      )}
      {pick && brushed && !view ? <SelectionPanel cluster={card.id} pick={pick} brushed={brushed} both={both} colours={colours} industryName={industryName} onPick={onPick} /> : null}
    </div>
  );
}

/** Which view stands in the address; one that the cluster has not is none. */
function viewOf(read: Address["read"], filters: Filters): (typeof VIEWS)[number] {
  const asked = VIEWS.find((each) => each === read("view")) ?? "";
  return filters.industries.length > 1 ? asked : "";
}

function sliceOf(read: Address["read"], periods: string[], { first, last }: Window): Slice {
  const whole = first === 0 && last === periods.length - 1;
  return {
    industry: read("industry"),
    indicator: read("indicator"),
    first: whole ? "" : (periods[first] ?? ""),
    last: whole ? "" : (periods[last] ?? ""),
  };
}

/** The window that playing would show next is fetched while the present one is looked at. */
function usePrefetch(id: string, slice: Slice, periods: string[], shown: Window) {
  const queries = useQueryClient();
  const key = JSON.stringify([slice, shown]);
  useEffect(() => {
    if (periods.length < 2) return;
    const next = nextWindow(shown, periods.length);
    const ahead = { ...slice, first: periods[next.first] ?? "", last: periods[next.last] ?? "" };
    void queries.prefetchQuery(mapQuery(id, ahead));
    void queries.prefetchQuery(networkQuery(id, ahead));
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, key, periods, queries]);
}
