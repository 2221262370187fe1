/**
 * `fusion.json` of a report: how the model and BM25 were fused, so that a search can answer in the same way. Fusing
 * itself is in src/retrieval/fusion.ts.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bm25Parameters } from './word-scoring.ts';

const FILE = 'fusion.json';

/** `convex`: weighted sum of normalised scores; `rrf`: reciprocal rank fusion. The weight is the model's, BM25 has the rest. */
export type Fusion =
  | { readonly method: 'convex'; readonly weight: number }
  | { readonly method: 'rrf'; readonly weight: number; readonly k: number };

/** How the fusion came about. */
export type FusionSource =
  /** Written in the spec. */
  | { readonly by: 'spec' }
  /** A fixed fusion that loses little with any model, since nothing could be chosen. */
  | { readonly by: 'default'; readonly split: string; readonly queries: number; readonly reason: string }
  | ChosenOnQueries;

/** By the MRR@10 of these queries. */
export interface ChosenOnQueries {
  readonly by: 'validation';
  readonly split: string;
  readonly queries: number;
  /** All that was tried with the scoring of words that was chosen. */
  readonly grid: readonly (Fusion & { readonly 'mrr@10': number })[];
  /** MRR@10 by the best fusion with each way to score words; absent if only one was tried. */
  readonly scorings?: readonly (Bm25Parameters & { readonly 'mrr@10': number })[];
  /** Set if the report evaluates these same queries: the fusion of each fold is chosen on the other folds. */
  readonly folds?: readonly (Fusion & { readonly bm25: Bm25Parameters; readonly queries: number })[];
}

export interface FusionConfig {
  readonly format: 1;
  /** Method, weight of the model, and k of rank fusion. */
  readonly fusion: Fusion;
  readonly normalisation: 'min-max';
  /** Length of both lists that are fused. */
  readonly depth: number;
  /** How words are scored. */
  readonly bm25: Bm25Parameters;
  readonly chosen: FusionSource;
}

export function writeFusion(folder: string, config: FusionConfig): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
}

/** Undefined if the report has no fusion. */
export function readFusion(folder: string): FusionConfig | undefined {
  const path = join(folder, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as FusionConfig) : undefined;
}
