/** The inset of the South China Sea Islands that every map of China carries. */
import type { FeatureCollection } from "geojson";
import { useMemo } from "react";

import { useLook } from "../look/look";
import { classOf, rampColour } from "../look/scale";
import { insetPaths } from "./inset";
import { outlineId, type Classes } from "./mapLayers";
import type { Areas } from "./spaces";

const FRAME = [106, 2.6, 123, 25] as const;
const WIDTH = 78;

export function SouthSea({ outlines, areas, classes }: { outlines: FeatureCollection | null; areas: Areas | null; classes: Classes }) {
  const { w, palette } = useLook();
  const drawn = useMemo(() => (outlines ? insetPaths(outlines, FRAME, WIDTH, outlineId) : null), [outlines]);
  if (!drawn) return null;
  const fill = (id: string) => {
    const k = areas ? areas.id.indexOf(id) : -1;
    const position = k < 0 ? -1 : classOf(areas?.value[k], classes.breaks);
    return position < 0 ? palette.land : rampColour(position, classes.breaks.length, classes.ramp);
  };
  return (
    <figure className="inset" data-testid="south-sea">
      <svg width={WIDTH} height={drawn.height} viewBox={`0 0 ${WIDTH} ${drawn.height}`} role="img" aria-label={w("southSea")}>
        {drawn.shapes.map(({ id, path, line }, k) => (
          <path key={k} d={path} fill={line ? "none" : fill(id)} stroke={line ? palette.inkSoft : palette.border} strokeWidth={line ? 1.2 : 0.5} />
        ))}
      </svg>
      <figcaption>{w("southSea")}</figcaption>
    </figure>
  );
}
