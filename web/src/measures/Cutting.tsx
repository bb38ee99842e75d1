/** A slider that keeps the rows beyond a threshold, and says what share of them that is. */
import { useEffect, useId, useMemo, useRef, useState } from "react";

import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { rowsOf, titleOf, type Measurement } from "./result";
import { cuttable, stepOf, steps, upward, type By, type Cut, type Threshold } from "./threshold";

interface Props {
  result: Measurement;
  neutral: number | null;
  threshold: Threshold | null;
  cut: Cut;
  onChange: (threshold: Threshold | null) => void;
}

/** A slider asks for one address, not for one at every pixel. */
const SETTLED_MS = 120;

export function Cutting({ result, neutral, threshold, cut, onChange }: Props) {
  const { w, t, language } = useLook();
  const id = useId();
  const possible = useMemo(() => cuttable(result), [result]);
  const by = threshold?.by ?? possible[0] ?? "value";
  const numbers = useMemo(() => steps(rowsOf(result), by), [result, by]);
  if (!possible.length) return null;
  const start = (chosen: By): Threshold => {
    const values = steps(rowsOf(result), "value");
    return { by: chosen, at: chosen === "percentile" ? 50 : chosen === "value" ? (neutral ?? (values[Math.floor(values.length / 2)] as number)) : 0.05 };
  };
  return (
    <div className="cutting" data-testid="cutting">
      <label className="inline-field">
        {w("keep")}
        <select className="field" value={by} onChange={(event) => onChange(start(event.target.value as By))}>
          {possible.map((each) => (
            <option key={each} value={each}>
              {`${t(titleOf(each))} ${upward(each) ? "≥" : "≤"}`}
            </option>
          ))}
        </select>
      </label>
      <input
        key={`${by} ${threshold?.at ?? ""}`}
        className="field cutting-number"
        type="number"
        step="any"
        aria-label={`${t(titleOf(by))} ${upward(by) ? "≥" : "≤"}`}
        placeholder={w("noThreshold")}
        defaultValue={threshold ? String(threshold.at) : ""}
        onBlur={(event) => {
          const typed = event.target.value.trim();
          if (typed !== (threshold ? String(threshold.at) : "")) onChange(typed === "" ? null : { by, at: Number(typed) });
        }}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
      <Slider id={id} by={by} numbers={numbers} threshold={threshold} onChange={onChange} />
      <output htmlFor={id} aria-live="polite" data-testid="kept">
        {w("keptShare", { kept: count(cut.rows, language), total: count(cut.of, language), share: exact(cut.of ? cut.rows / cut.of : 0, "share", language) })}
      </output>
      {threshold ? (
        <button type="button" className="button button-text" onClick={() => onChange(null)}>
          {w("clearThreshold")}
        </button>
      ) : null}
    </div>
  );
}

interface SliderProps {
  id: string;
  by: By;
  numbers: readonly number[];
  threshold: Threshold | null;
  onChange: (threshold: Threshold | null) => void;
}

/** It stands at the different values themselves: every step keeps another set of rows. */
function Slider({ id, by, numbers, threshold, onChange }: SliderProps) {
  const { w, language } = useLook();
  const [moving, setMoving] = useState<number | null>(null);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const up = upward(by);
  const last = numbers.length - 1;
  const resting = threshold ? stepOf(numbers, threshold) : up ? 0 : last;
  const at = Math.max(0, Math.min(last, moving ?? resting));
  const move = (step: number) => {
    setMoving(step);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      setMoving(null);
      onChange((up ? step <= 0 : step >= last) ? null : { by, at: numbers[step] as number });
    }, SETTLED_MS);
  };
  const all = moving === null ? !threshold : up ? at <= 0 : at >= last;
  return <input id={id} type="range" min={0} max={last} value={at} onChange={(event) => move(Number(event.target.value))} aria-label={w("threshold")} aria-valuetext={all ? w("noThreshold") : exact(numbers[at], "number", language)} className={up ? "range-up" : "range-down"} />;
}
