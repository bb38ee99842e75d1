/** Network 网络: who is at its core, whether it holds together, chain or network, what goes together, who crosses borders. */
import { useQuery } from "@tanstack/react-query";

import { useCluster } from "../app/ClusterFrame";
import { UtilityBar, useAddress } from "../app/UtilityBar";
import { useLook } from "../look/look";
import { Empty, Failed, Loading } from "../parts/States";
import { SpaceChoice } from "../spaces/SpaceChoice";
import { networkChoicesQuery, type AskedNetwork } from "./asking";
import { PartView } from "./PartView";
import "../styles/profile.css";
import "../styles/data.css";
import "../styles/measures.css";
import "../styles/twospace.css";
import "../styles/spaces.css";
import "../styles/network.css";

export default function NetworkPage() {
  const card = useCluster();
  const { w, t } = useLook();
  const { read, set } = useAddress();
  const { data: choices, error, refetch } = useQuery({ ...networkChoicesQuery(card.id), enabled: card.digital });
  const layers = (choices?.layers ?? []).filter(({ count }) => count > 0);
  const layer = layers.some(({ id }) => id === read("layer")) ? read("layer") : "all";
  const asked: AskedNetwork = { layer, period: read("period"), interactions: read("interactions") };
  return (
    <main id="main" className="page network-page" tabIndex={-1}>
      <UtilityBar
        card={card}
        question={w("networkQuestion")}
        method={
          <>
            <p>{w("networkHow1")}</p>
            <p>{w("networkHow2")}</p>
          </>
        }
      />
      {!card.digital ? (
        <section className="panel">
          <Empty title={w("noNetwork")} space="digital">
            {w("noNetworkWhy")}
          </Empty>
        </section>
      ) : null}
      {error ? <Failed error={error} retry={() => void refetch()} /> : null}
      {card.digital && !choices && !error ? <Loading height="50vh" /> : null}
      {choices ? (
        <>
          <div className="network-controls">
            {layers.length > 1 ? (
              <div className="segments" role="group" aria-label={w("layer")}>
                <span>{w("layer")}</span>
                {layers.map((each) => (
                  <button key={each.id} type="button" aria-pressed={layer === each.id} onClick={() => set({ layer: each.id === "all" ? "" : each.id })}>
                    {t(each.title)}
                  </button>
                ))}
              </div>
            ) : null}
            <SpaceChoice cluster={card.id} digital period={read("period")} interactions={read("interactions")} onChange={set} />
          </div>
          <div className="network-body">
            <nav className="part-nav" aria-label={w("onThisPage")}>
              {choices.parts.map((part) => (
                <button key={part.id} type="button" onClick={() => document.getElementById(`part-${part.id}`)?.scrollIntoView({ block: "start" })}>
                  {t(part.title)}
                </button>
              ))}
            </nav>
            <div className="parts">
              {choices.parts.map((part) => (
                <PartView key={part.id} card={card} part={part} asked={asked} />
              ))}
            </div>
          </div>
        </>
      ) : null}
    </main>
  );
}
