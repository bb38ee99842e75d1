/** Where the nodes of a small graph go: Fruchterman & Reingold (1991), from a spiral, so that a graph always looks the same. */

export interface Point {
  x: number;
  y: number;
}

const ROUNDS = 260;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

export function layout(n: number, edges: readonly (readonly [number, number])[]): Point[] {
  const at: Point[] = Array.from({ length: n }, (_, k) => ({ x: Math.sqrt((k + 0.5) / n) * Math.cos(k * GOLDEN), y: Math.sqrt((k + 0.5) / n) * Math.sin(k * GOLDEN) }));
  if (n < 2) return at;
  const ideal = 1.4 / Math.sqrt(n);
  const linked = edges.filter(([a, b]) => a !== b && a < n && b < n);
  // Dense graphs would collapse: the more edges, the less each pulls.
  const pull = Math.min(1, n / Math.max(1, linked.length));
  for (let round = 0; round < ROUNDS; round++) {
    const push: Point[] = at.map(() => ({ x: 0, y: 0 }));
    const move = (k: number, dx: number, dy: number) => {
      const one = push[k] as Point;
      one.x += dx;
      one.y += dy;
    };
    for (let a = 0; a < n; a++) {
      for (let b = a + 1; b < n; b++) {
        const [p, q] = [at[a] as Point, at[b] as Point];
        const [dx, dy] = [p.x - q.x, p.y - q.y];
        const force = (ideal * ideal) / Math.max(1e-6, dx * dx + dy * dy);
        move(a, dx * force, dy * force);
        move(b, -dx * force, -dy * force);
      }
    }
    for (const [a, b] of linked) {
      const [p, q] = [at[a] as Point, at[b] as Point];
      const [dx, dy] = [p.x - q.x, p.y - q.y];
      const force = (pull * Math.hypot(dx, dy)) / ideal;
      move(a, -dx * force, -dy * force);
      move(b, dx * force, dy * force);
    }
    const heat = 0.12 * (1 - round / ROUNDS);
    at.forEach((p, k) => {
      const one = push[k] as Point;
      // A weak pull to the middle keeps parts that are not linked on the page.
      one.x -= p.x * 0.15;
      one.y -= p.y * 0.15;
      const length = Math.hypot(one.x, one.y) || 1;
      const step = Math.min(length, heat);
      p.x += (one.x / length) * step;
      p.y += (one.y / length) * step;
    });
  }
  return at;
}
