/**
 * A finished model on the embedded engine alone, without TensorFlow.js, so that a question is answered before that would
 * be loaded. To the bit what src/engine/model/training-model.ts gives.
 */
import { EMBEDDINGS, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import type { Ragged } from '../../formats/ragged.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Tower } from '../kernels/towers/tower.ts';
import { towerFor, towerKernelShape, towersOf, towerShapes, type Side, type TowerName } from './towers.ts';

export interface Inference {
  /** texts → [texts, dimensions] */
  infer(side: Side, texts: Ragged): Float32Array;
  /** Replaces rows of the embedding table. values: [ids, dimensions] */
  writeRows(ids: Uint32Array, values: Float32Array): void;
  dispose(): void;
}

const PASS = { training: false, dropout: { input: 0, output: 0 }, seed: 0, tableTrainable: false };

export function createInference(config: ModelConfig, weights: ModelWeights, kernels: Kernels): Inference {
  const { encoder, embeddings } = config;
  const { rows, dimensions: input } = embeddings;
  const table = kernels.table(rows, input);
  table.write(weights.get(EMBEDDINGS)!.data);
  const towers = new Map<TowerName, { readonly tower: Tower; readonly own: readonly Float32Array[] }>(
    towersOf(encoder).map((name) => {
      const own = towerShapes(encoder, input).map((weight) => weights.get(`${name}.${weight.name}`)!.data);
      return [name, { tower: kernels.tower(towerKernelShape(config)), own }];
    }),
  );
  const infer = (side: Side, texts: Ragged): Float32Array => {
    const { tower, own } = towers.get(towerFor(encoder, side))!;
    const pass = tower.forward(texts, table, own, PASS);
    const vectors = pass.read();
    pass.release();
    return vectors;
  };
  return {
    infer,
    writeRows: (ids, values) => {
      table.writeRows(ids, values);
    },
    dispose: () => {
      for (const { tower } of towers.values()) tower.dispose();
      table.dispose();
    },
  };
}
