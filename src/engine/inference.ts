/**
 * A finished model on the embedded engine alone: recurrent kernels, projection and length, without TensorFlow.js, so
 * that a question is answered before that would be loaded. To the bit what src/engine/model.ts gives.
 */
import { EMBEDDINGS, type ModelConfig, type ModelWeights } from '../formats/model.ts';
import { rowCount, type Ragged } from '../formats/ragged.ts';
import type { Kernels } from './kernels/kernels.ts';
import type { Recurrent } from './kernels/recurrent.ts';
import { recurrentShape, towerFor, towersOf, towerShapes, type Side } from './tower.ts';

export interface Inference {
  /** texts → [texts, dimensions] */
  infer(side: Side, texts: Ragged): Float32Array;
  dispose(): void;
}

const PASS = { training: false, dropout: { input: 0, output: 0 }, seed: 0, tableTrainable: false };

export function createInference(config: ModelConfig, weights: ModelWeights, kernels: Kernels): Inference {
  const { encoder, embeddings, dimensions } = config;
  const shape = recurrentShape(encoder, embeddings.dimensions);
  const table = kernels.table(embeddings.rows, embeddings.dimensions);
  table.write(weights.get(EMBEDDINGS)!.data);
  const names = towerShapes(encoder, embeddings.dimensions).map(({ name }) => name);
  const towers = new Map(
    towersOf(encoder).map((tower) => [
      tower,
      {
        recurrent: kernels.recurrent(shape),
        weights: names.map((name) => weights.get(`${tower}.${name}`)!.data),
      },
    ]),
  );
  const pooled = (
    { recurrent, weights: own }: { recurrent: Recurrent; weights: Float32Array[] },
    texts: Ragged,
  ): Float32Array => {
    if (encoder.projection === null) return recurrent.forward(texts, table, own, PASS).output;
    const { output } = recurrent.forward(texts, table, own.slice(0, -2), PASS);
    const product = kernels.matMul(output, own.at(-2)!, {
      batch: 1,
      m: rowCount(texts),
      k: recurrent.outputSize,
      n: dimensions,
      transposeA: false,
      transposeB: false,
    });
    const bias = own.at(-1)!;
    return product.map((value, i) => value + bias[i % dimensions]!);
  };
  return {
    infer: (side, texts) => {
      const vectors = pooled(towers.get(towerFor(encoder, side))!, texts);
      if (config.similarity === 'cosine') normaliseRows(vectors, dimensions);
      return vectors;
    },
    dispose: () => {
      for (const { recurrent } of towers.values()) recurrent.dispose();
      table.dispose();
    },
  };
}

/** Kept apart from zero as in src/engine/similarity.ts, step for step in float32 as the ops there round. */
const SMALLEST_SQUARE = Math.fround(1e-12);

function normaliseRows(vectors: Float32Array, width: number): void {
  for (let start = 0; start < vectors.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += Math.fround(vectors[i]! * vectors[i]!);
    const length = Math.fround(Math.sqrt(Math.max(Math.fround(sum), SMALLEST_SQUARE)));
    for (let i = start; i < start + width; i++) vectors[i] = vectors[i]! / length;
  }
}
