/** A figure with everything that belongs to it: takeaway, table twin, downloads, and how it is known. */
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import type { Columnar, Figure } from "../api/types";
import { download, toCsv } from "../format/csv";
import { useLook } from "../look/look";
import { DataTable } from "../parts/DataTable";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon, type IconName } from "../parts/Icon";
import { Loading } from "../parts/States";
import type { ChartHandle } from "./Chart";
import { framedPng } from "./picture";
import { chartHeight } from "./option";
import { worded } from "./rows";

const Chart = lazy(() => import("./Chart"));

interface Props {
  figure: Figure;
  cluster: string;
  /** Line under a downloaded picture: source, date, badge. */
  source: string;
  table: boolean;
  onTable: (shown: boolean) => void;
  marked: boolean;
  /** What is shown in place of the chart, such as a table of shaded cells; the files hold the chart. */
  picture?: ReactNode;
  /** The row whose mark was clicked. */
  onPick?: (position: number | null) => void;
}

/** Width of a picture that was never on screen. */
const STILL = 720;

export function FigureCard({ figure, cluster, source, table, onTable, marked, picture, onPick }: Props) {
  const { w, t, language, palette } = useLook();
  const chart = useRef<ChartHandle>(null);
  const card = useRef<HTMLElement>(null);
  const [how, setHow] = useState(false);
  const shown = useMemo(() => worded(figure, t), [figure, t]);
  const empty = figure.missing !== null && figure.missing !== undefined;
  const drawn = async () => {
    if (!picture) return chart.current;
    const { stillPng, stillSvg } = await import("./still");
    const style = { language, palette, width: STILL };
    return { png: () => stillPng(shown, style), svg: () => stillSvg(shown, style) };
  };

  useEffect(() => {
    if (marked) card.current?.scrollIntoView({ behavior: "smooth", block: "center" });
  }, [marked]);

  return (
    <article ref={card} id={`figure-${figure.id}`} className={`figure space-edge-${figure.space}${marked ? " marked" : ""}`} aria-labelledby={`title-${figure.id}`} data-figure={figure.id}>
      <header className="figure-head">
        <h3 id={`title-${figure.id}`}>{t(figure.title)}</h3>
        {figure.space === "none" ? null : <span className={`space-tag space-tag-${figure.space}`}>{w(figure.space)}</span>}
      </header>
      {t(figure.takeaway) && !empty ? <p className="figure-takeaway">{t(figure.takeaway)}</p> : null}
      <div className="figure-body">
        {empty ? (
          <div className="figure-missing">
            <b>{w("notComputable")}</b>
            <p>{t(figure.missing)}</p>
          </div>
        ) : table ? (
          <DataTable columns={figure.columns} rows={shown.rows as Columnar} caption={t(figure.title)} pageSize={12} />
        ) : picture ? (
          picture
        ) : (
          <ErrorBoundary>
            <Suspense fallback={<Loading height={chartHeight(figure)} />}>
              <Chart figure={shown} handle={chart} {...(onPick ? { onPick } : {})} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
      <footer className="figure-tools">
        {empty ? null : (
          <>
            <Tool icon={table ? "chart" : "table"} label={w(table ? "viewChart" : "viewData")} onClick={() => onTable(!table)} pressed={table} />
            <Tool icon="download" label={w("csv")} title={w("downloadCsv")} onClick={() => download(`${cluster}-${figure.id}.csv`, toCsv(figure.columns.map((each) => each.name), figure.rows as Columnar))} />
            {table ? null : (
              <>
                <Tool
                  icon="image"
                  label={w("png")}
                  title={w("downloadPng")}
                  onClick={() => void drawn().then((made) => made && framedPng(made.png(), { title: t(figure.title), takeaway: t(figure.takeaway), source })).then((blob) => blob && download(`${cluster}-${figure.id}.png`, blob))}
                />
                <Tool icon="image" label={w("svg")} title={w("downloadSvg")} onClick={() => void drawn().then((made) => made && download(`${cluster}-${figure.id}.svg`, made.svg(), "image/svg+xml"))} />
              </>
            )}
          </>
        )}
        <button type="button" className="how-button" onClick={() => setHow(true)}>
          <Icon name="question" size={14} />
          {w("how")}
        </button>
      </footer>
      <HowDrawer open={how} onClose={() => setHow(false)} title={t(figure.title)} how={figure.how} />
    </article>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  title?: string;
  onClick: () => void;
  pressed?: boolean;
}

export function Tool({ icon, label, title, onClick, pressed }: ToolProps) {
  return (
    <button type="button" className="tool" onClick={onClick} title={title} aria-pressed={pressed}>
      <Icon name={icon} size={14} />
      <span>{label}</span>
    </button>
  );
}
