import { describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../src/engine/choose-engine.ts';
import { findNativePackage } from '../../../src/engine/backends/installed.ts';
import { readModelWeights } from '../../../src/formats/model.ts';
import type { Engine, JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/train/kind.ts';
import { runKind, temporaryFolder, WASM, type KindRun } from '../../helpers/run-kind.ts';
import { historyOf, makeWorld } from '../../stages/train/fixtures.ts';

const native = findNativePackage()?.addon;

describe.skipIf(native === undefined)(
  'native TensorFlow (skipped where scripts/install-tensorflow.mjs has not run)',
  () => {
    const train = (engine: Engine, params: JsonObject): Promise<KindRun> =>
      runKind(stage, {
        params: { embeddings: { dimensions: 8 }, batch_size: 64, epochs: 2, ...params },
        inputs: makeWorld({ negatives: 2 }).inputs,
        engine,
        threads: 2,
      });

    const examples: JsonObject[] = [
      { encoder: { cell: 'gru', hidden: 12 }, loss: { name: 'multiple_negatives_ranking', symmetric: true } },
      {
        encoder: {
          cell: 'lstm',
          hidden: 6,
          layers: 2,
          bidirectional: true,
          pooling: 'attention',
          projection: 7,
        },
        loss: { name: 'triplet', distance: 'euclidean' },
      },
      {
        encoder: { cell: 'gru', hidden: 6, pooling: 'max', shared: false },
        loss: { name: 'batch_hard_triplet' },
      },
    ];
    it.each(examples)('trains as the embedded engine does: $encoder', async (params) => {
      const engine = chooseEngine({ backend: 'tensorflow', precision: 'exact' }, temporaryFolder());
      const ours = await train(WASM, params);
      const theirs = await train(engine, params);
      const [a, b] = [historyOf(ours.artifact), historyOf(theirs.artifact)];
      a.forEach(({ loss }, epoch) => {
        expect(b[epoch]!.loss).toBeCloseTo(loss, 3);
      });
      const weights = readModelWeights(theirs.artifact.path);
      for (const [name, { data }] of readModelWeights(ours.artifact.path)) {
        const other = weights.get(name)!.data;
        const furthest = data.reduce((far, value, i) => Math.max(far, Math.abs(value - other[i]!)), 0);
        // Adam turns tiny gradients into full steps, so that rounding shows in the weights at once.
        expect(furthest).toBeLessThan(0.02);
      }
    });
  },
);
