/** Curves over distance: one industry at a time, chosen among all of them at a glance. */
import { useMemo, useState } from "react";

import { useCluster } from "../app/ClusterFrame";
import { FigureCard } from "../figure/FigureCard";
import { count } from "../format/number";
import { useLook } from "../look/look";
import { Choice } from "../parts/Choice";
import { sourceLine } from "../profile/source";
import { curveFigure, curvesOf, keptCurves } from "./curves";
import { MiniCurve } from "./MiniCurve";
import type { IndexCard, Measurement, NameOf } from "./result";

/** Curves shown small beside each other. */
const SMALL = 12;

interface Props {
  index: IndexCard;
  result: Measurement;
  /** Rows that the threshold and the search keep: a curve is shown whole where one of its rows is among them. */
  kept: Measurement;
  nameOf: NameOf;
  chosen: string;
  onChoose: (key: string) => void;
}

export function Curves({ index, result, kept, nameOf, chosen, onChoose }: Props) {
  const { w, t, language } = useLook();
  const card = useCluster();
  const [table, setTable] = useState(false);
  const neutral = index.neutral ?? null;
  const every = useMemo(() => curvesOf(result, nameOf, neutral), [result, nameOf, neutral]);
  const curves = useMemo(() => keptCurves(every, kept), [every, kept]);
  const curve = curves.find((each) => each.key === chosen) ?? curves[0];
  const figure = useMemo(() => (curve ? curveFigure(index, result, curve) : null), [index, result, curve]);
  if (!curve || !figure) return null;
  return (
    <section className="curves" aria-label={w("curves")}>
      {curves.length > 1 ? (
        <div className="curves-pick">
          <Choice label={w("curveOf")} value={curve.key} options={curves.map(({ key, label, pGlobal }) => ({ value: key, label: pGlobal === null ? label : `${label} · p = ${pGlobal}` }))} onChange={onChoose} />
          <p>{w("curvesSorted", { n: count(curves.length, language) })}</p>
        </div>
      ) : null}
      <FigureCard figure={figure} cluster={card.id} source={sourceLine(card, t, w("generated"), w("evaluation"))} table={table} onTable={setTable} marked={false} />
      {curves.length > 1 ? (
        <div className="minis" role="group" aria-label={w("curvesSmall")}>
          {curves.slice(0, SMALL).map((each) => (
            <MiniCurve key={each.key} result={result} curve={each} neutral={neutral} chosen={each === curve} onChoose={() => onChoose(each.key)} />
          ))}
        </div>
      ) : null}
    </section>
  );
}
