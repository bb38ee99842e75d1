/** A window of time that can be moved, widened and played, with the mouse and with the keyboard. */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import { nextWindow, periodLabel, spanLabel, type Window } from "../format/period";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";

interface Props {
  periods: string[];
  window: Window;
  onChange: (window: Window) => void;
  /** False while the present window is still being fetched: playing waits instead of running ahead. */
  ready: boolean;
}

const SPEEDS = [1600, 900, 450] as const;

/**
 * The window as it was last asked for. The address, and with it the page, follows a moment later; a second key
 * pressed in that moment must count from where the first one went.
 */
function useLatest(given: Window, tell: (window: Window) => void): [Window, (window: Window) => void, () => Window] {
  const [asked, setAsked] = useState<Window | null>(null);
  const latest = useRef(given);
  const arrived = asked === null || (asked.first === given.first && asked.last === given.last);
  useEffect(() => {
    if (!arrived) return;
    latest.current = given;
    setAsked(null);
  }, [arrived, given]);
  const change = useCallback(
    (next: Window) => {
      latest.current = next;
      setAsked(next);
      tell(next);
    },
    [tell],
  );
  return [asked ?? given, change, useCallback(() => latest.current, [])];
}

export function TimeSlider({ periods, window: given, onChange: tell, ready }: Props) {
  const { w, language } = useLook();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const track = useRef<HTMLDivElement>(null);
  const last = periods.length - 1;
  const [shown, onChange, latest] = useLatest(given, tell);
  const whole = shown.first === 0 && shown.last === last;

  useEffect(() => {
    if (!playing || !ready) return undefined;
    const timer = setTimeout(() => onChange(nextWindow(shown, periods.length)), SPEEDS[speed]);
    return () => clearTimeout(timer);
  }, [playing, ready, shown, periods.length, onChange, speed]);

  const move = useCallback(
    (step: number) => {
      const from = latest();
      const width = from.last - from.first;
      const first = Math.max(0, Math.min(last - width, from.first + step));
      onChange({ first, last: first + width });
    },
    [latest, last, onChange],
  );
  const setEnd = (end: "first" | "last", at: (before: number) => number) => {
    const from = latest();
    const value = Math.max(0, Math.min(last, at(from[end])));
    onChange(end === "first" ? { first: Math.min(value, from.last), last: from.last } : { first: from.first, last: Math.max(value, from.first) });
  };
  const play = () => {
    setPlaying(!playing);
    if (!playing && whole) onChange(nextWindow(shown, periods.length));
  };

  return (
    <div className="time" data-testid="time" onKeyDown={(event) => onSpace(event, play)}>
      <button type="button" className="play" onClick={play} aria-label={w(playing ? "pause" : "play")} title={w(playing ? "pause" : "play")} data-testid="play">
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <button type="button" className="tool" onClick={() => setSpeed((speed + 1) % SPEEDS.length)} aria-label={`${w("speed")} ${["0.5", "1", "2"][speed]}×`} title={w("speed")}>
        {["0.5×", "1×", "2×"][speed]}
      </button>
      <div className="time-main">
        <div className="time-track" ref={track}>
          <Ticks periods={periods} />
          <Range shown={shown} last={last} track={track} move={move} label={w("time")} text={spanLabel(periods[shown.first] ?? "", periods[shown.last] ?? "", language)} />
          {(["first", "last"] as const).map((end) => (
            <Thumb key={end} end={end} at={shown[end]} last={last} track={track} label={w(end === "first" ? "from" : "until")} text={periodLabel(periods[shown[end]] ?? "", language)} onMove={(at) => setEnd(end, at)} />
          ))}
        </div>
        <div className="time-ends" aria-hidden="true">
          <span>{periodLabel(periods[0] ?? "", language)}</span>
          <span>{periodLabel(periods[last] ?? "", language)}</span>
        </div>
      </div>
      <output className="time-label" aria-live={playing ? "off" : "polite"} data-testid="window">
        {whole ? w("wholePeriod") : spanLabel(periods[shown.first] ?? "", periods[shown.last] ?? "", language)}
      </output>
      {whole ? null : (
        <button type="button" className="tool" onClick={() => onChange({ first: 0, last })}>
          {w("wholePeriod")}
        </button>
      )}
    </div>
  );
}

/** Space plays and pauses from the thumbs; buttons keep their own meaning of Space. */
function onSpace(event: KeyboardEvent, play: () => void) {
  if (event.key === " " && (event.target as HTMLElement).getAttribute("role") === "slider") {
    event.preventDefault();
    play();
  }
}

const percent = (at: number, last: number) => `${last ? (at / last) * 100 : 50}%`;

function Ticks({ periods }: { periods: string[] }) {
  const last = periods.length - 1;
  if (periods.length > 160) return null;
  return (
    <div className="time-ticks" aria-hidden="true">
      {periods.map((period, k) => (
        // The first period of a year is a longer stroke.
        <i key={period} className={k === 0 || period.slice(0, 4) !== periods[k - 1]?.slice(0, 4) ? "year" : ""} style={{ left: percent(k, last) }} />
      ))}
    </div>
  );
}

interface RangeProps {
  shown: Window;
  last: number;
  track: React.RefObject<HTMLDivElement | null>;
  move: (step: number) => void;
  label: string;
  text: string;
}

/** The bar between the thumbs; dragging it, or an arrow key on it, moves the window with its width kept. */
function Range({ shown, last, track, move, label, text }: RangeProps) {
  const grabbed = useRef<number | null>(null);
  const onMove = (event: PointerEvent) => {
    if (grabbed.current === null || !track.current) return;
    const steps = Math.round(((event.clientX - grabbed.current) / track.current.clientWidth) * last);
    if (steps === 0) return;
    grabbed.current += (steps / last) * track.current.clientWidth;
    move(steps);
  };
  return (
    <div
      className="time-range"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={shown.first}
      aria-valuetext={text}
      data-testid="time-range"
      onKeyDown={(event) => {
        const step = keyStep(event.key, last);
        if (step === null) return;
        event.preventDefault();
        move(step);
      }}
      style={{ left: percent(shown.first, last), right: `calc(100% - ${percent(shown.last, last)})` }}
      onPointerDown={(event) => {
        grabbed.current = event.clientX;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={() => (grabbed.current = null)}
    />
  );
}

interface ThumbProps {
  end: "first" | "last";
  at: number;
  last: number;
  track: React.RefObject<HTMLDivElement | null>;
  label: string;
  text: string;
  onMove: (at: (before: number) => number) => void;
}

function Thumb({ end, at, last, track, label, text, onMove }: ThumbProps) {
  const onKey = (event: KeyboardEvent) => {
    const step = keyStep(event.key, last);
    if (step === null) return;
    event.preventDefault();
    onMove((before) => before + step);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      className={`time-thumb time-thumb-${end}`}
      style={{ left: percent(at, last) }}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at}
      aria-valuetext={text}
      data-testid={`thumb-${end}`}
      onKeyDown={onKey}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        const box = track.current?.getBoundingClientRect();
        if (box && event.currentTarget.hasPointerCapture(event.pointerId)) onMove(() => Math.round(((event.clientX - box.left) / box.width) * last));
      }}
    />
  );
}

/** How far a key moves, as sliders everywhere: arrows one step, page keys an eighth, Home and End all the way. */
export function keyStep(key: string, last: number): number | null {
  const page = Math.max(1, Math.round(last / 8));
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page, Home: -last, End: last };
  return steps[key] ?? null;
}
