/** All places of a period by rank, each with the range of ranks that other weights and standardisations give. */
import { useEffect, useMemo, useRef, useState } from "react";

import { download, toCsv } from "../format/csv";
import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";
import { ranking, type Panel, type Rank } from "./reading";

/** Rows shown before more are asked for. */
const MOST = 400;

interface Props {
  panel: Panel;
  period: string;
  place: string;
  nameOf: (id: string) => string;
  cluster: string;
  wanted: string;
  onWanted: (text: string) => void;
  onPick: (id: string) => void;
  /** Coverage of the ranges. */
  level: number;
}

export function RankList({ panel, period, place, nameOf, cluster, wanted, onWanted, onPick, level }: Props) {
  const { w, language } = useLook();
  const all = useMemo(() => ranking(panel, period), [panel, period]);
  const [more, setMore] = useState(false);
  const typed = wanted.trim().toLowerCase();
  const shown = typed ? all.filter((each) => nameOf(each.place).toLowerCase().includes(typed) || each.place.startsWith(typed)) : all;
  // Thousands of rows at every step of the slider would be slow; a picked place is always among those shown.
  const limit = more ? shown.length : Math.max(MOST, shown.findIndex((each) => each.place === place) + 1);
  const chosen = useRef<HTMLTableRowElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const [followed, setFollowed] = useState("");

  useEffect(() => {
    // A place picked on the map is brought into view in the list, once, and without moving the page.
    if (!place || place === followed || !chosen.current || !scroll.current) return;
    const [row, box] = [chosen.current, scroll.current];
    if (row.offsetTop < box.scrollTop + 30 || row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = row.offsetTop - box.clientHeight / 2;
    setFollowed(place);
  }, [place, followed]);

  const save = () => {
    const names = ["period", "place_id", "name", "rank", "rank_low", "rank_high", "share_in_top", "score"];
    const rows = { period: all.map(() => period), place_id: all.map((each) => each.place), name: all.map((each) => nameOf(each.place)), rank: all.map((each) => each.rank), rank_low: all.map((each) => each.low), rank_high: all.map((each) => each.high), share_in_top: all.map((each) => each.top), score: all.map((each) => each.score) };
    download(`${cluster}-ranking-${period}.csv`, toCsv(names, rows));
  };
  return (
    <div className="ranks" data-testid="ranks">
      <div className="ranks-head">
        <input type="search" className="field search" value={wanted} placeholder={w("search")} aria-label={`${w("search")}: ${w("ev_ranking")}`} onChange={(event) => onWanted(event.target.value)} />
        <button type="button" className="tool" onClick={save}>
          <Icon name="download" size={14} /> {w("csv")}
        </button>
      </div>
      <div className="ranks-scroll" ref={scroll} tabIndex={0} role="region" aria-label={w("ev_ranking")}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="right">
                {w("ev_rank")}
              </th>
              <th scope="col">{w("place")}</th>
              <th scope="col" className="right">
                {w("ev_score")}
              </th>
              <th scope="col" className="ranks-range-head">
                {w("ev_range", { level: `${Math.round(100 * level)}%` })}
                {all.length > 1 ? <Scale of={all.length} /> : null}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, limit).map((each) => (
              <tr key={each.place} ref={each.place === place ? chosen : undefined} className={each.place === place ? "picked" : ""} data-place={each.place}>
                <td className="right">{each.rank}</td>
                <th scope="row">
                  <button type="button" aria-pressed={each.place === place} onClick={() => onPick(each.place === place ? "" : each.place)}>
                    {nameOf(each.place)}
                  </button>
                </th>
                <td className="right" title={exact(each.score, "number", language)}>
                  {each.score === null ? "–" : each.score.toFixed(3)}
                </td>
                <td>
                  <Range rank={each} of={all.length} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length > limit ? (
          <button type="button" className="button button-text" onClick={() => setMore(true)}>
            + {count(shown.length - limit, language)}
          </button>
        ) : null}
        {shown.length ? null : <p className="ranks-none">{w("ev_nobody")}</p>}
      </div>
    </div>
  );
}

/** Where a rank stands, in percent: by its square root, so that the first places can be told apart and the last still fit. */
const standing = (rank: number, of: number) => (100 * (Math.sqrt(rank) - 1)) / (Math.sqrt(of) - 1);

const MARKS = [1, 10, 50, 100, 200, 500, 1000, 2000];

/** Least distance of two marks, in percent: nearer ones would be written into each other. */
const APART = 15;

/** The ranks that the scale above the bars names. */
function marks(of: number): number[] {
  const found = [1];
  for (const mark of MARKS) if (mark < of && standing(mark, of) - standing(found[found.length - 1] as number, of) >= APART && standing(mark, of) <= 100 - APART) found.push(mark);
  return [...found, of];
}

function Scale({ of }: { of: number }) {
  return (
    <span className="range" aria-hidden="true">
      <span className="range-scale">
        {marks(of).map((mark) => (
          <i key={mark} style={{ left: `${standing(mark, of)}%` }}>
            {mark}
          </i>
        ))}
      </span>
    </span>
  );
}

/** A rank between the first, on the left, and the last. */
export function Range({ rank: { rank, low, high }, of }: { rank: Pick<Rank, "rank" | "low" | "high">; of: number }) {
  if (rank === null || of < 2) return null;
  const share = (value: number) => standing(value, of);
  return (
    <span className="range">
      <span className="range-bar" aria-hidden="true">
        {low === null || high === null ? null : <i style={{ left: `${share(low)}%`, width: `${share(high) - share(low)}%` }} />}
        <b style={{ left: `${share(rank)}%` }} />
      </span>
      <small>{low === null || high === null ? "" : low === high ? low : `${low}–${high}`}</small>
    </span>
  );
}
