/** Profile 集群画像: what this cluster is, in prose, key figures and six figures. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { profileQuery } from "../api/queries";
import type { ClusterCard, Sentence } from "../api/types";
import { FigureCard } from "../figure/FigureCard";
import { spanLabel } from "../format/period";
import { useLook } from "../look/look";
import { GradeMark, SpaceBadges } from "../parts/Badges";
import { Empty, Failed, Loading } from "../parts/States";
import { FindingsDrawer } from "./FindingsDrawer";
import { KpiGrid } from "./KpiGrid";
import { parts } from "./prose";
import { sourceLine } from "./source";
import "../styles/profile.css";

export default function Profile() {
  const card = useCluster();
  const { w, t } = useLook();
  const { data, error, refetch } = useQuery(profileQuery(card.id));
  const { read, set } = useAddress();
  const [findings, setFindings] = useState(false);

  const marked = read("figure");
  const tables = new Set(read("data").split(",").filter(Boolean));
  const show = (id: string, shown: boolean) => {
    const next = new Set(tables);
    if (shown) next.add(id);
    else next.delete(id);
    set({ data: [...next].join(",") });
  };
  const drawn = data?.figures.filter((figure) => !figure.missing) ?? [];
  const all = drawn.length > 0 && drawn.every((figure) => tables.has(figure.id));
  const known = new Set(data?.figures.map((figure) => figure.id));
  const mark = (figure: string) => set({ figure });

  return (
    <main id="main" className="page" tabIndex={-1}>
      <UtilityBar
        card={card}
        question={w("profileQuestion")}
        data={{ shown: all, toggle: () => set({ data: all ? "" : drawn.map((figure) => figure.id).join(",") }) }}
        method={
          <>
            <p>{w("profileHow1")}</p>
            <p>{w("profileHow2")}</p>
            <p>{w("gradeMeaning")}</p>
          </>
        }
      />
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Loading height="50vh" /> : null}
      {data ? (
        <>
          <header className="portrait">
            <Facts card={card} onFindings={() => setFindings(true)} />
            <h2 className="portrait-title">{t(card.title)}</h2>
            <p className="portrait-summary">{t(card.summary)}</p>
          </header>
          {data.kpis.length ? <KpiGrid kpis={data.kpis} onMark={mark} figures={known} /> : null}
          <Prose sentences={data.sentences} onMark={mark} known={known} />
          {data.figures.length === 0 ? (
            <Empty title={w("noFigure")} action={<Link className="button" to={`/clusters/${encodeURIComponent(card.id)}/data`}>{w("data")}</Link>}>
              {w("noFigureWhy")}
            </Empty>
          ) : null}
          <section aria-label={w("figures")} className="figures">
            {data.figures.map((figure) => (
              <FigureCard
                key={figure.id}
                figure={figure}
                cluster={card.id}
                source={sourceLine(card, t, w("generated"), w("evaluation"))}
                table={tables.has(figure.id)}
                onTable={(shown) => show(figure.id, shown)}
                marked={marked === figure.id}
              />
            ))}
          </section>
          <footer className="page-foot">{sourceLine(card, t, w("generated"), w("evaluation"))}</footer>
        </>
      ) : null}
      <FindingsDrawer card={card} open={findings} onClose={() => setFindings(false)} />
    </main>
  );
}

function Facts({ card, onFindings }: { card: ClusterCard; onFindings: () => void }) {
  const { w, language } = useLook();
  return (
    <div className="portrait-facts">
      <SpaceBadges card={card} />
      {card.period ? <span>{spanLabel(card.period.first, card.period.last, language)}</span> : null}
      <button type="button" className="findings-button" onClick={onFindings} data-testid="findings">
        <GradeMark grade={card.grade} />
        {w("findings")}
      </button>
    </div>
  );
}

interface ProseProps {
  sentences: Sentence[];
  known: Set<string>;
  onMark: (figure: string) => void;
}

/** Sentences whose numbers open the figure they come from. */
function Prose({ sentences, known, onMark }: ProseProps) {
  const { t, w } = useLook();
  return (
    <section className="prose" aria-label={w("inShort")}>
      {sentences.map((sentence, k) => (
        <p key={k}>
          {sentence.figure && known.has(sentence.figure)
            ? parts(t(sentence.text)).map((part, i) =>
                part.number ? (
                  <button key={i} type="button" className="number" onClick={() => onMark(sentence.figure)} title={w("showFigure")}>
                    {part.text}
                  </button>
                ) : (
                  <span key={i}>{part.text}</span>
                ),
              )
            : t(sentence.text)}
        </p>
      ))}
    </section>
  );
}
