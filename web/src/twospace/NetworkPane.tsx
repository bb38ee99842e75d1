/** Digital space: firms joined by the counterparts they share. */
import { lazy, Suspense, useMemo, useRef } from "react";

import type { Columnar, DataColumn, Network, Text } from "../api/types";
import { count } from "../format/number";
import { useLook } from "../look/look";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Empty, Loading } from "../parts/States";
import type { Brushed } from "./brush";
import type { ColourBy, Colouring } from "./colouring";
import type { GraphHandle } from "./Graph";
import { Categories } from "./Legends";
import { Pane, type Twin } from "./Pane";
import type { Pick } from "./pick";
import type { Nodes } from "./spaces";

const Graph = lazy(() => import("./Graph"));

interface Props {
  cluster: string;
  network: Network;
  nodes: Nodes;
  by: ColourBy;
  colours: Colouring;
  brushed: Brushed | null;
  pick: Pick | null;
  onPick: (pick: Pick | null) => void;
  industryName: (id: string) => string;
  table: boolean;
  onTable: (shown: boolean) => void;
  busy: boolean;
  source: string;
  filtered: boolean;
  webgl: boolean;
}

export function NetworkPane(props: Props) {
  const { cluster, network, nodes, by, colours, brushed, pick, onPick, industryName, webgl } = props;
  const { w, t, language } = useLook();
  const graph = useRef<GraphHandle>(null);
  const empty = nodes.length === 0;
  const twin = useMemo(() => (empty ? null : twinOf(cluster, network)), [cluster, network, empty]);
  const nameOf = (key: string) => (by === "community" ? w("communityN", { n: Number(key) + 1 }) : industryName(key));
  const picked = pick?.kind === "community" && by === "community" ? String(pick.id) : pick?.kind === "industry" && by === "industry" ? pick.id : "";
  const choose = (key: string) => onPick(key === picked ? null : by === "community" ? { kind: "community", id: Number(key) } : { kind: "industry", id: key });

  return (
    <Pane
      space="digital"
      shown={network.shown}
      total={network.total}
      what="inNetwork"
      subtitle={t(network.built_from)}
      source={props.source}
      twin={twin}
      table={props.table}
      onTable={props.onTable}
      how={network.how}
      canvas={
        empty || !webgl
          ? null
          : {
              png: () => graph.current?.png() ?? "",
              zoom: (way) => graph.current?.zoom(way),
              onBox: (rectangle) => graph.current && onPick({ kind: "network-box", box: graph.current.boxOf(rectangle) }),
              boxes: true,
            }
      }
      busy={props.busy}
    >
      {empty ? (
        <Empty title={network.reason && !props.filtered ? w("noNetwork") : w("nothingHere")} space="digital">
          {t(network.reason)}
        </Empty>
      ) : webgl ? (
        <ErrorBoundary>
          <Suspense fallback={<Loading height="100%" />}>
            <Graph handle={graph} network={network} nodes={nodes} by={by} colours={colours} selected={brushed?.nodes ?? null} onPick={(id) => onPick(id === null ? null : { kind: "firm", id })} label={w("networkLabel", { n: count(nodes.length, language) })} />
          </Suspense>
        </ErrorBoundary>
      ) : (
        <Empty title={w("noNetwork")} space="digital">
          {w("mapUnavailable")}
        </Empty>
      )}
      {empty || props.table ? null : (
        <div className="legends legends-left">
          <Categories colours={colours} title={w(by)} nameOf={nameOf} picked={picked} onPick={choose} />
        </div>
      )}
    </Pane>
  );
}

const text = (en: string, zh: string): Text => ({ en, zh });
const NODE_COLUMNS: [string, Text, DataColumn["type"]][] = [
  ["id", text("Identifier", "编号"), "string"],
  ["name", text("Name", "名称"), "string"],
  ["community", text("Community", "社群"), "integer"],
  ["industry", text("Industry code", "行业代码"), "string"],
  ["industry_name", text("Industry", "行业"), "string"],
  ["place", text("Place", "地点"), "string"],
  ["size", text("Activity", "活跃度"), "number"],
  ["degree", text("Links", "连边"), "integer"],
];

/** Nodes with what can be read; positions mean nothing outside the picture and stay out. */
export function twinOf(cluster: string, network: Network): Twin {
  const rows = network.nodes as Columnar;
  const columns = NODE_COLUMNS.filter(([name]) => name in rows).map<DataColumn>(([name, title, type]) => ({ name, title, type, unit: text("", "") }));
  return { name: `${cluster}-digital`, columns, rows };
}
