/** Home: choose a cluster, or bring one. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";

import { clustersQuery } from "../api/queries";
import { useLook } from "../look/look";
import { Empty, Failed, Loading } from "../parts/States";
import { ClusterTile } from "./ClusterTile";
import { Questions } from "./Questions";
import "../styles/home.css";

const Upload = lazy(() => import("./Upload"));

export function Home() {
  const { w } = useLook();
  const { data, error, refetch, isPending } = useQuery(clustersQuery());

  useEffect(() => {
    document.title = "Jiqun 集群";
  }, []);

  return (
    <main id="main" className="page home" tabIndex={-1}>
      <section className="hero">
        <div>
          <h1>{w("homeTitle")}</h1>
          <p>{w("homeLead")}</p>
        </div>
        <HeroFigure />
      </section>
      <section aria-labelledby="choose">
        <h2 id="choose" className="section-title">
          {w("chooseCluster")}
        </h2>
        {isPending ? <Loading /> : null}
        {error ? <Failed error={error} retry={() => void refetch()} /> : null}
        {data?.length === 0 ? <Empty title={w("noClusters")}>{w("noClustersWhy")}</Empty> : null}
        {data?.length ? (
          <ul className="tiles">
            {data.map((card) => (
              <ClusterTile key={card.id} card={card} />
            ))}
          </ul>
        ) : null}
      </section>
      {data?.length ? <Questions clusters={data} /> : null}
      <section aria-labelledby="own" className="own">
        <div>
          <h2 id="own" className="section-title">
            {w("ownData")}
          </h2>
          <p className="section-lead">{w("ownDataLead")}</p>
        </div>
        <Suspense fallback={<Loading />}>
          <Upload />
        </Suspense>
      </section>
    </main>
  );
}

/** The idea in one picture: places on the left, a network on the right, the same firms in both. */
function HeroFigure() {
  const { w } = useLook();
  const firms = [
    [84, 58],
    [58, 92],
    [102, 104],
    [76, 132],
    [128, 74],
  ] as const;
  const nodes = [
    [238, 64],
    [286, 88],
    [222, 112],
    [270, 134],
    [306, 58],
  ] as const;
  const links = [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [1, 4],
    [0, 4],
  ] as const;
  return (
    <svg className="hero-figure" viewBox="0 0 364 192" role="img" aria-label={`${w("physical")} · ${w("digital")}`}>
      <circle cx="112" cy="96" r="88" className="disc physical" />
      <circle cx="252" cy="96" r="88" className="disc digital" />
      {firms.map(([x, y], k) => (
        <path key={k} d={`M${x} ${y} C ${x + 60} ${y - 30}, ${(nodes[k]?.[0] ?? 0) - 60} ${(nodes[k]?.[1] ?? 0) - 24}, ${nodes[k]?.[0]} ${nodes[k]?.[1]}`} className="bridge" />
      ))}
      {links.map(([a, b]) => (
        <line key={`${a}-${b}`} x1={nodes[a][0]} y1={nodes[a][1]} x2={nodes[b][0]} y2={nodes[b][1]} className="link" />
      ))}
      {firms.map(([x, y]) => (
        <circle key={`${x}`} cx={x} cy={y} r="5" className="firm" />
      ))}
      {nodes.map(([x, y]) => (
        <circle key={`${x}`} cx={x} cy={y} r="5" className="node" />
      ))}
    </svg>
  );
}
