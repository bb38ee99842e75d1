/** The question and its parameters: which index, in which space, with which conventions. */
import { useLook } from "../look/look";
import { Choice, type ChoiceOption } from "../parts/Choice";
import { Icon } from "../parts/Icon";
import { SpaceChoice } from "../spaces/SpaceChoice";
import { dictionary, type Word } from "../words/dictionary";
import { items, type Field } from "./parameters";
import type { IndexCard } from "./result";

interface Props {
  cluster: string;
  indices: IndexCard[];
  index: IndexCard;
  fields: Field[];
  space: string;
  industries: ChoiceOption[];
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
  onIndex: (name: string) => void;
  onMethod: () => void;
}

/** Families in the order in which the questions arise. */
const FAMILIES = ["concentration", "distance", "association", "complexity", "digital"];
/** Below this width the answer lies under the form, which then stays folded. */
const SIDE_BY_SIDE = 900;

export function IndexForm({ cluster, indices, index, fields, space, industries, read, set, onIndex, onMethod }: Props) {
  const { w, t } = useLook();
  const families = [...new Set([...FAMILIES, ...indices.map((each) => each.family)])].filter((family) => indices.some((each) => each.family === family));
  return (
    <section className="panel measure-form" aria-label={w("index")}>
      <label className="choice">
        <span className="choice-label">{w("index")}</span>
        <select className="field" value={index.name} onChange={(event) => onIndex(event.target.value)} data-testid="index">
          {families.map((family) => (
            <optgroup key={family} label={familyWord(family, w)}>
              {indices
                .filter((each) => each.family === family)
                .map((each) => (
                  <option key={each.name} value={each.name}>
                    {t(each.title)}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <div className="reading">
        <p className="reading-question">{t(index.question)}</p>
        <p>{t(index.reading)}</p>
        <button type="button" className="button method-button" onClick={onMethod}>
          <Icon name="book" size={14} /> {w("methodOpen")}
        </button>
      </div>
      {index.spaces.length > 1 ? (
        <div className="segments" role="group" aria-label={w("space")}>
          {index.spaces.map((each) => (
            <button key={each} type="button" aria-pressed={space === each} onClick={() => set({ space: each })}>
              {w(each === "digital" ? "digital" : "physical")}
            </button>
          ))}
        </div>
      ) : null}
      <SpaceChoice cluster={cluster} digital={space === "digital"} period={read("period")} interactions={space === "digital" ? read("interactions") : ""} onChange={set} periods={!fields.some(({ name }) => name === "period")} />
      {fields.length ? (
        <details open={window.innerWidth > SIDE_BY_SIDE && fields.some((field) => read(`p.${field.name}`) !== "")}>
          <summary>{w("parameters")}</summary>
          {fields.map((field) => {
            const value = read(`p.${field.name}`);
            const put = (next: string) => set({ [`p.${field.name}`]: next === field.initial ? "" : next });
            return field.kind === "list" && !field.numeric ? (
              <ManyInput key={field.name} field={field} value={value} industries={industries} onChange={put} />
            ) : (
              <FieldInput key={field.name} field={field} value={value} onChange={put} />
            );
          })}
        </details>
      ) : null}
    </section>
  );
}

export function familyWord(family: string, w: (word: Word) => string): string {
  const key = `family_${family}`;
  return key in dictionary ? w(key as Word) : family;
}

/** A parameter by the word for it, and by the name that scripts use. */
function Label({ field }: { field: Field }) {
  const { w } = useLook();
  const key = `pm_${field.name}`;
  return (
    <span>
      {key in dictionary ? w(key as Word) : null} <code>{field.name}</code>
    </span>
  );
}

function FieldInput({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const { w } = useLook();
  const shown = value || field.initial;
  const typed = field.kind === "text" || field.kind === "list";
  return (
    <label className="parameter">
      <Label field={field} />
      {field.kind === "choice" || field.kind === "switch" ? (
        <select className="field" value={field.kind === "switch" ? shown.toLowerCase() : shown} onChange={(event) => onChange(event.target.value)}>
          {field.kind === "choice" && field.initial === "" ? <option value="">{w("defaultValue")}</option> : null}
          {(field.kind === "switch" ? ["true", "false"] : field.choices).map((choice) => (
            <option key={choice} value={choice}>
              {field.kind === "switch" ? w(choice === "true" ? "yes" : "no") : choice}
            </option>
          ))}
        </select>
      ) : (
        // Asked for when left: half a number typed is not a number meant.
        <input
          key={shown}
          className="field"
          type={typed ? "text" : "number"}
          inputMode={field.kind === "list" ? "decimal" : undefined}
          step={field.kind === "integer" ? 1 : "any"}
          min={field.low ?? undefined}
          max={field.high ?? undefined}
          defaultValue={shown}
          placeholder={field.kind === "list" ? w("listExample") : w("defaultValue")}
          onBlur={(event) => event.target.value !== shown && onChange(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onChange(event.currentTarget.value)}
        />
      )}
      {field.description ? <small lang="en">{field.description}</small> : null}
    </label>
  );
}

/** Several industries: chosen by name from a list, or written with commas between where the list does not know them. */
function ManyInput({ field, value, industries, onChange }: { field: Field; value: string; industries: ChoiceOption[]; onChange: (value: string) => void }) {
  const { w } = useLook();
  const chosen = items(value || field.initial);
  const names = new Map(industries.map((each) => [each.value, each.label]));
  const rest = industries.filter((each) => !chosen.includes(each.value));
  return (
    <div className="parameter" role="group" aria-label={field.name}>
      <Label field={field} />
      {chosen.length ? (
        <ul className="chosen">
          {chosen.map((id) => (
            <li key={id}>
              <button type="button" className="chip-button" onClick={() => onChange(chosen.filter((each) => each !== id).join(","))} aria-label={w("removeWhat", { what: names.get(id) ?? id })}>
                {names.get(id) ?? id} <Icon name="close" size={10} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {rest.length ? <Choice label={w("addOne")} value="" none="" options={rest} onChange={(id) => id && onChange([...chosen, id].join(","))} /> : null}
      <input
        key={value}
        className="field"
        aria-label={`${field.name}: ${w("withCommas")}`}
        defaultValue={chosen.join(", ")}
        placeholder={w("withCommas")}
        onBlur={(event) => items(event.target.value).join() !== chosen.join() && onChange(items(event.target.value).join(","))}
        onKeyDown={(event) => event.key === "Enter" && onChange(items(event.currentTarget.value).join(","))}
      />
      {field.description ? <small lang="en">{field.description}</small> : null}
    </div>
  );
}
