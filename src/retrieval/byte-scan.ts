/**
 * Proposes the nearest documents from vectors of bytes, a quarter of their memory, and bounds the scores of
 * all others: a scan is bound by memory, so this one is several times faster. Nothing here is approximate in the end:
 * native-scan.ts scores what is proposed in double precision and takes it only where the bound separates it from the rest.
 *
 * A document is u = s·b + r with bytes b and a residual r, a question of norm 1 is v = t·c + e. So
 * ⟨v, u⟩ = s·t·⟨c, b⟩ + ⟨t·c, r⟩ + ⟨e, u⟩ ≤ s·t·⟨c, b⟩ + |t·c| · max |r| + |e| · max |u|.
 */
import type { exactSearch, MetricKind } from 'usearch';
import type { Similarity } from '../formats/embeddings.ts';
import type { Matrix } from '../formats/npy.ts';

export interface Proposal {
  /** In no order. */
  readonly documents: Uint32Array;
  /** No other document has a higher score; NaN where nothing can be said. */
  readonly others: number;
}

export interface ByteScan {
  /** `count` documents for each query [D], from one pass over the documents. 1 < count ≤ documents */
  propose(queries: readonly Float32Array[], count: number): Proposal[];
}

export interface Usearch {
  readonly exactSearch: typeof exactSearch;
  readonly MetricKind: typeof MetricKind;
}

const LARGEST = 127;
/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;

/** Undefined where there is nothing to compare, or where usearch multiplies bytes otherwise than expected. */
export function createByteScan(
  documents: Matrix,
  similarity: Exclude<Similarity, 'euclidean'>,
  usearch: Usearch,
): ByteScan | undefined {
  const { columns: dimensions } = documents;
  if (!multipliesBytes(usearch, dimensions)) return undefined;
  const isCosine = similarity === 'cosine';
  const { bytes, scale, residual, norm } = quantise(documents, isCosine);
  if (scale === 0) return undefined;
  const { exactSearch, MetricKind } = usearch;
  return {
    propose: (queries, count) => {
      const asked = queries.map((query) => quantise({ rows: 1, columns: dimensions, data: query }, true));
      const together = new Int8Array(queries.length * dimensions);
      for (const [i, query] of asked.entries()) together.set(query.bytes, i * dimensions);
      const { keys, distances } = exactSearch(bytes, together, dimensions, count, MetricKind.IP, 1);
      const numbers = Uint32Array.from(keys, Number);
      return asked.map((query, i) => {
        // Norms of what the bytes stand for, from above.
        const [length, longest] = [1 + query.residual, norm + residual];
        const product = 1 - distances[(i + 1) * count - 1]!;
        const rounding = (dimensions + 8) * ROUNDOFF * length * longest;
        const most = query.scale * scale * product + length * residual + query.residual * norm + rounding;
        return {
          documents: numbers.slice(i * count, (i + 1) * count),
          // A question without a direction has no unit vector to compare with.
          others: query.scale === 0 ? NaN : isCosine ? most : most * Math.sqrt(squareOf(queries[i]!)),
        };
      });
    },
  };
}

interface Bytes {
  /** [rows, columns] */
  readonly bytes: Int8Array;
  /** A byte of 1 stands for it. */
  readonly scale: number;
  /** The longest difference between a vector and what its bytes stand for. */
  readonly residual: number;
  /** The longest vector. */
  readonly norm: number;
}

/** All vectors by the same scale, so that products of bytes can be compared. `isUnit`: of the vectors divided by their norms. */
function quantise({ rows, columns, data }: Matrix, isUnit: boolean): Bytes {
  const factors = new Float64Array(rows).fill(1);
  let [largest, norm] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(squareOf(vector));
    if (isUnit) factors[row] = length === 0 ? 0 : 1 / length;
    norm = Math.max(norm, length * factors[row]!);
    for (let i = 0; i < columns; i++) largest = Math.max(largest, Math.abs(vector[i]!) * factors[row]!);
  }
  const scale = largest / LARGEST;
  const bytes = new Int8Array(rows * columns);
  let residual = 0;
  for (let row = 0; row < rows && scale > 0; row++) {
    let square = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const value = data[i]! * factors[row]!;
      bytes[i] = Math.round(value / scale);
      square += (value - bytes[i]! * scale) ** 2;
    }
    residual = Math.max(residual, square);
  }
  // A little more, for the rounding of these sums.
  return { bytes, scale, residual: Math.sqrt(residual) * (1 + 1e-9), norm: norm * (1 + 1e-9) };
}

function squareOf(vector: Float32Array): number {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i]! * vector[i]!;
  return square;
}

/** Whether products of the largest bytes are whole numbers, and not those of a type in which they overflow. */
function multipliesBytes({ exactSearch, MetricKind }: Usearch, dimensions: number): boolean {
  const rows = [LARGEST, -LARGEST, 1].flatMap((value) => new Array<number>(dimensions).fill(value));
  const query = new Int8Array(dimensions).fill(LARGEST);
  const { keys, distances } = exactSearch(Int8Array.from(rows), query, dimensions, 3, MetricKind.IP, 1);
  const largest = LARGEST * LARGEST * dimensions;
  const expected = [1 - largest, 1 - LARGEST * dimensions, 1 + largest];
  const isOrdered = Array.from(keys, Number).join() === '0,2,1';
  // Above 1,040 dimensions, float32 rounds both the product and the difference.
  return isOrdered && expected.every((value, i) => Math.abs(value - distances[i]!) <= 4 * ROUNDOFF * largest);
}
