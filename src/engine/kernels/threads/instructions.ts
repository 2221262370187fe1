/**
 * The operations of assembly/recurrent.ts, written as words: its number, then addresses and sizes in the order of the
 * kernel's parameters (documented there). All strides and widths are in bytes, counts in rows, columns or tokens.
 */
export const OPERATION_WORDS = 32;

export type Operation = readonly number[];
/** Run in order, by one thread. */
export type Job = readonly Operation[];

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a 32-bit float, as a word. */
export function floatBits(x: number): number {
  bits.setFloat32(0, x);
  return bits.getUint32(0);
}

export interface Gemm {
  readonly a: number;
  readonly lda: number;
  /** Panels of 8 columns, from `pack` or `packTransposed`. */
  readonly b: number;
  readonly c: number;
  readonly ldc: number;
  /** What the sums start from, `ldi` 0 for one row that serves all. */
  readonly init: number;
  readonly ldi: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

export interface Steps {
  /** u32 [steps + 1]: the first token of each step. */
  readonly starts: number;
  readonly steps: number;
}

export const operations = {
  gather: (x: number, ldx: number, table: number, ldt: number, ids: number, count: number, width: number) => [
    1,
    x,
    ldx,
    table,
    ldt,
    ids,
    count,
    width,
  ],
  dropout: (
    [src, lds]: readonly [number, number],
    [dst, ldd]: readonly [number, number],
    { starts, steps }: Steps,
    rows: number,
    mask: DropoutMask,
    width: number,
  ) => [2, src, lds, dst, ldd, starts, steps, rows, mask.seed, mask.threshold, floatBits(mask.scale), width],
  gemm: ({ a, lda, b, c, ldc, init, ldi, m, k, n }: Gemm) => [3, a, lda, b, c, ldc, init, ldi, m, k, n],
  gruForward: (...words: readonly number[]) => [4, ...words],
  lstmForward: (...words: readonly number[]) => [5, ...words],
  gruBackward: (...words: readonly number[]) => [6, ...words],
  lstmBackward: (...words: readonly number[]) => [7, ...words],
  gemmTransposed: (...words: readonly number[]) => [8, ...words],
  sumRows: (src: number, lds: number, dst: number, count: number, width: number) => [
    9,
    src,
    lds,
    dst,
    count,
    width,
  ],
  pack: (src: number, lds: number, out: number, k: number, n: number) => [10, src, lds, out, k, n],
  packTransposed: (src: number, lds: number, out: number, k: number, n: number) => [11, src, lds, out, k, n],
  poolForward: (...words: readonly number[]) => [12, ...words],
  poolBackward: (...words: readonly number[]) => [13, ...words],
  gatherGradients: (...words: readonly number[]) => [14, ...words],
  squares: (gradients: number, count: number, out: number) => [15, gradients, count, out],
  adam: (...words: readonly number[]) => [16, ...words],
  map: (kind: number, src: number, dst: number, count: number) => [17, kind, src, dst, count],
} satisfies Record<string, (...args: never[]) => Operation>;

/** Which units a dropout takes: see `dropoutMask`. */
export interface DropoutMask {
  readonly seed: number;
  readonly threshold: number;
  readonly scale: number;
}

/** place: 0 the embeddings, 1 + l the outputs of layer l; nothing where the rate is 0. */
export function dropoutMask(rate: number, seed: number, place: number): DropoutMask | undefined {
  if (rate <= 0) return undefined;
  return {
    seed: (Math.imul(seed, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) >>> 0,
    threshold: Math.round(rate * 2 ** 24),
    scale: 1 / (1 - rate),
  };
}
