/**
 * The `vectors` artifact: word vectors for the ids that models know.
 *
 * - `vectors.safetensors`
 *   - `vectors` [model_vocabulary, dimensions] F32: row = token id of the `tokens` artifact; row 0 (padding) is zero.
 *   - `known` [model_vocabulary] U8: 1 where the vector was loaded or trained, 0 where it was made up.
 * - `neighbours.json`: the nearest words of some frequent words, with their cosine; for people.
 */
import { join } from 'node:path';
import { readSafetensors, requireTensor, writeSafetensors } from './safetensors.ts';

export interface WordVectors {
  readonly rows: number;
  readonly dimensions: number;
  readonly data: Float32Array;
  readonly known: Uint8Array;
}

export function writeVectors(folder: string, vectors: WordVectors): void {
  writeSafetensors(join(folder, 'vectors.safetensors'), {
    vectors: { shape: [vectors.rows, vectors.dimensions], data: vectors.data },
    known: { shape: [vectors.rows], data: vectors.known },
  });
}

export function readVectors(folder: string): WordVectors {
  const file = readSafetensors(join(folder, 'vectors.safetensors'));
  const { shape, data } = requireTensor(file, 'vectors', Float32Array);
  return {
    rows: shape[0]!,
    dimensions: shape[1]!,
    data,
    known: requireTensor(file, 'known', Uint8Array).data,
  };
}
