import type { Matrix } from '../formats/npy.ts';
import { row, rowCount, type Ragged } from '../formats/ragged.ts';
import { SPECIAL_TOKENS } from '../formats/tokens.ts';
import type { WordVectors } from '../formats/vectors.ts';

/**
 * The mean of each text's word vectors, over all its words that have one, each counted by its weight (all alike where
 * none are given): what retrieval reaches without any training of an encoder. Summed in double precision; a text
 * without such a word is the zero vector. weights: by token id, at least one for each vector. [rows, D]
 */
export function meanVectors(texts: Ragged, vectors: WordVectors, weights?: Float64Array): Matrix {
  const { rows: words, dimensions } = vectors;
  const rows = rowCount(texts);
  const data = new Float32Array(rows * dimensions);
  const sum = new Float64Array(dimensions);
  for (let text = 0; text < rows; text++) {
    sum.fill(0);
    let total = 0;
    for (const token of row(texts, text)) {
      if (token < SPECIAL_TOKENS.length || token >= words) continue;
      const weight = weights ? weights[token]! : 1;
      total += weight;
      for (let i = 0; i < dimensions; i++) sum[i]! += weight * vectors.data[token * dimensions + i]!;
    }
    if (total > 0) for (let i = 0; i < dimensions; i++) data[text * dimensions + i] = sum[i]! / total;
  }
  return { rows, columns: dimensions, data };
}
