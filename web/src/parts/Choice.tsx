/** A choice among many, with search: a combobox as the ARIA practices describe it. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";

import { count as counted } from "../format/number";
import { useLook } from "../look/look";
import { Icon } from "./Icon";

export interface ChoiceOption {
  value: string;
  label: string;
  count?: number;
}

interface Props {
  label: string;
  value: string;
  options: ChoiceOption[];
  /** Label of having chosen nothing; without it something is always chosen. */
  none?: string;
  onChange: (value: string) => void;
}

/** Beyond this many a list helps nobody; searching narrows it. */
const SHOWN = 200;

export function Choice({ label, value, options, none, onChange }: Props) {
  const { w, language } = useLook();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const all = useMemo(() => (none === undefined ? options : [{ value: "", label: none }, ...options]), [options, none]);
  const found = useMemo(() => matching(all, search).slice(0, SHOWN), [all, search]);
  const chosen = all.find((option) => option.value === value);

  useEffect(() => {
    if (!open) return undefined;
    const leave = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [open]);

  const show = () => {
    setSearch("");
    setActive(Math.max(0, all.findIndex((option) => option.value === value)));
    setOpen(true);
  };
  const choose = (option: ChoiceOption | undefined) => {
    if (option) onChange(option.value);
    setOpen(false);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (open) setActive((active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(1, found.length));
      else show();
    } else if (event.key === "Enter" && open) choose(found[active]);
    else if (event.key === "Escape" && open) setOpen(false);
    else if (event.key === "Tab") {
      setOpen(false);
      return;
    } else return;
    event.preventDefault();
  };

  return (
    <div className="choice" ref={root}>
      <label className="choice-label" htmlFor={`${id}-input`}>
        {label}
      </label>
      <div className="choice-box">
        <input
          ref={input}
          id={`${id}-input`}
          role="combobox"
          autoComplete="off"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && found[active] ? `${id}-${active}` : undefined}
          placeholder={open ? (chosen?.label ?? w("search")) : ""}
          value={open ? search : (chosen?.label ?? value)}
          onChange={(event) => {
            setSearch(event.target.value);
            setActive(0);
            setOpen(true);
          }}
          onClick={() => (open ? undefined : show())}
          onKeyDown={onKey}
        />
        <Icon name="down" size={14} />
        <ul id={`${id}-list`} role="listbox" aria-label={label} className="choice-list" hidden={!open}>
          {open
            ? found.map((option, k) => (
                // The pointer must not take the focus from the input before the click counts.
                <li key={option.value} id={`${id}-${k}`} role="option" aria-selected={option.value === value} className={k === active ? "active" : ""} ref={k === active ? intoView : undefined} onPointerDown={(event) => event.preventDefault()} onClick={() => choose(option)}>
                  <span>{option.label}</span>
                  {option.count === undefined ? null : <small>{counted(option.count, language)}</small>}
                </li>
              ))
            : null}
        </ul>
      </div>
    </div>
  );
}

const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" });

/** Options whose label or value holds what was typed; those that begin with it first. */
export function matching(options: readonly ChoiceOption[], typed: string): ChoiceOption[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [...options];
  const rank = ({ label, value }: ChoiceOption) => (label.toLowerCase().startsWith(wanted) || value.toLowerCase().startsWith(wanted) ? 0 : label.toLowerCase().includes(wanted) ? 1 : 2);
  return options.map((option) => ({ option, rank: rank(option) })).filter((each) => each.rank < 2).sort((a, b) => a.rank - b.rank).map((each) => each.option);
}
