/** Finds the nearest of many points in the unit square, by a grid of cells. No DOM. */
export interface PointGrid {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Points of cell c: `order[start[c] .. start[c + 1])`. */
  readonly start: Uint32Array;
  readonly order: Uint32Array;
}

const CELLS = 64;

const cellOf = (value: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor(value * CELLS)));

export function pointGrid(x: Float32Array, y: Float32Array): PointGrid {
  const start = new Uint32Array(CELLS * CELLS + 1);
  const cell = Uint32Array.from(x, (value, i) => cellOf(y[i]!) * CELLS + cellOf(value));
  for (const c of cell) start[c + 1]! += 1;
  for (let c = 0; c < CELLS * CELLS; c++) start[c + 1]! += start[c]!;
  const next = start.slice(0, -1);
  const order = new Uint32Array(x.length);
  cell.forEach((c, i) => {
    order[next[c]!++] = i;
  });
  return { x, y, start, order };
}

/** Distances are measured in units of `reach`; undefined if no point is within it. */
export function nearestPoint(
  { x, y, start, order }: PointGrid,
  at: { readonly x: number; readonly y: number },
  reach: { readonly x: number; readonly y: number },
): number | undefined {
  let best: number | undefined;
  let least = 1;
  for (let row = cellOf(at.y - reach.y); row <= cellOf(at.y + reach.y); row++)
    for (let column = cellOf(at.x - reach.x); column <= cellOf(at.x + reach.x); column++) {
      const cell = row * CELLS + column;
      for (const i of order.subarray(start[cell], start[cell + 1])) {
        const distance = ((x[i]! - at.x) / reach.x) ** 2 + ((y[i]! - at.y) / reach.y) ** 2;
        if (distance > least) continue;
        least = distance;
        best = i;
      }
    }
  return best;
}
