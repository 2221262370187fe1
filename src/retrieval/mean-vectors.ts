import type { Matrix } from '../formats/npy.ts';
import { row, rowCount, type Ragged } from '../formats/ragged.ts';
import { SPECIAL_TOKENS } from '../formats/tokens.ts';
import type { WordVectors } from '../formats/vectors.ts';

/**
 * The weighted mean of the word vectors of each text's tokens (unweighted without `weights`): a baseline that needs no
 * trained encoder. Tokens without a vector are skipped; a text without any vector gets the zero vector. Summed in
 * double precision. weights: by token id, at least one per vector. Returns [rows, D].
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
