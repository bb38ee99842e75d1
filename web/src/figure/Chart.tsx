/** A chart that follows the size of its box, the language and the theme. */
import { useEffect, useRef, type Ref, useImperativeHandle } from "react";

import type { Figure } from "../api/types";
import { useLook } from "../look/look";
import { init, type EChartsType } from "./engine";
import { chartHeight, chartOption } from "./option";
import { stillSvg } from "./still";

export interface ChartHandle {
  /** The chart as PNG, twice the size it is shown at. */
  png: () => string;
  svg: () => string;
  size: () => { width: number; height: number };
}

interface Props {
  figure: Figure;
  handle?: Ref<ChartHandle>;
  /** The row whose mark was clicked; null for the ground. */
  onPick?: (position: number | null) => void;
}

export default function Chart({ figure, handle, onPick }: Props) {
  const { language, palette, t } = useLook();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const height = chartHeight(figure);
  const picking = useRef(onPick);
  picking.current = onPick;

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = init(element, null, { renderer: "canvas" });
    chart.current = made;
    const draw = () => made.setOption(chartOption(figure, { language, palette, width: element.clientWidth }), { notMerge: true });
    draw();
    made.on("click", ({ data }) => picking.current?.((data as { position?: number } | undefined)?.position ?? null));
    const observer = new ResizeObserver(() => {
      made.resize();
      draw();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [figure, language, palette]);

  useImperativeHandle(handle, () => ({
    png: () => chart.current?.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: palette.surface }) ?? "",
    svg: () => stillSvg(figure, { language, palette, width: box.current?.clientWidth ?? 640 }),
    size: () => ({ width: box.current?.clientWidth ?? 0, height }),
  }));

  return (
    <div className="chart" style={{ minHeight: height }} role="img" aria-label={`${t(figure.title)}. ${t(figure.takeaway)}`}>
      <div ref={box} />
    </div>
  );
}
