/** Which places hold a cluster of an industry: three methods side by side, and how far they agree. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import { path, patiently } from "../api/client";
import type { Columnar, MapLayer, Text } from "../api/types";
import { count } from "../format/number";
import { download, toCsv } from "../format/csv";
import { useLook } from "../look/look";
import { Choice, type ChoiceOption } from "../parts/Choice";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import { Empty, Loading, useMessage } from "../parts/States";
import { both, howOf } from "./figures";
import { named } from "./layers";
import { PlacesMap } from "./PlacesMap";
import { numbers, texts } from "./reading";
import type { EvaluationReport, Identification, PlaceRows } from "./shapes";

interface Props {
  cluster: string;
  report: EvaluationReport;
  industries: ChoiceOption[];
  layer: MapLayer | null;
  place: string;
  nameOf: (id: string) => string;
  source: string;
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
  pick: (id: string) => void;
}

const METHODS = ["by_quotient", "by_network", "by_contiguity"] as const;
const SETTINGS = [
  ["threshold", "1.25", "any"],
  ["least", "3", "1"],
  ["nearest", "4", "1"],
] as const;

const identifyQuery = (cluster: string, asked: Readonly<Record<string, string>>) =>
  queryOptions({ queryKey: ["identify", cluster, asked], queryFn: ({ signal }) => patiently<Identification>(`${path("clusters", cluster)}/evaluate/identify`, asked, signal), staleTime: 5 * 60_000, retry: false });

export function Clusters({ cluster, report, industries, layer, place, nameOf, source, read, set, pick }: Props) {
  const { w } = useLook();
  const industry = industries.some((each) => each.value === read("industry")) ? read("industry") : (industries[0]?.value ?? "");
  const asked = { industry, ...Object.fromEntries(SETTINGS.map(([name, initial]) => [name, read(`i.${name}`) || initial])) };
  const { data, error } = useQuery(identifyQuery(cluster, asked));
  const message = useMessage(error);
  return (
    <>
      <div className="ev-identify">
        <Choice label={w("industry")} value={industry} options={industries} onChange={(id) => set({ industry: id })} />
        {SETTINGS.map(([name, initial, step]) => (
          <label key={name} className="inline-field">
            {w(`ev_i_${name}`)}
            <input
              key={read(`i.${name}`)}
              className="field"
              type="number"
              min={name === "threshold" ? 0.01 : 1}
              step={step}
              defaultValue={read(`i.${name}`) || initial}
              onBlur={(event) => set({ [`i.${name}`]: event.target.value === initial ? "" : event.target.value })}
              onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
            />
          </label>
        ))}
      </div>
      {error ? <Empty title={w("notComputable")}>{message}</Empty> : null}
      {!data && !error ? <Loading height={360} /> : null}
      {data ? <Found cluster={cluster} found={data} report={report} layer={layer} place={place} nameOf={nameOf} source={source} pick={pick} /> : null}
    </>
  );
}

type FoundProps = Omit<Props, "industries" | "read" | "set"> & { found: Identification };

/** How many methods choose each place; a method that could not be used counts for nothing. */
export function tallied(rows: Columnar): { all: number; chosen: number[]; usable: (typeof METHODS)[number][] } {
  const usable = METHODS.filter((name) => (rows[name] ?? []).some((value) => value !== null));
  return { all: usable.length, chosen: numbers(rows, "methods").map((value) => value ?? 0), usable: [...usable] };
}

function Found({ cluster, found, report, layer, place, nameOf, source, pick }: FoundProps) {
  const { w, t, language, palette } = useLook();
  const rows = found.places.rows as Columnar;
  const { all, chosen, usable } = useMemo(() => tallied(rows), [rows]);
  const ids = useMemo(() => texts(rows, "place_id"), [rows]);
  const places = useMemo(() => placesOf(ids, report.places, layer), [ids, report, layer]);
  const names = useMemo(() => found.places.columns.find((each) => each.name === "place_id")?.values ?? {}, [found]);
  const called = useCallback((id: string) => t(names[id]) || nameOf(id), [names, t, nameOf]);
  const view = useMemo(() => {
    const titles: Text[] = Array.from({ length: Math.max(2, all + 1) }, (_, k) => (k === 0 ? both("none", "无") : both(`${k} of ${all} methods`, `${k}/${all} 种方法`)));
    const colours = titles.map((_, k) => (k === 0 ? palette.land : (palette.blend[Math.min(palette.blend.length - 1, 1 + Math.round((4 * k) / Math.max(1, all)))] as string)));
    return named("methods", both("Methods that choose a place", "认定为集群的方法数"), new Map([["", new Map(ids.map((id, k) => [id, chosen[k] ?? 0]))]]), titles, colours);
  }, [all, chosen, ids, palette]);
  const tell = useCallback((id: string) => usable.map((name) => `${t(found.places.columns.find((each) => each.name === name)?.title)}${w("colon")}${w(rows[name]?.[ids.indexOf(id)] ? "yes" : "no")}`), [usable, found, rows, ids, t, w]);
  const full = chosen.filter((n) => n === all && all > 0).length;
  const kappa = numbers(found.agreement.rows as Columnar, "kappa").at(-1) ?? null;
  const most = chosen.filter((n) => n >= 2).length;
  const industry = t(found.title) || found.industry;
  return (
    <>
      <p className="ev-sentence" data-testid="sentence">
        {w(all > 2 ? "ev_i_said" : "ev_i_saidFew", { industry, full: count(full, language), of: count(ids.length, language), methods: all, most: count(most, language) })}
        {kappa === null ? (language === "zh" ? "。" : ".") : w("ev_i_kappa", { kappa: kappa.toFixed(2) })}
      </p>
      <div className="ev-stage">
        <section className="panel ev-map" aria-label={w("map")}>
          <PlacesMap cluster={cluster} view={view} period="" places={places} boundaries={report.boundaries} layer={layer} picked={place} nameOf={called} tell={tell} ellipses={null} source={source} onPick={pick} />
        </section>
        <section className="panel ev-side ev-agree">
          <Agreement found={found} />
          {METHODS.filter((name) => found.missing[name]).map((name) => (
            <p key={name} className="measure-note">
              <b>{t(found.places.columns.find((each) => each.name === name)?.title)}</b> {t(found.missing[name])}
            </p>
          ))}
        </section>
      </div>
      <Table found={found} ids={ids} called={called} place={place} pick={pick} cluster={cluster} report={report} />
    </>
  );
}

/** The places with their coordinates, from the evaluation or from the map of the cluster. */
function placesOf(ids: string[], known: PlaceRows, layer: MapLayer | null): PlaceRows {
  const points = (layer?.points ?? {}) as Columnar;
  const [pointIds, lon, lat] = [texts(points, "id"), numbers(points, "lon"), numbers(points, "lat")];
  const find = (id: string) => {
    const k = known.id.indexOf(id);
    if (k >= 0) return { lon: known.lon[k] ?? null, lat: known.lat[k] ?? null };
    const p = pointIds.indexOf(id);
    return { lon: lon[p] ?? null, lat: lat[p] ?? null };
  };
  const at = ids.map(find);
  return { id: ids, name: ids.map((id) => both(id, id)), region: ids.map(() => null), lon: at.map((each) => each.lon), lat: at.map((each) => each.lat) };
}

function Agreement({ found }: { found: Identification }) {
  const { w, t } = useLook();
  const rows = found.agreement.rows as Columnar;
  const [one, two, jaccard, kappa] = [texts(rows, "one"), texts(rows, "two"), numbers(rows, "jaccard"), numbers(rows, "kappa")];
  const words = found.agreement.columns.find((each) => each.name === "one")?.values ?? {};
  if (!one.length) return <Empty title={w("ev_i_alone")}>{w("ev_i_aloneWhy")}</Empty>;
  return (
    <>
      <h3>{t(found.agreement.title)}</h3>
      <table className="chain-tests">
        <thead>
          <tr>
            <th scope="col">{w("ev_i_pair")}</th>
            <th scope="col" className="right">
              Jaccard
            </th>
            <th scope="col" className="right">
              κ
            </th>
          </tr>
        </thead>
        <tbody>
          {one.map((each, k) => (
            <tr key={`${each} ${two[k]}`}>
              <th scope="row">{each === "all" ? t(words["all"]) : `${t(words[each])} – ${t(words[two[k] as string])}`}</th>
              <td className="right">{jaccard[k] === null ? "–" : (jaccard[k] as number).toFixed(2)}</td>
              <td className="right">{kappa[k] === null ? "–" : (kappa[k] as number).toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="measure-note">{t(found.agreement.note)}</p>
    </>
  );
}

interface TableProps {
  found: Identification;
  ids: string[];
  called: (id: string) => string;
  place: string;
  pick: (id: string) => void;
  cluster: string;
  report: EvaluationReport;
}

const SHOWN = 40;

/** One row for each place, those that most methods choose first. */
function Table({ found, ids, called, place, pick, cluster, report }: TableProps) {
  const { w, t, language } = useLook();
  const [how, setHow] = useState(false);
  const [limit, setLimit] = useState(SHOWN);
  const rows = found.places.rows as Columnar;
  const [quotient, n, group] = [numbers(rows, "location_quotient"), numbers(rows, "rows"), numbers(rows, "group")];
  const title = (name: string) => t(found.places.columns.find((each) => each.name === name)?.title);
  const names = found.places.columns.map((each) => each.name);
  return (
    <section className="panel ev-identified" aria-labelledby="ev-identified">
      <div className="section-row">
        <h3 id="ev-identified">{t(found.places.title)}</h3>
        <span>
          <button type="button" className="tool" onClick={() => download(`${cluster}-clusters-${found.industry}.csv`, toCsv([...names, "name"], { ...rows, name: ids.map(called) }))}>
            <Icon name="download" size={14} /> {w("csv")}
          </button>
          <button type="button" className="how-button" onClick={() => setHow(true)}>
            <Icon name="question" size={14} /> {w("how")}
          </button>
        </span>
      </div>
      <div className="chains" tabIndex={0} role="region" aria-label={t(found.places.title)}>
        <table className="chain" data-testid="identified">
          <thead>
            <tr>
              <th scope="col">{w("place")}</th>
              {["location_quotient", "rows", ...METHODS, "group"].map((name) => (
                <th key={name} scope="col" className="right">
                  {title(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ids.slice(0, limit).map((id, k) => (
              <tr key={id} data-place={id}>
                <th scope="row">
                  <button type="button" className="ev-link" aria-pressed={id === place} onClick={() => pick(id === place ? "" : id)}>
                    {called(id)}
                  </button>
                </th>
                <td className="right">{quotient[k] === null ? "–" : (quotient[k] as number).toFixed(2)}</td>
                <td className="right">{count(n[k] ?? 0, language)}</td>
                {METHODS.map((name) => (
                  <td key={name} className="right">
                    <Mark value={rows[name]?.[k]} />
                  </td>
                ))}
                <td className="right">{group[k] ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {ids.length > limit ? (
        <button type="button" className="button button-text" onClick={() => setLimit(ids.length)}>
          + {count(ids.length - limit, language)}
        </button>
      ) : null}
      <HowDrawer open={how} onClose={() => setHow(false)} title={t(found.places.title)} how={howOf({ ...report, tables: { identified: found.places, agreement: found.agreement }, trace: found.trace }, ["identified", "agreement"])} />
    </section>
  );
}

/** Chosen, not chosen, or not to be told: in words for those who do not see the mark. */
function Mark({ value }: { value: unknown }) {
  const { w } = useLook();
  if (value === null || value === undefined) return <span className="ev-mark">–</span>;
  return (
    <span className={`ev-mark${value ? " ev-mark-yes" : ""}`}>
      <span aria-hidden="true">{value ? "●" : "○"}</span>
      <span className="visually-hidden">{w(value ? "yes" : "no")}</span>
    </span>
  );
}
