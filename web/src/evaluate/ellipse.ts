/** The standard deviational ellipse of a period as a line on the map. */
import type { Columnar } from "../api/types";
import { numbers, texts } from "./reading";

export interface Ellipse {
  period: string;
  lon: number;
  lat: number;
  /** Semi-axes in kilometres. */
  major: number;
  minor: number;
  /** Of the longer axis, in degrees from north, clockwise. */
  bearing: number;
}

const KM_PER_DEGREE = (2 * Math.PI * 6371.0088) / 360;
const CORNERS = 72;

export function ellipsesOf(rows: Columnar): Ellipse[] {
  const periods = texts(rows, "period");
  const [lon, lat, major, minor, bearing] = ["lon", "lat", "major", "minor", "bearing"].map((name) => numbers(rows, name)) as [(number | null)[], (number | null)[], (number | null)[], (number | null)[], (number | null)[]];
  return periods.flatMap((period, k) => {
    const [x, y, a, b, angle] = [lon[k], lat[k], major[k], minor[k], bearing[k]];
    return x == null || y == null || a == null || b == null || angle == null ? [] : [{ period, lon: x, lat: y, major: a, minor: b, bearing: angle }];
  });
}

/** Corners of the ellipse; kilometres become degrees at the latitude of the centre. */
export function ring({ lon, lat, major, minor, bearing }: Ellipse): [number, number][] {
  const turn = (bearing * Math.PI) / 180;
  const shrink = Math.max(0.05, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: CORNERS }, (_, k) => {
    const angle = (2 * Math.PI * k) / CORNERS;
    const [along, across] = [major * Math.cos(angle), minor * Math.sin(angle)];
    const [north, east] = [along * Math.cos(turn) - across * Math.sin(turn), along * Math.sin(turn) + across * Math.cos(turn)];
    return [lon + east / KM_PER_DEGREE / shrink, lat + north / KM_PER_DEGREE];
  });
}
