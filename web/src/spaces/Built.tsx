/** What a space was made of, how firm its communities are, and what “by chance” means. */
import type { BuiltSpace, Text } from "../api/types";
import { useLook } from "../look/look";

/** Below this the communities of one start are not those of another. */
const WEAK = 0.5;

export function Built({ built, chance }: { built: BuiltSpace | null; chance?: Text }) {
  const { w, t } = useLook();
  if (!built && !t(chance)) return null;
  const weak = built?.stability !== null && built?.stability !== undefined && built.stability < WEAK;
  return (
    <div className={`built${built ? " built-digital" : ""}`} data-testid="built">
      {built ? (
        <p>
          {t(built.says)}
          {weak ? (
            <span className="built-weak" title={w("stabilityMeans")}>
              {w("stabilityWeak")}
            </span>
          ) : null}
        </p>
      ) : null}
      {t(chance) ? <p>{t(chance)}</p> : null}
    </div>
  );
}
