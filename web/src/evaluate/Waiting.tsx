/** An evaluation on its way: which step it is at, how long it has taken, and a way to stop waiting. */
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import type { EvaluationProgress } from "./shapes";

export function Waiting({ what, progress, onCancel }: { what: string; progress: EvaluationProgress | null; onCancel: () => void }) {
  const { w, t } = useLook();
  const known = progress?.running && progress.total ? progress : null;
  return (
    <div className="ev-waiting">
      <Running what={what} onCancel={onCancel} />
      {known ? (
        <div className="ev-progress">
          <progress value={known.done} max={known.total ?? 1} aria-label={t(known.step)} />
          <small>{w("ev_stage", { done: Math.round(known.done), total: known.total ?? 1, step: t(known.step) })}</small>
        </div>
      ) : null}
    </div>
  );
}
