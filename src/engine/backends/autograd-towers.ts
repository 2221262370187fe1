/** Two towers as TensorFlow.js ops, whose gradients autograd finds. */
import * as tf from '@tensorflow/tfjs-core';
import type { Ragged } from '../../formats/ragged.ts';
import { lossFor } from '../losses/loss-for.ts';
import { normalise, similarities } from '../model/similarity.ts';
import { pooledParts, splitWeights, towerFor, towersOf, towerShapes, type Side } from '../model/towers.ts';
import { tableAnchor, type Pass, type RecurrentOp } from './recurrent-op.ts';
import type { RecurrentShape } from '../kernels/recurrent/shape.ts';
import type { TowerParts, TwoTowers } from './two-towers.ts';

/** No dropout, no gradients. */
const INFERENCE: Pass = {
  training: false,
  dropout: { input: 0, output: 0 },
  seed: 0,
  tableTrainable: false,
};

/** `recurrent` makes an op for one set of weights. */
export function autogradTowers(
  { config, table, dense }: TowerParts,
  recurrent: (shape: RecurrentShape) => RecurrentOp,
): TwoTowers {
  const { encoder, embeddings, similarity } = config;
  const ops = new Map(
    towersOf(encoder).map((tower) => [tower, pooledParts(encoder, embeddings.dimensions).map(recurrent)]),
  );
  const shapes = towerShapes(encoder, embeddings.dimensions);
  const names = new Map([...dense].map(([name, variable]) => [variable.name, name]));

  const encode = (side: Side, texts: Ragged, pass: Pass): tf.Tensor2D => {
    const tower = towerFor(encoder, side);
    const own = shapes.map(({ name }) => dense.get(`${tower}.${name}`)!);
    const { parts, projection } = splitWeights(encoder, embeddings.dimensions, own);
    const rows = table.forTexts(texts);
    const states = ops.get(tower)!.map((op, index) => op(texts, rows, parts[index]!, pass));
    const pooled = states.length === 1 ? states[0]! : tf.concat2d(states.map(normalise), 1);
    const [kernel, bias] = projection;
    const result =
      kernel && bias ? tf.add(tf.matMul(pooled, kernel as unknown as tf.Tensor2D), bias) : pooled;
    return similarity === 'cosine' ? normalise(result as tf.Tensor2D) : (result as tf.Tensor2D);
  };

  return {
    infer: (side, texts) => tf.tidy(() => encode(side, texts, INFERENCE).dataSync() as Float32Array),
    gradients: ({ queries, documents, passes, targets }, params) => {
      const loss = lossFor(params);
      const { value, grads } = tf.variableGrads(() => {
        const vectors = encode('query', queries, passes.query);
        const scores = similarities(vectors, encode('document', documents, passes.document), params.distance);
        return loss({ ...targets, scores, allowed: tf.tensor2d(targets.allowed, scores.shape) });
      }, [...dense.values(), tableAnchor()]);
      const [number] = value.dataSync();
      value.dispose();
      const gradients = new Map(
        Object.entries(grads).flatMap(([variable, gradient]) => {
          const name = names.get(variable);
          return name === undefined ? [] : [[name, gradient] as const];
        }),
      );
      return {
        loss: number!,
        gradients,
        release: () => {
          tf.dispose(grads);
        },
      };
    },
    dispose: () => undefined,
  };
}
