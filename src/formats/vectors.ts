/**
 * The `vectors` artifact, `vectors.safetensors`: word vectors for the ids of the models' vocabulary.
 *   vectors [model_vocabulary, dimensions]  F32: row = token id; row 0 (padding) is zero
 *   known [model_vocabulary]  U8: 1 if the vector was loaded or trained, 0 if it was derived or random
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
