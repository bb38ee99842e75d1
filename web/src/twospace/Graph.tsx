/** The network as sigma draws it. Positions come from the server and never move; filters only show and hide. */
import Graph from "graphology";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";

import type { Network } from "../api/types";
import { FONT } from "../figure/frame";
import { rgb, type Palette } from "../look/colours";
import { useLook } from "../look/look";
import type { Rectangle } from "./BoxTool";
import { keyOf, type ColourBy, type Colouring } from "./colouring";
import type { Box } from "./pick";
import { drawnEdges } from "./edges";
import type { Nodes } from "./spaces";

export interface GraphHandle {
  png: () => string;
  boxOf: (rectangle: Rectangle) => Box;
  zoom: (by: "in" | "out" | "fit") => void;
}

interface Props {
  network: Network;
  nodes: Nodes;
  by: ColourBy;
  colours: Colouring;
  selected: ReadonlySet<number> | null;
  onPick: (id: string | null) => void;
  label: string;
  handle: Ref<GraphHandle>;
}

type Drawn = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

export default function GraphView({ network, nodes, by, colours, selected, onPick, label, handle }: Props) {
  const { palette } = useLook();
  const box = useRef<HTMLDivElement>(null);
  const sigma = useRef<Sigma | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  // What the reducers read; a ref, so that a new selection repaints and does not rebuild.
  const view = useRef({ selected, palette });
  view.current = { selected, palette };

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new Sigma(new Graph(), element, settings(view));
    made.on("clickNode", ({ node }) => pick.current(node));
    made.on("clickStage", () => pick.current(null));
    made.on("enterNode", () => element.classList.add("over"));
    made.on("leaveNode", () => element.classList.remove("over"));
    sigma.current = made;
    return () => {
      made.kill();
      sigma.current = null;
    };
  }, []);

  useEffect(() => {
    const drawn = sigma.current;
    if (!drawn) return;
    drawn.setGraph(graphOf(network, nodes, by, colours, palette));
    drawn.setCustomBBox(extent(drawn, nodes));
    drawn.refresh();
  }, [network, nodes, by, colours, palette]);

  useEffect(() => sigma.current?.refresh({ skipIndexation: true }) && undefined, [selected]);

  useImperativeHandle(handle, () => ({
    png: () => (sigma.current ? picture(sigma.current, palette) : ""),
    boxOf: (rectangle) => (sigma.current ? boxOf(sigma.current, rectangle) : [0, 0, 0, 0]),
    zoom: (by_) => {
      const camera = sigma.current?.getCamera();
      if (by_ === "in") void camera?.animatedZoom({ duration: 160 });
      else if (by_ === "out") void camera?.animatedUnzoom({ duration: 160 });
      else void camera?.animatedReset({ duration: 160 });
    },
  }));

  return <div ref={box} className="graph" role="img" aria-label={label} data-testid="graph" data-nodes={nodes.length} data-selected={selected?.size ?? ""} />;
}

type View = { current: { selected: ReadonlySet<number> | null; palette: Palette } };

function settings(view: View): Partial<Settings> {
  return {
    allowInvalidContainer: true,
    hideEdgesOnMove: true,
    labelFont: FONT,
    labelSize: 12,
    labelWeight: "500",
    labelDensity: 0.35,
    labelGridCellSize: 120,
    labelRenderedSizeThreshold: 7,
    zIndex: true,
    minCameraRatio: 0.02,
    maxCameraRatio: 3,
    stagePadding: 36,
    defaultDrawNodeLabel: (context, data) => drawLabel(context, data as Drawn, view.current.palette),
    defaultDrawNodeHover: (context, data) => drawHover(context, data as Drawn, view.current.palette),
    nodeReducer: (_, data) => {
      const { selected, palette } = view.current;
      if (!selected) return data;
      const position = (data as { position?: number }).position ?? -1;
      if (selected.has(position)) return { ...data, zIndex: 2, size: (data["size"] as number) + 1.5, forceLabel: selected.size <= 12 };
      return { ...data, color: faded(palette, 0.28), label: "", zIndex: 0 };
    },
    edgeReducer: (_, data) => {
      const { selected, palette } = view.current;
      if (!selected) return data;
      const { from, to } = data as { from?: number; to?: number };
      const inside = selected.has(from ?? -1) && selected.has(to ?? -1);
      return inside ? { ...data, color: faded(palette, 0.75), zIndex: 1 } : { ...data, hidden: selected.size < 1 || !(selected.has(from ?? -1) || selected.has(to ?? -1)) };
    },
  };
}

function mixed(palette: Palette, colour: string, part: number): string {
  const [ground, ink] = [rgb(palette.surface), rgb(colour)];
  return `rgb(${ground.map((value, k) => Math.round(value + ((ink[k] ?? 0) - value) * part)).join(",")})`;
}

/** A mixture with the ground: sigma blends transparent edges brightly, an opaque mixture looks the same in both themes. */
function faded(palette: Palette, part: number): string {
  return mixed(palette, palette.inkSoft, part);
}

function graphOf(network: Network, nodes: Nodes, by: ColourBy, colours: Colouring, palette: Palette): Graph {
  const graph = new Graph({ type: "undirected", multi: false });
  const largest = Math.max(1e-9, ...nodes.size);
  const scale = nodes.length > 1200 ? 9 : nodes.length > 300 ? 12 : 15;
  for (let k = 0; k < nodes.length; k++) {
    graph.mergeNode(nodes.id[k], {
      x: nodes.x[k],
      y: nodes.y[k],
      // Area, not radius, says how active a firm is.
      size: 2 + scale * Math.sqrt((nodes.size[k] ?? 0) / largest),
      label: nodes.name[k],
      color: colours.of(keyOf(nodes, k, by)),
      position: k,
      zIndex: 1,
    });
  }
  for (const { from, to, inside, part } of drawnEdges(network, nodes)) {
    const [a, b] = [nodes.id[from], nodes.id[to]];
    if (!a || !b || a === b || graph.hasEdge(a, b)) continue;
    // Inside a community a link has its colour, so that communities read as bodies; between them it is a trace.
    const ink = inside ? mixed(palette, colours.of(keyOf(nodes, from, by)), 0.14 + 0.36 * part) : faded(palette, 0.05 + 0.16 * part);
    graph.addEdge(a, b, { size: inside ? 0.4 + 1.2 * part : 0.3 + 0.5 * part, color: ink, from, to });
  }
  return graph;
}

/** The frame stays the largest one seen, so that firms do not jump when a period has fewer of them. */
function extent(drawn: Sigma, nodes: Nodes): { x: [number, number]; y: [number, number] } {
  const before = drawn.getCustomBBox();
  const range = (values: number[], old?: [number, number]): [number, number] => [
    values.reduce((a, b) => Math.min(a, b), old?.[0] ?? Infinity),
    values.reduce((a, b) => Math.max(a, b), old?.[1] ?? -Infinity),
  ];
  if (!nodes.length) return before ?? { x: [0, 1], y: [0, 1] };
  return { x: range(nodes.x, before?.x), y: range(nodes.y, before?.y) };
}

/** A name beside its node, on the left where the right edge would cut it, with a rim that keeps it legible. */
function drawLabel(context: CanvasRenderingContext2D, data: Drawn, palette: Palette): void {
  if (!data.label) return;
  context.font = `500 12px ${FONT}`;
  const width = context.measureText(data.label).width;
  const right = data.x + data.size + 4;
  const fits = right + width < context.canvas.clientWidth - 4;
  const left = fits ? right : data.x - data.size - 4 - width;
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = palette.surface;
  context.strokeText(data.label, left, data.y + 4);
  context.fillStyle = palette.ink;
  context.fillText(data.label, left, data.y + 4);
}

function drawHover(context: CanvasRenderingContext2D, data: Drawn, palette: Palette): void {
  const text = data.label ?? "";
  context.beginPath();
  context.arc(data.x, data.y, data.size + 2.5, 0, 2 * Math.PI);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.stroke();
  if (!text) return;
  context.font = `600 12px ${FONT}`;
  const width = context.measureText(text).width + 14;
  const right = data.x + data.size + 7;
  const left = right + width < context.canvas.clientWidth - 4 ? right : data.x - data.size - 7 - width;
  const top = data.y - 12;
  context.fillStyle = palette.surface;
  context.strokeStyle = palette.border;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left, top, width, 24, 5);
  context.fill();
  context.stroke();
  context.fillStyle = palette.ink;
  context.fillText(text, left + 7, data.y + 4);
}

function boxOf(drawn: Sigma, { left, top, right, bottom }: Rectangle): Box {
  const [a, b] = [drawn.viewportToGraph({ x: left, y: top }), drawn.viewportToGraph({ x: right, y: bottom })];
  return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
}

/** All layers on one canvas, read right after they are drawn: the browser may clear them afterwards. */
function picture(drawn: Sigma, palette: Palette): string {
  const layers = Object.entries(drawn.getCanvases()).filter(([name]) => ["edges", "nodes", "labels"].includes(name));
  const first = layers[0]?.[1];
  if (!first) return "";
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [first.width, first.height];
  const context = canvas.getContext("2d");
  if (!context) return "";
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawn.refresh();
  for (const [, layer] of layers) context.drawImage(layer, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
