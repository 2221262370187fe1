/** Towers by kernels, against TensorFlow.js ops with autograd to the bit, and against plain arithmetic in double. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { autogradTowers } from '../../../src/engine/backends/autograd-towers.ts';
import { fusedTowers } from '../../../src/engine/backends/fused-towers.ts';
import type { TrainingBatch, TwoTowers } from '../../../src/engine/backends/two-towers.ts';
import type { LossParams } from '../../../src/engine/losses/registry.ts';
import { wordTable } from '../../../src/engine/model/subword-table.ts';
import { embeddingWidth, towersOf, towerShapes } from '../../../src/engine/model/towers.ts';
import type { ModelConfig } from '../../../src/formats/model.ts';
import { raggedFrom } from '../../../src/formats/ragged.ts';
import { embeddedEngine } from '../embedded.ts';
import { values } from '../fixtures.ts';
import { fusedRecurrent } from './fused-recurrent.ts';

const WORDS = 13;
const engine = embeddedEngine(2);

const SOFTMAX = {
  name: 'multiple_negatives_ranking' as const,
  distance: 'cosine' as const,
  temperature: 0.05,
  symmetric: false,
  distillation_weight: 0,
};
const LOSSES: readonly LossParams[] = [
  SOFTMAX,
  { ...SOFTMAX, symmetric: true },
  { ...SOFTMAX, distillation_weight: 0.5 },
  { name: 'triplet', distance: 'cosine', margin: 0.3 },
  { name: 'batch_hard_triplet', distance: 'cosine', margin: 0.3 },
  { name: 'margin_mse', distance: 'cosine' },
];

const cases = fc.record({
  encoder: fc.record({
    cell: fc.constantFrom('gru', 'lstm', 'none'),
    hidden: fc.integer({ min: 1, max: 19 }),
    layers: fc.integer({ min: 1, max: 2 }),
    bidirectional: fc.boolean(),
    pooling: fc.constantFrom('last', 'mean', 'max', 'attention'),
    skip: fc.boolean(),
    projection: fc.option(fc.integer({ min: 1, max: 21 })),
    shared: fc.boolean(),
  }),
  input: fc.integer({ min: 1, max: 17 }),
  distance: fc.constantFrom('cosine' as const, 'dot' as const, 'euclidean' as const),
  loss: fc.constantFrom(...LOSSES),
  /** Lengths of texts. */
  queries: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 20 }),
  documents: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 40 }),
  dropout: fc.constantFrom(0, 0.2),
  seed: fc.integer({ min: 0, max: 1000 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function batchOf({ queries, documents, dropout, seed }: Case): TrainingBatch {
  const source = random(seed, 'batch');
  const texts = (lengths: readonly number[]) =>
    raggedFrom(lengths.map((length) => Array.from({ length }, () => source.integer(WORDS))));
  const pass = { training: true, dropout: { input: dropout, output: dropout }, seed, tableTrainable: true };
  const columns = documents.length;
  const positive = Int32Array.from(queries, () => source.integer(columns));
  const allowed = Float32Array.from({ length: queries.length * columns }, () => source.integer(5) && 1);
  return {
    queries: texts(queries),
    documents: texts(documents),
    passes: { query: pass, document: { ...pass, seed: seed + 1 } },
    targets: {
      positive,
      negatives: positive.map((column) => (column + 1) % columns),
      negativesPerQuery: 1,
      allowed,
      teacherMargins: values(queries.length, 1, source),
    },
  };
}

type Make = (parts: Parameters<typeof fusedTowers>[0]) => TwoTowers;

/** The loss, all gradients and the vectors of the documents. */
function made(example: Case, make: Make): Record<string, Float32Array> {
  const { encoder, input, distance } = example;
  const config: ModelConfig = {
    format: 1,
    similarity: distance,
    encoder,
    embeddings: { rows: WORDS, dimensions: input },
    dimensions: embeddingWidth(encoder, input),
  };
  const source = random(example.seed, 'weights');
  const table = engine().table(WORDS, input);
  table.write(values(WORDS * input, 1, source));
  const dense = new Map(
    towersOf(encoder).flatMap((tower) =>
      towerShapes(encoder, input).map(({ name, shape }) => {
        const size = shape.reduce((product, x) => product * x, 1);
        return [`${tower}.${name}`, tf.variable(tf.tensor(values(size, 0.5, source), [...shape]))] as const;
      }),
    ),
  );
  const towers = make({ config, table: wordTable(table), dense });
  const batch = batchOf(example);
  const step = towers.gradients(batch, { ...example.loss, distance });
  const named = [...step.gradients].map(
    ([name, gradient]) =>
      [name, Float32Array.from(gradient instanceof Float32Array ? gradient : gradient.dataSync())] as const,
  );
  const result = {
    loss: Float32Array.of(step.loss),
    ...Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))),
    table: table.readGradient(),
    vectors: Float32Array.from(towers.infer('document', batch.documents)),
  };
  step.release();
  towers.dispose();
  table.dispose();
  for (const variable of dense.values()) variable.dispose();
  return result;
}

describe('two towers by kernels', () => {
  it('give the bits that TensorFlow.js ops and autograd give, whatever the encoder, the distance and the loss', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const reference = made(example, (parts) =>
          autogradTowers(parts, (shape) => fusedRecurrent(engine(), shape)),
        );
        expect(made(example, (parts) => fusedTowers(parts, engine()))).toEqual(reference);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['cosine', 'dot', 'euclidean'] as const)(
    'have the gradient that finite differences of the formula in double show, of %s',
    (distance) => {
      const encoder: Case['encoder'] = {
        cell: 'none',
        hidden: 1,
        layers: 1,
        bidirectional: false,
        pooling: 'last',
        skip: false,
        projection: null,
        shared: true,
      };
      // Texts of a word each, so that vectors are embeddings.
      const example: Case = {
        encoder,
        input: 6,
        distance,
        loss: { ...SOFTMAX, temperature: 0.5 },
        queries: [1, 1, 1],
        documents: [1, 1, 1, 1, 1],
        dropout: 0,
        seed: 4,
      };
      const { table, loss } = made(example, (parts) => fusedTowers(parts, engine()));
      const embeddings = Float64Array.from(values(WORDS * 6, 1, random(4, 'weights')));
      const formula = (at: Float64Array): number => softmaxLoss(batchOf(example), at, 6, distance);
      expect(loss![0]).toBeCloseTo(formula(embeddings), 5);
      table!.forEach((slope, i) => {
        const moved = (step: number): number => formula(embeddings.map((x, j) => (j === i ? x + step : x)));
        expect(slope).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 4);
      });
    },
  );
});

/** Of texts of a word each, temperature 0.5. */
function softmaxLoss(
  { queries, documents, targets }: TrainingBatch,
  embeddings: Float64Array,
  width: number,
  distance: string,
): number {
  const vector = (id: number): number[] => {
    const row = [...embeddings.subarray(id * width, (id + 1) * width)];
    const length = Math.hypot(...row);
    return distance === 'cosine' ? row.map((x) => x / length) : row;
  };
  const score = (a: readonly number[], b: readonly number[]): number =>
    distance === 'euclidean'
      ? -Math.hypot(...a.map((x, i) => x - b[i]!))
      : a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const columns = documents.values.length;
  const losses = Array.from(queries.values, (query, i) => {
    const scores = Array.from(documents.values, (id) => score(vector(query), vector(id)) / 0.5);
    const target = targets.positive[i]!;
    const among = scores.filter((_, j) => j === target || targets.allowed[i * columns + j] === 1);
    return Math.log(among.reduce((sum, x) => sum + Math.exp(x), 0)) - scores[target]!;
  });
  return losses.reduce((sum, x) => sum + x, 0) / losses.length;
}
