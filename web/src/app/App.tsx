/** The pages and their addresses. */
import { lazy, Suspense } from "react";
import { Navigate, Route, Routes } from "react-router";

import { Home } from "../home/Home";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Loading } from "../parts/States";
import { ClusterFrame } from "./ClusterFrame";
import { NotFound } from "./NotFound";
import { TopBar } from "./TopBar";

const Profile = lazy(() => import("../profile/Profile"));
const TwoSpace = lazy(() => import("../twospace/TwoSpace"));
const Data = lazy(() => import("../data/Data"));
const NetworkPage = lazy(() => import("../network/Network"));
const PlatformPage = lazy(() => import("../platform/Platform"));
const Measures = lazy(() => import("../measures/Measures"));
const Compare = lazy(() => import("../compare/Compare"));
const Evaluate = lazy(() => import("../evaluate/Evaluate"));

export function App() {
  return (
    <>
      <TopBar />
      <ErrorBoundary>
        <Suspense fallback={<Loading height="60vh" />}>
          <Routes>
            <Route path="/" element={<Home />} />
            <Route path="/clusters/:id" element={<ClusterFrame />}>
              <Route index element={<Navigate to="profile" replace />} />
              <Route path="profile" element={<Profile />} />
              <Route path="map" element={<TwoSpace />} />
              <Route path="data" element={<Data />} />
              <Route path="network" element={<NetworkPage />} />
              <Route path="platform" element={<PlatformPage />} />
              <Route path="measures" element={<Measures />} />
              <Route path="compare" element={<Compare />} />
              <Route path="evaluate" element={<Evaluate />} />
              <Route path="*" element={<NotFound />} />
            </Route>
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </ErrorBoundary>
    </>
  );
}
