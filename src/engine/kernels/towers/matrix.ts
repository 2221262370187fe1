/**
 * Matrices in the shared memory, padded with zeros to whole panels, and their products on all threads. An element is
 * summed over k in order, as everywhere (assembly/lib/gemm.ts).
 */
import { recurrentOperations as op } from '../abi.generated.ts';
import { pad } from '../padding.ts';
import type { Heap } from '../threads/heap.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges } from '../threads/ranges.ts';
import type { Scope } from '../threads/scope.ts';

export interface Matrix {
  /** f32 [pad(rows), pad(columns)] */
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes of a row. */
  readonly stride: number;
}

/** The right factor of a product: [K, N], both padded. */
export interface Panels {
  readonly at: number;
  readonly K: number;
  readonly N: number;
}

export interface Memory {
  readonly heap: Heap;
  readonly scope: Scope;
}

/** Of zeros. */
export function matrix({ heap, scope }: Memory, rows: number, columns: number): Matrix {
  const floats = Math.max(1, pad(rows) * pad(columns));
  const at = scope.allocate(floats);
  heap.f32(at, floats).fill(0);
  return { at, rows, columns, stride: pad(columns) * 4 };
}

/** values: [rows, columns] */
export function writeMatrix(heap: Heap, { at, rows, columns, stride }: Matrix, values: Float32Array): void {
  const target = heap.f32(at, (rows * stride) / 4);
  if (columns * 4 === stride) target.set(values);
  else
    for (let r = 0; r < rows; r++)
      target.set(values.subarray(r * columns, (r + 1) * columns), (r * stride) / 4);
}

/** [rows, columns] */
export function readMatrix(heap: Heap, { at, rows, columns, stride }: Matrix): Float32Array<ArrayBuffer> {
  const padded = heap.f32(at, (rows * stride) / 4);
  if (columns * 4 === stride) return Float32Array.from(padded);
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    values.set(padded.subarray((r * stride) / 4, (r * stride) / 4 + columns), r * columns);
  return values;
}

/** Columns that a job packs, and rows of a product that it takes. */
const COLUMNS_A_JOB = 64;
const ROWS_A_JOB = 30;

/** b as the right factor; the jobs fill the panels. */
export function packed({ scope }: Memory, b: Matrix): { readonly panels: Panels; readonly jobs: Job[] } {
  const panels = allocatePanels(scope, pad(b.rows), b.stride / 4);
  const jobs = ranges(panels.N, COLUMNS_A_JOB).map(({ from, count }) => [
    op.pack({
      src: b.at + from * 4,
      lds: b.stride,
      out: panels.at + from * panels.K * 4,
      K: panels.K,
      N: count,
    }),
  ]);
  return { panels, jobs };
}

/** bᵀ as the right factor. */
export function packedTransposed(
  { scope }: Memory,
  b: Matrix,
): { readonly panels: Panels; readonly jobs: Job[] } {
  const panels = allocatePanels(scope, b.stride / 4, pad(b.rows));
  const jobs = ranges(panels.N, COLUMNS_A_JOB).map(({ from, count }) => [
    op.packTransposed({
      src: b.at + from * b.stride,
      lds: b.stride,
      out: panels.at + from * panels.K * 4,
      K: panels.K,
      N: count,
    }),
  ]);
  return { panels, jobs };
}

function allocatePanels(scope: Scope, K: number, N: number): Panels {
  return { at: scope.allocate(Math.max(1, K * N)), K, N };
}

/** out = a · b; `zeros`: a row of them. `afterwards`: what a job does with its rows of `out` then. */
export function productJobs(
  a: Matrix,
  b: Panels,
  out: Matrix,
  zeros: number,
  afterwards: (at: number, rows: number) => Job = () => [],
): Job[] {
  return ranges(a.rows, ROWS_A_JOB).map(({ from, count }) => [
    op.gemm({
      a: a.at + from * a.stride,
      lda: a.stride,
      b: b.at,
      c: out.at + from * out.stride,
      ldc: out.stride,
      init: zeros,
      ldi: 0,
      M: count,
      K: b.K,
      N: b.N,
    }),
    ...afterwards(out.at + from * out.stride, count),
  ]);
}

/** out = aᵀ: [a's columns, a's rows]. */
export function transposeJobs(a: Matrix, out: Matrix): Job[] {
  return ranges(a.rows, COLUMNS_A_JOB).map(({ from, count }) => [
    op.transpose({
      src: a.at + from * a.stride,
      lds: a.stride,
      dst: out.at + from * 4,
      ldd: out.stride,
      count,
      width: a.columns,
    }),
  ]);
}
