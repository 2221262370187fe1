import { expect, it } from 'vitest';
import { meets, parseFilter } from '../../../src/page/app/pages/runs/filter.ts';
import { filteredRuns, rowsOf, sortedRows } from '../../../src/page/app/pages/runs/rows.ts';
import type { ColumnView } from '../../../src/page/views/runs-view.ts';

const COLUMNS = ['outcome', 'report.mrr@10', 'model.loss.margin'];

it('words and conditions are told apart, and the end of a name stands for it', () => {
  expect(parseFilter('GloVe mrr@10>=0.4 outcome=done margin!=0.2', COLUMNS)).toEqual({
    words: ['glove'],
    conditions: [
      { column: 'report.mrr@10', operator: '>=', value: '0.4' },
      { column: 'outcome', operator: '=', value: 'done' },
      { column: 'model.loss.margin', operator: '!=', value: '0.2' },
    ],
    unknown: [],
  });
  expect(parseFilter('"two words" nothing=1', COLUMNS)).toMatchObject({
    words: ['two words'],
    unknown: ['nothing'],
  });
});

it('numbers are compared as numbers, and a missing value meets only that it differs', () => {
  expect(meets(10, { column: '', operator: '>', value: '9' })).toBe(true);
  expect(meets('10', { column: '', operator: '>', value: '9' })).toBe(false);
  expect(meets(null, { column: '', operator: '<', value: '9' })).toBe(false);
  expect(meets(null, { column: '', operator: '!=', value: '9' })).toBe(true);
});

const view = new Map<string, ColumnView>([
  ['sweep', { values: ['s1', null, 's1', 's2'] }],
  ['mrr', { values: [0.2, 0.5, 0.9, null] }],
]);

it('a sweep is one row in the place of its latest run, and counts with its best value', () => {
  const rows = rowsOf([0, 1, 2, 3], view.get('sweep'));
  expect(rows.map(({ run, runs }) => [run, runs.length])).toEqual([
    [0, 2],
    [1, 1],
    [3, 1],
  ]);
  const order = (descending: boolean): number[] =>
    sortedRows(rows, { column: 'mrr', descending }, view).map(({ run }) => run);
  expect(order(true)).toEqual([0, 1, 3]);
  expect(order(false)).toEqual([0, 1, 3]);
});

it('runs that lack a condition on a column that is not loaded yet are not shown as if they met it', () => {
  const filter = parseFilter('mrr>0.3', ['mrr']);
  expect(filteredRuns(4, ['', '', '', ''], view, filter)).toEqual([1, 2]);
  expect(filteredRuns(4, ['', '', '', ''], new Map(), filter)).toEqual([]);
});
