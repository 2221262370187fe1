import { describe, expect, it } from 'vitest';
import { budgets, promoted } from '../../src/sweep/halving.ts';
import { effects, rank } from '../../src/sweep/ranking.ts';

const result = (number: number, metric: number | null, values = {}, rung?: number) => ({
  number,
  configuration: { values },
  metric,
  ...(rung === undefined ? {} : { rung }),
});

const order = (results: readonly { readonly number: number }[]): number[] =>
  results.map(({ number }) => number);

describe('the ranking', () => {
  it('is by the metric, failures last, equals in the order of the sweep', () => {
    const results = [result(1, 0.5), result(2, null), result(3, 0.7), result(4, 0.5)];
    expect(order(rank(results, 'maximize'))).toEqual([3, 1, 4, 2]);
    expect(order(rank(results, 'minimize'))).toEqual([1, 4, 3, 2]);
  });

  it('puts first who came furthest in halving', () => {
    expect(
      order(rank([result(1, 0.9, {}, 0), result(2, 0.5, {}, 2), result(3, 0.6, {}, 2)], 'maximize')),
    ).toEqual([3, 2, 1]);
  });
});

describe('the effect of a parameter', () => {
  it('is the mean for each of its values', () => {
    const results = [
      result(1, 1, { a: 'x', b: 1 }),
      result(2, 3, { a: 'x', b: 2 }),
      result(3, 6, { a: 'y', b: 3 }),
      result(4, null, { a: 'y', b: 9 }),
    ];
    expect(effects(results, ['a', 'b'], 'maximize')).toEqual([
      {
        path: 'b',
        spread: 5,
        correlation: 1,
        values: [
          { value: '3', mean: 6, count: 1 },
          { value: '2', mean: 3, count: 1 },
          { value: '1', mean: 1, count: 1 },
        ],
      },
      {
        path: 'a',
        spread: 4,
        correlation: null,
        values: [
          { value: 'y', mean: 6, count: 1 },
          { value: 'x', mean: 2, count: 2 },
        ],
      },
    ]);
  });

  it('of many numbers is reported by thirds of their range', () => {
    const results = Array.from({ length: 9 }, (_, i) => result(i, i < 3 ? 0 : 1, { lr: i / 10 }));
    const [found] = effects(results, ['lr'], 'maximize');
    expect(found!.values.map(({ value, count }) => [value, count])).toEqual([
      ['0.3 … 0.5', 3],
      ['0.6 … 0.8', 3],
      ['0 … 0.2', 3],
    ]);
  });
});

describe('successive halving', () => {
  it('grows the budget to the largest', () => {
    expect(budgets({ budget: '', min: 1, max: 9, factor: 3 })).toEqual([1, 3, 9]);
    expect(budgets({ budget: '', min: 1, max: 10, factor: 3 })).toEqual([1, 3, 9, 10]);
    expect(budgets({ budget: '', min: 4, max: 4, factor: 2 })).toEqual([4]);
    expect(budgets({ budget: '', min: 1, max: 3, factor: 1.5 })).toEqual([1, 2, 3]);
  });

  it('promotes the best fraction, and at least one', () => {
    const results = [
      result(1, 0.1),
      result(2, 0.4),
      result(3, null),
      result(4, 0.3),
      result(5, 0.2),
      result(6, 0),
    ];
    expect(order(promoted(results, 3, 'maximize'))).toEqual([2, 4]);
    expect(order(promoted(results.slice(0, 2), 3, 'maximize'))).toEqual([2]);
    expect(promoted([result(1, null)], 3, 'maximize')).toEqual([]);
  });
});
