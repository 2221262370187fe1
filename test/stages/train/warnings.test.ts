import { describe, expect, it } from 'vitest';
import { stage } from '../../../stages/train/kind.ts';
import type { Ending } from '../../../stages/train/ending.ts';
import { trainingWarnings, type Trained } from '../../../stages/train/warnings.ts';
import { runKind } from '../../helpers/run-kind.ts';
import { makeWorld } from './fixtures.ts';

interface Options extends Partial<Ending> {
  readonly step?: number;
  /** Which validation. */
  readonly best?: number;
}

/** A training on one set with these losses before its validations. */
function trained(
  losses: readonly number[],
  { step = 1000, best = losses.length, by = 'epochs', ...rest }: Options = {},
): Trained {
  const at = (validation: number): number => (step * validation) / losses.length;
  const history = losses.map((loss, i) => ({
    epoch: i + 1,
    step: at(i + 1),
    loss,
    learning_rate: 0.001,
    gradient_norm: 1,
    validation: null,
  }));
  const phases = [
    {
      sets: [{ set: 0, triplets: 220, batchSize: 128, batches: 2, share: 1 }],
      steps: step,
      triplets: 220 * losses.length,
      epochSteps: 2,
      validateEvery: 2,
    },
  ];
  const state = { history, best: { phase: 0, step: at(best), mrr: 0.5, weights: new Map() }, step };
  return { state, phases, ending: { by, ...rest } };
}

const parameters = (training: Trained): (string | undefined)[] =>
  trainingWarnings(training).map(({ parameter }) => parameter);

describe('a training', () => {
  it('that went well is not warned of', () => {
    expect(trainingWarnings(trained([0.3, 0.2, 0.1]))).toEqual([]);
  });

  it('of few steps says how few, why, and what gives more', () => {
    expect(trainingWarnings(trained([0.3, 0.2], { step: 99 }))).toEqual([
      {
        message: 'only 99 optimiser steps in all; a model needs hundreds',
        cause: '220 triplets in batches of 128, 2 epochs.',
        hint: expect.stringContaining('Raise `epochs`, lower `batch_size`') as string,
        parameter: 'epochs',
      },
    ]);
    expect(trainingWarnings(trained([0.3, 0.2], { step: 100 }))).toEqual([]);
    expect(parameters(trained([0.3], { step: 50, by: 'max_steps' }))).toEqual(['max_steps']);
    expect(parameters(trained([0.3], { step: 50, by: 'auto' }))).toEqual(['epochs']);
  });

  it('that ended early for want of improvement is not told to raise `epochs`', () => {
    const [warning] = trainingWarnings(trained([0.3, 0.2], { step: 19, by: 'patience' }));
    expect(warning).toMatchObject({ cause: 'Training stopped at `patience`.', parameter: 'patience' });
    expect(warning!.hint).toContain('Raise `patience`, lower `batch_size`');
  });

  it('whose loss did not fall, or is no number, points at the learning rate', () => {
    expect(trainingWarnings(trained([0.2, 0.3]))[0]!.message).toBe(
      'the loss did not fall: 0.2000 before the first validation, 0.3000 before the last',
    );
    expect(trainingWarnings(trained([0.2, NaN]))[0]!.message).toContain('diverged');
    expect(parameters(trained([NaN]))).toEqual(['optimizer.learning_rate']);
  });

  it('whose first validation is the best is warned of, unless it is the only one', () => {
    expect(trainingWarnings(trained([0.3, 0.2, 0.1], { best: 1 }))[0]!.message).toContain(
      'the first of 3 validations is the best',
    );
    expect(trainingWarnings(trained([0.3], { best: 1 }))).toEqual([]);
  });

  it('that was cut short while it improved says by how much, and what to raise', () => {
    const lastGain = { from: 0.41, to: 0.444 };
    const [warning] = trainingWarnings(trained([0.3, 0.2, 0.1], { by: 'max_steps', lastGain }));
    expect(warning).toEqual({
      message:
        'training ended after 1000 steps while it was still improving: validation MRR@10 rose from 0.410 to 0.444 in the last fifth',
      cause: 'Training stopped at `max_steps`.',
      hint: 'Raise `max_steps`.',
      parameter: 'max_steps',
    });
  });

  it('whose best weights are from an earlier set of a sequence says so', () => {
    const training = trained([0.3, 0.2, 0.1], { best: 2 });
    const [warning] = trainingWarnings({ ...training, phases: [...training.phases, ...training.phases] });
    expect(warning!.message).toBe(
      'the best validation is that of set 1 of 2: the later sets did not improve the model',
    );
  });
});

it('the train stage warns of few steps, and not of an untrained model that was asked for', async () => {
  const params = { encoder: { hidden: 8 }, embeddings: { dimensions: 4 } };
  const { inputs } = makeWorld();
  const run = await runKind(stage, { params: { ...params, batch_size: 128, epochs: 2 }, inputs });
  expect(run.warnings).toContain('only 6 optimiser steps in all; a model needs hundreds');
  expect((await runKind(stage, { params: { ...params, epochs: 0 }, inputs })).warnings).toEqual([]);
});
