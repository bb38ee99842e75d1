/** “How do you know?”: what was computed, from what, and how to obtain it again. */
import { useState, type ReactNode } from "react";

import type { How } from "../api/types";
import { useLook } from "../look/look";
import { Drawer } from "./Drawer";
import { Formula } from "./Formula";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  how: How;
  children?: ReactNode;
}

export function HowDrawer({ open, onClose, title, how, children }: Props) {
  const { w, t } = useLook();
  return (
    <Drawer open={open} onClose={onClose} title={w("how")}>
      <p className="how-of">{title}</p>
      <p className="how-sentence">{t(how.sentence)}</p>
      {children}
      {how.formula ? (
        <Section title={w("formula")}>
          <Formula text={how.formula} />
        </Section>
      ) : null}
      {how.reference ? (
        <Section title={w("reference")}>
          <p>{how.url ? <SafeLink url={how.url}>{how.reference}</SafeLink> : how.reference}</p>
        </Section>
      ) : null}
      {how.tables.length ? (
        <Section title={w("tablesUsed")}>
          <p>
            {how.tables.map((table) => (
              <code key={table} className="chip">
                {table}
              </code>
            ))}
          </p>
        </Section>
      ) : null}
      {how.caveats.length ? (
        <Section title={w("caveats")}>
          <ul className="plain-list">
            {how.caveats.map((caveat) => (
              <li key={caveat.en}>{t(caveat)}</li>
            ))}
          </ul>
        </Section>
      ) : null}
      <TraceSection how={how} />
    </Drawer>
  );
}

function TraceSection({ how: { trace } }: { how: How }) {
  const { w } = useLook();
  const parameters = Object.entries(trace.parameters).filter(([, value]) => value !== null && value !== "");
  const facts: [string, string][] = [
    [w("dataHash"), trace.data_hash.slice(0, 16)],
    [w("version"), trace.jiqun],
    ...(trace.seed === null || trace.seed === undefined ? [] : [[w("seed"), String(trace.seed)] as [string, string]]),
    ...(parameters.length ? [[w("parameters"), parameters.map(([name, value]) => `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ")] as [string, string]] : []),
    ...(Object.keys(trace.versions).length ? [[w("software"), Object.entries(trace.versions).map((each) => each.join(" ")).join(", ")] as [string, string]] : []),
  ];
  return (
    <Section title={w("trace")}>
      {trace.command ? <Command text={trace.command} /> : null}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

export function Command({ text }: { text: string }) {
  const { w } = useLook();
  const [copied, setCopied] = useState(false);
  return (
    <div className="command">
      <code tabIndex={0}>{text}</code>
      <button
        type="button"
        className="button button-text"
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => setCopied(true));
        }}
      >
        {copied ? w("copied") : w("copy")}
      </button>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="how-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Links come from recipes and docstrings; anything but a web address is shown as text. */
export function SafeLink({ url, children }: { url: string; children: ReactNode }) {
  if (!/^https?:\/\//.test(url)) return <>{children}</>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}
