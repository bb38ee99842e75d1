/** What is selected, and what it means in the other space. */
import { useMemo } from "react";

import { download, toCsv } from "../format/csv";
import { count, exact, short } from "../format/number";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";
import { shares, type Brushed, type Share } from "./brush";
import type { Both } from "./spaces";
import type { Colouring } from "./colouring";
import { sideOf, type Pick } from "./pick";

interface Props {
  cluster: string;
  pick: Pick;
  brushed: Brushed;
  both: Both;
  colours: Colouring;
  industryName: (id: string) => string;
  onPick: (pick: Pick | null) => void;
}

const BARS = 6;
const FIRMS = 40;

export function SelectionPanel({ cluster, pick, brushed, both, colours, industryName, onPick }: Props) {
  const { w, language, palette } = useLook();
  const { nodes } = both;
  const placeName = usePlaceNames(both);
  const chosen = useMemo(() => [...brushed.nodes].sort((a, b) => (nodes.size[b] ?? 0) - (nodes.size[a] ?? 0)), [brushed, nodes]);
  const placed = chosen.filter((k) => nodes.place[k]);
  const side = sideOf(pick);
  const total = new Set([...[...brushed.nodes].map((k) => nodes.id[k]), ...[...brushed.points].map((k) => both.points.id[k])]).size;
  const inBoth = [...brushed.nodes].filter((k) => nodes.lon[k] !== null || nodes.place[k]).length;
  const communities = shares(chosen.map((k) => nodes.community[k] ?? -1)).filter(({ value }) => value >= 0);
  const places = shares(placed.map((k) => nodes.place[k] ?? ""));
  const industries = shares(chosen.map((k) => nodes.industry[k] ?? "")).filter(({ value }) => value);

  const save = () =>
    download(
      `${cluster}-selection.csv`,
      toCsv(["id", "name", "industry", "place", "community", "size", "degree"], {
        id: chosen.map((k) => nodes.id[k]),
        name: chosen.map((k) => nodes.name[k]),
        industry: chosen.map((k) => nodes.industry[k]),
        place: chosen.map((k) => nodes.place[k]),
        community: chosen.map((k) => nodes.community[k]),
        size: chosen.map((k) => nodes.size[k]),
        degree: chosen.map((k) => nodes.degree[k]),
      }),
    );

  return (
    <aside className={`selection selection-${side}`} aria-label={w("selection")} data-testid="selection" data-firms={chosen.length}>
      <header>
        <h2>{titleOf(pick, both, w, placeName, industryName)}</h2>
        <button type="button" className="icon-button" onClick={() => onPick(null)} aria-label={w("clearSelection")} title={w("clearSelection")} data-testid="clear">
          <Icon name="close" />
        </button>
      </header>
      <div className="selection-body" tabIndex={0} role="region" aria-label={w("selectedFirms")}>
        <p className="selection-count">{w("inBothSpaces", { n: count(inBoth, language), total: count(total, language) })}</p>
        {chosen.length === 0 ? <p className="selection-none">{w("noCounterpart")}</p> : null}
        {communities.length && pick.kind !== "community" ? (
          <Bars title={w("acrossDigital")} items={communities} nameOf={(id) => w("communityN", { n: id + 1 })} colourOf={(id) => palette.categories[id] ?? palette.quiet} onPick={(id) => onPick({ kind: "community", id })} />
        ) : null}
        {places.length && pick.kind !== "area" ? <Bars title={w("acrossPhysical")} items={places} nameOf={placeName} colourOf={() => palette.physical} onPick={(id) => onPick({ kind: "area", id })} /> : null}
        {industries.length && pick.kind !== "industry" ? <Bars title={w("acrossIndustry")} items={industries} nameOf={industryName} colourOf={(id) => (colours.legend.some(({ key }) => key === id) ? colours.of(id) : palette.quiet)} onPick={(id) => onPick({ kind: "industry", id })} /> : null}
        {chosen.length ? (
          <>
            <div className="selection-list-head">
              <h3>{w("selectedFirms")}</h3>
              <button type="button" className="tool" onClick={save} title={w("downloadCsv")}>
                <Icon name="download" size={14} /> {w("csv")}
              </button>
            </div>
            <ol className="selection-list">
              {chosen.slice(0, FIRMS).map((k) => (
                <li key={nodes.id[k]}>
                  <button type="button" onClick={() => onPick({ kind: "firm", id: nodes.id[k] ?? "" })} title={exact(nodes.size[k], "number", language)}>
                    <i style={{ background: palette.categories[nodes.community[k] ?? -1] ?? palette.quiet }} />
                    <span>{nodes.name[k]}</span>
                    <small>{short(nodes.size[k], "number", language)}</small>
                  </button>
                </li>
              ))}
            </ol>
            {chosen.length > FIRMS ? <p className="selection-more">+ {count(chosen.length - FIRMS, language)}</p> : null}
          </>
        ) : null}
      </div>
    </aside>
  );
}

function usePlaceNames({ areas }: Both): (id: string) => string {
  return useMemo(() => {
    const names = new Map(areas.id.map((id, k) => [id, areas.name[k] ?? id]));
    return (id: string) => names.get(id) ?? id;
  }, [areas]);
}

function titleOf(pick: Pick, both: Both, w: ReturnType<typeof useLook>["w"], placeName: (id: string) => string, industryName: (id: string) => string): string {
  switch (pick.kind) {
    case "firm": {
      const k = both.nodes.id.indexOf(pick.id);
      const p = both.points.id.indexOf(pick.id);
      return both.nodes.name[k] ?? both.points.name[p] ?? pick.id;
    }
    case "community":
      return w("communityN", { n: pick.id + 1 });
    case "industry":
      return industryName(pick.id);
    case "area":
      return placeName(pick.id);
    case "cell":
      return pick.id;
    case "spot": {
      const at = both.points.lon.findIndex((lon, k) => Math.abs(lon - pick.lon) < 1e-6 && Math.abs((both.points.lat[k] ?? 0) - pick.lat) < 1e-6);
      return placeName(both.points.place[at] || "") || `${pick.lon.toFixed(3)}, ${pick.lat.toFixed(3)}`;
    }
    default:
      return w("selectedInBox");
  }
}

interface BarsProps<T extends string | number> {
  title: string;
  items: Share<T>[];
  nameOf: (value: T) => string;
  colourOf: (value: T) => string;
  onPick: (value: T) => void;
}

function Bars<T extends string | number>({ title, items, nameOf, colourOf, onPick }: BarsProps<T>) {
  const { w, language } = useLook();
  const shown = items.slice(0, BARS);
  const rest = items.slice(BARS);
  const restCount = rest.reduce((sum, { count: n }) => sum + n, 0);
  return (
    <section className="bars">
      <h3>{title}</h3>
      <ul>
        {shown.map(({ value, count: n, share }) => (
          <li key={value}>
            <button type="button" onClick={() => onPick(value)} title={`${n} · ${exact(share, "share", language)}`}>
              <span>{nameOf(value)}</span>
              <small>{short(share, "share", language)}</small>
              <i style={{ width: `${share * 100}%`, background: colourOf(value) }} />
            </button>
          </li>
        ))}
        {restCount ? (
          <li className="bars-rest">
            {w("elsewhere")}: {count(restCount, language)}
          </li>
        ) : null}
      </ul>
    </section>
  );
}
