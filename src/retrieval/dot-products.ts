/**
 * Dot products of many vectors with many others, equal to the bit on every machine: float32 values are multiplied and
 * added in double precision (where their products are exact), with one accumulator per pair, from the first dimension
 * to the last. One query alone (in JavaScript), many queries together (in SIMD WebAssembly) and a single pair
 * therefore give the same numbers.
 */
import { WASM } from '../engine/kernels/dot-products.generated.ts';
import {
  wasmInstance,
  wasmMemory,
  wasmModule,
  type WasmModule,
} from '../engine/kernels/threads/webassembly.ts';

/** Largest number of queries in a batch. */
export const QUERIES_AT_ONCE = 16;
/** Largest number of documents in a tile. */
export const TILE = 256;

const BLOCK = 8;
/** From this many queries on, a block of eight is faster than one query at a time. */
const ENOUGH = 3;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Products of a batch of queries with tiles of documents. */
export interface DotProducts {
  /** Sets the queries: [count, dimensions], at most QUERIES_AT_ONCE. */
  queries(rows: Float32Array, count: number): void;
  /**
   * Products with `count` documents of [documents, dimensions] from `first` on, at most TILE. Those of query i start
   * at i · TILE. Valid until the next call.
   */
  tile(documents: Float32Array, first: number, count: number): Float64Array;
}

interface Kernel {
  dotProducts(
    queries: number,
    blocks: number,
    documents: number,
    count: number,
    dimensions: number,
    out: number,
    stride: number,
  ): void;
}

let code: WasmModule | undefined;

export function createDotProducts(dimensions: number): DotProducts {
  const places = { queries: 0, documents: QUERIES_AT_ONCE * dimensions };
  const out = places.documents + TILE * dimensions;
  const memory = wasmMemory((out + QUERIES_AT_ONCE * TILE) * BYTES);
  const kernel = wasmInstance((code ??= wasmModule(WASM)), memory) as Kernel;
  const values = new Float64Array(memory.buffer);
  const products = values.subarray(out, out + QUERIES_AT_ONCE * TILE);
  let rows: Float32Array = new Float32Array();
  let asked = 0;
  return {
    queries: (given, count) => {
      rows = given;
      asked = count;
      if (count >= ENOUGH) interleave(given, count, dimensions, values);
    },
    tile: (documents, first, count) => {
      if (asked < ENOUGH) {
        for (let i = 0; i < asked; i++)
          oneQuery(rows, i * dimensions, documents, first, count, dimensions, products, i * TILE);
        return products;
      }
      values.set(documents.subarray(first * dimensions, (first + count) * dimensions), places.documents);
      // The kernel takes documents in pairs: an odd last one is paired with stale data, whose product is not read.
      kernel.dotProducts(
        places.queries,
        Math.ceil(asked / BLOCK),
        places.documents * BYTES,
        count + (count % 2),
        dimensions,
        out * BYTES,
        TILE,
      );
      return products;
    },
  };
}

/** Lays queries out as [blocks, dimensions, 8]. Unused places of the last block keep their old values. */
function interleave(rows: Float32Array, count: number, dimensions: number, to: Float64Array): void {
  for (let query = 0; query < count; query++) {
    const block = Math.floor(query / BLOCK) * BLOCK * dimensions;
    for (let i = 0; i < dimensions; i++)
      to[block + i * BLOCK + (query % BLOCK)] = rows[query * dimensions + i]!;
  }
}

/** One query with each document, four documents at a time. */
function oneQuery(
  queries: Float32Array,
  q: number,
  documents: Float32Array,
  first: number,
  count: number,
  dimensions: number,
  out: Float64Array,
  to: number,
): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const d = (first + j) * dimensions;
    const [d1, d2, d3] = [d + dimensions, d + 2 * dimensions, d + 3 * dimensions];
    fourProducts(queries, q, documents, d, d1, d2, d3, dimensions, out, to + j);
  }
  for (; j < count; j++)
    out[to + j] = dotProduct(queries, q, documents, (first + j) * dimensions, dimensions);
}

/** left[l …] · right[row …] for each of these rows of `dimensions` values, equal to the bit to the products of a tile. */
export function dotProductsOf(
  left: Float32Array,
  l: number,
  right: Float32Array,
  rows: ArrayLike<number>,
  dimensions: number,
): Float64Array {
  const out = new Float64Array(rows.length);
  let j = 0;
  for (; j + 4 <= rows.length; j += 4) {
    const [r0, r1] = [rows[j]! * dimensions, rows[j + 1]! * dimensions];
    const [r2, r3] = [rows[j + 2]! * dimensions, rows[j + 3]! * dimensions];
    fourProducts(left, l, right, r0, r1, r2, r3, dimensions, out, j);
  }
  for (; j < rows.length; j++) out[j] = dotProduct(left, l, right, rows[j]! * dimensions, dimensions);
  return out;
}

/** Four sums do not wait for each other. */
function fourProducts(
  left: Float32Array,
  l: number,
  right: Float32Array,
  r0: number,
  r1: number,
  r2: number,
  r3: number,
  dimensions: number,
  out: Float64Array,
  to: number,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < dimensions; i++) {
    const x = left[l + i]!;
    s0 += x * right[r0 + i]!;
    s1 += x * right[r1 + i]!;
    s2 += x * right[r2 + i]!;
    s3 += x * right[r3 + i]!;
  }
  out[to] = s0;
  out[to + 1] = s1;
  out[to + 2] = s2;
  out[to + 3] = s3;
}

/** left[l …] · right[r …] over `dimensions` values, equal to the bit to the products of a tile. */
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
