/**
 * Exact search for a server, several times faster than `createExactSearch` alone: usearch compares the queries with every
 * document by the processor's widest instructions, first as bytes and, where those cannot tell documents apart, as
 * float32; the best of these are scored again in double precision. The answers are equal to the bit to those of
 * `createExactSearch`: an error bound shows that no other document can be among the best, and where it does not, more
 * documents are scored again. The native library is loaded on first use.
 */
import { join } from 'node:path';
import { DOCUMENTS_FILE, readEmbeddingsConfig } from '../formats/embeddings.ts';
import { readNpy, type Matrix } from '../formats/npy.ts';
import { createByteScan } from './byte-scan.ts';
import { createExactSearch } from './exact.ts';
import { rank, type Ranking } from './ranking.ts';
import { openSearch, type DocumentSearch, type SearchPlace } from './search.ts';

/** More candidates than wanted, so that the bound separates the wanted from the rest at the first try. */
const [SPARE, SPARE_BYTES] = [16, 96];
/** Queries of one pass over the bytes. Of more, usearch's tables of distances leave the cache. */
const AT_ONCE = 4;
/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;
/** Of float32. */
const LARGEST = 3.4e38;

export async function openNativeScan(place: SearchPlace): Promise<DocumentSearch> {
  const { similarity } = readEmbeddingsConfig(place.embeddings);
  if (similarity === 'euclidean') return openSearch(place);
  const usearch = await import('usearch');
  const documents = readNpy(join(place.embeddings, DOCUMENTS_FILE));
  const exact = createExactSearch(documents, similarity);
  const bytes = createByteScan(documents, similarity, usearch);
  const norms = rowNorms(documents);
  const scores: DocumentSearch['scores'] = (query, wanted) => exact.scores(asMatrix(query), 0, wanted);
  const best = (query: Float32Array, proposed: Uint32Array, top: number): Ranking =>
    rank(proposed, scores(query, proposed), top);

  /** An upper bound of the exact scores of all documents whose float32 product with the query is at most `product`. */
  const bound = (product: number, query: Float32Array): number => {
    const norm = Math.hypot(...query);
    // No sum of products is longer. Where one may overflow, float32 says nothing.
    if (norm * norms.most > LARGEST) return Infinity;
    const most = product + 2 * (documents.columns + 8) * ROUNDOFF * (norm * norms.most + 1);
    if (similarity === 'dot') return most;
    return most <= 0 || norms.least === 0 ? Infinity : most / (norm * norms.least);
  };
  const byFloats = (query: Float32Array, top: number): Ranking => {
    const { exactSearch, MetricKind } = usearch;
    for (let count = top + SPARE; count < documents.rows / 2; count *= 2) {
      const { keys, distances } = exactSearch(
        documents.data,
        query,
        documents.columns,
        count,
        MetricKind.IP,
        1,
      );
      const ranking = best(query, Uint32Array.from(keys, Number), top);
      if (ranking.scores.at(-1)! > bound(1 - distances.at(-1)!, query)) return ranking;
    }
    return exact.search(asMatrix(query), [0], top).next().value!;
  };
  const searchAll: DocumentSearch['searchAll'] = (queries, wanted) => {
    const top = Math.min(wanted, documents.rows);
    const found = new Map<Float32Array, Ranking>();
    let open = queries;
    for (let count = 2 * top + SPARE_BYTES; bytes && count < documents.rows / 4; count *= 4) {
      for (let start = 0; start < open.length; start += AT_ONCE) {
        const some = open.slice(start, start + AT_ONCE);
        for (const [i, { documents: proposed, others }] of bytes.propose(some, count).entries()) {
          const ranking = best(some[i]!, proposed, top);
          if (ranking.scores.at(-1)! > others) found.set(some[i]!, ranking);
        }
      }
      open = open.filter((query) => !found.has(query));
      if (open.length === 0) break;
    }
    return queries.map((query) => found.get(query) ?? byFloats(query, top));
  };
  return { scores, searchAll, search: (query, top) => searchAll([query], top)[0]! };
}

const asMatrix = (query: Float32Array): Matrix => ({ rows: 1, columns: query.length, data: query });

function rowNorms({ rows, columns, data }: Matrix): { readonly least: number; readonly most: number } {
  let [least, most] = [Infinity, 0];
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) square += data[i]! * data[i]!;
    least = Math.min(least, square);
    most = Math.max(most, square);
  }
  return { least: Math.sqrt(least), most: Math.sqrt(most) };
}
