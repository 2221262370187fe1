/** Dense weights of the towers: their names, shapes and first values. */
import { random, type Random } from '../../base/random.ts';
import type { EncoderConfig } from '../../formats/model.ts';
import {
  gateCount,
  outputWidth,
  weightShapes,
  type RecurrentShape,
  type WeightShape,
} from '../kernels/recurrent/shape.ts';

export type Side = 'query' | 'document';
export type TowerName = 'encoder' | Side;

export function towersOf(encoder: EncoderConfig): readonly TowerName[] {
  return encoder.shared ? ['encoder'] : ['query', 'document'];
}

export function towerFor(encoder: EncoderConfig, side: Side): TowerName {
  return encoder.shared ? 'encoder' : side;
}

function recurrentShape(encoder: EncoderConfig, input: number): RecurrentShape {
  const { cell, hidden, layers, bidirectional, pooling } = encoder;
  return { cell, input, hidden, layers, bidirectional, pooling };
}

/** What is pooled: the states of the recurrent layers and, with `skip`, the token embeddings beside them. */
export function pooledParts(encoder: EncoderConfig, input: number): readonly RecurrentShape[] {
  const states = recurrentShape(encoder, input);
  return encoder.skip && encoder.cell !== 'none' ? [states, { ...states, cell: 'none' }] : [states];
}

function pooledWidth(encoder: EncoderConfig, input: number): number {
  return pooledParts(encoder, input).reduce((sum, part) => sum + outputWidth(part), 0);
}

/** Width of the embedding of a text. */
export function embeddingWidth(encoder: EncoderConfig, input: number): number {
  return encoder.projection ?? pooledWidth(encoder, input);
}

/** Weights of each pooled part: those of the recurrent layers, and of what stands beside them as `skip.…`. */
function partShapes(encoder: EncoderConfig, input: number): readonly (readonly WeightShape[])[] {
  return pooledParts(encoder, input).map((part, index) =>
    weightShapes(part).map(({ name, shape }) => ({ name: index === 0 ? name : `skip.${name}`, shape })),
  );
}

/** The weights of one tower: those of its pooled parts, then projection.kernel [W, P] and projection.bias [P]. */
export function towerShapes(encoder: EncoderConfig, input: number): readonly WeightShape[] {
  const { projection } = encoder;
  const pooled = partShapes(encoder, input).flat();
  if (projection === null) return pooled;
  return [
    ...pooled,
    { name: 'projection.kernel', shape: [pooledWidth(encoder, input), projection] },
    { name: 'projection.bias', shape: [projection] },
  ];
}

/** The weights of a tower, in the order of `towerShapes`, as those of each pooled part and of the projection. */
export function splitWeights<W>(
  encoder: EncoderConfig,
  input: number,
  weights: readonly W[],
): { readonly parts: readonly (readonly W[])[]; readonly projection: readonly W[] } {
  let start = 0;
  const parts = partShapes(encoder, input).map(({ length }) => weights.slice(start, (start += length)));
  return { parts, projection: weights.slice(start) };
}

/**
 * First values: kernels uniform in ±√(6 / (in + out)) (Glorot and Bengio 2010), recurrent weights orthogonal for
 * each gate (Saxe et al. 2014), biases zero but for the LSTM's forget gate, which starts open (Jozefowicz et al. 2015).
 * Both towers start alike: a query and a document of the same words are then the same vector.
 */
export function initialWeight(
  { name, shape }: WeightShape,
  cell: EncoderConfig['cell'],
  seed: number,
): Float32Array {
  const source = random(seed, `initial ${name}`);
  const [rows = 0, columns = 0] = shape;
  if (name.endsWith('attention')) return new Float32Array(rows);
  if (name.endsWith('.recurrent')) return orthogonalGates(rows, gateCount(cell), source);
  if (name.endsWith('projection.kernel')) return glorot(rows, columns, columns, source);
  if (name.endsWith('.kernel')) return glorot(rows, columns, columns / gateCount(cell), source);
  const bias = new Float32Array(rows);
  if (cell === 'lstm' && name.endsWith('.bias')) bias.fill(1, rows / 4, rows / 2);
  return bias;
}

function glorot(rows: number, columns: number, fanOut: number, source: Random): Float32Array {
  const limit = Math.sqrt(6 / (rows + fanOut));
  return Float32Array.from({ length: rows * columns }, () => (2 * source.uniform() - 1) * limit);
}

/** [size, gates · size]: an orthogonal matrix for each gate. */
function orthogonalGates(size: number, gates: number, source: Random): Float32Array {
  const all = new Float32Array(size * gates * size);
  for (let gate = 0; gate < gates; gate++) {
    for (const [i, vector] of orthonormalRows(size, source).entries()) {
      all.set(vector, i * gates * size + gate * size);
    }
  }
  return all;
}

/** Gram–Schmidt over random rows; the second pass removes what rounding left over. */
function orthonormalRows(size: number, source: Random): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let i = 0; i < size; i++) {
    const vector = Float64Array.from({ length: size }, () => source.normal());
    for (let pass = 0; pass < 2; pass++) for (const other of rows) subtractProjection(vector, other);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    rows.push(vector.map((value) => value / length));
  }
  return rows;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += vector[i]! * unit[i]!;
  for (let i = 0; i < vector.length; i++) vector[i]! -= dot * unit[i]!;
}
