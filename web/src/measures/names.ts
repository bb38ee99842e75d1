/** What places and industries are called, for tables, charts and choices. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { filtersQuery, placesQuery } from "../api/queries";
import type { ClusterCard, Columnar, MapLayer } from "../api/types";
import { nameIn } from "../format/name";
import { useLook, type Look } from "../look/look";
import type { ChoiceOption } from "../parts/Choice";
import type { NameOf } from "./result";

export interface Names {
  nameOf: NameOf;
  industries: ChoiceOption[];
  places: ChoiceOption[];
  layer: MapLayer | null;
}

export function useNames(card: ClusterCard): Names {
  const { t, language } = useLook();
  const filters = useQuery(filtersQuery(card.id)).data;
  const layer = useQuery({ ...placesQuery(card.id), enabled: (card.counts["places"] ?? 0) > 0 }).data ?? null;
  return useMemo(() => {
    const industries = (filters?.industries ?? []).map(({ id, title, count }) => ({ value: id, label: t(title), count }));
    const rows = (layer?.mode === "areas" ? layer.areas : (layer?.points ?? {})) as Columnar;
    const places = (rows["id"] ?? []).map((id, k) => ({ value: String(id), label: nameIn(language, String((language === "zh" ? rows["name_zh"]?.[k] : null) ?? rows["name"]?.[k] ?? id)) }));
    const known = new Map<string, string>(industries.map(({ value, label }) => [`industry_id ${value}`, label]));
    for (const { value, label } of places) known.set(`place_id ${value}`, label);
    return { nameOf: (key, id) => known.get(`${key.replace(/_2$/, "")} ${id}`) ?? id, industries, places, layer };
  }, [filters, layer, t, language]);
}

/** In the digital space the places are communities of the network: they have numbers, and lie nowhere. */
export function inDigital(names: Names, w: Look["w"]): Names {
  return { ...names, places: [], layer: null, nameOf: (key, id) => (key === "place_id" ? w("communityN", { n: id }) : names.nameOf(key, id)) };
}
