/** Transition matrices as papers print them: a row for each class, with its transitions, shares and where it leads. */
import { exact } from "../format/number";
import { rgb } from "../look/colours";
import { useLook } from "../look/look";
import { numbers, rowsOf, texts, type Tables } from "./reading";
import { matrixOf } from "./saying";

export function Chains({ tables }: { tables: Tables }) {
  const { w, language } = useLook();
  const near = [...new Set(texts(rowsOf(tables, "transitions"), "neighbours"))];
  const { classes } = matrixOf(tables, "");
  return (
    <div className="chains" tabIndex={0} role="region" aria-label={w("ev_chains")}>
      <table className="chain" data-testid="chain">
        <thead>
          <tr>
            <th scope="col">{w("ev_neighbours")}</th>
            <th scope="col">{w("ev_fromClass")}</th>
            <th scope="col" className="right">
              n
            </th>
            {classes.map((to) => (
              <th key={to} scope="col" className="right">
                → {className(to, classes, w)}
              </th>
            ))}
            <th scope="col" className="right">
              {w("ev_longRun")}
            </th>
          </tr>
        </thead>
        {near.map((each) => (
          <Block key={each} tables={tables} near={each} />
        ))}
      </table>
      <p className="chain-note">{w("ev_chainNote")}</p>
      <Tests tables={tables} language={language} />
    </div>
  );
}

type W = ReturnType<typeof useLook>["w"];

function className(c: number, classes: readonly number[], w: W): string {
  if (c === classes[0]) return w("ev_lowest");
  if (c === classes[classes.length - 1]) return w("ev_highest");
  return String(c);
}

function Block({ tables, near }: { tables: Tables; near: string }) {
  const { w, language } = useLook();
  const { classes, at } = matrixOf(tables, near);
  const run = rowsOf(tables, "long_run");
  const [of, share, which] = [texts(run, "neighbours"), numbers(run, "share"), numbers(run, "class")];
  const longRun = (c: number) => share[of.findIndex((each, k) => each === near && which[k] === c)] ?? null;
  return (
    <tbody data-neighbours={near || "all"}>
      {classes.map((from, row) => {
        const n = classes.reduce((sum, to) => sum + (at(from, to)?.count ?? 0), 0);
        return (
          <tr key={from}>
            {row === 0 ? (
              <th scope="rowgroup" rowSpan={classes.length} className="chain-near">
                {near ? w("ev_near", { c: className(Number(near), classes, w) }) : w("ev_anyNear")}
              </th>
            ) : null}
            <th scope="row">{className(from, classes, w)}</th>
            <td className="right chain-n">{exact(n, "integer", language)}</td>
            {classes.map((to) => (
              <Cell key={to} cell={at(from, to)} stays={from === to} />
            ))}
            <td className="right">{longRun(from) === null ? "–" : (longRun(from) as number).toFixed(3)}</td>
          </tr>
        );
      })}
    </tbody>
  );
}

function Cell({ cell, stays }: { cell: ReturnType<ReturnType<typeof matrixOf>["at"]>; stays: boolean }) {
  const { w, palette } = useLook();
  if (!cell || cell.probability === null) return <td className="right">–</td>;
  const [r, g, b] = rgb(palette.both);
  return (
    <td className={`right chain-cell${stays ? " chain-stays" : ""}`} style={{ background: `rgba(${r},${g},${b},${0.42 * cell.probability})` }} title={w("ev_cell", { n: cell.count, passage: cell.passage === null ? "–" : cell.passage.toFixed(1) })} data-p={cell.probability}>
      {cell.probability.toFixed(3)}
      <small>{cell.error === null ? "" : `±${cell.error.toFixed(3)}`}</small>
    </td>
  );
}

function Tests({ tables, language }: { tables: Tables; language: "en" | "zh" }) {
  const { w } = useLook();
  const rows = rowsOf(tables, "chain_tests");
  const of = texts(rows, "of");
  const [ratio, ratioP, chi, chiP, freedom] = ["likelihood_ratio", "likelihood_ratio_p", "chi_squared", "chi_squared_p", "freedom"].map((name) => numbers(rows, name)) as [(number | null)[], (number | null)[], (number | null)[], (number | null)[], (number | null)[]];
  if (!of.length) return null;
  return (
    <table className="chain-tests">
      <thead>
        <tr>
          <th scope="col">{w("ev_chainTest")}</th>
          <th scope="col" className="right">
            LR
          </th>
          <th scope="col" className="right">
            p
          </th>
          <th scope="col" className="right">
            χ²
          </th>
          <th scope="col" className="right">
            p
          </th>
          <th scope="col" className="right">
            df
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((each, k) => (
          <tr key={each}>
            <th scope="row">{w(each === "time" ? "ev_testTime" : "ev_testNear")}</th>
            <td className="right">{exact(ratio[k], "number", language)}</td>
            <td className="right">{p(ratioP[k])}</td>
            <td className="right">{exact(chi[k], "number", language)}</td>
            <td className="right">{p(chiP[k])}</td>
            <td className="right">{freedom[k] ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const p = (value: number | null | undefined) => (value === null || value === undefined ? "–" : value < 0.001 ? "< 0.001" : value.toFixed(3));
