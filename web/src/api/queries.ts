/** What the pages ask for, with keys that let neighbouring periods be fetched ahead. */
import { queryOptions } from "@tanstack/react-query";
import type { FeatureCollection } from "geojson";

import { get, path } from "./client";
import type { ClusterCard, Filters, FindingsReport, MapLayer, Network, Profile } from "./types";

/** A cluster does not change while it is open; a refresh of the page asks again. */
const STEADY = { staleTime: 5 * 60_000, gcTime: 10 * 60_000 };

export interface Slice {
  industry: string;
  first: string;
  last: string;
  indicator: string;
}

export const clustersQuery = () =>
  queryOptions({ queryKey: ["clusters"], queryFn: ({ signal }) => get<ClusterCard[]>("clusters", {}, signal) });

export const clusterQuery = (id: string) =>
  queryOptions({
    queryKey: ["cluster", id],
    queryFn: ({ signal }) => get<ClusterCard>(path("clusters", id), {}, signal),
    ...STEADY,
  });

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ["profile", id],
    queryFn: ({ signal }) => get<Profile>(path("clusters", id, "profile"), {}, signal),
    ...STEADY,
  });

export const findingsQuery = (id: string) =>
  queryOptions({
    queryKey: ["findings", id],
    queryFn: ({ signal }) => get<FindingsReport>(path("clusters", id, "findings"), {}, signal),
    ...STEADY,
  });

export const filtersQuery = (id: string) =>
  queryOptions({
    queryKey: ["filters", id],
    queryFn: ({ signal }) => get<Filters>(path("clusters", id, "filters"), {}, signal),
    ...STEADY,
  });

export const mapQuery = (id: string, { industry, first, last, indicator }: Slice) =>
  queryOptions({
    queryKey: ["map", id, industry, first, last, indicator],
    queryFn: ({ signal }) => get<MapLayer>(path("clusters", id, "map"), { industry, first, last, indicator }, signal),
    ...STEADY,
  });

export const networkQuery = (id: string, { industry, first, last }: Slice) =>
  queryOptions({
    queryKey: ["network", id, industry, first, last],
    queryFn: ({ signal }) => get<Network>(path("clusters", id, "network"), { industry, first, last }, signal),
    ...STEADY,
  });

export const boundariesQuery = (name: string) =>
  queryOptions({
    queryKey: ["boundaries", name],
    queryFn: ({ signal }) => get<FeatureCollection>(path("boundaries", name), {}, signal),
    staleTime: Infinity,
  });

/** Every place where it lies, and what it is called. */
export const placesQuery = (id: string) =>
  queryOptions({
    queryKey: ["places", id],
    queryFn: ({ signal }) => get<MapLayer>(path("clusters", id, "places"), {}, signal),
    ...STEADY,
  });
