import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject, Progress } from '../../../src/stage.ts';
import { stage } from '../../../stages/train/kind.ts';
import { trainStage } from '../../../stages/train/run.ts';
import { runKind, temporaryFolder, type KindRun, type KindRunOptions } from '../../helpers/run-kind.ts';
import { digestsOf, makeWorld } from './fixtures.ts';

const PARAMS = {
  encoder: { hidden: 7, dropout: { embedding: 0.1, output: 0 } },
  embeddings: { dimensions: 6 },
  loss: { name: 'multiple_negatives_ranking' },
  optimizer: { learning_rate: 0.02 },
  schedule: { name: 'linear', warmup_ratio: 0.2 },
  ema_decay: 0.8,
  batch_size: 64,
  epochs: 4,
};

/** The stage, with a checkpoint after each step. */
const eager: typeof stage = {
  ...stage,
  run: (context) => trainStage(context, { checkpointEveryMs: 0 }),
};

describe('an interrupted training', () => {
  const world = (): ReturnType<typeof makeWorld> => makeWorld();

  it('resumes from its last checkpoint wherever it was killed, and ends with the same bytes', async () => {
    const { inputs } = world();
    const whole = await runKind(stage, { params: PARAMS, inputs });
    const folder = temporaryFolder();
    for (const [attempt, dies] of [1, 5, 9, 15, 20].entries()) {
      const resume = join(folder, `attempt ${attempt}`);
      mkdirSync(resume);
      await expect(dyingAfter(dies, resume, inputs)).rejects.toThrow('killed');
      // What a kill in the middle of writing leaves behind.
      writeFileSync(join(resume, 'checkpoint.safetensors.new'), 'half');
      const rest = await runKind(eager, { params: PARAMS, inputs, resume });
      expect(rest.logs.join()).toContain(dies > 1 ? `resuming from step ${dies - 1}` : '');
      expect(digestsOf(rest.artifact)).toEqual(digestsOf(whole.artifact));
    }
  });

  it.each([1, 3, 4])(
    'finishes epoch %i when it was stopped in the middle of its validation',
    async (epoch) => {
      const { inputs } = world();
      const whole = await runKind(stage, { params: PARAMS, inputs });
      const resume = temporaryFolder();
      const controller = new AbortController();
      const stopping = watching(({ note, part }) => {
        if (part && note === `epoch ${epoch}/4`) controller.abort();
      });
      await expect(
        runKind(stopping, { params: PARAMS, inputs, resume, signal: controller.signal }),
      ).rejects.toThrow(/abort/);
      const rest = await runKind(stage, { params: PARAMS, inputs, resume });
      expect(digestsOf(rest.artifact)).toEqual(digestsOf(whole.artifact));
    },
  );

  it.each(['mixture', 'sequence'])('resumes a %s of two sets anywhere in either of them', async (order) => {
    const { inputs } = world();
    const triplets = [inputs.triplets, makeWorld({ negatives: 2 }).inputs.triplets];
    const params = { ...PARAMS, epochs: 2, patience: 2, triplet_sets: { order, weights: [1, 2] } };
    const both = { tokens: inputs.tokens, triplets };
    const whole = await runKind(stage, { params, inputs: both });
    const all = [1, 2].map((set) => whole.metrics![`batches/${set}`] as number);
    // Two epochs of five batches each; a sequence has as many steps as the two would have alone.
    expect(all).toEqual([7, 13]);
    for (const dies of [2, 7, 8, 9, 19]) {
      const resume = temporaryFolder();
      await expect(dyingAfter(dies, resume, both, params)).rejects.toThrow('killed');
      const rest = await runKind(eager, { params, inputs: both, resume });
      expect(rest.logs.join()).toContain(`resuming from step ${dies - 1}`);
      expect(digestsOf(rest.artifact)).toEqual(digestsOf(whole.artifact));
      expect(rest.metrics).toEqual(whole.metrics);
    }
  });

  it('fails when a checkpoint cannot be written', async () => {
    const resume = join(temporaryFolder(), 'missing');
    const run = runKind(eager, { params: PARAMS, inputs: world().inputs, resume });
    await expect(run).rejects.toThrow(/ENOENT.*checkpoint/);
  });

  it('saves a checkpoint when it is aborted', async () => {
    const { inputs } = world();
    const resume = temporaryFolder();
    const controller = new AbortController();
    let steps = 0;
    const stopping = watching(({ part }) => {
      if (!part && ++steps === 7) controller.abort();
    });
    await expect(
      runKind(stopping, { params: PARAMS, inputs, resume, signal: controller.signal }),
    ).rejects.toThrow(/abort/);
    expect(existsSync(join(resume, 'checkpoint.safetensors'))).toBe(true);
    const rest = await runKind(stage, { params: PARAMS, inputs, resume });
    expect(rest.logs.join()).toContain('resuming from step 7');
    const whole = await runKind(stage, { params: PARAMS, inputs });
    expect(digestsOf(rest.artifact)).toEqual(digestsOf(whole.artifact));
  });
});

/** A checkpoint after each step, and death in the step given, before its own. */
function dyingAfter(
  step: number,
  resume: string,
  inputs: NonNullable<KindRunOptions['inputs']>,
  params: JsonObject = PARAMS,
): Promise<KindRun> {
  let steps = 0;
  const dying = watching(({ part }) => {
    if (!part && ++steps === step) throw new Error('killed');
  }, eager);
  return runKind(dying, { params, inputs, resume });
}

/** The stage, with somebody looking at its progress. */
function watching(watch: (progress: Progress) => void, watched = stage): typeof stage {
  return { ...watched, run: (context) => watched.run({ ...context, progress: watch }) };
}
