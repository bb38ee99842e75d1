/** What both spaces are filtered by, and what colours mean. */
import type { Filters } from "../api/types";
import type { useAddress } from "../app/UtilityBar";
import { useLook } from "../look/look";
import { Choice } from "../parts/Choice";

/** What the page shows beside the two spaces: nothing, the industries in them, or the distance between places. */
export const VIEWS = ["", "industries", "gravity"] as const;

type Address = ReturnType<typeof useAddress>;

interface Props {
  filters: Filters;
  /** Whether there is a network to colour. */
  network: boolean;
  /** Whether industries can be looked at in both spaces. */
  both: boolean;
  read: Address["read"];
  set: Address["set"];
}

export function FilterBar({ filters, network, both, read, set }: Props) {
  const { w, t } = useLook();
  const by = read("colour") === "industry" ? "industry" : "community";
  const filtered = Boolean(read("industry") || read("from") || read("indicator"));
  return (
    <div className="filters">
      {both ? (
        <div className="segments" role="group" aria-label={w("whatToSee")}>
          {VIEWS.map((each) => (
            <button key={each} type="button" aria-pressed={read("view") === each} onClick={() => set({ view: each, ...(each ? { industry: "", from: "", to: "" } : {}) })}>
              {w(each === "industries" ? "viewIndustries" : each === "gravity" ? "viewGravity" : "viewMaps")}
            </button>
          ))}
        </div>
      ) : null}
      {filters.industries.length && !read("view") ? (
        <Choice label={w("industry")} value={read("industry")} none={w("allIndustries")} options={filters.industries.map((each) => ({ value: each.id, label: t(each.title), count: each.count }))} onChange={(industry) => set({ industry, pick: "" })} />
      ) : null}
      {filters.indicators.length ? (
        <Choice label={w("indicator")} value={read("indicator") || (filters.indicators[0]?.id ?? "")} options={filters.indicators.map((each) => ({ value: each.id, label: t(each.title), count: each.count }))} onChange={(indicator) => set({ indicator })} />
      ) : null}
      {network ? <div className="segments" role="group" aria-label={w("colourBy")}>
        <span>{w("colourBy")}</span>
        {(["community", "industry"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={by === each} onClick={() => set({ colour: each === "community" ? "" : each })}>
            {w(each)}
          </button>
        ))}
      </div> : null}
      {filtered ? (
        <button type="button" className="button button-text" onClick={() => set({ industry: "", from: "", to: "", indicator: "", pick: "" })}>
          {w("clearFilters")}
        </button>
      ) : null}
      <div className="segments pane-switch" role="group" aria-label={w("mapQuestion")}>
        {(["map", "network"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={(read("on") || "map") === each} onClick={() => set({ on: each === "map" ? "" : each })}>
            {w(each === "map" ? "paneMap" : "paneNetwork")}
          </button>
        ))}
      </div>
    </div>
  );
}
