/**
 * The `index` artifact: an approximate nearest-neighbour index over the document embeddings.
 *
 * - `index.usearch`: the HNSW graph in usearch's own format; keys are `doc_id`s.
 * - `index.json`: the version of usearch, `similarity`, `quantization` of the stored vectors, `dimensions`,
 *   `documents`, and the graph's parameters. With a `target_recall`: the `expansion_search` chosen for it, and the
 *   `reached_recall` on a sample of the queries.
 *
 * usearch gives distances, where less is better: cosine 1 − q·d/(|q||d|), dot 1 − q·d, euclidean |q − d|². The bytes
 * of the graph, and what is chosen by measuring it, may differ between machines; the artifact's digest stands on the
 * vectors and the parameters.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Similarity } from './embeddings.ts';

export const INDEX_FILE = 'index.usearch';
export const INDEX_CONFIG_FILE = 'index.json';

export type Quantization = 'f32' | 'f16' | 'i8';

export interface IndexConfig {
  readonly format: 1;
  readonly library: 'usearch';
  readonly version: string;
  readonly similarity: Similarity;
  readonly quantization: Quantization;
  readonly dimensions: number;
  readonly documents: number;
  /** Neighbours per node of the graph (M in the HNSW paper). */
  readonly connectivity: number;
  /** Candidates examined when a vector is added (efConstruction in the HNSW paper). */
  readonly expansion_add: number;
  /** Candidates examined by a search (ef in the HNSW paper); the chosen number, where there is a target. */
  readonly expansion_search: number;
  /** The recall@10 that `expansion_search` was raised for, and the one that it reached on a sample of the queries. */
  readonly target_recall?: number;
  readonly reached_recall?: number;
  /** True if several threads added vectors at once: the graph then differs from build to build. */
  readonly parallel?: boolean;
}

export function writeIndexConfig(folder: string, config: IndexConfig): void {
  writeFileSync(join(folder, INDEX_CONFIG_FILE), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
}

export function readIndexConfig(folder: string): IndexConfig {
  return JSON.parse(readFileSync(join(folder, INDEX_CONFIG_FILE), 'utf8')) as IndexConfig;
}
