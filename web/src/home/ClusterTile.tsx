/** One cluster on the home page. */
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { apiUrl, path, request } from "../api/client";
import type { ClusterCard } from "../api/types";
import { short } from "../format/number";
import { spanLabel } from "../format/period";
import { useLook } from "../look/look";
import { GradeMark, OriginBadge, SpaceBadges } from "../parts/Badges";
import { Icon } from "../parts/Icon";
import { useNotify } from "../parts/Notices";
import { useMessage } from "../parts/States";
import { tableWord } from "../words/words";
import { useState } from "react";

/** Tables in the order in which they tell most about a cluster. */
const TOLD = ["actors", "interactions", "places", "panel", "industries", "ties", "offers", "needs", "flows"];

export function ClusterTile({ card }: { card: ClusterCard }) {
  const { w, t, language } = useLook();
  const counts = TOLD.filter((table) => card.counts[table]).slice(0, 4);
  const address = `/clusters/${encodeURIComponent(card.id)}`;
  return (
    <li className={`tile tile-${card.origin}`} data-cluster={card.id}>
      <div className="tile-head">
        <SpaceBadges card={card} />
        <OriginBadge origin={card.origin} />
      </div>
      <h3>
        <Link to={`${address}/profile`} className="tile-link">
          {t(card.title)}
        </Link>
      </h3>
      <p className="tile-summary">{t(card.summary)}</p>
      <dl className="tile-counts">
        {counts.map((table) => (
          <div key={table}>
            <dt>{tableWord(table, language)}</dt>
            <dd>{short(card.counts[table], "integer", language)}</dd>
          </div>
        ))}
      </dl>
      <div className="tile-foot">
        <GradeMark grade={card.grade} />
        <span>{card.period ? spanLabel(card.period.first, card.period.last, language) : w("noDate")}</span>
        <span className="tile-go">
          <Link to={`${address}/map`}>{w("map")}</Link>
          {card.removable ? <RemoveButton card={card} /> : null}
        </span>
      </div>
    </li>
  );
}

function RemoveButton({ card }: { card: ClusterCard }) {
  const { w, t } = useLook();
  const queries = useQueryClient();
  const notify = useNotify();
  const [error, setError] = useState<unknown>(null);
  const message = useMessage(error);

  const restore = async () => {
    await request(apiUrl(`${path("clusters", card.id)}/restore`), { method: "POST" });
    await queries.invalidateQueries({ queryKey: ["clusters"] });
    notify({ text: w("restored", { title: t(card.title) }) });
  };
  const remove = async () => {
    try {
      await request(apiUrl(path("clusters", card.id)), { method: "DELETE" });
      await queries.invalidateQueries({ queryKey: ["clusters"] });
      // Nothing is asked before and everything can be undone after: one click less, and no fear.
      notify({ text: w("removed", { title: t(card.title) }), action: { label: w("undo"), run: () => void restore().catch((cause: unknown) => notify({ text: String(cause) })) } });
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <>
      <button type="button" className="icon-button" onClick={() => void remove()} aria-label={`${w("remove")}: ${t(card.title)}`} title={w("remove")}>
        <Icon name="trash" />
      </button>
      {error ? <span role="alert">{message}</span> : null}
    </>
  );
}
