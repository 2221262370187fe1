/** A known-answer test of the search kernels: the digest of what they find, by every similarity and by BM25. */
import { createHash } from 'node:crypto';
import { random } from '../../../base/random.ts';
import { createCorpusScan } from '../search/corpus-scan.ts';
import type { Found } from '../search/found.ts';
import { createPostingScan } from '../search/posting-scan.ts';
import type { Heap } from '../threads/heap.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';

export const KNOWN_ANSWER = '8a19d7dc663238709565ac2e6ba1aaf3ac13c4e24cb6c2ae2c2e8f8b22a315cd';

const DIMENSIONS = 19;
const DOCUMENTS = 700;
const QUERIES = 35;
const TOKENS = 40;

export function answerOf(heap: Heap, pool: ThreadPool): string {
  const hash = createHash('sha256');
  const add = (all: readonly Found[]): void => {
    for (const { documents, scores } of all) hash.update(documents).update(scores);
  };
  const source = random(29, 'search');
  const vectors = (rows: number): Float32Array =>
    Float32Array.from({ length: rows * DIMENSIONS }, () => 2 * source.uniform() - 1);
  const [data, queries] = [vectors(DOCUMENTS), vectors(QUERIES)];
  // Equal documents, whose scores are ties, and one whose norm is 0.
  data.copyWithin(100 * DIMENSIONS, 0, 50 * DIMENSIONS).fill(0, 7 * DIMENSIONS, 8 * DIMENSIONS);
  const documents = { rows: DOCUMENTS, columns: DIMENSIONS, data };
  for (const similarity of ['cosine', 'dot', 'euclidean'] as const) {
    const scan = createCorpusScan({ heap, pool }, documents, squaresOf(data), similarity);
    add(scan.search(queries, squaresOf(queries), 9));
  }
  const lists = Array.from({ length: TOKENS }, (_, token) =>
    Array.from({ length: DOCUMENTS }, (_each, document) => document).filter(
      (document) => (document * (token + 3)) % (token + 2) === 0,
    ),
  );
  const flat = lists.flat();
  const share = {
    offsets: heap.u32(heap.allocate(4 * (TOKENS + 1)), TOKENS + 1),
    documents: heap.u32(heap.allocate(4 * flat.length), flat.length),
    weights: heap.f64(heap.allocate(8 * flat.length), flat.length),
    count: DOCUMENTS,
  };
  share.offsets[0] = 0;
  for (const [token, list] of lists.entries()) share.offsets[token + 1] = share.offsets[token]! + list.length;
  share.documents.set(flat);
  share.weights.set(Float64Array.from(flat, () => Math.ceil(16 * source.uniform()) / 7));
  const asked = Array.from({ length: QUERIES }, (_, i) => Uint32Array.of(i, (i * 7) % TOKENS, 3, i));
  add(createPostingScan({ heap, pool }, share).search(asked, 9));
  return hash.digest('hex');
}

/** [rows], one accumulator each. */
function squaresOf(data: Float32Array): Float64Array {
  return Float64Array.from({ length: data.length / DIMENSIONS }, (_, row) => {
    let sum = 0;
    for (let i = row * DIMENSIONS; i < (row + 1) * DIMENSIONS; i++) sum += data[i]! * data[i]!;
    return sum;
  });
}
