/** The period, and the interactions that make the digital space: only those the cluster has. */
import { useQuery } from "@tanstack/react-query";

import { count } from "../format/number";
import { periodLabel } from "../format/period";
import { useLook } from "../look/look";
import { grouped, spacesQuery } from "./choosing";

interface Props {
  cluster: string;
  /** Whether the interactions can be chosen, too; on the ground they say nothing. */
  digital: boolean;
  period: string;
  interactions: string;
  onChange: (changes: { period?: string; interactions?: string }) => void;
  /** Left out where a page chooses its periods in another way. */
  periods?: boolean;
}

export function SpaceChoice({ cluster, digital, period, interactions, onChange, periods = true }: Props) {
  const { w, t, language } = useLook();
  const choices = useQuery(spacesQuery(cluster)).data;
  if (!choices) return null;
  const groups = grouped(choices.interactions, (each) => t(each.group));
  const known = choices.interactions.some(({ id }) => id === interactions);
  const dated = [...choices.years, ...choices.periods];
  return (
    <>
      {digital && choices.interactions.length ? (
        <label className="choice space-choice">
          <span className="choice-label">{w("madeOf")}</span>
          <select className="field" value={interactions} onChange={(event) => onChange({ interactions: event.target.value })} data-testid="interactions">
            <option value="">{w("allInteractions")}</option>
            {interactions && !known ? <option value={interactions}>{interactions}</option> : null}
            {groups.map(({ name, items }) => (
              <optgroup key={name} label={name}>
                {items.map((each) => (
                  <option key={each.id} value={each.id}>
                    {`${t(each.title)} (${count(each.count, language)})`}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
      ) : null}
      {periods && dated.length > 1 ? (
        <label className="choice space-choice">
          <span className="choice-label">{w("period")}</span>
          <select className="field" value={period} onChange={(event) => onChange({ period: event.target.value })} data-testid="period">
            <option value="">{w("allTime")}</option>
            {period && !dated.includes(period) ? <option value={period}>{period}</option> : null}
            {choices.years.length ? (
              <optgroup label={w("years")}>
                {choices.years.map((each) => (
                  <option key={each} value={each}>
                    {periodLabel(each, language)}
                  </option>
                ))}
              </optgroup>
            ) : null}
            <optgroup label={w(choices.grain ? `grain_${choices.grain}` : "period")}>
              {choices.periods.map((each) => (
                <option key={each} value={each}>
                  {periodLabel(each, language)}
                </option>
              ))}
            </optgroup>
          </select>
        </label>
      ) : null}
    </>
  );
}
