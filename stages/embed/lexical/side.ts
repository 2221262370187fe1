/** The queries, or the documents, of a corpus: the model's vectors and the lexical vectors of any of their rows. */
import type { HybridConfig } from '../../../src/formats/embeddings.ts';
import { readNpyRows, type Matrix } from '../../../src/formats/npy.ts';
import { row, type Ragged } from '../../../src/formats/ragged.ts';
import { learnedParts, type Side } from '../../../src/retrieval/lexical/join.ts';
import type { LexicalEncoder } from '../../../src/retrieval/lexical/vectors.ts';

export interface Texts {
  readonly side: Side;
  /** Token ids. */
  readonly texts: Ragged;
  /** The model's vectors, as a .npy file. */
  readonly file: string;
  /** Token id → place of the word in the lexicon, or −1. */
  readonly places: Int32Array;
  readonly encode: LexicalEncoder;
  /** Width of a lexical vector. */
  readonly dimensions: number;
}

/** The model's vectors of these rows. */
export const modelVectors = ({ file }: Texts, rows: ArrayLike<number>): Matrix => readNpyRows(file, rows);

/** Vectors whose inner products are learned scores. */
export const learnedVectors = (
  texts: Texts,
  rows: ArrayLike<number>,
  learned: HybridConfig['learned'],
): Matrix => learnedParts(texts.side, modelVectors(texts, rows), learned);

export function lexicalVectors(
  { texts, places, encode, dimensions }: Texts,
  rows: ArrayLike<number>,
): Matrix {
  const data = new Float32Array(rows.length * dimensions);
  for (let i = 0; i < rows.length; i++)
    encode(
      Array.from(row(texts, rows[i]!), (id) => places[id]!),
      data,
      i * dimensions,
    );
  return { rows: rows.length, columns: dimensions, data };
}

/** Root mean square length of the rows; 0 without rows. */
export function rootMeanSquare({ rows, data }: Matrix): number {
  if (rows === 0) return 0;
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum / rows);
}
