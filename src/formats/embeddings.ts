/**
 * The `embeddings` artifact: one vector for each document and each query.
 *
 * - `documents.npy` [documents, D] and `queries.npy` [queries, D]: float32; row = `doc_id` or `query_id`.
 * - `embeddings.json`: `similarity`, `dimensions` (D), `documents` and `queries` (the numbers of rows).
 *
 * `similarity` says how two vectors are compared: `cosine` q·d/(|q||d|), `dot` q·d, `euclidean` −|q − d|. A higher
 * score is a better match. Vectors compared by cosine have length 1.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `cosine`: q·d/(|q||d|); `dot`: q·d; `euclidean`: −|q − d|. A higher score is a better match. */
export type Similarity = 'cosine' | 'dot' | 'euclidean';

export interface EmbeddingsConfig {
  readonly similarity: Similarity;
  readonly dimensions: number;
  readonly documents: number;
  readonly queries: number;
}

export const DOCUMENTS_FILE = 'documents.npy';
export const QUERIES_FILE = 'queries.npy';

export function writeEmbeddingsConfig(folder: string, config: EmbeddingsConfig): void {
  writeFileSync(join(folder, 'embeddings.json'), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
}

export function readEmbeddingsConfig(folder: string): EmbeddingsConfig {
  return JSON.parse(readFileSync(join(folder, 'embeddings.json'), 'utf8')) as EmbeddingsConfig;
}
