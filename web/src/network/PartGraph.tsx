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
import { layout, type Point } from "./layout";

/** Numbers by which a node may be large, the best first. */
const SIZES = ["partners", "strength", "degree", "orders", "baskets", "support", "count", "weight"];
const GROUPS = ["community", "module", "group"];
const WEIGHTS = ["weight", "lift", "value"];
const LABELLED = 14;

export function PartGraph({ graph, name }: { graph: NetworkGraph; name: string }) {
  const { w, t, language, palette } = useLook();
  const [table, setTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const at = useMemo(() => placesOf(graph), [graph]);
  useEffect(() => {
    const element = box.current;
    if (!element || table) return undefined;
    const made = init(element, null, { renderer: "canvas" });
    const draw = () => made.setOption(optionOf(graph, filling(at, element.clientWidth - 2 * SIDE, element.clientHeight - 2 * TOP), language, palette), { notMerge: true });
    draw();
    const observer = new ResizeObserver(() => {
      made.resize();
      draw();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, [graph, at, language, palette, table]);
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

/** Room left for names beside the outermost nodes. */
const SIDE = 70;
const TOP = 20;

function placesOf(graph: NetworkGraph): Point[] {
  const edges = graph.edges as Columnar;
  const n = (graph.nodes as Columnar)[graph.node_columns[0]?.name ?? ""]?.length ?? 0;
  return layout(n, (edges["source"] ?? []).map((source, k) => [Number(source), Number(edges["target"]?.[k])] as const));
}

/** Stretched to the shape of the box: drawn with one scale for both axes, edges then meet their nodes. */
export function filling(at: readonly Point[], width: number, height: number): Point[] {
  const [xs, ys] = [at.map(({ x }) => x), at.map(({ y }) => y)];
  const [left, low] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left || 1, Math.max(...ys) - low || 1];
  return at.map(({ x, y }) => ({ x: ((x - left) / wide) * Math.max(1, width), y: ((y - low) / high) * Math.max(1, height) }));
}

function optionOf(graph: NetworkGraph, at: readonly Point[], language: Language, palette: Palette) {
  const nodes = graph.nodes as Columnar;
  const edges = graph.edges as Columnar;
  const n = nodes[graph.node_columns[0]?.name ?? ""]?.length ?? 0;
  const pairs = (edges["source"] ?? []).map((source, k) => [Number(source), Number(edges["target"]?.[k])] as const);
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
  const words = graph.node_columns.find((column) => column.name === title)?.values;
  const label = (k: number) => {
    const id = String(nodes[title]?.[k] ?? k);
    const word = words?.[id];
    return word ? word[language] || word.en : nameIn(language, id);
  };
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
        left: SIDE,
        right: SIDE,
        top: TOP,
        bottom: TOP,
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
