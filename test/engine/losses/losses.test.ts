import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { lossFor } from '../../../src/engine/losses/loss-for.ts';
import type { LossParams } from '../../../src/engine/losses/registry.ts';
import { normalise, similarities } from '../../../src/engine/model/similarity.ts';
import { embeddedEngine } from '../embedded.ts';

/** Scores and who is whose: what a loss is a function of, as plain numbers. */
interface Example {
  readonly scores: readonly (readonly number[])[];
  readonly positive: readonly number[];
  /** By query. */
  readonly negatives: readonly (readonly number[])[];
  readonly allowed: readonly (readonly number[])[];
  readonly teacher: readonly (readonly number[])[];
}

/** 1 to 5 queries, some of which share a positive, with one to three negatives each. */
const examples = fc
  .record({
    seed: fc.integer({ min: 0, max: 10_000 }),
    rows: fc.integer({ min: 1, max: 5 }),
    extra: fc.integer({ min: 1, max: 4 }),
    k: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ seed, rows, extra, k }): Example => {
    const source = random(seed, 'losses');
    const columns = rows + extra;
    const matrix = (of: () => number, width: number): number[][] =>
      Array.from({ length: rows }, () => Array.from({ length: width }, of));
    const positive = Array.from({ length: rows }, () => source.integer(rows));
    const negatives = matrix(() => rows + source.integer(extra), k);
    const allowed = matrix(() => (source.integer(4) === 0 ? 0 : 1), columns);
    allowed.forEach((row, i) => {
      row[positive[i]!] = 0;
      for (const negative of negatives[i]!) row[negative] = 1;
    });
    return {
      scores: matrix(() => source.normal(), columns),
      positive,
      negatives,
      allowed,
      teacher: matrix(() => source.normal(), k),
    };
  });

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const hinge = (x: number): number => Math.max(0, x);

function others({ scores, allowed }: Example, row: number): number[] {
  return scores[row]!.filter((_, column) => allowed[row]![column] === 1);
}

/** −log softmax of `target` among itself and those allowed. */
function surprise(target: number, among: readonly number[], temperature: number): number {
  const all = [target, ...among].map((score) => score / temperature);
  const top = Math.max(...all);
  return top + Math.log(all.reduce((sum, x) => sum + Math.exp(x - top), 0)) - target / temperature;
}

function marginError({ scores, positive, negatives, teacher }: Example): number {
  return mean(
    scores.flatMap((row, i) =>
      negatives[i]!.map((n, j) => (row[positive[i]!]! - row[n]! - teacher[i]![j]!) ** 2),
    ),
  );
}

const NO_TEACHER = { distillation_weight: 0 } as const;

/** The formulas of the papers, query by query. */
const FORMULAS: readonly [LossParams, (example: Example) => number][] = [
  [
    { name: 'triplet', distance: 'cosine', margin: 0.5 },
    ({ scores, positive, negatives }) =>
      mean(scores.flatMap((row, i) => negatives[i]!.map((n) => hinge(0.5 - row[positive[i]!]! + row[n]!)))),
  ],
  [
    { name: 'batch_hard_triplet', distance: 'cosine', margin: 0.3 },
    (example) =>
      mean(
        example.scores.map((row, i) =>
          hinge(0.3 - row[example.positive[i]!]! + Math.max(...others(example, i))),
        ),
      ),
  ],
  [
    { name: 'semi_hard_triplet', distance: 'cosine', margin: 0.7 },
    (example) =>
      mean(
        example.scores.map((row, i) => {
          const near = row[example.positive[i]!]!;
          const further = others(example, i).filter((score) => score < near);
          const chosen = further.length > 0 ? Math.max(...further) : Math.min(...others(example, i));
          return hinge(0.7 - near + chosen);
        }),
      ),
  ],
  [
    {
      name: 'multiple_negatives_ranking',
      distance: 'cosine',
      temperature: 0.5,
      symmetric: false,
      ...NO_TEACHER,
    },
    (example) =>
      mean(example.scores.map((row, i) => surprise(row[example.positive[i]!]!, others(example, i), 0.5))),
  ],
  [
    {
      name: 'multiple_negatives_ranking',
      distance: 'cosine',
      temperature: 2,
      symmetric: true,
      ...NO_TEACHER,
    },
    (example) => {
      const { scores, positive, allowed } = example;
      const forward = scores.map((row, i) => surprise(row[positive[i]!]!, others(example, i), 2));
      const backward = positive.map((column, i) => {
        const queries = scores.filter((_, j) => j !== i && allowed[j]![column] === 1);
        return surprise(
          scores[i]![column]!,
          queries.map((row) => row[column]!),
          2,
        );
      });
      return (mean(forward) + mean(backward)) / 2;
    },
  ],
  [{ name: 'margin_mse', distance: 'dot' }, marginError],
  [
    {
      name: 'multiple_negatives_ranking',
      distance: 'cosine',
      temperature: 0.5,
      symmetric: false,
      distillation_weight: 0.7,
    },
    (example) =>
      mean(example.scores.map((row, i) => surprise(row[example.positive[i]!]!, others(example, i), 0.5))) +
      0.7 * marginError(example),
  ],
];

function evaluate(params: LossParams, example: Example): { loss: number; gradient: Float32Array } {
  const { scores, positive, negatives, allowed, teacher } = example;
  const { value, grad } = tf.valueAndGrad((matrix) =>
    lossFor(params)({
      scores: matrix as tf.Tensor2D,
      positive: Int32Array.from(positive),
      negatives: Int32Array.from(negatives.flat()),
      negativesPerQuery: negatives[0]!.length,
      allowed: tf.tensor2d(allowed.map((row) => [...row])),
      teacherMargins: Float32Array.from(teacher.flat()),
    }),
  )(tf.tensor2d(scores.map((row) => [...row])));
  return { loss: value.dataSync()[0]!, gradient: grad.dataSync() as Float32Array };
}

describe('losses', () => {
  embeddedEngine();

  it.each(FORMULAS)('$name follows its formula and has its slope', (params, formula) => {
    fc.assert(
      fc.property(examples, (example) => {
        const { loss, gradient } = evaluate(params, example);
        expect(loss).toBeCloseTo(formula(example), 4);
        const columns = example.scores[0]!.length;
        for (let at = 0; at < gradient.length; at++) {
          const moved = (step: number): number =>
            formula({
              ...example,
              scores: example.scores.map((row, i) =>
                row.map((score, j) => (i * columns + j === at ? score + step : score)),
              ),
            });
          expect(gradient[at]).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 3);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('adds no distillation to triplets without teacher scores', () => {
    const plain = {
      scores: tf.tensor2d([[1, 0.5]]),
      positive: Int32Array.of(0),
      negatives: Int32Array.of(1),
    };
    const batch = { ...plain, negativesPerQuery: 1, allowed: tf.tensor2d([[0, 1]]) };
    const loss = (distillation_weight: number): number =>
      lossFor({
        ...{ name: 'multiple_negatives_ranking', distance: 'cosine', temperature: 1, symmetric: false },
        distillation_weight,
      })(batch).dataSync()[0]!;
    expect(loss(5)).toBe(loss(0));
  });

  it('gives a query without any negative no semi-hard or batch-hard loss', () => {
    const alone: Example = {
      scores: [[1, 0.5]],
      positive: [0],
      negatives: [[1]],
      allowed: [[0, 0]],
      teacher: [[0]],
    };
    for (const name of ['batch_hard_triplet', 'semi_hard_triplet'] as const)
      expect(evaluate({ name, distance: 'cosine', margin: 0.2 }, alone).loss).toBe(0);
  });
});

describe('similarities', () => {
  embeddedEngine();
  const queries = [
    [3, 4],
    [0, 0],
  ];
  const documents = [
    [6, 8],
    [-4, 3],
    [1, 0],
  ];

  it('compare by product, by angle and by distance', () => {
    const [q, d] = [tf.tensor2d(queries), tf.tensor2d(documents)];
    expect(similarities(q, d, 'dot').arraySync()).toEqual([
      [50, 0, 3],
      [0, 0, 0],
    ]);
    const cosine = similarities(normalise(q), normalise(d), 'cosine').arraySync();
    [1, 0, 0.6].forEach((value, i) => {
      expect(cosine[0]![i]).toBeCloseTo(value, 6);
    });
    expect(cosine[1]).toEqual([0, 0, 0]);
    const distances = similarities(q, d, 'euclidean').arraySync();
    [-5, -Math.sqrt(50), -Math.sqrt(20)].forEach((value, i) => {
      expect(distances[0]![i]).toBeCloseTo(value, 5);
    });
  });

  it('keep the gradient finite if texts are empty or equal', () => {
    const same = tf.tensor2d([
      [0, 0],
      [1, 2],
    ]);
    for (const similarity of ['cosine', 'euclidean'] as const) {
      const slope = tf.grad((x) => {
        const vectors = similarity === 'cosine' ? normalise(x as tf.Tensor2D) : (x as tf.Tensor2D);
        return tf.sum(similarities(vectors, vectors, similarity));
      })(same);
      expect([...slope.dataSync()].every(Number.isFinite)).toBe(true);
    }
  });
});
