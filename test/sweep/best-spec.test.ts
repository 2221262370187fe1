/** The best configuration as a spec of its own. */
import { expect, it } from 'vitest';
import { bestSpec } from '../../src/sweep/best-spec.ts';

it('writes kinds, inputs and parameters where a spec has them', () => {
  const values = {
    'model.uses': 'distil',
    'model.inputs.triplets': ['a', 'b'],
    'model.with.epochs': 3,
    'model.loss.margin': 0.2,
    'params.seed': 7,
  };
  const best = {
    configuration: { name: 'best', values, overrides: [] },
    spec: { stages: [{ name: 'model', with: { loss: { margin: 0.1 } } }] },
  } as unknown as Parameters<typeof bestSpec>[0];
  expect(bestSpec(best, 's.yaml')).toEqual({
    extends: 's.yaml',
    stages: {
      model: {
        uses: 'distil',
        inputs: { triplets: ['a', 'b'] },
        with: { epochs: 3, loss: { margin: 0.2 } },
      },
    },
    params: { seed: 7 },
  });
});
