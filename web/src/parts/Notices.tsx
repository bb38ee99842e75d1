/** Short notices at the foot of the screen, with at most one thing to do, such as undo. */
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";

import { useLook } from "../look/look";
import { Icon } from "./Icon";

export interface Notice {
  text: string;
  action?: { label: string; run: () => void };
}

const Context = createContext<(notice: Notice) => void>(() => undefined);

export const useNotify = () => useContext(Context);

const SHOWN_MS = 8000;

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const { w } = useLook();

  const notify = useCallback((next: Notice) => {
    clearTimeout(timer.current);
    setNotice(next);
    timer.current = setTimeout(() => setNotice(null), SHOWN_MS);
  }, []);
  const close = useCallback(() => setNotice(null), []);
  const value = useMemo(() => notify, [notify]);

  return (
    <Context value={value}>
      {children}
      <div className="notices" aria-live="polite">
        {notice ? (
          <div className="notice">
            <span>{notice.text}</span>
            {notice.action ? (
              <button
                type="button"
                className="button button-text"
                onClick={() => {
                  notice.action?.run();
                  close();
                }}
              >
                {notice.action.label}
              </button>
            ) : null}
            <button type="button" className="icon-button" onClick={close} aria-label={w("close")}>
              <Icon name="close" />
            </button>
          </div>
        ) : null}
      </div>
    </Context>
  );
}
