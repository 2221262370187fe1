/**
 * Two towers by the embedded engine's kernels, from the tokens to the scores and back on all threads: to the bit what
 * autograd-towers.ts gives. Losses that have no kernel are TensorFlow.js ops on the scores alone.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Ragged } from '../../formats/ragged.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Scores } from '../kernels/towers/scores.ts';
import type { TowerPass } from '../kernels/towers/tower.ts';
import { lossFor, softmaxOf } from '../losses/loss-for.ts';
import type { LossTargets } from '../losses/loss.ts';
import type { LossParams } from '../losses/registry.ts';
import { towerFor, towerKernelShape, towersOf, towerShapes, type Side } from '../model/towers.ts';
import type { Pass } from './recurrent-op.ts';
import type { TowerParts, TwoTowers } from './two-towers.ts';

const INFERENCE: Pass = {
  training: false,
  dropout: { input: 0, output: 0 },
  seed: 0,
  tableTrainable: false,
};

export function fusedTowers({ config, table, dense }: TowerParts, kernels: Kernels): TwoTowers {
  const { encoder, embeddings, similarity } = config;
  const towers = new Map(towersOf(encoder).map((name) => [name, kernels.tower(towerKernelShape(config))]));
  const namesOf = (side: Side): string[] =>
    towerShapes(encoder, embeddings.dimensions).map(({ name }) => `${towerFor(encoder, side)}.${name}`);

  const forward = (side: Side, texts: Ragged, pass: Pass): TowerPass => {
    const weights = namesOf(side).map((name) => dense.get(name)!.dataSync() as Float32Array);
    return towers.get(towerFor(encoder, side))!.forward(texts, table.forTexts(texts), weights, pass);
  };

  return {
    infer: (side, texts) => {
      const pass = forward(side, texts, INFERENCE);
      const vectors = pass.read();
      pass.release();
      return vectors;
    },
    gradients: ({ queries, documents, passes, targets }, params) => {
      const made: { release(): void }[] = [];
      const keep = <T extends { release(): void }>(it: T): T => {
        made.push(it);
        return it;
      };
      try {
        const query = keep(forward('query', queries, passes.query));
        const document = keep(forward('document', documents, passes.document));
        const scores = keep(kernels.scores(query, document, similarity));
        const loss = lossOf(scores, targets, params);
        const ofVectors = scores.backward();
        const gradients = new Map<string, Float32Array>();
        // The documents first, as autograd comes to them: the table adds gradients up in this order.
        for (const [side, pass, gradient] of [
          ['document', document, ofVectors.documents],
          ['query', query, ofVectors.queries],
        ] as const) {
          const own = pass.backward(gradient);
          for (const [i, name] of namesOf(side).entries()) {
            const other = gradients.get(name);
            gradients.set(name, other ? other.map((value, at) => value + own[i]![at]!) : own[i]!);
          }
        }
        return { loss, gradients, release: () => undefined };
      } finally {
        for (const each of made) each.release();
      }
    },
    dispose: () => {
      for (const tower of towers.values()) tower.dispose();
    },
  };
}

/** The loss; its gradient becomes that of the scores. */
function lossOf(scores: Scores, targets: LossTargets, params: LossParams): number {
  const softmax = softmaxOf(params);
  if (softmax) return scores.softmax({ ...softmax, ...targets });
  return tf.tidy(() => {
    const shape: [number, number] = [
      targets.positive.length,
      targets.allowed.length / targets.positive.length,
    ];
    const { value, grad } = tf.valueAndGrad((matrix) =>
      lossFor(params)({
        ...targets,
        scores: matrix as tf.Tensor2D,
        allowed: tf.tensor2d(targets.allowed, shape),
      }),
    )(tf.tensor2d(scores.read(), shape));
    scores.setGradient(grad.dataSync() as Float32Array);
    return value.dataSync()[0]!;
  });
}
