/** What can be asked, by role; each question opens the page that answers it. */
import { useState } from "react";
import { Link } from "react-router";

import type { ClusterCard } from "../api/types";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";
import type { Word } from "../words/dictionary";

interface Question {
  word: Word;
  page: string;
  /** Which space the answer needs: a question is not offered about a cluster that cannot answer it. */
  needs?: "physical" | "digital" | "both";
}

const ROLES: { role: Word; questions: Question[] }[] = [
  { role: "manager", questions: [{ word: "askManager1", page: "profile" }, { word: "askManager2", page: "map?on=network", needs: "digital" }] },
  { role: "analyst", questions: [{ word: "askAnalyst1", page: "measures" }, { word: "askAnalyst2", page: "data" }] },
  { role: "researcher", questions: [{ word: "askResearcher1", page: "map", needs: "both" }, { word: "askResearcher2", page: "profile" }] },
  { role: "firm", questions: [{ word: "askFirm1", page: "map?on=network", needs: "digital" }, { word: "askFirm2", page: "map", needs: "physical" }] },
];

export function answers(card: ClusterCard, needs: Question["needs"]): boolean {
  if (needs === "both") return card.physical && card.digital;
  return needs ? card[needs] : true;
}

export function Questions({ clusters }: { clusters: ClusterCard[] }) {
  const { w, t } = useLook();
  const [chosen, setChosen] = useState("");
  return (
    <section aria-labelledby="ask">
      <div className="section-row">
        <h2 id="ask" className="section-title">
          {w("asRole")}
        </h2>
        <label className="inline-field">
          <span>{w("questionsOn")}</span>
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">{w("chooseCluster")}…</option>
            {clusters.map((card) => (
              <option key={card.id} value={card.id}>
                {t(card.title)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="roles">
        {ROLES.map(({ role, questions }) => (
          <div key={role} className="role">
            <h3>{w(role)}</h3>
            <ul>
              {questions.map((question) => {
                const able = clusters.filter((card) => answers(card, question.needs));
                const card = able.find((each) => each.id === chosen) ?? (chosen ? undefined : able[0]);
                return (
                  <li key={question.word}>
                    {card ? (
                      <Link to={`/clusters/${encodeURIComponent(card.id)}/${question.page}`}>
                        <span>{w(question.word)}</span>
                        <Icon name="arrow" size={14} />
                      </Link>
                    ) : (
                      <span className="unanswered">{w(question.word)}</span>
                    )}
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}
