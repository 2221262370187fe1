import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { fusedAdamW } from '../../../src/engine/backends/fused-adamw.ts';
import { adamW, type DenseOptimizer } from '../../../src/engine/optimizer/adamw.ts';
import { embeddedEngine } from '../embedded.ts';
import { values } from '../fixtures.ts';

const engine = embeddedEngine(2);

const sizes = fc.integer({ min: 1, max: 40 });
const shape = fc.oneof(fc.tuple(sizes), fc.tuple(sizes, sizes), fc.constant([140, 130]));
const cases = fc.record({
  shapes: fc.array(shape, { minLength: 1, maxLength: 4 }),
  scale: fc.constantFrom(1, 0.3),
  weightDecay: fc.constantFrom(0, 0.05),
  /** The weight that has no gradient. */
  missing: fc.integer({ min: 0, max: 4 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Digest of all that three steps leave, the second optimiser going on from the first one's state. */
function leftBy(
  { shapes, scale, weightDecay, missing }: Case,
  create: (weights: ReadonlyMap<string, tf.Variable>) => DenseOptimizer,
): string {
  const source = random(1, 'adamw');
  const tensor = (size: number[]): tf.Tensor =>
    tf.tensor(
      values(
        size.reduce((product, x) => product * x, 1),
        1,
        source,
      ),
      size,
    );
  const weights = new Map(shapes.map((size, i) => [`w${i}`, tf.variable(tensor([...size]))]));
  const left = createHash('sha256');
  let optimizer = create(weights);
  for (let step = 1; step <= 3; step++) {
    const gradients = new Map(shapes.map((size, i) => [`w${i}`, tensor([...size])]));
    gradients.delete(`w${missing}`);
    left.update(String(optimizer.squares(gradients)));
    const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay, scale, step };
    optimizer.step(gradients, options);
    const state = optimizer.state();
    for (const { data } of state.values()) left.update(data);
    optimizer.dispose();
    optimizer = create(weights);
    optimizer.restore(state);
  }
  optimizer.reset();
  for (const { data } of optimizer.state().values()) left.update(data);
  for (const weight of weights.values()) left.update(weight.dataSync());
  optimizer.dispose();
  return left.digest('hex');
}

it('gives the same bits as AdamW of ordinary ops, whatever the shapes, and where a weight has no gradient', () => {
  fc.assert(
    fc.property(cases, (example) => {
      const fused = leftBy(example, (weights) => fusedAdamW(engine(), weights));
      expect(fused).toBe(leftBy(example, adamW));
    }),
    { numRuns: 15 },
  );
});

it('gives its memory back', () => {
  const before = engine().memory().used;
  fusedAdamW(engine(), new Map([['w', tf.variable(tf.zeros([64, 64]))]])).dispose();
  expect(engine().memory().used).toBe(before);
});
