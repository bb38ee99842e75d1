/** The units whose profile is most like that of one of them. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { Choice, type ChoiceOption } from "../parts/Choice";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import { Empty, Loading, useMessage } from "../parts/States";
import { similarQuery, type Of } from "./asking";

interface Props {
  cluster: string;
  of: Of;
  options: ChoiceOption[];
  to: string;
  compared: readonly string[];
  full: boolean;
  onTo: (id: string) => void;
  onAdd: (id: string) => void;
}

export function SimilarFinder({ cluster, of, options, to, compared, full, onTo, onAdd }: Props) {
  const { w } = useLook();
  return (
    <section className="panel similar" aria-labelledby="similar" data-testid="similar">
      <h2 id="similar" className="section-title">
        {w(of === "place" ? "similarPlaces" : "similarIndustries")}
      </h2>
      <p className="section-lead">{w(of === "place" ? "similarPlacesLead" : "similarIndustriesLead")}</p>
      <Choice label={w("similarTo")} value={to} options={options} none="–" onChange={onTo} />
      {to ? <Found cluster={cluster} of={of} to={to} compared={compared} full={full} onAdd={onAdd} /> : null}
    </section>
  );
}

function Found({ cluster, of, to, compared, full, onAdd }: Omit<Props, "options" | "onTo">) {
  const { w, t, language } = useLook();
  const [how, setHow] = useState(false);
  const { data, error } = useQuery(similarQuery(cluster, of, to));
  const message = useMessage(error);
  if (error) return <Empty title={w("notComputable")}>{message}</Empty>;
  if (!data) return <Loading height={120} />;
  if (!data.found.length) return <Empty title={w("nothingSimilar")} />;
  return (
    <>
      <ul className="similar-list">
        {data.found.map((each) => (
          <li key={each.id} data-similar={each.id}>
            <span className="similar-name">{t(each.title)}</span>
            <span className="similar-bar" aria-hidden="true">
              {each.low === null || each.high === null ? null : <i style={{ left: `${100 * each.low}%`, width: `${100 * (each.high - each.low)}%` }} />}
              <b style={{ left: `${100 * each.value}%` }} />
            </span>
            <span className="similar-number">
              {exact(Math.round(100 * each.value) / 100, "number", language)}
              <small>{each.low === null || each.high === null ? "" : ` [${each.low.toFixed(2)}–${each.high.toFixed(2)}]`}</small>
            </span>
            <small className="similar-distance">{w("krugmanDistance", { d: each.distance.toFixed(2) })}</small>
            <button type="button" className="tool" disabled={full || compared.includes(each.id)} onClick={() => onAdd(each.id)} aria-label={`${w("addToComparison")} ${t(each.title)}`}>
              <Icon name={compared.includes(each.id) ? "check" : "plus"} size={12} />
            </button>
          </li>
        ))}
      </ul>
      <p className="similar-foot">
        {w("similarOf", { n: count(data.of_all, language) })}
        <button type="button" className="how-button" onClick={() => setHow(true)}>
          <Icon name="question" size={14} />
          {w("how")}
        </button>
      </p>
      <HowDrawer open={how} onClose={() => setHow(false)} title={`${w("similarTo")} ${t(data.title)}`} how={data.how} />
    </>
  );
}
