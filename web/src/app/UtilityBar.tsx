/** The one utility bar of every page of a cluster: date, quality, data, link, full screen, how to read. */
import { useCallback, useRef, useState, type ReactNode } from "react";
import { useSearchParams } from "react-router";

import type { ClusterCard } from "../api/types";
import { useLook } from "../look/look";
import { GradeLink } from "../parts/Badges";
import { Drawer } from "../parts/Drawer";
import { Icon, type IconName } from "../parts/Icon";
import { useNotify } from "../parts/Notices";

interface Props {
  card: ClusterCard;
  question: string;
  /** Toggles the table twin of everything on the page. */
  data?: { shown: boolean; toggle: () => void };
  method: ReactNode;
  children?: ReactNode;
}

export function UtilityBar({ card, question, data, method, children }: Props) {
  const { w, language, theme } = useLook();
  const notify = useNotify();
  const [reading, setReading] = useState(false);

  const share = () => {
    const url = new URL(location.href);
    url.searchParams.set("lang", language);
    url.searchParams.set("theme", theme);
    navigator.clipboard
      .writeText(url.toString())
      .then(() => notify({ text: w("shared") }))
      .catch(() => notify({ text: `${w("shareFailed")}: ${url.toString()}` }));
  };

  return (
    <div className="utility" role="toolbar" aria-label={w("tools")}>
      <h1 className="utility-question">{question}</h1>
      {children}
      <span className="utility-fact">{card.as_of ? w("asOf", { date: card.as_of }) : w("noDate")}</span>
      <GradeLink grade={card.grade} to={`/clusters/${encodeURIComponent(card.id)}/data`} />
      <span className="utility-tools">
        {data ? <Action icon={data.shown ? "chart" : "table"} label={w(data.shown ? "viewChart" : "viewData")} onClick={data.toggle} pressed={data.shown} /> : null}
        <Action icon="link" label={w("share")} onClick={share} />
        <Action icon="expand" label={w("fullScreen")} onClick={() => void toggleFullScreen()} />
        <Action icon="book" label={w("method")} onClick={() => setReading(true)} />
      </span>
      <Drawer open={reading} onClose={() => setReading(false)} title={w("method")}>
        {method}
      </Drawer>
    </div>
  );
}

interface ActionProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  pressed?: boolean;
}

function Action({ icon, label, onClick, pressed }: ActionProps) {
  return (
    <button type="button" className="icon-button" onClick={onClick} aria-label={label} title={label} aria-pressed={pressed}>
      <Icon name={icon} />
    </button>
  );
}

async function toggleFullScreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}

/** A part of the state that lives in the address: empty means the parameter is left out. */
export function useAddress() {
  const [parameters, setParameters] = useSearchParams();
  // The router's setter is another one after every change; what depends on ours must not be.
  const latest = useRef(setParameters);
  latest.current = setParameters;
  const set = useCallback(
    (changes: Record<string, string>, replace = true) =>
      latest.current(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace, preventScrollReset: true },
      ),
    [],
  );
  const read = useCallback((name: string) => parameters.get(name) ?? "", [parameters]);
  return { read, set };
}
