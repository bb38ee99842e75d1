/** The parts of the network page, as the address asks for them. */
import { queryOptions } from "@tanstack/react-query";

import { get, path, patiently } from "../api/client";
import type { NetworkChoices, NetworkPart } from "../api/types";

export interface AskedNetwork {
  layer: string;
  period: string;
  interactions: string;
}

const STEADY = { staleTime: 10 * 60_000, gcTime: 15 * 60_000, retry: false } as const;

export const networkChoicesQuery = (cluster: string) =>
  queryOptions({ queryKey: ["network-choices", cluster], queryFn: ({ signal }) => get<NetworkChoices>(path("clusters", cluster, "network", "choices"), {}, signal), ...STEADY });

export const networkPartQuery = (cluster: string, part: string, asked: AskedNetwork) =>
  queryOptions({ queryKey: ["network-part", cluster, part, asked], queryFn: ({ signal }) => patiently<NetworkPart>(path("clusters", cluster, "network", part), { ...asked }, signal), ...STEADY });
