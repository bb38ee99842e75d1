/** One period after the other: a slider for the hand and the keyboard, and playback. */
import { useEffect, useState } from "react";

import { periodLabel } from "../format/period";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";

interface Props {
  periods: readonly string[];
  period: string;
  onChange: (period: string) => void;
}

const SPEEDS = [1400, 800, 400] as const;
const SAID = ["0.5×", "1×", "2×"] as const;

export function PeriodSlider({ periods, period, onChange }: Props) {
  const { w, language } = useLook();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const last = periods.length - 1;
  const at = Math.max(0, periods.indexOf(period));

  useEffect(() => {
    if (!playing) return undefined;
    if (at >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => onChange(periods[at + 1] as string), SPEEDS[speed]);
    return () => clearTimeout(timer);
  }, [playing, at, last, periods, onChange, speed]);

  if (last < 1) return <p className="no-time">{periods[0] ? periodLabel(periods[0], language) : w("noTime")}</p>;
  const play = () => {
    // At the end there is nothing left to play: it begins again.
    if (!playing && at >= last) onChange(periods[0] as string);
    setPlaying(!playing);
  };
  return (
    <div className="period" data-testid="period">
      <button type="button" className="play" onClick={play} aria-label={w(playing ? "pause" : "play")} title={w(playing ? "pause" : "play")}>
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <button type="button" className="tool" onClick={() => setSpeed((speed + 1) % SPEEDS.length)} aria-label={`${w("speed")} ${SAID[speed]}`} title={w("speed")}>
        {SAID[speed]}
      </button>
      <span className="period-end" aria-hidden="true">
        {periodLabel(periods[0] as string, language)}
      </span>
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={at}
        aria-label={w("period")}
        aria-valuetext={periodLabel(period, language)}
        onChange={(event) => {
          setPlaying(false);
          onChange(periods[Number(event.target.value)] as string);
        }}
        onKeyDown={(event) => {
          if (event.key !== " ") return;
          event.preventDefault();
          play();
        }}
      />
      <span className="period-end" aria-hidden="true">
        {periodLabel(periods[last] as string, language)}
      </span>
      <output className="period-now" aria-live={playing ? "off" : "polite"} data-testid="now">
        {periodLabel(period, language)}
      </output>
    </div>
  );
}
