/** Searches a corpus of embeddings for one query vector, with or without an index: used by `pipeline query`. */
import { join } from 'node:path';
import { DOCUMENTS_FILE, readEmbeddingsConfig, type Similarity } from '../formats/embeddings.ts';
import { readNpy, readNpyRows, type Matrix } from '../formats/npy.ts';
import { openIndex } from './ann.ts';
import { createExactSearch } from './exact.ts';
import type { Ranking } from './ranking.ts';

export interface SearchPlace {
  /** Folder of the `embeddings` artifact. */
  readonly embeddings: string;
  /** Folder of an `index` of these embeddings; without it, the search is exact. */
  readonly index?: string | undefined;
  readonly top: number;
}

export interface Hit {
  readonly doc_id: number;
  /** Higher is better. With an index built for the embeddings' similarity, the same number as without one. */
  readonly score: number;
}

/** The nearest documents to one query vector [D], best first. */
export async function searchDocuments(query: Float32Array, place: SearchPlace): Promise<Hit[]> {
  const { documents, scores } = place.index
    ? await searchIndex(query, place.index, place)
    : searchAll(query, place);
  return Array.from(documents, (doc_id, position) => ({ doc_id, score: scores[position]! }));
}

const asMatrix = (query: Float32Array): Matrix => ({ rows: 1, columns: query.length, data: query });

function searchAll(query: Float32Array, { embeddings, top }: SearchPlace): Ranking {
  const { similarity } = readEmbeddingsConfig(embeddings);
  const search = createExactSearch(readNpy(join(embeddings, DOCUMENTS_FILE)), similarity);
  return search.search(asMatrix(query), [0], top).next().value!;
}

/** The index proposes candidates; exact scores of their vectors, which are read from the file, rank them. */
async function searchIndex(query: Float32Array, folder: string, place: SearchPlace): Promise<Ranking> {
  const index = await openIndex(folder);
  const proposed = index.search(query, place.top).documents.sort();
  return rescore(query, place.embeddings, proposed, index.config.similarity);
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
