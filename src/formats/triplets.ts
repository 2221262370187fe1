/**
 * The `triplets` artifact: n rows of a query, one of its relevant documents and k irrelevant ones.
 *
 * - `triplets.safetensors`
 *   - `query` [n] U32: `query_id`; `positive` [n] U32: `doc_id`.
 *   - `negatives` [n, k] U32: `doc_id`s.
 *   - `source` [n, k] U8: which source proposed the negative, as position in `sources`, a JSON list in the file's
 *     metadata.
 *   - `positive_score` [n] F32 and `negative_scores` [n, k] F32, only where a scorer was asked for: its scores of the
 *     query with each document, in its own unit; higher is better. `scorer` in the metadata names it.
 *   - `weak` [n] U8, only where there are such: 1 if the positive is not judged but found by a retriever.
 * - `mining.json`: how many negatives each source gave, what the guards rejected, and how hard the negatives are; for
 *   people.
 *
 * The order of the rows has no meaning: training shuffles them by its seed.
 */
import { join } from 'node:path';
import { readSafetensors, requireTensor, writeSafetensors, type SafetensorsFile } from './safetensors.ts';

export interface Triplets {
  readonly query: Uint32Array;
  readonly positive: Uint32Array;
  /** Row-major [n, k]. */
  readonly negatives: Uint32Array;
  readonly negativesPerTriplet: number;
  readonly source: Uint8Array;
  readonly sources: readonly string[];
  /** [n]: 1 for weak positives; absent if all are judged. */
  readonly weak?: Uint8Array;
  readonly scores?: TripletScores;
}

export interface TripletScores {
  /** The scorer: `bm25`, `model` for the embeddings of an earlier round, or `fusion` of both. */
  readonly scorer: string;
  /** [n] */
  readonly positive: Float32Array;
  /** Row-major [n, k], parallel to `negatives`. */
  readonly negatives: Float32Array;
}

export function writeTriplets(folder: string, triplets: Triplets): void {
  const n = triplets.query.length;
  const shape = [n, triplets.negativesPerTriplet];
  const { scores } = triplets;
  writeSafetensors(
    join(folder, 'triplets.safetensors'),
    {
      query: { shape: [n], data: triplets.query },
      positive: { shape: [n], data: triplets.positive },
      negatives: { shape, data: triplets.negatives },
      source: { shape, data: triplets.source },
      ...(triplets.weak && { weak: { shape: [n], data: triplets.weak } }),
      ...(scores && {
        positive_score: { shape: [n], data: scores.positive },
        negative_scores: { shape, data: scores.negatives },
      }),
    },
    { sources: JSON.stringify(triplets.sources), ...(scores && { scorer: scores.scorer }) },
  );
}

export function readTriplets(folder: string): Triplets {
  const file = readSafetensors(join(folder, 'triplets.safetensors'));
  const negatives = requireTensor(file, 'negatives', Uint32Array);
  const scores = readScores(file);
  return {
    query: requireTensor(file, 'query', Uint32Array).data,
    positive: requireTensor(file, 'positive', Uint32Array).data,
    negatives: negatives.data,
    negativesPerTriplet: negatives.shape[1] ?? 1,
    source: requireTensor(file, 'source', Uint8Array).data,
    sources: JSON.parse(file.metadata['sources'] ?? '[]') as string[],
    ...(file.tensors.has('weak') && { weak: requireTensor(file, 'weak', Uint8Array).data }),
    ...(scores && { scores }),
  };
}

function readScores(file: SafetensorsFile): TripletScores | undefined {
  const scorer = file.metadata['scorer'];
  if (scorer === undefined) return undefined;
  return {
    scorer,
    positive: requireTensor(file, 'positive_score', Float32Array).data,
    negatives: requireTensor(file, 'negative_scores', Float32Array).data,
  };
}
