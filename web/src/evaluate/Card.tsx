/** A figure that remembers by itself whether its table is shown. */
import { useState, type ReactNode } from "react";

import type { Figure } from "../api/types";
import { FigureCard } from "../figure/FigureCard";

interface Props {
  figure: Figure;
  cluster: string;
  source: string;
  picture?: ReactNode;
}

export function Card({ figure, cluster, source, picture }: Props) {
  const [table, setTable] = useState(false);
  return <FigureCard figure={figure} cluster={cluster} source={source} table={table} onTable={setTable} marked={false} picture={picture} />;
}
