/** The one bar at the top: the product, the cluster and its pages, language and theme. */
import { useQuery } from "@tanstack/react-query";
import { Link, NavLink, useLocation } from "react-router";

import { clusterQuery } from "../api/queries";
import { useLook } from "../look/look";
import { OriginBadge } from "../parts/Badges";
import { Icon, Mark } from "../parts/Icon";

const PAGES = ["profile", "map", "measures", "network", "platform", "compare", "evaluate", "data"] as const;

export function TopBar() {
  const { w, language, setLanguage, theme, setTheme } = useLook();
  const id = clusterOf(useLocation().pathname);
  return (
    <header className="top">
      {/* Not a link to #main: what follows the hash is the address of the page. */}
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        {w("skip")}
      </button>
      <nav className="top-brand" aria-label={w("mainNavigation")}>
        <Link to="/" className="brand">
          <Mark />
          <b lang="zh-CN">集群</b>
          <span>Jiqun</span>
          <span className="visually-hidden"> – {w("goHome")}</span>
        </Link>
      </nav>
      {id ? <ClusterBar id={id} /> : <span className="top-space" />}
      <div className="top-settings">
        <button type="button" className="button button-text" onClick={() => setLanguage(language === "en" ? "zh" : "en")} lang={language === "en" ? "zh-CN" : "en"} aria-label={w("languageLabel")} data-testid="language">
          {w("language")}
        </button>
        <button type="button" className="icon-button" onClick={() => setTheme(theme === "light" ? "dark" : "light")} aria-label={w(theme === "light" ? "themeDark" : "themeLight")} title={w(theme === "light" ? "themeDark" : "themeLight")} data-testid="theme">
          <Icon name={theme === "light" ? "moon" : "sun"} />
        </button>
      </div>
    </header>
  );
}

function ClusterBar({ id }: { id: string }) {
  const { w, t } = useLook();
  const card = useQuery(clusterQuery(id)).data;
  const title = card ? t(card.title) : id;
  return (
    <>
      <div className="top-cluster">
        <span className="top-divider" aria-hidden="true">
          /
        </span>
        <span className="top-title" title={title}>
          {title}
        </span>
        {card ? <OriginBadge origin={card.origin} /> : null}
      </div>
      <nav className="tabs" aria-label={w("clusterNavigation")}>
        {PAGES.map((page) => (
          <NavLink key={page} to={`/clusters/${encodeURIComponent(id)}/${page}`} className="tab">
            {w(page)}
          </NavLink>
        ))}
      </nav>
    </>
  );
}

/** The bar lies outside the routes, so that it does not flicker between pages; it reads the address itself. */
export function clusterOf(pathname: string): string {
  const found = /^\/clusters\/([^/]+)/.exec(pathname);
  return found ? decodeURIComponent(found[1] as string) : "";
}
