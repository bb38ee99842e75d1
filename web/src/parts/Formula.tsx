/** A formula: TeX as MathML, which browsers draw themselves; plain text as it is. */
import { useEffect, useState } from "react";

export const looksLikeTex = (text: string): boolean => /\\[a-zA-Z]+|[_^]\{/.test(text);

export function Formula({ text }: { text: string }) {
  const [markup, setMarkup] = useState("");
  const tex = looksLikeTex(text);
  useEffect(() => {
    if (!tex) return undefined;
    let live = true;
    void import("katex").then(({ default: katex }) => {
      // MathML needs no fonts or styles; `trust: false` keeps links and files out of formulas.
      if (live) setMarkup(katex.renderToString(text, { output: "mathml", displayMode: true, throwOnError: false, trust: false }));
    });
    return () => {
      live = false;
    };
  }, [text, tex]);
  if (!tex || !markup) return <pre className="formula" tabIndex={0}>{text}</pre>;
  return <div className="formula" tabIndex={0} role="math" aria-label={text} dangerouslySetInnerHTML={{ __html: markup }} />;
}
