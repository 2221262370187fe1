import { describe, expect, it } from 'vitest';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/train/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { digestsOf, historyOf, makeWorld } from './fixtures.ts';

const SMALL: JsonObject = {
  encoder: { hidden: 10 },
  embeddings: { dimensions: 9 },
  loss: { name: 'multiple_negatives_ranking' },
  optimizer: { learning_rate: 0.02 },
  batch_size: 64,
  epochs: 3,
  patience: null,
};

/** Trains on sets with so many negatives in each triplet; the queries and positives are the same. */
function train(negatives: readonly number[], params: JsonObject = {}): Promise<KindRun> {
  const worlds = negatives.map((count) => makeWorld({ negatives: count }).inputs);
  const triplets: readonly InputArtifact[] = worlds.map((world) => world.triplets);
  return runKind(stage, {
    params: { ...SMALL, ...params },
    inputs: { tokens: worlds[0]!.tokens, triplets },
  });
}

const sequence = { triplet_sets: { order: 'sequence' } };

describe('several sets of triplets', () => {
  it('a list of one set gives the same model as the set itself', async () => {
    const alone = await runKind(stage, { params: SMALL, inputs: makeWorld().inputs });
    expect(digestsOf((await train([1])).artifact)).toEqual(digestsOf(alone.artifact));
  });

  it('a mixture learns from both, reports the loss of each, and may have other numbers of negatives', async () => {
    const run = await train([1, 3], { triplet_sets: { weights: [1, 2] } });
    const history = historyOf(run.artifact);
    expect(history.map(({ losses }) => losses!.length)).toEqual([2, 2, 2]);
    for (const set of [0, 1]) expect(history.at(-1)!.losses![set]).toBeLessThan(history[0]!.losses![set]!);
    expect(run.metrics).toMatchObject({ 'triplets/1': 288, 'triplets/2': 288, triplets: 576 });
    expect(run.metrics).toMatchObject({ steps: 30, 'batches/1': 10, 'batches/2': 20 });
    expect(run.metrics!['loss/2']).toBe(history.at(-1)!.losses![1]);
  });

  it('a sequence continues with the second set where the first left off', async () => {
    const run = await train([1, 2], sequence);
    const history = historyOf(run.artifact);
    expect(history.map(({ phase, epoch }) => [phase, epoch])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
    const alone = historyOf((await train([1])).artifact);
    expect(history.slice(0, 3).map(({ loss }) => loss)).toEqual(alone.map(({ loss }) => loss));
    // A fresh model would begin where the first set did.
    expect(history[3]!.loss).toBeLessThan(history[0]!.loss / 2);
    expect(run.headline).toMatch(/^validation MRR@10 \d\.\d{3} · set [12] · epoch \d$/);
  });

  it('each set of a sequence has a learning-rate schedule of its own', async () => {
    const history = historyOf(
      (await train([1, 2], { ...sequence, schedule: { name: 'linear', warmup_ratio: 0 } })).artifact,
    );
    const rates = history.map((record) => record.learning_rate);
    expect(rates.slice(3)).toEqual(rates.slice(0, 3));
  });

  it('a set of a sequence that runs out of patience gives way to the next', async () => {
    // With a learning rate near 0 nothing improves.
    const run = await train([1, 2], { ...sequence, patience: 1, optimizer: { learning_rate: 1e-12 } });
    expect(historyOf(run.artifact).map(({ phase, epoch }) => [phase, epoch])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(run.metrics).toMatchObject({ ended_by: 'patience', 'batches/1': 10, 'batches/2': 10, steps: 20 });
  });

  it('refuses a set with queries that are evaluated on, wherever it stands', async () => {
    const { tokens, triplets } = makeWorld().inputs;
    const test = makeWorld({ split: 'test' }).inputs.triplets;
    await expect(
      runKind(stage, { params: SMALL, inputs: { tokens, triplets: [triplets, test] } }),
    ).rejects.toThrow("queries of the split 'test'");
  });

  it('an empty set is left out, with its weight', async () => {
    const { tokens, triplets } = makeWorld().inputs;
    const empty = makeWorld({ split: 'none' }).inputs.triplets;
    const run = (sets: readonly InputArtifact[], weights: readonly number[]): Promise<KindRun> =>
      runKind(stage, {
        params: { ...SMALL, triplet_sets: { weights } },
        inputs: { tokens, triplets: sets },
      });
    const alone = await run([triplets], [1]);
    expect(digestsOf((await run([empty, triplets], [5, 1])).artifact)).toEqual(digestsOf(alone.artifact));
    await expect(run([empty, empty], [1, 1])).rejects.toThrow('there are no triplets to train on');
  });

  it('margin-MSE needs the scores of all of them', async () => {
    const { tokens, triplets } = makeWorld({ scores: true }).inputs;
    const plain = makeWorld().inputs.triplets;
    const run = runKind(stage, {
      params: { ...SMALL, loss: { name: 'margin_mse' } },
      inputs: { tokens, triplets: [triplets, plain] },
    });
    await expect(run).rejects.toMatchObject({ code: 'E_INPUT' });
  });
});

describe('the automatic budget', () => {
  it('gives 72 training questions hundreds of steps, and about 15 validations', async () => {
    const { inputs } = makeWorld();
    const { encoder, embeddings, loss, optimizer } = SMALL;
    const params = { encoder, embeddings, loss, optimizer, patience: null } as JsonObject;
    const run = await runKind(stage, { params, inputs });
    expect(run.metrics).toMatchObject({ steps: 200, ended_by: 'auto', triplets: 288 });
    expect(historyOf(run.artifact)).toHaveLength(15);
    expect(run.warnings.join()).not.toContain('optimiser steps');
    expect(run.metrics!['validation/mrr@10']).toBeGreaterThan(0.9);
    expect(run.logs[0]).toMatch(/^step 14\/200 · loss \d\.\d{4} · validation MRR@10 \d\.\d{4}$/);
  });
});
