/**
 * Dot products of many vectors against many, to the same bits on every machine: float32 values multiplied and
 * added in double precision (where their products are exact), each by one accumulator from the first dimension to
 * the last, whatever is computed beside it. 3.5 GFLOPS on the machine whose figures README gives; one product
 * at a time would be a third of that.
 */

/** Rows of queries that `dotProducts` takes. */
export const QUERIES_AT_ONCE = 4;

/**
 * out[i · stride + j] = queries[i] · documents[first + j], for 4 queries and `count` documents.
 * queries: [4, dimensions], documents: [≥ first + count, dimensions], out: [4, stride], stride > count.
 */
export function dotProducts(
  queries: Float32Array,
  documents: Float32Array,
  dimensions: number,
  first: number,
  count: number,
  out: Float64Array,
  stride: number,
): void {
  for (let j = 0; j < count; j += 2) {
    const d = (first + j) * dimensions;
    // An odd last document goes through the kernel twice: `out` has a column to spare.
    const next = j + 1 < count ? d + dimensions : d;
    fourByTwo(queries, documents, dimensions, d, next, out, j, stride);
  }
}

function fourByTwo(
  queries: Float32Array,
  documents: Float32Array,
  dimensions: number,
  d0: number,
  d1: number,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  const [q1, q2, q3] = [dimensions, 2 * dimensions, 3 * dimensions];
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < dimensions; i++) {
    const x = documents[d0 + i]!;
    const y = documents[d1 + i]!;
    const a = queries[i]!;
    const b = queries[q1 + i]!;
    const c = queries[q2 + i]!;
    const e = queries[q3 + i]!;
    s00 += a * x;
    s01 += a * y;
    s10 += b * x;
    s11 += b * y;
    s20 += c * x;
    s21 += c * y;
    s30 += e * x;
    s31 += e * y;
  }
  out[at] = s00;
  out[at + 1] = s01;
  out[at + stride] = s10;
  out[at + stride + 1] = s11;
  out[at + 2 * stride] = s20;
  out[at + 2 * stride + 1] = s21;
  out[at + 3 * stride] = s30;
  out[at + 3 * stride + 1] = s31;
}

/** left[l …] · right[r …] over `dimensions` values, to the very bits that `dotProducts` gives. */
export function dotProduct(
  left: Float32Array,
  l: number,
  right: Float32Array,
  r: number,
  dimensions: number,
): number {
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += left[l + i]! * right[r + i]!;
  return sum;
}
