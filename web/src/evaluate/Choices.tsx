/** Every choice of the evaluation, with what it means; what is not the default is marked and can be undone. */
import { useLook } from "../look/look";
import type { Word } from "../words/dictionary";
import { CHOICE } from "./asking";
import type { ChoiceCard } from "./shapes";

interface Props {
  cards: ChoiceCard[];
  periods: readonly string[];
  read: (name: string) => string;
  set: (changes: Record<string, string>) => void;
  /** Whether the figures are counted from interactions, so that the length of a period is a choice. */
  counted: boolean;
}

const GROUPS = ["standardise", "weigh", "score", "data", "coupling", "dynamics", "space", "random"] as const;
/** Those that move results most stand above the others. */
const FIRST = ["weights", "score", "standardisation"];
/** Those that only refine another choice. */
const FINE: Readonly<Record<string, (read: (name: string) => string) => boolean>> = {
  base: (read) => read("over") === "base",
  outside: (read) => read("over") === "base",
  zero_constant: (read) => read("zeros") === "replace",
  time_degree: (read) => read("score") === "dynamic_topsis",
  allow_inconsistent: (read) => read("weights") === "ahp" || read("weights") === "combined",
};

export function Choices({ cards, periods, read, set, counted }: Props) {
  const { w } = useLook();
  const value = (id: string) => read(CHOICE + id) || text(cards.find((each) => each.id === id)?.default);
  const shown = cards.filter((each) => (each.id !== "grain" || counted) && (FINE[each.id]?.(value) ?? true));
  const changed = cards.filter((each) => read(CHOICE + each.id) !== "");
  const field = (card: ChoiceCard | undefined) => (card ? <Field key={card.id} card={card} periods={periods} value={read(CHOICE + card.id)} onChange={(next) => set({ [CHOICE + card.id]: next === text(card.default) ? "" : next })} /> : null);
  return (
    <section className="panel ev-choices" aria-label={w("ev_choices")}>
      {/* On a narrow screen the answer comes before the many ways to change it. */}
      <details className="ev-fold" open={window.innerWidth > 900 || changed.length > 0}>
        <summary>{w("ev_choices")}</summary>
        <div>
      {changed.length ? (
        <button type="button" className="button" onClick={() => set(Object.fromEntries(changed.map((each) => [CHOICE + each.id, ""])))} data-testid="defaults">
          {w("ev_defaults", { n: changed.length })}
        </button>
      ) : null}
      {FIRST.map((id) => field(cards.find((each) => each.id === id)))}
      {GROUPS.map((group) => {
        const own = shown.filter((each) => each.group === group && !FIRST.includes(each.id));
        if (!own.length) return null;
        const marked = own.filter((each) => read(CHOICE + each.id) !== "").length;
        return (
          <details key={group} open={marked > 0}>
            <summary>
              {w(`ev_group_${group}` as Word)} {marked ? <small className="ev-changed">{w("ev_changed", { n: marked })}</small> : null}
            </summary>
            {own.map(field)}
          </details>
        );
      })}
        </div>
      </details>
    </section>
  );
}

export const text = (value: unknown): string => (value === null || value === undefined ? "" : Array.isArray(value) ? value.join(",") : String(value));

interface FieldProps {
  card: ChoiceCard;
  periods: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

const OF_PERIODS = new Set(["first", "last", "base"]);

function Field({ card, periods, value, onChange }: FieldProps) {
  const { w, t } = useLook();
  const shown = value || text(card.default);
  const options = OF_PERIODS.has(card.id) ? [{ id: "", title: null }, ...periods.map((id) => ({ id, title: null }))] : card.type === "flag" ? ["true", "false"].map((id) => ({ id, title: null })) : card.type === "one" ? card.allowed : null;
  const said = (id: string) => (card.type === "flag" ? w(id === "true" ? "yes" : "no") : id || w("defaultValue"));
  return (
    <label className={`parameter${value ? " ev-marked" : ""}`}>
      <span>{t(card.title)}</span>
      {options ? (
        <select className="field" value={shown} onChange={(event) => onChange(event.target.value)} data-choice={card.id}>
          {options.map(({ id, title }) => (
            <option key={id} value={id}>
              {title ? t(title) : said(id)}
            </option>
          ))}
        </select>
      ) : (
        // Asked for when left: half a number typed is not a number meant.
        <input
          key={shown}
          className="field"
          type={card.type === "text" || card.type === "list" ? "text" : "number"}
          step={card.type === "integer" ? 1 : "any"}
          min={card.low ?? undefined}
          max={card.high ?? undefined}
          defaultValue={shown}
          placeholder={card.type === "list" ? w("withCommas") : w("defaultValue")}
          data-choice={card.id}
          onBlur={(event) => event.target.value.trim() !== shown && onChange(event.target.value.trim())}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      )}
      <small>{t(card.says)}</small>
    </label>
  );
}
