import { expect, it } from 'vitest';
import { initialWeight } from '../../../src/engine/model/initial-weights.ts';

it("an LSTM's forget gate starts open, all other biases at zero", () => {
  const bias = { name: 'layer0.forward.bias', shape: [8] };
  expect([...initialWeight(bias, 'lstm', 1)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  expect([...initialWeight({ ...bias, shape: [6] }, 'gru', 1)]).toEqual([0, 0, 0, 0, 0, 0]);
});

it('the recurrent weights of each gate are an orthogonal matrix', () => {
  const size = 5;
  const weights = initialWeight({ name: 'layer0.forward.recurrent', shape: [size, 3 * size] }, 'gru', 1);
  for (let gate = 0; gate < 3; gate++)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) {
        let dot = 0;
        for (let j = 0; j < size; j++)
          dot += weights[a * 3 * size + gate * size + j]! * weights[b * 3 * size + gate * size + j]!;
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 6);
      }
});

it('a kernel stays within its limit, which counts the columns of one gate', () => {
  const kernel = initialWeight({ name: 'layer0.forward.kernel', shape: [6, 30] }, 'gru', 1);
  const most = Math.max(...kernel.map(Math.abs));
  expect(most).toBeLessThanOrEqual(Math.sqrt(6 / (6 + 10)));
  expect(most).toBeGreaterThan(0.9 * Math.sqrt(6 / (6 + 10)));
});

it('starts the bias of a projection at zero, whatever the cell', () => {
  const bias = { name: 'projection.bias', shape: [8] };
  expect([...initialWeight(bias, 'lstm', 1)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
