/** Language and theme: from the address, then from the last visit, then from the system. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import type { Text } from "../api/types";
import type { Language } from "../format/number";
import { word, say, type Values } from "../words/words";
import type { Word } from "../words/dictionary";
import { PALETTES, type Palette, type Theme } from "./colours";

export interface Look {
  language: Language;
  theme: Theme;
  palette: Palette;
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
  /** A word of the interface. */
  w: (key: Word, values?: Values) => string;
  /** A text of the server. */
  t: (text: Text | null | undefined) => string;
}

const Context = createContext<Look | null>(null);

export function useLook(): Look {
  const look = useContext(Context);
  if (!look) throw new Error("useLook is used outside LookProvider.");
  return look;
}

export function LookProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useRemembered("jiqun.language", "lang", systemLanguage, isLanguage);
  const [theme, setTheme] = useRemembered("jiqun.theme", "theme", systemTheme, isTheme);

  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);

  const look = useMemo<Look>(
    () => ({
      language,
      theme,
      palette: PALETTES[theme],
      setLanguage,
      setTheme,
      w: (key, values) => word(key, language, values),
      t: (text) => say(text, language),
    }),
    [language, theme, setLanguage, setTheme],
  );
  return <Context value={look}>{children}</Context>;
}

const isLanguage = (value: string | null): value is Language => value === "en" || value === "zh";
const isTheme = (value: string | null): value is Theme => value === "light" || value === "dark";
const systemLanguage = (): Language => (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
const systemTheme = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

function useRemembered<T extends string>(
  key: string,
  parameter: string,
  system: () => T,
  valid: (value: string | null) => value is T,
): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const asked = new URLSearchParams(location.search).get(parameter);
    if (valid(asked)) return asked;
    const kept = stored(key);
    return valid(kept) ? kept : system();
  });
  const set = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(key, next);
      } catch {
        // Private windows refuse storage; the choice then lasts for this visit.
      }
      // A language in the address would win again after a reload, against the choice just made.
      const url = new URL(location.href);
      if (url.searchParams.has(parameter)) {
        url.searchParams.set(parameter, next);
        history.replaceState(history.state, "", url);
      }
    },
    [key, parameter],
  );
  return [value, set];
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
