/**
 * Embedding rows in the shared memory. Gradients exist for the rows touched since the last step only: each such row
 * has a slot, in the order in which rows were first touched.
 */
import { createGrouper, type TokensByWord } from './grouping.ts';
import { gatherRows, type RowSums } from './gather-rows.ts';
import { adamNumbers, type AdamStep } from '../adam-step.ts';
import type { Heap } from '../threads/heap.ts';
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Instruction } from '../threads/instructions.ts';
import { ranges, type Range } from '../threads/ranges.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import { pad } from '../padding.ts';

export interface EmbeddingTable {
  readonly rows: number;
  readonly dimensions: number;
  /** [rows, dimensions] */
  read(): Float32Array;
  write(data: Float32Array): void;
  /** Writes these rows alone. values: [ids, dimensions] */
  writeRows(ids: Uint32Array, values: Float32Array): void;
  /** Sum of squares of the gradient gathered since the last step, in double, in an order that is always the same. */
  gradientSquares(): number;
  /** The gathered gradient as a dense [rows, dimensions], for tests and small tables. */
  readGradient(): Float32Array;
  /**
   * Lazy AdamW on the rows touched since the last step, then forgets their gradients: rows that no text of the batch
   * holds keep their values and moments. p ← p·(1 − lr·wd) − lr·m̂ / (√v̂ + ε), in PyTorch's order.
   */
  step(options: AdamStep): void;
  /** Forgets the gradients without a step. */
  clearGradient(): void;
  readMoments(): { readonly m: Float32Array; readonly v: Float32Array };
  writeMoments(moments: { readonly m: Float32Array; readonly v: Float32Array }): void;
  dispose(): void;
}

/** Rows of the table, all different, and which gradients are theirs. */
export interface GradientRows extends RowSums {
  readonly ids: Uint32Array;
}

/** What the recurrent kernels use of a table. */
export interface TableMemory extends EmbeddingTable {
  /** f32 [rows, width], width being dimensions padded. */
  readonly data: number;
  readonly width: number;
  /** Changes whenever values that were read may have. */
  version(): number;
  /** Says that values have been written past this interface. */
  changed(): void;
  /** Tokens by word. */
  group(ids: Uint32Array): TokensByWord;
  /**
   * Adds Σ dx[order[i]], starts[g] ≤ i < starts[g + 1], to the gradient of row ids[g]. dx: f32 [·, width]. `last`: of a
   * step, whose squares are then summed while they are in the cache.
   */
  addGradients(dx: number, rows: GradientRows, options?: { readonly last: boolean }): void;
  /** The touched rows in the order in which they were first touched, and where their gradients are: f32 [ids, width]. */
  gathered(): { readonly ids: Uint32Array; readonly at: number };
}

/** Rows a job takes: a fixed cut, as the sums of squares depend on it. */
const ROWS_A_JOB = 128;

export function createTable(heap: Heap, pool: ThreadPool, rows: number, dimensions: number): TableMemory {
  const width = pad(dimensions);
  const bytes = rows * width * 4;
  const data = zeroed(heap, bytes);
  let moments: { m: number; v: number } | undefined;
  const momentsAt = (): { m: number; v: number } =>
    (moments ??= { m: zeroed(heap, bytes), v: zeroed(heap, bytes) });
  const slots = new Int32Array(rows).fill(-1);
  let touched = new Uint32Array(1024);
  let count = 0;
  let gradients = 0;
  let capacity = 0;
  let version = 0;
  let knownSquares: number | undefined = 0;

  const reserve = (needed: number): void => {
    if (needed <= capacity) return;
    const more = Math.min(rows, Math.max(needed, capacity * 2));
    const at = heap.allocate(more * width * 4);
    if (capacity > 0) {
      heap.f32(at, capacity * width).set(heap.f32(gradients, capacity * width));
      heap.free(gradients);
    }
    gradients = at;
    capacity = more;
  };

  const slotOf = (id: number): number => {
    const slot = slots[id]!;
    if (slot >= 0) return slot;
    if (count === touched.length) touched = grown(touched);
    touched[count] = id;
    return (slots[id] = count++);
  };

  /** Of the gradients of some slots: a sum for each piece of them. */
  const squaresOf = (sums: number, { from, count: some }: Range): Instruction =>
    op.squares({
      g: gradients + from * width * 4,
      count: some * width,
      out: sums + (from / ROWS_A_JOB) * 8,
    });
  const withSums = (use: (sums: number, pieces: readonly Range[]) => void): number => {
    const pieces = ranges(count, ROWS_A_JOB);
    const sums = heap.allocate(pieces.length * 8);
    use(sums, pieces);
    const total = heap.f64(sums, pieces.length).reduce((sum, x) => sum + x, 0);
    heap.free(sums);
    return total;
  };

  const addGradients = (
    dx: number,
    { ids, order, starts }: GradientRows,
    { last } = { last: false },
  ): void => {
    const held = count;
    const targets = new Uint32Array(ids.length);
    for (let g = 0; g < ids.length; g++) targets[g] = slotOf(ids[g]!);
    reserve(count);
    const rows = { from: dx, width, order, starts, targets, held, to: gradients, sumsAJob: ROWS_A_JOB };
    knownSquares = undefined;
    // Without earlier gradients, the sums of a job are those of its slots.
    if (!last || held > 0) gatherRows(heap, pool, rows);
    else
      knownSquares = withSums((sums) => {
        gatherRows(heap, pool, rows, (range) => [squaresOf(sums, range)]);
      });
  };

  const gradientSquares = (): number =>
    (knownSquares ??= withSums((sums, pieces) => {
      pool.run(pieces.map((piece) => [squaresOf(sums, piece)]));
    }));

  const clearGradient = (): void => {
    for (let slot = 0; slot < count; slot++) slots[touched[slot]!] = -1;
    count = 0;
    knownSquares = 0;
  };

  const step = (options: AdamStep): void => {
    const { m, v } = momentsAt();
    version++;
    if (count > 0) {
      const rowsAt = heap.allocate(count * 4);
      heap.u32(rowsAt, count).set(touched.subarray(0, count));
      const numbers = adamNumbers(options);
      pool.run(
        ranges(count, ROWS_A_JOB).map(({ from, count: some }) => [
          op.adam({
            table: data,
            m,
            v,
            g: gradients + from * width * 4,
            rows: rowsAt + from * 4,
            count: some,
            width: width * 4,
            ...numbers,
          }),
        ]),
      );
      heap.free(rowsAt);
    }
    clearGradient();
  };

  const matrix = (at: number): Float32Array => unpad(heap.f32(at, rows * width), dimensions, width);
  const fill = (at: number, values: Float32Array): void => {
    if (values.length !== rows * dimensions)
      throw new Error(`a table of ${rows} × ${dimensions} cannot take ${values.length} values`);
    padInto(heap.f32(at, rows * width), values, dimensions, width);
  };

  return {
    rows,
    dimensions,
    data,
    width,
    read: () => matrix(data),
    version: () => version,
    changed: () => {
      version++;
    },
    write: (values) => {
      version++;
      fill(data, values);
    },
    writeRows: (ids, values) => {
      version++;
      const target = heap.f32(data, rows * width);
      ids.forEach((id, i) => {
        target.set(values.subarray(i * dimensions, (i + 1) * dimensions), id * width);
      });
    },
    gradientSquares,
    readGradient: () => {
      const out = new Float32Array(rows * dimensions);
      const held = heap.f32(gradients, count * width);
      for (let slot = 0; slot < count; slot++)
        out.set(held.subarray(slot * width, slot * width + dimensions), touched[slot]! * dimensions);
      return out;
    },
    step,
    clearGradient,
    readMoments: () => {
      const { m, v } = momentsAt();
      return { m: matrix(m), v: matrix(v) };
    },
    writeMoments: (values) => {
      const { m, v } = momentsAt();
      fill(m, values.m);
      fill(v, values.v);
    },
    group: createGrouper(rows),
    addGradients,
    gathered: () => ({ ids: touched.subarray(0, count), at: gradients }),
    dispose: () => {
      heap.free(data);
      if (moments) for (const at of [moments.m, moments.v]) heap.free(at);
      if (capacity > 0) heap.free(gradients);
    },
  };
}

function zeroed(heap: Heap, bytes: number): number {
  const at = heap.allocate(bytes);
  heap.u32(at, bytes / 4).fill(0);
  return at;
}

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(values.length * 2);
  more.set(values);
  return more;
}

function padInto(target: Float32Array, values: Float32Array, columns: number, width: number): void {
  if (columns === width) target.set(values);
  else
    for (let from = 0, to = 0; from < values.length; from += columns, to += width) {
      target.set(values.subarray(from, from + columns), to);
      target.fill(0, to + columns, to + width);
    }
}

function unpad(padded: Float32Array, columns: number, width: number): Float32Array {
  if (columns === width) return Float32Array.from(padded);
  const rows = padded.length / width;
  const out = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) out.set(padded.subarray(r * width, r * width + columns), r * columns);
  return out;
}
