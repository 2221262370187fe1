/**
 * Hybrid vectors: a model's vector and a lexical one, concatenated so that their inner product is the sum of both
 * scores. Any index for inner products then answers by meaning and by exact words at once.
 *
 *   q·d = learned score + weight · unit · lexical score
 *
 * The learned score is the cosine (the model's vectors have length 1), the inner product, or −|q − d|² + |q|², which
 * ranks as the distance does: 2q·d − |d|² takes one more dimension.
 */
import type { EmbeddingsConfig, HybridConfig } from '../../formats/embeddings.ts';
import type { Matrix } from '../../formats/npy.ts';

export type Side = 'query' | 'document';
type Learned = HybridConfig['learned'];

export const learnedWidth = ({ similarity, dimensions }: Learned): number =>
  similarity === 'euclidean' ? dimensions + 1 : dimensions;

export const hybridWidth = (learned: Learned, lexical: { readonly dimensions: number }): number =>
  learnedWidth(learned) + lexical.dimensions;

/** The learned parts: vectors of the model whose inner products are learned scores. */
export function learnedParts(side: Side, vectors: Matrix, learned: Learned): Matrix {
  if (learned.similarity !== 'euclidean') return vectors;
  const { rows, columns } = vectors;
  const data = new Float32Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    const vector = vectors.data.subarray(row * columns, (row + 1) * columns);
    const at = row * (columns + 1);
    data.set(side === 'query' ? vector.map((value) => 2 * value) : vector, at);
    data[at + columns] = side === 'query' ? 1 : -vector.reduce((sum, value) => sum + value * value, 0);
  }
  return { rows, columns: columns + 1, data };
}

/** The factors of lexical parts: see `HybridConfig`. */
export function factorsOf(
  weight: number,
  unit: number,
  documentLength: number,
): Pick<HybridConfig, 'query_factor' | 'document_factor'> {
  const length = documentLength > 0 ? documentLength : 1;
  const root = Math.sqrt(weight * unit);
  return { query_factor: root * length, document_factor: root / length };
}

/** The hybrid vectors of these texts: one row of each for a text. */
export function joined(side: Side, vectors: Matrix, lexical: Matrix, hybrid: HybridConfig): Matrix {
  const learned = learnedParts(side, vectors, hybrid.learned);
  const factor = side === 'query' ? hybrid.query_factor : hybrid.document_factor;
  const columns = learned.columns + lexical.columns;
  const data = new Float32Array(learned.rows * columns);
  for (let row = 0; row < learned.rows; row++) {
    const at = row * columns;
    data.set(learned.data.subarray(row * learned.columns, (row + 1) * learned.columns), at);
    for (let i = 0; i < lexical.columns; i++)
      data[at + learned.columns + i] = factor * lexical.data[row * lexical.columns + i]!;
  }
  return { rows: learned.rows, columns, data };
}

/** How embeddings with these parts are described. */
export function hybridEmbeddings(
  hybrid: HybridConfig,
  counts: Pick<EmbeddingsConfig, 'documents' | 'queries'>,
): EmbeddingsConfig {
  return { similarity: 'dot', dimensions: hybridWidth(hybrid.learned, hybrid.lexical), ...counts, hybrid };
}
