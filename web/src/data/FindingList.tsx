/** Findings as cards: what is wrong, where, how often, an example, what to do. */
import type { Finding } from "../api/types";
import { count, exact } from "../format/number";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";

export function FindingList({ items }: { items: Finding[] }) {
  const { w, t, language } = useLook();
  if (!items.length) return <p className="finding-none"><Icon name="check" /> {w("noFindings")}</p>;
  return (
    <ul className="finding-list">
      {items.map((item, k) => (
        <li key={k} className={`finding finding-${item.severity}`} data-rule={item.rule}>
          <div className="finding-head">
            <span className={`severity severity-${item.severity}`}>{w(item.severity)}</span>
            <h3>{t(item.title)}</h3>
          </div>
          <p className="finding-where">
            <code>{item.column ? `${item.table}.${item.column}` : item.table}</code>
            <span>
              {count(item.rows, language)} {w("of")} {count(item.of, language)}
              {item.of ? ` (${exact(item.rows / item.of, "share", language)})` : ""}
            </span>
            {item.file ? <span>{item.line ? w("whereFile", { file: item.file, line: item.line }) : item.file}</span> : null}
          </p>
          {item.examples.length ? (
            <p className="finding-examples">
              {item.examples.slice(0, 5).map((example, i) => (
                <code key={i} className="chip">
                  {example}
                </code>
              ))}
            </p>
          ) : null}
          <p className="finding-advice">{t(item.advice)}</p>
        </li>
      ))}
    </ul>
  );
}
