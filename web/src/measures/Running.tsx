/** A computation on its way: how long it has taken, and a way to stop waiting for it. */
import { useEffect, useState } from "react";

import { useLook } from "../look/look";

/** Seconds after which it is worth saying that something takes long. */
const LONG = 3;

export function Running({ onCancel, what }: { onCancel: () => void; what: string }) {
  const { w } = useLook();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const began = Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - began) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="running" data-testid="running">
      <span className="pulse" aria-hidden="true">
        <i />
        <i />
      </span>
      <div>
        <b role="status">{w("computingWhat", { what })}</b>
        {/* Every second anew: read out once is enough. */}
        <p aria-hidden="true">{seconds >= LONG ? w("computingFor", { seconds }) : "\u00a0"}</p>
      </div>
      <button type="button" className="button" onClick={onCancel}>
        {w("cancel")}
      </button>
    </div>
  );
}
