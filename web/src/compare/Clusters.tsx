/** Whole clusters of the workspace, side by side on numbers that every one can have. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { clustersQuery } from "../api/queries";
import type { Headline } from "../api/types";
import { exact, short } from "../format/number";
import { useLook } from "../look/look";
import { OriginBadge } from "../parts/Badges";
import { Failed, Loading } from "../parts/States";
import { clustersComparedQuery, MOST } from "./asking";

interface Props {
  cluster: string;
  chosen: string[];
  onChange: (ids: string[]) => void;
}

export function Clusters({ cluster, chosen, onChange }: Props) {
  const { w, t } = useLook();
  const every = useQuery(clustersQuery()).data ?? [];
  const ids = chosen.length ? chosen : [cluster, ...every.map((each) => each.id).filter((id) => id !== cluster)].slice(0, 4);
  const known = ids.filter((id) => every.some((each) => each.id === id));
  const { data, error, refetch } = useQuery({ ...clustersComparedQuery(known), enabled: known.length > 0 });
  const toggle = (id: string) => onChange(known.includes(id) ? known.filter((each) => each !== id) : [...known, id]);
  return (
    <section className="panel clusters-compared" aria-labelledby="clusters" data-testid="clusters">
      <h2 id="clusters" className="section-title">
        {w("compareClusters")}
      </h2>
      <div className="table-tabs" role="group" aria-label={w("compareClusters")}>
        {every.map((each) => (
          <button key={each.id} type="button" aria-pressed={known.includes(each.id)} disabled={(known.includes(each.id) && known.length === 1) || (!known.includes(each.id) && known.length >= MOST)} onClick={() => toggle(each.id)}>
            {t(each.title)}
          </button>
        ))}
      </div>
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Loading height={160} /> : null}
      {data ? (
        <div className="rank-table" tabIndex={0} role="region" aria-label={w("compareClusters")}>
          <table>
            <caption className="visually-hidden">{w("compareClusters")}</caption>
            <thead>
              <tr>
                <th scope="col">{w("headline")}</th>
                {data.clusters.map((each) => (
                  <th key={each.id} scope="col">
                    <Link to={`/clusters/${encodeURIComponent(each.id)}/profile`}>{t(each.title)}</Link> <OriginBadge origin={each.origin} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.headlines.map((line) => (
                <tr key={line.id}>
                  <th scope="row">
                    {t(line.title)}
                    {line.range === "none" ? null : <small>{t(line.says)}</small>}
                  </th>
                  {data.clusters.map((each, k) => (
                    <td key={each.id}>
                      <Number line={line} k={k} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p className="rank-missing">{t(data.note)}</p>
        </div>
      ) : null}
    </section>
  );
}

/** A number with the middle half of the units on the scale that all clusters of the row share. */
function Number({ line, k }: { line: Headline; k: number }) {
  const { w, t, language } = useLook();
  const cell = line.cells[k];
  if (!cell || cell.value === null) return <span className="rank-none">{cell && t(cell.note) ? t(cell.note) : w("noValue")}</span>;
  const every = line.cells.flatMap((each) => [each.value, each.low, each.high]).filter((each): each is number => each !== null);
  const [from, to] = [Math.min(0, ...every), Math.max(...every)];
  const at = (value: number) => (100 * (value - from)) / (to - from || 1);
  return (
    <div className="rank-cell">
      <b>{line.type === "integer" ? exact(cell.value, "integer", language) : short(cell.value, line.type, language)}</b>
      {cell.low === null || cell.high === null ? null : (
        <>
          <div className="rank-bar" aria-hidden="true">
            <i style={{ left: `${at(cell.low)}%`, width: `${at(cell.high) - at(cell.low)}%` }} />
            <b style={{ left: `${at(cell.value)}%` }} />
          </div>
          <small>{w("middleHalf", { low: short(cell.low, line.type, language), high: short(cell.high, line.type, language) })}</small>
        </>
      )}
    </div>
  );
}
