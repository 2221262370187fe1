/**
 * The `triplets` artifact, `triplets.safetensors`: n rows of a query, one of its positives and k negatives.
 *   query [n], positive [n], negatives [n, k]  U32: query_id and doc_ids
 *   source [n, k]  U8: position in `sources`, the strategy that proposed the negative
 */
import { join } from 'node:path';
import { readSafetensors, requireTensor, writeSafetensors } from './safetensors.ts';

export interface Triplets {
  readonly query: Uint32Array;
  readonly positive: Uint32Array;
  /** Row-major [n, perQuery]. */
  readonly negatives: Uint32Array;
  readonly negativesPerTriplet: number;
  readonly source: Uint8Array;
  readonly sources: readonly string[];
}

export function writeTriplets(folder: string, triplets: Triplets): void {
  const n = triplets.query.length;
  const shape = [n, triplets.negativesPerTriplet];
  writeSafetensors(
    join(folder, 'triplets.safetensors'),
    {
      query: { shape: [n], data: triplets.query },
      positive: { shape: [n], data: triplets.positive },
      negatives: { shape, data: triplets.negatives },
      source: { shape, data: triplets.source },
    },
    { sources: JSON.stringify(triplets.sources) },
  );
}

export function readTriplets(folder: string): Triplets {
  const file = readSafetensors(join(folder, 'triplets.safetensors'));
  const negatives = requireTensor(file, 'negatives', Uint32Array);
  return {
    query: requireTensor(file, 'query', Uint32Array).data,
    positive: requireTensor(file, 'positive', Uint32Array).data,
    negatives: negatives.data,
    negativesPerTriplet: negatives.shape[1] ?? 1,
    source: requireTensor(file, 'source', Uint8Array).data,
    sources: JSON.parse(file.metadata['sources'] ?? '[]') as string[],
  };
}
