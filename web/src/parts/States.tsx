/** The designed states of anything that is fetched: loading, empty, failed. */
import type { ReactNode } from "react";

import { ApiError } from "../api/client";
import { useLook } from "../look/look";
import { Icon } from "./Icon";

export function Loading({ height = 200 }: { height?: number | string }) {
  const { w } = useLook();
  return (
    <div className="state state-loading" style={{ minHeight: height }} role="status">
      <span className="pulse" aria-hidden="true">
        <i />
        <i />
      </span>
      <span>{w("loading")}</span>
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Which space is empty: its outline is drawn dashed. */
  space?: "physical" | "digital" | "none";
}

export function Empty({ title, children, action, space = "none" }: EmptyProps) {
  return (
    <div className="state state-empty">
      <svg width="88" height="52" viewBox="0 0 88 52" aria-hidden="true" className="state-figure">
        <circle cx="33" cy="26" r="23" className={space === "physical" ? "missing" : "present physical"} />
        <circle cx="55" cy="26" r="23" className={space === "digital" ? "missing" : "present digital"} />
      </svg>
      <h3>{title}</h3>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { w } = useLook();
  return (
    <div className="state state-failed" role="alert">
      <Icon name="warning" size={22} />
      <h3>{w("broken")}</h3>
      <p>{useMessage(error)}</p>
      {retry ? (
        <button type="button" className="button" onClick={retry}>
          {w("retry")}
        </button>
      ) : null}
    </div>
  );
}

/** What an error says, in the language of the reader where the server gave it. */
export function useMessage(error: unknown): string {
  const { language } = useLook();
  if (error instanceof ApiError) return language === "zh" && error.messageZh ? error.messageZh : error.message;
  return error instanceof Error ? error.message : String(error);
}
