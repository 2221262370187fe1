/**
 * Exact search of one query at a time, several times faster than `createExactSearch` alone: usearch compares the query
 * with every document by the processor's widest float32 instructions, and the best of these are scored again in double
 * precision. The answers are equal to the bit to those of `createExactSearch`: an error bound shows that no other
 * document can be among the best, and where it does not, more documents are scored again. For servers; the native
 * library is loaded on first use.
 */
import { join } from 'node:path';
import { DOCUMENTS_FILE, readEmbeddingsConfig } from '../formats/embeddings.ts';
import { readNpy, type Matrix } from '../formats/npy.ts';
import { createExactSearch } from './exact.ts';
import { rank } from './ranking.ts';
import { openSearch, type DocumentSearch, type SearchPlace } from './search.ts';

/** More candidates than wanted, so that the bound separates the wanted from the rest at the first try. */
const SPARE = 16;
/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;

export async function openNativeScan(place: SearchPlace): Promise<DocumentSearch> {
  const { similarity } = readEmbeddingsConfig(place.embeddings);
  if (similarity === 'euclidean') return openSearch(place);
  const { exactSearch, MetricKind } = await import('usearch');
  const documents = readNpy(join(place.embeddings, DOCUMENTS_FILE));
  const exact = createExactSearch(documents, similarity);
  const norms = rowNorms(documents);
  const scores: DocumentSearch['scores'] = (query, wanted) => exact.scores(asMatrix(query), 0, wanted);

  /** An upper bound of the exact scores of all documents whose float32 product with the query is at most `product`. */
  const bound = (product: number, query: Float32Array): number => {
    const norm = Math.hypot(...query);
    const most = product + 2 * (documents.columns + 8) * ROUNDOFF * (norm * norms.most + 1);
    if (similarity === 'dot') return most;
    return most <= 0 || norms.least === 0 ? Infinity : most / (norm * norms.least);
  };
  return {
    scores,
    search: (query, wanted) => {
      const top = Math.min(wanted, documents.rows);
      for (let count = top + SPARE; count < documents.rows / 2; count *= 2) {
        const { keys, distances } = exactSearch(
          documents.data,
          query,
          documents.columns,
          count,
          MetricKind.IP,
          1,
        );
        const proposed = Uint32Array.from(keys, Number);
        const ranking = rank(proposed, scores(query, proposed), top);
        if (ranking.scores.at(-1)! > bound(1 - distances.at(-1)!, query)) return ranking;
      }
      return exact.search(asMatrix(query), [0], top).next().value!;
    },
  };
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
