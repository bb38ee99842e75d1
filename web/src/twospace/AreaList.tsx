/** Places that have no coordinates: a ranked list, searchable, with bars; it brushes like a map. */
import { useMemo, useState } from "react";

import { exact, short } from "../format/number";
import { useLook } from "../look/look";
import type { Brushed } from "./brush";
import type { Areas } from "./spaces";

interface Props {
  areas: Areas;
  reason: string;
  title: string;
  brushed: Brushed | null;
  onPick: (id: string) => void;
}

const STEP = 60;

export function AreaList({ areas, reason, title, brushed, onPick }: Props) {
  const { w, language } = useLook();
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(STEP);
  const order = useMemo(() => areas.id.map((_, k) => k).sort((a, b) => (areas.value[b] ?? -Infinity) - (areas.value[a] ?? -Infinity)), [areas]);
  const largest = Math.max(1e-9, ...areas.value.map((value) => Math.abs(value ?? 0)));
  const wanted = search.trim().toLowerCase();
  const found = order.filter((k) => !wanted || areas.name[k]?.toLowerCase().includes(wanted) || areas.id[k]?.toLowerCase() === wanted);
  // With a selection, what belongs to it comes first.
  const shown = brushed ? [...found].sort((a, b) => Number(brushed.areas.has(areas.id[b] ?? "")) - Number(brushed.areas.has(areas.id[a] ?? ""))) : found;

  return (
    <div className="area-list" data-testid="area-list">
      {reason ? <p className="area-reason">{reason}</p> : null}
      <div className="area-head">
        <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} placeholder={w("search")} aria-label={w("search")} />
        <span>{title}</span>
      </div>
      <ol tabIndex={0} aria-label={title}>
        {shown.slice(0, limit).map((k) => {
          const id = areas.id[k] ?? "";
          const value = areas.value[k] ?? null;
          const hit = brushed?.areas.has(id);
          return (
            <li key={id} className={brushed ? (hit ? "hit" : "faded") : ""}>
              <button type="button" onClick={() => onPick(id)} aria-pressed={Boolean(hit)} data-area={id}>
                <span className="area-rank">{order.indexOf(k) + 1}</span>
                <span className="area-name">{areas.name[k]}</span>
                <span className="area-bar" aria-hidden="true">
                  <i style={{ width: `${(Math.abs(value ?? 0) / largest) * 100}%` }} />
                </span>
                <span className="area-value" title={exact(value, "number", language)}>
                  {short(value, "number", language)}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {shown.length > limit ? (
        <button type="button" className="button button-text" onClick={() => setLimit(limit + 4 * STEP)}>
          + {shown.length - limit}
        </button>
      ) : null}
    </div>
  );
}
