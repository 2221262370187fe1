/** The `index` artifact: index.usearch (usearch's own file, keys = doc_ids) and index.json, what is in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Similarity } from './embeddings.ts';

export const INDEX_FILE = 'index.usearch';
const CONFIG_FILE = 'index.json';

export type Quantization = 'f32' | 'f16' | 'i8';

export interface IndexConfig {
  readonly format: 1;
  readonly library: 'usearch';
  readonly version: string;
  readonly similarity: Similarity;
  readonly quantization: Quantization;
  readonly dimensions: number;
  readonly documents: number;
  /** Neighbours that a node of the graph keeps (M in the HNSW paper). */
  readonly connectivity: number;
  /** Candidates looked at while a vector is added (ef_construction) … */
  readonly expansion_add: number;
  /** … and while one is searched for (ef). */
  readonly expansion_search: number;
  /** Whether several threads added at once, so that the graph is another one each time. */
  readonly parallel?: boolean;
}

export function writeIndexConfig(folder: string, config: IndexConfig): void {
  writeFileSync(join(folder, CONFIG_FILE), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
}

export function readIndexConfig(folder: string): IndexConfig {
  return JSON.parse(readFileSync(join(folder, CONFIG_FILE), 'utf8')) as IndexConfig;
}
