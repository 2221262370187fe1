/**
 * The `triplets` artifact, `triplets.safetensors`: n rows of a query, one of its positives and k negatives.
 *   query [n], positive [n], negatives [n, k]  U32: query_id and doc_ids
 *   source [n, k]  U8: index into `sources`, the strategy that proposed the negative
 * and, if a scorer was requested, its scores of the query with each document (for margin-MSE):
 *   positive_score [n], negative_scores [n, k]  F32: higher is better, on the scorer's own scale
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
  readonly scores?: TripletScores;
}

export interface TripletScores {
  /** The scorer: `bm25`, or `model` for the embeddings of an earlier round. */
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
