/** A small graph: nodes sized by their strongest number and coloured by group, with the table behind it. */
import { useEffect, useMemo, useRef, useState } from "react";

import type { Columnar, DataColumn, NetworkGraph } from "../api/types";
import { init } from "../figure/engine";
import { Tool } from "../figure/FigureCard";
import { download, toCsv } from "../format/csv";
import { count, exact, type Language } from "../format/number";
import { categoryColour, type Palette } from "../look/colours";
import { useLook } from "../look/look";
import { nameIn } from "../format/name";
import { DataTable } from "../parts/DataTable";
import { layout } from "./layout";

/** Numbers by which a node may be large, the best first. */
const SIZES = ["partners", "strength", "degree", "baskets", "support", "count", "weight"];
const GROUPS = ["community", "module", "group"];
const WEIGHTS = ["weight", "lift", "value"];
const LABELLED = 14;

export function PartGraph({ graph, name }: { graph: NetworkGraph; name: string }) {
  const { w, t, language, palette } = useLook();
  const [table, setTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const drawn = useMemo(() => optionOf(graph, language, palette), [graph, language, palette]);
  useEffect(() => {
    const element = box.current;
    if (!element || table) return undefined;
    const made = init(element, null, { renderer: "canvas" });
    made.setOption(drawn);
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, [drawn, table]);
  const nodes = graph.nodes as Columnar;
  const shown = nodes[graph.node_columns[0]?.name ?? ""]?.length ?? 0;
  const edges = (graph.edges as Columnar)["source"]?.length ?? 0;
  const said = w("graphShown", { nodes: count(shown, language), allNodes: count(graph.total_nodes, language), edges: count(edges, language), allEdges: count(graph.total_edges, language) });
  return (
    <article className="figure space-edge-digital" data-figure="graph">
      <header className="figure-head">
        <h3>{t(graph.title)}</h3>
      </header>
      <p className="figure-takeaway">{said}</p>
      <div className="figure-body">
        {table ? <DataTable columns={graph.node_columns} rows={nodes} caption={t(graph.title)} pageSize={12} /> : <div className="part-graph" ref={box} role="img" aria-label={`${t(graph.title)}. ${said}`} />}
      </div>
      <footer className="figure-tools">
        <Tool icon={table ? "chart" : "table"} label={w(table ? "viewChart" : "viewData")} onClick={() => setTable(!table)} pressed={table} />
        <Tool icon="download" label={w("csv")} title={w("downloadCsv")} onClick={() => download(`${name}-nodes.csv`, toCsv(graph.node_columns.map((each) => each.name), nodes))} />
        <Tool icon="download" label={w("edgesCsv")} title={w("downloadCsv")} onClick={() => download(`${name}-edges.csv`, toCsv(graph.edge_columns.map((each) => each.name), graph.edges as Columnar))} />
      </footer>
    </article>
  );
}

const first = (columns: readonly DataColumn[], names: readonly string[]): string => names.find((name) => columns.some((column) => column.name === name)) ?? "";

function optionOf(graph: NetworkGraph, language: Language, palette: Palette) {
  const nodes = graph.nodes as Columnar;
  const edges = graph.edges as Columnar;
  const n = nodes[graph.node_columns[0]?.name ?? ""]?.length ?? 0;
  const pairs = (edges["source"] ?? []).map((source, k) => [Number(source), Number(edges["target"]?.[k])] as const);
  const at = layout(n, pairs);
  const by = first(graph.node_columns, SIZES);
  const group = first(graph.node_columns, GROUPS);
  const heavy = first(graph.edge_columns, WEIGHTS);
  const title = first(graph.node_columns, ["name", "title", "category", "id"]);
  const sizes = (nodes[by] ?? []).map((value) => (typeof value === "number" ? Math.max(0, value) : 0));
  const most = Math.max(1e-9, ...sizes);
  const ranked = [...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const labelled = new Set(sizes.length ? ranked.slice(0, LABELLED) : Array.from({ length: Math.min(n, LABELLED) }, (_, k) => k));
  const groups = [...new Set(nodes[group] ?? [])];
  const weights = (edges[heavy] ?? []).map((value) => (typeof value === "number" ? Math.abs(value) : 1));
  const top = Math.max(1e-9, ...weights);
  const label = (k: number) => nameIn(language, String(nodes[title]?.[k] ?? k));
  const tell = (columns: readonly DataColumn[], rows: Columnar, k: number) => {
    const holder = document.createElement("div");
    for (const column of columns) {
      if (column.name === "source" || column.name === "target" || column.name === "id") continue;
      const value = rows[column.name]?.[k];
      if (value === null || value === undefined) continue;
      const row = document.createElement("div");
      row.className = "tip-row";
      const [what, shown] = [document.createElement("span"), document.createElement("b")];
      what.textContent = column.title[language] || column.title.en;
      shown.textContent = typeof value === "number" ? exact(Number(value.toPrecision(4)), column.type, language) : (column.values?.[String(value)]?.[language] ?? String(value));
      row.append(what, shown);
      holder.append(row);
    }
    return holder;
  };
  return {
    animation: false,
    tooltip: {
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.border,
      textStyle: { color: palette.ink, fontSize: 12 },
      formatter: (given: unknown) => {
        const { dataType, dataIndex } = given as { dataType: string; dataIndex: number };
        return dataType === "edge" ? tell(graph.edge_columns, edges, dataIndex) : tell(graph.node_columns, nodes, dataIndex);
      },
    },
    series: [
      {
        type: "graph",
        layout: "none",
        roam: true,
        left: 60,
        right: 60,
        top: 20,
        bottom: 20,
        edgeSymbol: graph.directed ? ["none", "arrow"] : ["none", "none"],
        edgeSymbolSize: 5,
        data: at.map(({ x, y }, k) => ({
          name: String(k),
          x,
          y,
          symbolSize: 6 + 16 * Math.sqrt((sizes[k] ?? 0) / most),
          itemStyle: { color: group ? categoryColour(groups.indexOf(nodes[group]?.[k]), palette) : palette.digital, borderColor: palette.surface, borderWidth: 1 },
          label: { show: labelled.has(k), formatter: label(k), position: "right", color: palette.ink, fontSize: 11 },
        })),
        labelLayout: { hideOverlap: true },
        edges: pairs.map(([source, target], k) => ({ source, target, lineStyle: { color: palette.inkSoft, opacity: 0.12 + 0.4 * ((weights[k] ?? 0) / top), width: 0.6 + 2 * ((weights[k] ?? 0) / top), curveness: graph.directed ? 0.08 : 0 } })),
        emphasis: { focus: "adjacency" },
      },
    ],
  };
}
