/** What drives the cluster: where it stands between supply-side and demand-side economies of scale, and by which readings. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ClusterCard, DataColumn, DriverReport, Text } from "../api/types";
import { exact } from "../format/number";
import { useLook } from "../look/look";
import { Running } from "../measures/Running";
import { PartFigure } from "../network/PartView";
import { DataTable } from "../parts/DataTable";
import { HowDrawer } from "../parts/HowDrawer";
import { Icon } from "../parts/Icon";
import { Refusal } from "../parts/Refusal";
import { axisOf, driverQuery } from "./asking";

export function Driver({ card }: { card: ClusterCard }) {
  const { w } = useLook();
  const queries = useQueryClient();
  const query = driverQuery(card.id);
  const { data, error, isFetching, refetch } = useQuery(query);
  if (error) return <Refusal error={error} retry={() => void refetch()} />;
  return (
    <>
      {!data && isFetching ? <Running what={w("driverTitle")} onCancel={() => void queries.cancelQueries({ queryKey: query.queryKey })} /> : null}
      {!data && !isFetching ? (
        <button type="button" className="button" onClick={() => void refetch()}>
          {w("compute")}
        </button>
      ) : null}
      {data ? <Found card={card} made={data} /> : null}
    </>
  );
}

const NONE: Text = { en: "", zh: "" };
const column = (name: string, en: string, zh: string, type: DataColumn["type"]): DataColumn => ({ name, title: { en, zh }, type, unit: NONE });
const COLUMNS = [column("title", "Reading", "读数", "string"), column("value", "Value", "数值", "number"), column("low", "Low", "下限", "number"), column("high", "High", "上限", "number"), column("p", "p", "p 值", "number"), column("rows", "Rows", "行数", "integer"), column("clusters", "Clusters", "聚类数", "integer"), column("note", "Note", "说明", "string")];

function Found({ card, made }: { card: ClusterCard; made: DriverReport }) {
  const { w, t, language } = useLook();
  const [how, setHow] = useState(false);
  const rows = Object.fromEntries(COLUMNS.map(({ name }) => [name, made.elements.map((each) => (name === "title" ? t(each.title) : name === "note" ? t(each.note) : (each[name as "value"] ?? null)))]));
  const { position } = made;
  const said = (value: number | null) => exact(value === null ? null : Number(value.toPrecision(3)), "number", language);
  return (
    <div className="part-found">
      <div className="position" data-testid="position">
        <p className="part-takeaway">
          {w("driverIs", { label: t(position.title) })}
          <button type="button" className="icon-button icon-button-small" onClick={() => setHow(true)} aria-label={`${w("how")} ${w("driverTitle")}`}>
            <Icon name="question" size={14} />
          </button>
        </p>
        <p>{t(position.says)}</p>
        <Axis made={made} />
        <p className="number-chance">
          {w("driverNumbers", { position: said(position.position.value), low: said(position.position.low), high: said(position.position.high), demand: said(position.demand.value), supply: said(position.supply.value), cost: t(position.cost) })}
        </p>
      </div>
      <div className="part-figures">
        <PartFigure card={card} figure={made.figure} />
      </div>
      {made.missing.map((why) => (
        <p key={why.en} className="industries-missing">
          {t(why)}
        </p>
      ))}
      <details>
        <summary>{w("driverElements", { n: made.elements.length })}</summary>
        <DataTable columns={COLUMNS} rows={rows} caption={w("driverTitle")} pageSize={40} />
      </details>
      <details>
        <summary>{w("assumptions")}</summary>
        <ul className="plain-list">
          {made.assumptions.map((each) => (
            <li key={each.en}>{t(each)}</li>
          ))}
        </ul>
      </details>
      <HowDrawer open={how} onClose={() => setHow(false)} title={w("driverTitle")} how={made.how} />
    </div>
  );
}

function Axis({ made }: { made: DriverReport }) {
  const { w, language } = useLook();
  const { value, low, high } = made.position.position;
  const axis = axisOf(made.position.position);
  if (!axis || value === null) return null;
  const label = `${w("supplySide")} – ${w("demandSide")}: ${exact(Number(value.toPrecision(3)), "number", language)}`;
  return (
    <div className="position-axis" role="img" aria-label={label}>
      <u style={{ left: "50%" }} />
      {low === null || high === null ? null : <i style={{ left: `${axis.at(low)}%`, width: `${axis.at(high) - axis.at(low)}%` }} />}
      <b style={{ left: `${axis.at(value)}%` }} />
      <span>{w("supplySide")}</span>
      <span>{w("demandSide")}</span>
    </div>
  );
}
