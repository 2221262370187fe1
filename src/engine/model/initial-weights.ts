/**
 * What the weights of a tower start with: kernels uniform in ±√(6 / (in + out)) (Glorot and Bengio 2010), recurrent
 * weights orthogonal for each gate (Saxe et al. 2014), biases as the cell says. Both towers start alike: a query and a
 * document of the same words are then the same vector.
 */
import { random, type Random } from '../../base/random.ts';
import { cellOf, type CellChoice } from '../kernels/recurrent/cells/registry.ts';
import type { WeightShape } from '../kernels/recurrent/shape.ts';

/** By the name that `towerShapes` gives a weight. */
export function initialWeight({ name, shape }: WeightShape, choice: CellChoice, seed: number): Float32Array {
  const source = random(seed, `initial ${name}`);
  const cell = cellOf(choice);
  const [rows = 0, columns = 0] = shape;
  if (name.endsWith('attention')) return new Float32Array(rows);
  if (name.endsWith('projection.kernel')) return glorot(rows, columns, columns, source);
  if (!cell || name.endsWith('projection.bias')) return new Float32Array(rows);
  if (name.endsWith('.recurrent')) return orthogonalGates(rows, cell.gates, source);
  if (name.endsWith('.kernel')) return glorot(rows, columns, columns / cell.gates, source);
  const bias = cell.biases.find((each) => name.endsWith(`.${each.name}`));
  return initialBias(rows, bias?.initial ?? []);
}

/** [G·H]: a value for each gate. */
function initialBias(length: number, initial: readonly number[]): Float32Array {
  const bias = new Float32Array(length);
  for (const [gate, value] of initial.entries())
    bias.fill(value, (gate * length) / initial.length, ((gate + 1) * length) / initial.length);
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
