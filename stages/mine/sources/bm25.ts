import { row, type Ragged } from '../../../src/formats/ragged.ts';
import type { Bm25 } from '../../../src/retrieval/bm25.ts';
import type { Bm25SourceParams } from '../kind.ts';
import { drawFrom, type NegativeSource } from './source.ts';

/** The query's BM25 matches at ranks range_min + 1 … range_max. */
export function bm25Source(bm25: Bm25, queries: Ragged, params: Bm25SourceParams): NegativeSource {
  return {
    name: 'bm25',
    weight: params.weight,
    prepare: (query, guard) => {
      const { documents } = bm25.search(row(queries, query), params.range_max);
      const ranked = Array.from(documents, (document, position) => ({ document, rank: position + 1 }));
      return drawFrom(ranked.slice(params.range_min).filter(({ document }) => guard.admits(document)));
    },
  };
}
