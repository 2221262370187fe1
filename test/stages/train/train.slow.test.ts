import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelConfig, readModelWeights } from '../../../src/formats/model.ts';
import { writeVectors } from '../../../src/formats/vectors.ts';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage as embed } from '../../../stages/embed/kind.ts';
import { stage } from '../../../stages/train/kind.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';
import { digestsOf, historyOf, makeWorld, type World } from './fixtures.ts';

const SMALL: JsonObject = {
  encoder: { hidden: 10 },
  embeddings: { dimensions: 9 },
  optimizer: { learning_rate: 0.02 },
  batch_size: 64,
  epochs: 6,
};

const train = (world: World, params: JsonObject = {}, threads = 1): Promise<KindRun> =>
  runKind(stage, { params: { ...SMALL, ...params }, inputs: world.inputs, threads });

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as { code: string }).code,
  );

describe('train', () => {
  it('learns to rank what it could not rank before', async () => {
    const run = await train(makeWorld(), { loss: { name: 'multiple_negatives_ranking' }, epochs: 6 });
    const history = historyOf(run.artifact);
    const untrained = await train(makeWorld(), { epochs: 0 });
    expect(untrained.metrics!['validation/mrr@10']).toBeLessThan(0.35);
    expect(run.metrics!['validation/mrr@10']).toBeGreaterThan(0.9);
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 2);
    expect(run.headline).toMatch(/^validation MRR@10 [01]\.\d{3} · epoch \d+$/);
  });

  const losses: JsonObject[] = [
    { name: 'triplet', distance: 'euclidean' },
    { name: 'triplet', distance: 'dot', margin: 1 },
    { name: 'batch_hard_triplet', margin: 0.3 },
    { name: 'semi_hard_triplet', margin: 0.3 },
    { name: 'multiple_negatives_ranking', symmetric: true },
    { name: 'margin_mse', distance: 'dot' },
  ];
  it.each(losses)('minimises the loss $name ($distance)', async (loss) => {
    const run = await train(makeWorld({ negatives: 2, scores: true }), { loss, patience: null });
    const history = historyOf(run.artifact);
    expect(history.length).toBe(6);
    expect(history.at(-1)!.loss).toBeLessThan(0.9 * history[0]!.loss);
  });

  const encoders: JsonObject[] = [
    { cell: 'lstm', layers: 2, bidirectional: true, pooling: 'max', shared: false },
    { cell: 'gru', pooling: 'attention', projection: 7, dropout: { embedding: 0.2, output: 0.1 } },
    { cell: 'none', pooling: 'mean', projection: 8 },
    { cell: 'none', pooling: 'mean' },
    { cell: 'gru', pooling: 'attention', skip: true, projection: 5 },
    { cell: 'gru', bidirectional: true, pooling: 'max', skip: true, shared: false },
  ];
  it.each(encoders)('trains $cell, $pooling', async (encoder) => {
    const run = await train(makeWorld(), { encoder: { hidden: 6, ...encoder }, patience: null });
    const [first, last] = [historyOf(run.artifact)[0]!, historyOf(run.artifact).at(-1)!];
    expect(last.loss).toBeLessThan(first.loss);
    const config = readModelConfig(run.artifact.path);
    expect(config.encoder.cell).toBe(encoder['cell']);
    const towers = new Set([...readModelWeights(run.artifact.path).keys()].map((name) => name.split('.')[0]));
    const expected =
      encoder['shared'] === false ? ['embeddings', 'query', 'document'] : ['embeddings', 'encoder'];
    if (encoder['cell'] === 'none' && !encoder['projection']) expected.length = 1;
    expect(towers).toEqual(new Set(expected));
  });

  it('gives the same bytes at any number of threads, with everything enabled', async () => {
    const world = makeWorld({ negatives: 2 });
    const params = {
      encoder: {
        hidden: 9,
        bidirectional: true,
        pooling: 'attention',
        projection: 6,
        dropout: { embedding: 0.1, output: 0.1 },
      },
      loss: { name: 'multiple_negatives_ranking' },
      schedule: { name: 'cosine', warmup_ratio: 0.1 },
      ema_decay: 0.9,
      epochs: 3,
    };
    const one = await train(world, params, 1);
    for (const threads of [2, 3, 4, 8]) {
      const other = await train(world, params, threads);
      expect(digestsOf(other.artifact)).toEqual(digestsOf(one.artifact));
    }
  });

  it('uses none of the functions whose last bits ECMAScript leaves open', async () => {
    const world = makeWorld();
    const names = [
      'exp',
      'expm1',
      'log',
      'log1p',
      'log2',
      'log10',
      'pow',
      'tanh',
      'sin',
      'cos',
      'cbrt',
    ] as const;
    const kept = names.map((name) => Object.getOwnPropertyDescriptor(Math, name)!);
    const forbid = (name: string) => (): never => {
      throw new Error(`Math.${name} was called`);
    };
    try {
      for (const name of names) Object.assign(Math, { [name]: forbid(name) });
      const params = { schedule: { name: 'cosine' }, ema_decay: 0.9, max_steps: 3 };
      for (const name of ['multiple_negatives_ranking', 'batch_hard_triplet'])
        await train(world, { ...params, loss: { name }, encoder: { cell: 'lstm', pooling: 'attention' } });
    } finally {
      names.forEach((name, i) => Object.defineProperty(Math, name, kept[i]!));
    }
  });

  it('starts from the word vectors, and does not change them if they are not trainable', async () => {
    const world = makeWorld();
    const rows = world.tokens.config.model_vocabulary;
    const data = Float32Array.from({ length: rows * 4 }, (_, i) => (i < 4 ? 0 : ((i * 37) % 19) / 19 - 0.5));
    const vectors: InputArtifact = {
      type: 'vectors',
      stage: 'vectors',
      path: temporaryFolder(),
      digest: '',
      metrics: {},
    };
    writeVectors(vectors.path, { rows, dimensions: 4, data, known: new Uint8Array(rows).fill(1) });
    const run = (trainable: boolean): Promise<KindRun> =>
      runKind(stage, {
        params: { ...SMALL, epochs: 1, embeddings: { trainable } },
        inputs: { ...world.inputs, vectors },
      });
    const frozen = readModelWeights((await run(false)).artifact.path).get('embeddings')!;
    expect(frozen).toEqual({ shape: [rows, 4], data });
    const moved = readModelWeights((await run(true)).artifact.path).get('embeddings')!;
    expect(moved.data).not.toEqual(data);
    expect(moved.data.subarray(0, 4)).toEqual(data.subarray(0, 4));
  });

  it('concatenates several word vectors', async () => {
    const world = makeWorld();
    const rows = world.tokens.config.model_vocabulary;
    const given = [2, 3].map((dimensions) => {
      const data = Float32Array.from({ length: rows * dimensions }, (_, i) => (i < dimensions ? 0 : i));
      const path = temporaryFolder();
      writeVectors(path, { rows, dimensions, data, known: new Uint8Array(rows).fill(1) });
      return { type: 'vectors', stage: `vectors${dimensions}`, path, digest: '', metrics: {} };
    });
    const { artifact } = await runKind(stage, {
      params: { ...SMALL, epochs: 0 },
      inputs: { ...world.inputs, vectors: given },
    });
    const { shape, data } = readModelWeights(artifact.path).get('embeddings')!;
    expect(shape).toEqual([rows, 5]);
    expect([...data.subarray(0, 15)]).toEqual([0, 0, 0, 0, 0, 2, 3, 3, 4, 5, 4, 5, 6, 7, 8]);
  });

  it('does not depend on test queries: other ones give the same model', async () => {
    const one = await train(makeWorld(), { epochs: 1 });
    const other = await train(makeWorld({ testIds: [5, 6] }), { epochs: 1 });
    const [a, b] = [digestsOf(one.artifact), digestsOf(other.artifact)];
    expect(b['model.safetensors']).toBe(a['model.safetensors']);
    expect(b['history.jsonl']).toBe(a['history.jsonl']);
  });

  it('rejects triplets of validation and test queries', async () => {
    expect(await code(train(makeWorld({ split: 'test' })))).toBe('E_INPUT');
    expect(await code(train(makeWorld({ split: 'validation' })))).toBe('E_INPUT');
    await expect(train(makeWorld({ split: 'validation' }))).rejects.toThrow(/split 'validation'/);
  });

  it('gives rare words a vector from their n-grams', async () => {
    const world = makeWorld({ knownWords: 30 });
    const subwords = { buckets: 500, min_n: 2, max_n: 4 };
    const run = (threads: number): Promise<KindRun> =>
      train(world, { epochs: 2, embeddings: { dimensions: 9, subwords } }, threads);
    const one = await run(1);
    const words = world.tokens.vocabulary.tokens.length;
    const config = readModelConfig(one.artifact.path);
    expect(config.embeddings).toMatchObject({ rows: words, dimensions: 9 });
    const { data } = readModelWeights(one.artifact.path).get('embeddings')!;
    const vector = (id: number): string => data.slice(id * 9, (id + 1) * 9).join();
    expect(vector(words - 1)).not.toBe(vector(1));
    expect(vector(words - 1)).not.toBe(vector(words - 2));
    expect(digestsOf((await run(3)).artifact)).toEqual(digestsOf(one.artifact));
    const embedded = await runKind(embed, { inputs: { tokens: world.inputs.tokens, model: one.artifact } });
    expect(embedded.metrics!['documents']).toBe(48);
  });

  it('keeps the best weights and stops when validation does not improve', async () => {
    const run = await train(makeWorld(), { patience: 1, epochs: 40 });
    const history = historyOf(run.artifact);
    const best = history.reduce((a, b) => (b.validation!['mrr@10'] > a.validation!['mrr@10'] ? b : a));
    expect(run.metrics!['best_epoch']).toBe(best.epoch);
    expect(history.length).toBeLessThan(40);
    expect(history.length).toBe(best.epoch + 1);
    expect(run.metrics).toMatchObject({ ended_by: 'patience', best_step: best.step });
  });

  it('keeps the last weights, with a warning, without validation queries', async () => {
    const run = await train(makeWorld(), { validation: { split: 'dev' }, epochs: 2 });
    expect(run.warnings.join()).toMatch(/no validation: the split 'dev'/);
    expect(run.metrics!['best_epoch']).toBe(2);
    expect(historyOf(run.artifact).every(({ validation }) => validation === null)).toBe(true);
  });

  it('stops after max_steps, in the middle of an epoch', async () => {
    const run = await train(makeWorld(), { max_steps: 7 });
    expect(historyOf(run.artifact).map(({ step }) => step)).toEqual([5, 7]);
  });

  it('validates within the candidates, and warns if there are none', async () => {
    const run = await train(makeWorld(), { epochs: 1, validation: { against: 'candidates' } });
    // These queries have no candidates.
    expect(run.warnings.join()).toContain('no validation');
    expect(await code(train(makeWorld(), { loss: { name: 'margin_mse' } }))).toBe('E_INPUT');
  });

  it('stops when it diverges, naming the step and the likely cause', async () => {
    const params = {
      loss: { name: 'margin_mse', distance: 'dot' },
      // Each step multiplies the weights by 1 − 1000 · 1.
      optimizer: { learning_rate: 1000, weight_decay: 1 },
      max_grad_norm: null,
    };
    const failure = train(makeWorld({ scores: true }), params);
    await expect(failure).rejects.toThrow(/training diverged at step \d+: the (loss|gradient)/);
    await expect(failure).rejects.toMatchObject({
      code: 'E_DIVERGED',
      hint: expect.stringContaining('learning_rate') as string,
    });
  });

  it('copies what is needed to tokenise a query', async () => {
    const world = makeWorld();
    const run = await train(world, { epochs: 0 });
    for (const name of ['vocabulary.tsv', 'tokenizer.json'])
      expect(readFileSync(join(run.artifact.path, name))).toEqual(
        readFileSync(join(world.inputs.tokens.path, name)),
      );
  });
});
