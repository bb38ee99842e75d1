/** What all pages of one cluster share: the cluster itself, and what is shown when there is none. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Outlet, useLocation, useOutletContext, useParams } from "react-router";

import { ApiError } from "../api/client";
import { clusterQuery } from "../api/queries";
import type { ClusterCard } from "../api/types";
import { useLook } from "../look/look";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Failed, Loading } from "../parts/States";
import { NotFound } from "./NotFound";

export function ClusterFrame() {
  const { id = "" } = useParams();
  const { t } = useLook();
  const { pathname } = useLocation();
  const { data: card, error, refetch } = useQuery(clusterQuery(id));

  useEffect(() => {
    if (card) document.title = `${t(card.title)} – Jiqun 集群`;
  }, [card, t]);

  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!card) return <Loading height="60vh" />;
  return (
    // Keyed by page: an error on one must not stay when another is opened.
    <ErrorBoundary key={pathname}>
      <Outlet context={card} />
    </ErrorBoundary>
  );
}

export const useCluster = () => useOutletContext<ClusterCard>();
