import { describe, expect, it } from 'vitest';
import { stage } from '../../../stages/train/kind.ts';
import { trainingWarnings, type Trained } from '../../../stages/train/warnings.ts';
import { runKind } from '../../helpers/run-kind.ts';
import { makeWorld } from './fixtures.ts';

/** A training with these losses of its epochs. */
function trained(losses: readonly number[], { step = 1000, best = losses.length } = {}): Trained {
  const history = losses.map((loss, i) => ({
    epoch: i + 1,
    step: (step * (i + 1)) / losses.length,
    loss,
    learning_rate: 0.001,
    gradient_norm: 1,
    validation: null,
  }));
  const state = { history, best: { epoch: best, mrr: 0.5, weights: new Map() }, step };
  return { state, triplets: 220, batchSize: 128, endedBy: 'epochs' };
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
    expect(parameters({ ...trained([0.3], { step: 50 }), endedBy: 'max_steps' })).toEqual(['max_steps']);
  });

  it('that ended early for want of improvement is not told to raise `epochs`', () => {
    const [warning] = trainingWarnings({ ...trained([0.3, 0.2], { step: 19 }), endedBy: 'patience' });
    expect(warning).toMatchObject({ cause: 'Training stopped at `patience`.', parameter: 'patience' });
    expect(warning!.hint).toContain('Raise `patience`, lower `batch_size`');
  });

  it('whose loss did not fall, or is no number, points at the learning rate', () => {
    expect(trainingWarnings(trained([0.2, 0.3]))[0]!.message).toBe(
      'the loss did not fall: 0.2000 in the first epoch, 0.3000 in the last',
    );
    expect(trainingWarnings(trained([0.2, NaN]))[0]!.message).toContain('diverged');
    expect(parameters(trained([NaN]))).toEqual(['optimizer.learning_rate']);
  });

  it('whose first epoch is the best is warned of, unless it is the only one', () => {
    expect(trainingWarnings(trained([0.3, 0.2, 0.1], { best: 1 }))[0]!.message).toContain(
      'the first of 3 epochs is the best',
    );
    expect(trainingWarnings(trained([0.3], { best: 1 }))).toEqual([]);
  });
});

it('the train stage warns of few steps, and not of an untrained model that was asked for', async () => {
  const params = { encoder: { hidden: 8 }, embeddings: { dimensions: 4 } };
  const { inputs } = makeWorld();
  const run = await runKind(stage, { params: { ...params, epochs: 2 }, inputs });
  expect(run.warnings).toContain('only 6 optimiser steps in all; a model needs hundreds');
  expect((await runKind(stage, { params: { ...params, epochs: 0 }, inputs })).warnings).toEqual([]);
});
