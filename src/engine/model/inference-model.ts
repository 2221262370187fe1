/**
 * A finished model on the embedded engine alone: recurrent kernels, projection and length, without TensorFlow.js, so
 * that a question is answered before that would be loaded. To the bit what src/engine/model/training-model.ts gives.
 */
import { EMBEDDINGS, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import { rowCount, type Ragged } from '../../formats/ragged.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Recurrent } from '../kernels/recurrent/recurrent.ts';
import {
  pooledParts,
  splitWeights,
  towerFor,
  towersOf,
  towerShapes,
  type Side,
  type TowerName,
} from './towers.ts';

export interface Inference {
  /** texts → [texts, dimensions] */
  infer(side: Side, texts: Ragged): Float32Array;
  /** Replaces rows of the embedding table. values: [ids, dimensions] */
  writeRows(ids: Uint32Array, values: Float32Array): void;
  dispose(): void;
}

const PASS = { training: false, dropout: { input: 0, output: 0 }, seed: 0, tableTrainable: false };

interface Tower {
  /** One for each pooled part: the recurrent layers and, with `skip`, the token embeddings. */
  readonly recurrents: readonly Recurrent[];
  readonly parts: readonly (readonly Float32Array[])[];
  readonly projection: readonly Float32Array[];
}

export function createInference(config: ModelConfig, weights: ModelWeights, kernels: Kernels): Inference {
  const { encoder, embeddings, dimensions } = config;
  const { rows, dimensions: input } = embeddings;
  const table = kernels.table(rows, input);
  table.write(weights.get(EMBEDDINGS)!.data);
  const towers = new Map<TowerName, Tower>(
    towersOf(encoder).map((name) => {
      const own = towerShapes(encoder, input).map((weight) => weights.get(`${name}.${weight.name}`)!.data);
      const recurrents = pooledParts(encoder, input).map((part) => kernels.recurrent(part));
      return [name, { recurrents, ...splitWeights(encoder, input, own) }];
    }),
  );
  const infer = (side: Side, texts: Ragged): Float32Array => {
    const { recurrents, parts, projection } = towers.get(towerFor(encoder, side))!;
    const pooled = recurrents.map((recurrent, index) => ({
      values: recurrent.forward(texts, table, parts[index]!, PASS).output,
      width: recurrent.outputSize,
    }));
    const joined = pooled.length === 1 ? pooled[0]! : concatColumns(pooled, rowCount(texts));
    const vectors = project(kernels, joined, projection, { count: rowCount(texts), dimensions });
    if (config.similarity === 'cosine') normaliseRows(vectors, dimensions);
    return vectors;
  };
  return {
    infer,
    writeRows: (ids, values) => {
      table.writeRows(ids, values);
    },
    dispose: () => {
      for (const { recurrents } of towers.values()) for (const recurrent of recurrents) recurrent.dispose();
      table.dispose();
    },
  };
}

interface Rows {
  readonly values: Float32Array;
  readonly width: number;
}

function project(
  kernels: Kernels,
  { values, width }: Rows,
  [kernel, bias]: readonly Float32Array[],
  { count, dimensions }: { readonly count: number; readonly dimensions: number },
): Float32Array {
  if (!kernel || !bias) return values;
  const shape = { batch: 1, m: count, k: width, n: dimensions, transposeA: false, transposeB: false };
  return kernels.matMul(values, kernel, shape).map((value, i) => value + bias[i % dimensions]!);
}

/** Concatenates the parts' rows, each scaled to length 1: [rows, sum of widths]. */
function concatColumns(parts: readonly Rows[], count: number): Rows {
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const values = new Float32Array(count * width);
  let start = 0;
  for (const part of parts) {
    normaliseRows(part.values, part.width);
    for (let row = 0; row < count; row++)
      values.set(part.values.subarray(row * part.width, (row + 1) * part.width), row * width + start);
    start += part.width;
  }
  return { values, width };
}

/** Kept apart from zero as in src/engine/model/similarity.ts, step for step in float32 as the ops there round. */
const SMALLEST_SQUARE = Math.fround(1e-12);

function normaliseRows(vectors: Float32Array, width: number): void {
  for (let start = 0; start < vectors.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += Math.fround(vectors[i]! * vectors[i]!);
    const length = Math.fround(Math.sqrt(Math.max(Math.fround(sum), SMALLEST_SQUARE)));
    for (let i = start; i < start + width; i++) vectors[i] = vectors[i]! / length;
  }
}
