/** Searches a corpus of embeddings, with or without an index; opened once for many queries. */
import { join } from 'node:path';
import { DOCUMENTS_FILE, readEmbeddingsConfig, type Similarity } from '../formats/embeddings.ts';
import { readNpy, readNpyRows, type Matrix } from '../formats/npy.ts';
import { openIndex } from './ann.ts';
import { createExactSearch } from './exact.ts';
import { rank, type Ranking } from './ranking.ts';

export interface SearchPlace {
  /** Folder of the `embeddings` artifact. */
  readonly embeddings: string;
  /** Folder of an `index` of these embeddings; without it, the search is exact and the vectors stay in memory. */
  readonly index?: string | undefined;
  /** For many queries: vectors up to 200 MB stay in memory although an index is searched. */
  readonly isForMany?: boolean;
}

/** Documents times dimensions. */
const MOST_KEPT = 50_000_000;

export interface DocumentSearch {
  /**
   * The `top` documents nearest to one query vector [D], or all where there are fewer. Scores are the same with an index
   * as without one, if it was built for the embeddings' similarity.
   */
  readonly search: (query: Float32Array, top: number) => Ranking;
  /** The same for several queries, which may cost less than one by one. */
  readonly searchAll: (queries: readonly Float32Array[], top: number) => Ranking[];
  /** Scores of any documents, in their order; equal to the bit to those of `search`. */
  readonly scores: (query: Float32Array, documents: Uint32Array) => Float64Array;
}

export async function openSearch(place: SearchPlace): Promise<DocumentSearch> {
  return place.index === undefined ? exactSearch(place) : indexSearch(place.index, place);
}

const asMatrix = (query: Float32Array): Matrix => ({ rows: 1, columns: query.length, data: query });

function rowsOf(queries: readonly Float32Array[]): Matrix {
  const columns = queries[0]?.length ?? 0;
  const data = new Float32Array(queries.length * columns);
  for (const [i, query] of queries.entries()) data.set(query, i * columns);
  return { rows: queries.length, columns, data };
}

function exactSearch({ embeddings }: SearchPlace): DocumentSearch {
  const { similarity } = readEmbeddingsConfig(embeddings);
  const exact = createExactSearch(readNpy(join(embeddings, DOCUMENTS_FILE)), similarity);
  return {
    search: (query, top) => exact.search(asMatrix(query), [0], top).next().value!,
    searchAll: (queries, top) => [
      ...exact.search(
        rowsOf(queries),
        queries.map((_, i) => i),
        top,
      ),
    ],
    scores: (query, documents) => exact.scores(asMatrix(query), 0, documents),
  };
}

/** The index proposes candidates; exact scores of their vectors rank them. */
async function indexSearch(folder: string, { embeddings, isForMany }: SearchPlace): Promise<DocumentSearch> {
  const { documents: count, dimensions } = readEmbeddingsConfig(embeddings);
  const index = await openIndex(folder);
  const { similarity } = index.config;
  const kept =
    isForMany && count * dimensions <= MOST_KEPT
      ? createExactSearch(readNpy(join(embeddings, DOCUMENTS_FILE)), similarity)
      : undefined;
  const scores: DocumentSearch['scores'] = (query, documents) =>
    kept?.scores(asMatrix(query), 0, documents) ?? scoresFromFile(query, embeddings, documents, similarity);
  const search: DocumentSearch['search'] = (query, top) => {
    const proposed = index.search(query, Math.min(top, count)).documents.sort();
    return rank(proposed, scores(query, proposed));
  };
  return { search, searchAll: (queries, top) => queries.map((query) => search(query, top)), scores };
}

function scoresFromFile(
  query: Float32Array,
  folder: string,
  documents: Uint32Array,
  similarity: Similarity,
): Float64Array {
  const search = createExactSearch(readNpyRows(join(folder, DOCUMENTS_FILE), documents), similarity);
  return search.scores(asMatrix(query), 0, Uint32Array.from(documents.keys()));
}
