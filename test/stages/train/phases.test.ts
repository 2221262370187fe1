import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOrder, type Draw } from '../../../stages/train/batch-order.ts';
import { phasesOf, type Phase } from '../../../stages/train/phases.ts';

type Params = Parameters<typeof phasesOf>[0];
type Given = Partial<Omit<Params, 'triplet_sets' | 'validation'>> & {
  readonly triplet_sets?: Partial<Params['triplet_sets']>;
  readonly validation?: Pick<Params['validation'], 'every'>;
};

const phases = ({ triplet_sets, ...params }: Given, sizes: readonly number[]): Phase[] =>
  phasesOf(
    {
      batch_size: 'auto',
      epochs: 'auto',
      max_steps: null,
      validation: { every: 'auto' },
      ...params,
      triplet_sets: { order: 'mixture', weights: null, ...triplet_sets },
    },
    sizes,
  );

function draws(phase: Phase, from: number, to: number): Draw[] {
  const order = batchOrder(phase, 1, from);
  return Array.from({ length: to - from }, () => order.next().value);
}

const batchesOf = (set: number, drawn: readonly Draw[]): number =>
  drawn.filter((draw) => draw.set === set).length;

describe('a mixture of sets', () => {
  it('is one phase that draws as many batches from each set as its weight says', () => {
    const [phase, ...others] = phases(
      { epochs: 3, batch_size: 10, triplet_sets: { weights: [3, 1] } },
      [100, 300],
    );
    expect(others).toEqual([]);
    expect(phase).toMatchObject({ steps: 120, epochSteps: 40, validateEvery: 40 });
    expect(batchesOf(0, draws(phase!, 0, 120))).toBe(90);
    // At every step the share is kept to within one batch.
    for (const step of [1, 7, 33, 90])
      expect(Math.abs(batchesOf(0, draws(phase!, 0, step)) - 0.75 * step)).toBeLessThan(1);
  });

  it('gives all sets the same number of batches by default, and each the batch size that fits it', () => {
    const [phase] = phases({}, [200, 8000]);
    expect(phase!.sets.map(({ batchSize, share }) => [batchSize, share])).toEqual([
      [32, 0.5],
      [64, 0.5],
    ]);
    // 200 steps for the first and 716 for the second.
    expect(phase!.steps).toBe(200 + 716);
  });

  it('shuffles a set anew whenever it is used up', () => {
    const [phase] = phases({ epochs: 2, batch_size: 4, triplet_sets: { weights: [2, 1] } }, [8, 8]);
    const first = draws(phase!, 0, 8).filter(({ set }) => set === 0);
    const rows = first.map((draw) => [...draw.rows]);
    expect(rows.slice(0, 2).flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(rows.slice(2, 4).flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(rows.slice(2, 4)).not.toEqual(rows.slice(0, 2));
  });

  it('draws the same batches when it resumes after any step', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            size: fc.integer({ min: 1, max: 40 }),
            weight: fc.double({ min: 0.1, max: 9, noNaN: true }),
          }),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        fc.integer({ min: 0, max: 60 }),
        (sets, done) => {
          const weights = sets.map(({ weight }) => weight);
          const sizes = sets.map(({ size }) => size);
          const [phase] = phases({ epochs: 1, batch_size: 7, triplet_sets: { weights } }, sizes);
          expect(draws(phase!, done, 70)).toEqual(draws(phase!, 0, 70).slice(done));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('plans exactly the triplets that its batches hold', () => {
    const [phase] = phases({ max_steps: 23, batch_size: 7, triplet_sets: { weights: [5, 2] } }, [40, 33]);
    const held = draws(phase!, 0, 23).reduce((sum, { rows }) => sum + rows.length, 0);
    expect(phase!.triplets).toBe(held);
  });
});

describe('a sequence of sets', () => {
  const sequence = (weights: readonly number[] | null): Params['triplet_sets'] => ({
    order: 'sequence',
    weights,
  });

  it('is one phase for each set, each with the budget that it would have alone', () => {
    const found = phases({ triplet_sets: sequence(null) }, [11_498, 250]);
    expect(found.map(({ steps, sets }) => [sets.map(({ set }) => set), steps])).toEqual([
      [[0], 858],
      [[1], 200],
    ]);
    expect(found.map(({ validateEvery }) => validateEvery)).toEqual([58, 14]);
  });

  it('divides all steps by weight', () => {
    const steps = (params: Given): number[] =>
      phases({ batch_size: 10, ...params }, [100, 100]).map((phase) => phase.steps);
    expect(steps({ epochs: 5, triplet_sets: sequence([1, 4]) })).toEqual([20, 80]);
    expect(steps({ epochs: 5, max_steps: 50, triplet_sets: sequence([1, 4]) })).toEqual([10, 40]);
    expect(steps({ epochs: 5, max_steps: 50, triplet_sets: sequence(null) })).toEqual([25, 25]);
  });
});

describe('validations', () => {
  it('are after each epoch where `epochs` is a number, and after `every` steps where that is given', () => {
    expect(phases({ epochs: 4, batch_size: 10 }, [95])[0]).toMatchObject({ steps: 40, validateEvery: 10 });
    expect(phases({ epochs: 4, validation: { every: 3 } }, [95])[0]!.validateEvery).toBe(3);
  });
});

it('as many weights as sets are needed', () => {
  expect(() => phases({ triplet_sets: { weights: [1] } }, [10, 20])).toThrow(
    '1 weights for 2 sets of triplets',
  );
});
