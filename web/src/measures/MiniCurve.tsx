/** A curve the size of a stamp: enough to see which one to open. */
import { useLook } from "../look/look";
import { exact } from "../format/number";
import type { Curve } from "./curves";
import { rowsOf, type Measurement } from "./result";

const [WIDTH, HEIGHT] = [150, 56];

interface Props {
  result: Measurement;
  curve: Curve;
  neutral: number | null;
  chosen: boolean;
  onChoose: () => void;
}

export function MiniCurve({ result, curve, neutral, chosen, onChoose }: Props) {
  const { language } = useLook();
  const rows = rowsOf(result);
  const at = (name: string): (number | null)[] =>
    curve.positions.map((k) => {
      const value = rows[name]?.[k];
      return typeof value === "number" && Number.isFinite(value) ? value : null;
    });
  const xs = at("distance_km");
  const drawn = { value: at("value"), expected: at("expected"), band: [at("band_low"), at("band_high")] as const, global: [at("global_low"), at("global_high")] as const };
  const all = [...drawn.value, ...drawn.expected, ...drawn.band.flat(), ...drawn.global.flat(), neutral].filter((each): each is number => each !== null);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const [from, to] = [Math.min(...xs.map((each) => each ?? Number.POSITIVE_INFINITY)), Math.max(...xs.map((each) => each ?? Number.NEGATIVE_INFINITY))];
  const point = (k: number, value: number) => `${((((xs[k] ?? from) - from) / (to - from || 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - ((value - low) / (high - low || 1)) * (HEIGHT - 4)).toFixed(1)}`;
  const line = (values: (number | null)[]) => values.flatMap((value, k) => (value === null ? [] : [point(k, value)])).join(" ");
  const area = ([under, over]: readonly [(number | null)[], (number | null)[]]) => [...over.flatMap((value, k) => (value === null ? [] : [point(k, value)])), ...under.flatMap((value, k) => (value === null ? [] : [point(k, value)])).reverse()].join(" ");
  return (
    <button type="button" className="mini" aria-pressed={chosen} onClick={onChoose}>
      <span className="mini-name" title={curve.label}>
        {curve.label}
      </span>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" className={`mini-${result.space}`}>
        <polygon points={area(drawn.global)} className="mini-global" />
        <polygon points={area(drawn.band)} className="mini-band" />
        <polyline points={line(drawn.expected)} className="mini-expected" />
        <polyline points={line(drawn.value)} className="mini-value" />
      </svg>
      <small>{curve.pGlobal === null ? "\u00a0" : `p = ${exact(curve.pGlobal, "number", language)}`}</small>
    </button>
  );
}
