/** Legends of both panes. Those with categories also pick. */
import { short, type NumberType } from "../format/number";
import { useLook } from "../look/look";
import { rampColour } from "../look/scale";
import type { Colouring } from "./colouring";
import { spotRadius, type Classes as ClassesOf } from "./mapLayers";
import type { Spot } from "./spaces";

/** Only where spots differ in size is there anything to explain. */
export function SpotLegend({ spots }: { spots: Spot[] }) {
  const { w, language } = useLook();
  const most = spots[0]?.members.length ?? 0;
  if (most < 4) return null;
  const steps = [...new Set([1, Math.max(2, Math.round(Math.sqrt(most))), most])];
  return (
    <div className="legend">
      <p>{w("n_actors")}</p>
      <div className="legend-spots">
        {steps.map((members) => {
          const radius = spotRadius(members, spots.length);
          return (
            <span key={members}>
              <svg width={2 * radius + 2} height={2 * radius + 2} aria-hidden="true">
                <circle cx={radius + 1} cy={radius + 1} r={radius} />
              </svg>
              {short(members, "integer", language)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

interface ClassesProps {
  classes: ClassesOf;
  title: string;
  type: NumberType;
  missing: boolean;
}

export function Classes({ classes: { breaks, ramp }, title, type, missing }: ClassesProps) {
  const { w, language, palette } = useLook();
  return (
    <div className="legend">
      <p>{title}</p>
      <div className="legend-classes">
        {breaks.map((limit, k) => (
          <span key={limit}>
            <i style={{ background: rampColour(k, breaks.length, ramp) }} />
            {k === breaks.length - 1 && k > 0 ? `> ${short(breaks[k - 1], type, language)}` : `≤ ${short(limit, type, language)}`}
          </span>
        ))}
        {missing ? (
          <span>
            <i style={{ background: palette.land, outline: `1px solid ${palette.border}` }} />
            {w("noData")}
          </span>
        ) : null}
      </div>
    </div>
  );
}

interface CategoriesProps {
  colours: Colouring;
  title: string;
  nameOf: (key: string) => string;
  picked: string;
  onPick: (key: string) => void;
}

export function Categories({ colours, title, nameOf, picked, onPick }: CategoriesProps) {
  const { w, language, palette } = useLook();
  return (
    <div className="legend legend-categories" role="group" aria-label={title}>
      <p>{title}</p>
      <ul>
        {colours.legend.map(({ key, colour, count }) => (
          <li key={key}>
            <button type="button" aria-pressed={picked === key} onClick={() => onPick(key)} data-category={key}>
              <i style={{ background: colour }} />
              <span>{nameOf(key)}</span>
              <small>{short(count, "integer", language)}</small>
            </button>
          </li>
        ))}
        {colours.rest > 0 ? (
          <li className="legend-rest">
            <i style={{ background: palette.quiet }} />
            <span>{w("otherCommunities")}</span>
            <small>{short(colours.rest, "integer", language)}</small>
          </li>
        ) : null}
      </ul>
    </div>
  );
}
