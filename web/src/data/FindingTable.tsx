/** The findings as a table on wide screens; the same rows as cards on narrow ones. */
import type { Finding } from "../api/types";
import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { FindingList } from "./FindingList";

export function FindingTable({ items }: { items: Finding[] }) {
  const { w, t, language } = useLook();
  if (!items.length) return <FindingList items={items} />;
  return (
    <>
      <div className="finding-table" tabIndex={0} role="region" aria-label={w("findings")}>
        <table data-testid="findings-table">
          <thead>
            <tr>
              <th scope="col">{w("severity")}</th>
              <th scope="col">{w("rule")}</th>
              <th scope="col">{w("table")}</th>
              <th scope="col" className="right">
                {w("rows")}
              </th>
              <th scope="col">{w("examples")}</th>
              <th scope="col">{w("whatToDo")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item, k) => (
              <tr key={k} data-rule={item.rule}>
                <td>
                  <span className={`severity severity-${item.severity}`}>{w(item.severity)}</span>
                </td>
                <td>
                  <b>{t(item.title)}</b>
                  <code>{item.rule}</code>
                </td>
                <td>
                  <code>{item.column ? `${item.table}.${item.column}` : item.table}</code>
                  {item.file ? <small>{item.line ? w("whereFile", { file: item.file, line: item.line }) : item.file}</small> : null}
                </td>
                <td className="right">
                  {count(item.rows, language)}
                  {item.of ? <small>{exact(item.rows / item.of, "share", language)}</small> : null}
                </td>
                <td className="finding-cell-examples">
                  {item.examples.slice(0, 3).map((example, i) => (
                    <code key={i} className="chip" title={example}>
                      {example.length > 36 ? `${example.slice(0, 35)}…` : example}
                    </code>
                  ))}
                </td>
                <td>{t(item.advice)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="finding-cards">
        <FindingList items={items} />
      </div>
    </>
  );
}
