/** Dense products and elementwise functions for operations that are not recurrent. */
import type { Heap } from './threads/heap.ts';
import { FUNCTION, recurrentOperations as op } from './abi.generated.ts';
import type { Instruction, Job } from './threads/instructions.ts';
import type { ThreadPool } from './threads/thread-pool.ts';
import { pad } from './padding.ts';
import { createScope, type Scope } from './threads/scope.ts';

export interface MatMulShape {
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows of a product that a job takes. */
const ROWS_A_JOB = 64;

/**
 * c[batch, m, n] = op(a)[batch, m, k] · op(b)[batch, k, n], each sum over k in order. A batch of one a or b (length of
 * a single matrix) serves all.
 */
export function matMul(
  heap: Heap,
  pool: ThreadPool,
  a: Float32Array,
  b: Float32Array,
  shape: MatMulShape,
): Float32Array {
  const { batch, m, k, n } = shape;
  const out = new Float32Array(batch * m * n);
  if (out.length === 0 || k === 0) return out;
  const scope = createScope(heap);
  const [K, N] = [pad(k), pad(n)];
  const left = place(heap, scope, a, {
    rows: m,
    columns: k,
    height: m,
    stride: K,
    transposed: shape.transposeA,
  });
  const right = place(heap, scope, b, {
    rows: k,
    columns: n,
    height: K,
    stride: N,
    transposed: shape.transposeB,
  });
  const packed = scope.allocate((b.length / (k * n)) * K * N);
  const c = scope.allocate(batch * m * N);
  const zeros = scope.allocate(N);
  heap.f32(zeros, N).fill(0);
  pool.run(
    Array.from({ length: b.length / (k * n) }, (_, i) => [
      op.pack({ src: right + i * K * N * 4, lds: N * 4, out: packed + i * K * N * 4, K, N }),
    ]),
  );
  const shared = { a: a.length === m * k, b: b.length === k * n };
  const jobs: Job[] = [];
  for (let i = 0; i < batch; i++)
    for (let row = 0; row < m; row += ROWS_A_JOB)
      jobs.push([
        op.gemm({
          a: left + ((shared.a ? 0 : i * m) + row) * K * 4,
          lda: K * 4,
          b: packed + (shared.b ? 0 : i * K * N * 4),
          c: c + (i * m + row) * N * 4,
          ldc: N * 4,
          init: zeros,
          ldi: 0,
          M: Math.min(ROWS_A_JOB, m - row),
          K,
          N,
        }),
      ]);
  pool.run(jobs);
  const padded = heap.f32(c, batch * m * N);
  if (N === n) out.set(padded);
  else for (let r = 0; r < batch * m; r++) out.set(padded.subarray(r * N, r * N + n), r * n);
  scope.release();
  return out;
}

interface Placement {
  readonly rows: number;
  readonly columns: number;
  /** Rows and columns with padding. */
  readonly height: number;
  readonly stride: number;
  /** The matrices are given as [columns, rows]. */
  readonly transposed: boolean;
}

/** Copies matrices [count, rows, columns] into the memory, padded with zeros. */
function place(heap: Heap, scope: Scope, values: Float32Array, layout: Placement): number {
  const { rows, columns, height, stride, transposed } = layout;
  const size = rows * columns;
  const count = values.length / size;
  const at = scope.allocate(count * height * stride);
  const target = heap.f32(at, count * height * stride).fill(0);
  for (let i = 0; i < count; i++) {
    const matrix = values.subarray(i * size, (i + 1) * size);
    for (let r = 0; r < rows; r++) {
      const to = (i * height + r) * stride;
      if (transposed) for (let c = 0; c < columns; c++) target[to + c] = matrix[c * rows + r]!;
      else target.set(matrix.subarray(r * columns, (r + 1) * columns), to);
    }
  }
  return at;
}

/** Values that a job takes. */
const VALUES_A_JOB = 16_384;
export type ElementwiseFunction = keyof typeof FUNCTION;

export function map(heap: Heap, pool: ThreadPool, name: ElementwiseFunction, x: Float32Array): Float32Array {
  if (x.length === 0) return new Float32Array(0);
  const at = heap.allocate(x.length * 4);
  heap.f32(at, x.length).set(x);
  const jobs: Instruction[][] = [];
  for (let from = 0; from < x.length; from += VALUES_A_JOB) {
    const place = at + from * 4;
    const count = Math.min(VALUES_A_JOB, x.length - from);
    jobs.push([op.map({ kind: FUNCTION[name], src: place, dst: place, count })]);
  }
  pool.run(jobs);
  const out = Float32Array.from(heap.f32(at, x.length));
  heap.free(at);
  return out;
}
