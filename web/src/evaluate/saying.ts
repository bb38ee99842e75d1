/** What the tables say, in one sentence for each question. Every number in a sentence stands in a table of the page. */
import { exact, type Language } from "../format/number";
import { periodLabel } from "../format/period";
import { lengthOf, numbers, quantile, ranking, rowsOf, texts, type Panel, type Tables } from "./reading";

export interface Told {
  tables: Tables;
  panel: Panel;
  period: string;
  language: Language;
  place: (id: string) => string;
  /** What a node, an indicator or a grade is called. */
  name: (id: string) => string;
  grade: (grade: number) => string;
  /** Coverage of the intervals, and how often weights were drawn. */
  level: number;
  draws: number;
}

export type Question = "leads" | "where" | "gap" | "moves" | "together" | "holds" | "clusters";

const TELLERS: Partial<Record<Question, (told: Told) => string>> = { leads, where, gap, moves, together, holds };

/** The sentence of a question; empty where its tables are not there. */
export const sentence = (question: Question, told: Told): string => TELLERS[question]?.(told) ?? "";

/** Below this a difference is taken as shown. */
const SHOWN = 0.05;
/** Phillips and Sul: below this t the places do not all converge. */
const LOG_T = -1.65;

const two = (value: number | null | undefined, language: Language) => exact(value === null || value === undefined ? null : Number(value.toPrecision(3)), "number", language);
const share = (value: number | null | undefined) => (value === null || value === undefined ? "–" : `${Math.round(100 * value)}%`);
const whole = (value: number | null | undefined) => (value === null || value === undefined ? "–" : String(Math.round(value)));

export function pText(p: number | null | undefined): string {
  if (p === null || p === undefined) return "p –";
  // Kept together at the end of a line.
  return p < 0.001 ? "p\u00a0<\u00a00.001" : `p\u00a0=\u00a0${p.toFixed(3)}`;
}

const range = (low: number | null, high: number | null) => (low === high ? whole(low) : `${whole(low)}–${whole(high)}`);

function leads({ panel, period, language, place, level, draws }: Told): string {
  const found = ranking(panel, period);
  const [first, ...others] = found;
  if (!first) return "";
  const next = others.slice(0, 2).map((each) => place(each.place));
  const widths = found.flatMap(({ low, high }) => (low === null || high === null ? [] : [high - low]));
  const width = quantile(widths, 0.5);
  const year = periodLabel(period, language);
  const firm = first.low !== null && first.high !== null;
  if (language === "zh") {
    return `${year}${place(first.place)}居首（得分 ${two(first.score, language)}${firm ? `；随机改变权重与标准化 ${exact(draws, "integer", language)} 次，${share(level)} 的名次落在 ${range(first.low, first.high)}` : ""}）${next.length ? `，其后为${next.join("、")}` : ""}。${width === null ? "" : `半数地点的名次区间不少于 ${whole(width)} 位，共 ${found.length} 个地点。`}`;
  }
  return `In ${year} ${place(first.place)} comes first (score ${two(first.score, language)}${firm ? `; ${range(first.low, first.high)} in ${share(level)} of ${exact(draws, "integer", language)} draws of weights and standardisation` : ""})${next.length ? `, before ${next.join(" and ")}` : ""}. ${width === null ? "" : `For half of the ${found.length} places the rank is open by ${whole(width)} positions or more.`}`.trim();
}

const HEADINGS = { en: ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"], zh: ["北", "东北", "东", "东南", "南", "西南", "西", "西北"] };

/** Kilometres and bearing from one point to another on the globe. */
export function journey(from: readonly [number, number], to: readonly [number, number]): { km: number; bearing: number } {
  const rad = Math.PI / 180;
  const [x1, y1, x2, y2] = [from[0] * rad, from[1] * rad, to[0] * rad, to[1] * rad];
  const h = Math.sin((y2 - y1) / 2) ** 2 + Math.cos(y1) * Math.cos(y2) * Math.sin((x2 - x1) / 2) ** 2;
  const bearing = Math.atan2(Math.sin(x2 - x1) * Math.cos(y2), Math.cos(y1) * Math.sin(y2) - Math.sin(y1) * Math.cos(y2) * Math.cos(x2 - x1)) / rad;
  return { km: 2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(h))), bearing: (bearing + 360) % 360 };
}

const compass = (bearing: number, language: Language) => HEADINGS[language][Math.round(bearing / 45) % 8] as string;

/** First and last position at which there is a number. */
function ends(values: readonly (number | null)[]): [number, number] | null {
  const known = values.flatMap((value, k) => (value === null ? [] : [k]));
  return known.length > 1 ? [known[0] as number, known[known.length - 1] as number] : null;
}

function where({ tables, language }: Told): string {
  const zh = language === "zh";
  const moran = rowsOf(tables, "moran");
  const [periods, value, p] = [texts(moran, "period"), numbers(moran, "value"), numbers(moran, "p")];
  const parts: string[] = [];
  const span = ends(value);
  if (span) {
    const [a, b] = span;
    const [first, last] = [value[a] as number, value[b] as number];
    const shown = (p[b] ?? 1) < SHOWN;
    const said = `${two(first, language)} → ${two(last, language)}`;
    const years = `${periods[a]}–${periods[b]}`;
    parts.push(
      zh
        ? `${shown ? (last > 0 ? "相邻地点彼此相似" : "相邻地点彼此相异") : "末期看不出空间关联"}：莫兰指数 ${said}（${years}，末期 ${pText(p[b])}）`
        : `${shown ? (last > 0 ? "Neighbours are alike" : "Neighbours differ") : "At the end neighbours are neither alike nor different beyond chance"}: Moran's I ${said} (${years}; ${pText(p[b])} at the end)`,
    );
  }
  const ellipse = rowsOf(tables, "ellipses");
  const [lon, lat] = [numbers(ellipse, "lon"), numbers(ellipse, "lat")];
  const path = ends(lon);
  if (path) {
    const { km, bearing } = journey([lon[path[0]] as number, lat[path[0]] as number], [lon[path[1]] as number, lat[path[1]] as number]);
    parts.push(zh ? `重心向${compass(bearing, language)}移动 ${whole(km)} 公里` : `the centre of gravity moved ${whole(km)} km to the ${compass(bearing, language)}`);
  }
  return parts.length ? `${parts.join(zh ? "；" : "; ")}${zh ? "。" : "."}` : "";
}

function gap({ tables, language }: Told): string {
  const zh = language === "zh";
  const sigma = rowsOf(tables, "sigma");
  const [periods, variation] = [texts(sigma, "period"), numbers(sigma, "variation")];
  const [slope, p] = [numbers(rowsOf(tables, "sigma_trend"), "slope")[0] ?? null, numbers(rowsOf(tables, "sigma_trend"), "p")[0] ?? null];
  const parts: string[] = [];
  const span = ends(variation);
  if (span) {
    const sure = p !== null && p < SHOWN && slope !== null;
    const trend = sure ? (slope < 0 ? (zh ? "差距缩小" : "The gap narrows") : zh ? "差距扩大" : "The gap widens") : zh ? "差距没有确定的趋势" : "The gap has no clear trend";
    const said = `${two(variation[span[0]], language)} → ${two(variation[span[1]], language)}`;
    const years = `${periods[span[0]]}–${periods[span[1]]}`;
    parts.push(zh ? `${trend}：变异系数 ${said}（${years}，趋势 ${pText(p)}）` : `${trend}: coefficient of variation ${said} (${years}; trend ${pText(p)})`);
  }
  const tests = rowsOf(tables, "club_tests");
  const [clubs, t] = [texts(tests, "club"), numbers(tests, "t")];
  const all = clubs.indexOf("");
  if (all >= 0 && t[all] !== null && t[all] !== undefined) {
    const many = clubs.length - 1;
    const rejected = (t[all] as number) < LOG_T;
    parts.push(
      zh
        ? `${rejected ? "并非全部收敛于同一路径" : "不能拒绝全部收敛于同一路径"}（log t = ${two(t[all], language)}${rejected ? `，分为 ${many} 个俱乐部` : ""}）`
        : `${rejected ? "places do not all converge to one path" : "one common path is not rejected"} (log t = ${two(t[all], language)}${rejected ? `; ${many} ${many === 1 ? "club" : "clubs"}` : ""})`,
    );
  }
  const gini = rowsOf(tables, "differences");
  const [total, between] = [numbers(gini, "gini"), numbers(gini, "gini_between")];
  const last = total.length - 1;
  if (last >= 0 && total[last] && between[last] !== null && between[last] !== undefined) {
    const part = (between[last] as number) / (total[last] as number);
    parts.push(zh ? `末期基尼系数 ${two(total[last], language)}，其中 ${share(part)} 来自区域之间` : `${share(part)} of the last Gini of ${two(total[last], language)} lies between regions`);
  }
  return parts.length ? `${parts.join(zh ? "；" : "; ")}${zh ? "。" : "."}` : "";
}

/** One transition matrix: where the neighbours are of a class, or (empty) of all. */
export function matrixOf(tables: Tables, neighbours: string) {
  const rows = rowsOf(tables, "transitions");
  const [near, from, to] = [texts(rows, "neighbours"), numbers(rows, "from"), numbers(rows, "to")];
  const [probability, count, error, passage] = (["probability", "count", "error", "passage"] as const).map((name) => numbers(rows, name)) as [(number | null)[], (number | null)[], (number | null)[], (number | null)[]];
  const cells = near.flatMap((each, k) => (each === neighbours ? [{ from: from[k] as number, to: to[k] as number, probability: probability[k] ?? null, count: count[k] ?? 0, error: error[k] ?? null, passage: passage[k] ?? null }] : []));
  const classes = [...new Set(cells.map((cell) => cell.from))].sort((a, b) => a - b);
  return { classes, at: (a: number, b: number) => cells.find((cell) => cell.from === a && cell.to === b) ?? null };
}

function moves({ tables, language }: Told): string {
  const zh = language === "zh";
  const { classes, at: cell } = matrixOf(tables, "");
  const [bottom, top] = [classes[0], classes[classes.length - 1]];
  if (bottom === undefined || top === undefined || bottom === top) return "";
  const counts = classes.map((c) => classes.reduce((sum, d) => sum + (cell(c, d)?.count ?? 0), 0));
  const total = counts.reduce((a, b) => a + b, 0);
  if (!total) return "";
  const stayed = classes.reduce((sum, c) => sum + (cell(c, c)?.count ?? 0), 0) / total;
  const up = cell(bottom, top)?.passage ?? null;
  const tests = rowsOf(tables, "chain_tests");
  const k = texts(tests, "of").indexOf("neighbours");
  const p = k < 0 ? null : (numbers(tests, "likelihood_ratio_p")[k] ?? null);
  const parts = [zh ? `相邻两期之间，${share(stayed)} 的地点留在原类` : `From one period to the next ${share(stayed)} stay in their class`];
  if (up !== null) parts.push(zh ? `从最低类升到最高类平均需 ${whole(up)} 期` : `from the lowest class to the highest takes ${whole(up)} periods on average`);
  if (p !== null) parts.push(zh ? `转移${p < SHOWN ? "随邻居所处类别而不同" : "看不出与邻居类别有关"}（${pText(p)}）` : `${p < SHOWN ? "moves differ with the class of the neighbours" : "no effect of the class of the neighbours can be shown"} (${pText(p)})`);
  return `${parts.join(zh ? "；" : "; ")}${zh ? "。" : "."}`;
}

/** Share of places in which each subsystem is the one behind. */
export function behind(tables: Tables, period: string): { node: string; share: number }[] {
  const rows = rowsOf(tables, "coupling");
  const [periods, nodes, grades] = [texts(rows, "period"), texts(rows, "behind"), numbers(rows, "grade")];
  const counts = new Map<string, number>();
  let known = 0;
  periods.forEach((each, k) => {
    if (each !== period || grades[k] === null) return;
    known++;
    const node = nodes[k] as string;
    if (node) counts.set(node, (counts.get(node) ?? 0) + 1);
  });
  return [...counts].map(([node, n]) => ({ node, share: n / known })).sort((a, b) => b.share - a.share);
}

function together({ tables, period, language, name, grade }: Told): string {
  const zh = language === "zh";
  const rows = rowsOf(tables, "coupling");
  const [periods, values] = [texts(rows, "period"), numbers(rows, "coordination")];
  const known = values.filter((value, k): value is number => value !== null && periods[k] === period);
  const median = quantile(known, 0.5);
  if (median === null) return "";
  const parts = [zh ? `${periodLabel(period, language)}耦合协调度中位数 ${two(median, language)}（${grade(Math.min(10, Math.floor(median * 10 + 1e-9) + 1))}）` : `In ${periodLabel(period, language)} the median coordination is ${two(median, language)} (${grade(Math.min(10, Math.floor(median * 10 + 1e-9) + 1))})`];
  const late = behind(tables, period)[0];
  if (late) parts.push(zh ? `${share(late.share)} 的地点以“${name(late.node)}”滞后` : `in ${share(late.share)} of the places “${name(late.node)}” is the one behind`);
  const granger = rowsOf(tables, "granger");
  const [leadsOf, follows, p] = [texts(granger, "leads"), texts(granger, "follows"), numbers(granger, "z_tilde_p")];
  const order = p.flatMap((each, k) => (each !== null && each < SHOWN ? [k] : []));
  if (p.length) {
    parts.push(
      order.length
        ? order.map((k) => (zh ? `“${name(leadsOf[k] as string)}”的变化先于“${name(follows[k] as string)}”（${pText(p[k])}）` : `changes of “${name(leadsOf[k] as string)}” come before those of “${name(follows[k] as string)}” (${pText(p[k])})`)).join(zh ? "，" : ", ")
        : zh
          ? "看不出谁先谁后"
          : "no order in time can be shown",
    );
  }
  return `${parts.join(zh ? "；" : "; ")}${zh ? "。" : "."}`;
}

/** Obstacle degrees of a period, the largest first. */
export function obstaclesOf(tables: Tables, period: string): { indicator: string; degree: number }[] {
  const rows = rowsOf(tables, "obstacles");
  const [periods, indicators, degrees] = [texts(rows, "period"), texts(rows, "indicator"), numbers(rows, "degree")];
  return periods.flatMap((each, k) => (each === period && degrees[k] !== null ? [{ indicator: indicators[k] as string, degree: degrees[k] as number }] : [])).sort((a, b) => b.degree - a.degree);
}

function holds({ tables, period, language, name }: Told): string {
  const found = obstaclesOf(tables, period);
  const [first, second] = found;
  if (!first) return "";
  const year = periodLabel(period, language);
  if (language === "zh") return `${year}最大的障碍是“${name(first.indicator)}”，占与理想值差距的 ${share(first.degree)}${second ? `；其次是“${name(second.indicator)}”（${share(second.degree)}）` : ""}。`;
  return `In ${year} most of what is missing to the ideal is “${name(first.indicator)}” (${share(first.degree)})${second ? `, then “${name(second.indicator)}” (${share(second.degree)})` : ""}.`;
}

export const hasTable = (tables: Tables, name: string): boolean => lengthOf(rowsOf(tables, name)) > 0;
