/**
 * The `embeddings` artifact: one vector for each document and each query.
 *
 * - `documents.npy` [documents, D] and `queries.npy` [queries, D]: float32; row = `doc_id` or `query_id`.
 * - `embeddings.json`: `similarity`, `dimensions` (D), `documents` and `queries` (the numbers of rows).
 *
 * `similarity` says how two vectors are compared: `cosine` q·d/(|q||d|), `dot` q·d, `euclidean` −|q − d|. A higher
 * score is a better match. Vectors compared by cosine have length 1.
 *
 * Hybrid embeddings, from an embed stage with `lexical`, are compared by `dot`. The first values of a vector are those
 * of the model, the last `hybrid.lexical.dimensions` stand for the exact words of the text, and the inner product is the
 * learned score plus `hybrid.weight` · `hybrid.unit` times a lexical score: about the BM25 score as a fraction of the
 * highest that the query can reach. They have besides:
 *
 * - `lexical.tsv`: one `word<TAB>documents` a line for each word of the documents, by falling number of documents that
 *   have it: needed to encode other queries.
 * - `hybrid` in `embeddings.json`:
 *   - `learned`: `similarity` and `dimensions` of the model. Where it compares by `euclidean`, the first values are [2q, 1]
 *     and [d, −|d|²], one more than the model's, so that the learned score is −|q − d|² + |q|².
 *   - `lexical`: `dimensions`, `seed`, `k1`, `b`, `idf_power` if it is 2, the number of `documents` and their
 *     `average_length` in tokens.
 *   - `weight`; `unit`: the learned score that counts as 1, for cosine 1, else the product of the root mean square lengths
 *     of the model's vectors of queries and documents, for `euclidean` twice that; `query_factor` and `document_factor`:
 *     what the lexical parts are multiplied by. Their product is `weight` · `unit`.
 *   - `validation`, where the weight was chosen: numbers of `queries` and `documents`; `scores`, a list of `weight` and
 *     `mrr@10`; and `scorings`, the ways to score words with the `mrr@10` of the best weight.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LexicalSettings } from './lexical.ts';
import type { Bm25Parameters } from './word-scoring.ts';

/** `cosine`: q·d/(|q||d|); `dot`: q·d; `euclidean`: −|q − d|. A higher score is a better match. */
export type Similarity = 'cosine' | 'dot' | 'euclidean';

export interface EmbeddingsConfig {
  readonly similarity: Similarity;
  readonly dimensions: number;
  readonly documents: number;
  readonly queries: number;
  /** Present if the vectors have a lexical part. */
  readonly hybrid?: HybridConfig;
}

/** Described above. */
export interface HybridConfig {
  readonly learned: { readonly similarity: Similarity; readonly dimensions: number };
  readonly lexical: LexicalSettings;
  readonly weight: number;
  readonly unit: number;
  readonly query_factor: number;
  readonly document_factor: number;
  readonly validation?: WeightValidation;
}

export interface WeightValidation {
  readonly queries: number;
  readonly documents: number;
  readonly scores: readonly { readonly weight: number; readonly 'mrr@10': number }[];
  readonly scorings: readonly (Bm25Parameters & { readonly 'mrr@10': number })[];
}

export const DOCUMENTS_FILE = 'documents.npy';
export const QUERIES_FILE = 'queries.npy';

export function writeEmbeddingsConfig(folder: string, config: EmbeddingsConfig): void {
  writeFileSync(join(folder, 'embeddings.json'), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
}

export function readEmbeddingsConfig(folder: string): EmbeddingsConfig {
  return JSON.parse(readFileSync(join(folder, 'embeddings.json'), 'utf8')) as EmbeddingsConfig;
}
