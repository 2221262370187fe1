/** Searches a corpus of embeddings, with or without an index; opened once for many queries. */
import { join } from 'node:path';
import { DOCUMENTS_FILE, readEmbeddingsConfig, type Similarity } from '../formats/embeddings.ts';
import { readNpy, readNpyRows, type Matrix } from '../formats/npy.ts';
import { openIndex } from './ann.ts';
import { createExactSearch } from './exact.ts';
import type { Ranking } from './ranking.ts';

export interface SearchPlace {
  /** Folder of the `embeddings` artifact. */
  readonly embeddings: string;
  /** Folder of an `index` of these embeddings; without it, the search is exact and the vectors stay in memory. */
  readonly index?: string | undefined;
}

export interface DocumentSearch {
  /**
   * The `top` documents nearest to one query vector [D], or all where there are fewer. Scores are the same with an index
   * as without one, if it was built for the embeddings' similarity.
   */
  search(query: Float32Array, top: number): Ranking;
}

export async function openSearch(place: SearchPlace): Promise<DocumentSearch> {
  return place.index === undefined ? exactSearch(place) : indexSearch(place.index, place);
}

const asMatrix = (query: Float32Array): Matrix => ({ rows: 1, columns: query.length, data: query });

function exactSearch({ embeddings }: SearchPlace): DocumentSearch {
  const { similarity } = readEmbeddingsConfig(embeddings);
  const exact = createExactSearch(readNpy(join(embeddings, DOCUMENTS_FILE)), similarity);
  return { search: (query, top) => exact.search(asMatrix(query), [0], top).next().value! };
}

/** The index proposes candidates; exact scores of their vectors, which are read from the file, rank them. */
async function indexSearch(folder: string, { embeddings }: SearchPlace): Promise<DocumentSearch> {
  const { documents } = readEmbeddingsConfig(embeddings);
  const index = await openIndex(folder);
  return {
    search: (query, top) => {
      const proposed = index.search(query, Math.min(top, documents)).documents.sort();
      return rescore(query, embeddings, proposed, index.config.similarity);
    },
  };
}

function rescore(
  query: Float32Array,
  folder: string,
  proposed: Uint32Array,
  similarity: Similarity,
): Ranking {
  const search = createExactSearch(readNpyRows(join(folder, DOCUMENTS_FILE), proposed), similarity);
  const positions = Uint32Array.from(proposed, (_, position) => position);
  const { documents, scores } = search.rankCandidates(asMatrix(query), 0, positions);
  return { documents: documents.map((position) => proposed[position]!), scores };
}
