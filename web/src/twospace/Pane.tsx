/** The frame of either space: what it shows, how much of all, its tools, and its table twin. */
import { useState, type ReactNode } from "react";

import type { Columnar, DataColumn, How } from "../api/types";
import { Tool } from "../figure/FigureCard";
import { framedPng } from "../figure/picture";
import { download, toCsv } from "../format/csv";
import { count } from "../format/number";
import { useLook } from "../look/look";
import { DataTable } from "../parts/DataTable";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import type { Word } from "../words/dictionary";
import { BoxTool, type Rectangle } from "./BoxTool";

export interface Twin {
  name: string;
  columns: DataColumn[];
  rows: Columnar;
}

interface Props {
  space: "physical" | "digital";
  shown: number;
  total: number;
  what: Word;
  subtitle: string;
  source: string;
  twin: Twin | null;
  table: boolean;
  onTable: (shown: boolean) => void;
  how: How | null;
  /** Null where there is nothing to draw on, such as a list. */
  canvas: { png: () => string; zoom: (by: "in" | "out" | "fit") => void; onBox: (rectangle: Rectangle) => void; boxes: boolean } | null;
  busy: boolean;
  children: ReactNode;
  footer?: ReactNode;
}

export function Pane(props: Props) {
  const { space, shown, total, what, subtitle, twin, table, onTable, how, canvas, busy, children } = props;
  const { w, language } = useLook();
  const [boxing, setBoxing] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const title = w(space);
  const save = () => {
    if (canvas && twin) void framedPng(canvas.png(), { title, takeaway: subtitle, source: props.source }).then((blob) => download(`${twin.name}.png`, blob));
  };
  return (
    <section className={`pane pane-${space}`} aria-labelledby={`pane-${space}`} aria-busy={busy} data-testid={`pane-${space}`}>
      <header className="pane-head">
        <div>
          <h2 id={`pane-${space}`}>{title}</h2>
          <p title={subtitle}>{subtitle}</p>
        </div>
        {total ? (
          <p className="pane-count" data-testid={`count-${space}`}>
            <b>{w("shownOf", { shown: count(shown, language), total: count(total, language) })}</b> {w(what)}
          </p>
        ) : null}
      </header>
      <div className="pane-body">
        {table && twin ? (
          <div className="pane-table">
            <DataTable columns={twin.columns} rows={twin.rows} caption={`${title} – ${subtitle}`} pageSize={100} />
          </div>
        ) : (
          <>
            {children}
            {canvas && boxing ? (
              <BoxTool
                space={space}
                onDone={(rectangle) => {
                  canvas.onBox(rectangle);
                  setBoxing(false);
                }}
              />
            ) : null}
            {canvas ? <CanvasTools canvas={canvas} boxing={boxing} setBoxing={setBoxing} space={space} /> : null}
          </>
        )}
        {busy ? <i className="pane-busy" aria-hidden="true" /> : null}
      </div>
      <footer className="pane-tools">
        {twin ? (
          <>
            <Tool icon={table ? "chart" : "table"} label={w(table ? "viewChart" : "viewData")} onClick={() => onTable(!table)} pressed={table} />
            <Tool icon="download" label={w("csv")} title={w("downloadCsv")} onClick={() => download(`${twin.name}.csv`, toCsv(twin.columns.map((column) => column.name), twin.rows))} />
            {canvas && !table ? <Tool icon="image" label={w("png")} title={w("downloadPng")} onClick={save} /> : null}
          </>
        ) : null}
        {props.footer}
        {how ? (
          <button type="button" className="how-button" onClick={() => setExplaining(true)}>
            <Icon name="question" size={14} />
            {w("how")}
          </button>
        ) : null}
      </footer>
      {how ? <HowDrawer open={explaining} onClose={() => setExplaining(false)} title={`${title} – ${subtitle}`} how={how} /> : null}
    </section>
  );
}

interface ToolsProps {
  canvas: NonNullable<Props["canvas"]>;
  boxing: boolean;
  setBoxing: (boxing: boolean) => void;
  space: "physical" | "digital";
}

function CanvasTools({ canvas, boxing, setBoxing, space }: ToolsProps) {
  const { w } = useLook();
  return (
    <div className="canvas-tools" role="toolbar" aria-label={`${w("tools")}: ${w(space)}`} aria-orientation="vertical">
      <button type="button" className="icon-button" aria-label={w("zoomIn")} title={w("zoomIn")} onClick={() => canvas.zoom("in")}>
        <Icon name="plus" />
      </button>
      <button type="button" className="icon-button" aria-label={w("zoomOut")} title={w("zoomOut")} onClick={() => canvas.zoom("out")}>
        <Icon name="minus" />
      </button>
      <button type="button" className="icon-button" aria-label={w("fit")} title={w("fit")} onClick={() => canvas.zoom("fit")}>
        <Icon name="fit" />
      </button>
      {canvas.boxes ? (
        <button type="button" className="icon-button" aria-pressed={boxing} aria-label={w("boxTool")} title={w("boxTool")} onClick={() => setBoxing(!boxing)} data-testid={`box-button-${space}`}>
          <Icon name="box" />
        </button>
      ) : null}
    </div>
  );
}
