/** What the checks found, one click from the profile. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { findingsQuery } from "../api/queries";
import type { ClusterCard } from "../api/types";
import { FindingList } from "../data/FindingList";
import { useLook } from "../look/look";
import { GradeMark } from "../parts/Badges";
import { Drawer } from "../parts/Drawer";
import { Failed, Loading } from "../parts/States";

export function FindingsDrawer({ card, open, onClose }: { card: ClusterCard; open: boolean; onClose: () => void }) {
  const { w } = useLook();
  const { data, error } = useQuery({ ...findingsQuery(card.id), enabled: open });
  return (
    <Drawer open={open} onClose={onClose} title={w("findings")} wide>
      <div className="grade-line">
        <GradeMark grade={card.grade} />
        <div>
          <b>{w("qualityGrade", { letter: card.grade.letter, score: Math.round(card.grade.score) })}</b>
          <p>{w("gradeMeaning")}</p>
        </div>
      </div>
      {error ? <Failed error={error} /> : null}
      {!data && !error ? <Loading /> : null}
      {data ? <FindingList items={data.items} /> : null}
      <Link className="button" to={`/clusters/${encodeURIComponent(card.id)}/data`}>
        {w("allFindings")}
      </Link>
    </Drawer>
  );
}
