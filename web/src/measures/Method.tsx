/** The method of an index: question, reading, definition, where it is from, and every convention that changes the number. */
import { useQuery } from "@tanstack/react-query";

import { get, path } from "../api/client";
import { exact } from "../format/number";
import { useLook } from "../look/look";
import { Formula } from "../parts/Formula";
import { SafeLink } from "../parts/HowDrawer";
import { dictionary, type Word } from "../words/dictionary";
import { fieldsOf } from "./parameters";
import { titleOf, type IndexCard } from "./result";

interface Props {
  index: IndexCard;
  onPreset?: (parameters: Record<string, unknown>) => void;
}

export function Method({ index, onPreset }: Props) {
  const { w, t, language } = useLook();
  const whole = useQuery({ queryKey: ["index", index.name], queryFn: ({ signal }) => get<IndexCard>(path("indices", index.name), {}, signal), staleTime: Infinity }).data;
  const [low, high] = index.bounds as [number | null, number | null];
  const limit = (value: number | null) => (value === null ? "∞" : exact(value, "number", language));
  return (
    <div className="method">
      <p className="how-sentence">{t(index.question)}</p>
      <p>{t(index.reading)}</p>
      <section className="how-section">
        <h3>{w("formula")}</h3>
        <Formula text={index.formula} />
        <dl className="facts">
          <Fact title={w("oneRowFor")}>{index.grain.map((key) => t(titleOf(key))).join(" × ") || "–"}</Fact>
          <Fact title={w("bounds")}>{low === null && high === null ? w("unbounded") : `${low === null ? "−∞" : limit(low)} … ${limit(high)}`}</Fact>
          <Fact title={w("neutral")}>{index.neutral === null || index.neutral === undefined ? "–" : exact(index.neutral, "number", language)}</Fact>
          <Fact title={w("needsTables")}>
            {index.needs.columns.map((column) => (
              <code key={column} className="chip">{`${index.needs.table}.${column}`}</code>
            ))}
          </Fact>
        </dl>
      </section>
      <section className="how-section">
        <h3>{w("definedIn")}</h3>
        <ul className="plain-list">
          {index.references.map((reference) => (
            <li key={reference.text}>
              <SafeLink url={reference.url ?? ""}>{reference.text}</SafeLink>
              {reference.doi ? <small className="doi"> doi:{reference.doi}</small> : null}
            </li>
          ))}
        </ul>
      </section>
      <Presets index={index} onPreset={onPreset} />
      <Conventions index={index} />
      {whole?.documentation ? (
        <details className="how-section">
          <summary>{w("documentation")}</summary>
          <pre className="documentation" lang="en" tabIndex={0}>
            {whole.documentation}
          </pre>
        </details>
      ) : null}
    </div>
  );
}

function Fact({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How other packages compute it, and where they should not be followed. */
function Presets({ index, onPreset }: Props) {
  const { w, t } = useLook();
  const presets = index.presets ?? [];
  if (!presets.length) return null;
  return (
    <section className="how-section">
      <h3>{w("presets")}</h3>
      <ul className="presets">
        {presets.map((preset) => (
          <li key={preset.name} data-preset={preset.name}>
            <div className="preset-head">
              <b>
                {t(preset.title)} {preset.version}
              </b>
              {Object.entries(preset.parameters).map(([name, value]) => (
                <code key={name} className="chip">{`${name} = ${String(value)}`}</code>
              ))}
              {Object.keys(preset.parameters).length ? null : <span>{w("presetSame")}</span>}
              {onPreset ? (
                <button type="button" className="button" onClick={() => onPreset(preset.parameters)}>
                  {w("presetUse")}
                </button>
              ) : null}
            </div>
            {preset.known.length ? (
              <details>
                <summary>{w("presetWrong")}</summary>
                <ul className="plain-list">
                  {preset.known.map((each) => (
                    <li key={each.en}>{t(each)}</li>
                  ))}
                </ul>
              </details>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Every choice that changes the number, with what it may be and what it is where nothing is said. */
function Conventions({ index }: { index: IndexCard }) {
  const { w } = useLook();
  const fields = fieldsOf(index.parameters);
  if (!fields.length) return null;
  return (
    <section className="how-section">
      <h3>{w("conventions")}</h3>
      <dl className="conventions">
        {fields.map((field) => {
          const key = `pm_${field.name}`;
          return (
            <div key={field.name}>
              <dt>
                <code>{field.name}</code> {key in dictionary ? w(key as Word) : ""}
              </dt>
              <dd>
                {field.choices.length ? (
                  field.choices.map((choice) => (
                    <code key={choice} className={choice === field.initial ? "chip chip-default" : "chip"}>
                      {choice}
                    </code>
                  ))
                ) : (
                  <code className="chip">{field.initial || w("defaultValue")}</code>
                )}
                {field.description ? <p lang="en">{field.description}</p> : null}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
