/** A panel from the right on the platform's own dialog: focus stays inside, Escape closes it. */
import { useEffect, useId, useRef, type ReactNode } from "react";

import { useLook } from "../look/look";
import { Icon } from "./Icon";

interface Props {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

export function Drawer({ open, title, onClose, children, wide = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const { w } = useLook();

  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);

  return (
    // A click on the dialog element itself is a click on the backdrop: the panel covers the rest.
    <dialog ref={dialog} className={`drawer${wide ? " drawer-wide" : ""}`} aria-labelledby={heading} onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      {open ? (
        <div className="drawer-panel">
          <header className="drawer-head">
            <h2 id={heading}>{title}</h2>
            <button type="button" className="icon-button" onClick={onClose} aria-label={w("close")}>
              <Icon name="close" />
            </button>
          </header>
          <div className="drawer-body" tabIndex={0}>{children}</div>
        </div>
      ) : null}
    </dialog>
  );
}
