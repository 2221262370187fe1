import { expect, test } from 'vitest';
import type { NotedEntry } from '../../src/history/filter.ts';
import { groupSweeps } from '../../src/history/sweep-groups.ts';

const run = (id: string, more: object = {}): NotedEntry =>
  ({
    id,
    started: id,
    seconds: 1,
    outcome: 'done',
    executed: 1,
    cached: 2,
    failed: 0,
    skipped: 0,
    tags: [],
    result: null,
    sweep: null,
    ...more,
  }) as unknown as NotedEntry;
const trial = (id: string, configuration: string, value: number | null, more: object = {}): NotedEntry =>
  run(id, {
    sweep: { id: 's', configuration, repeats: 2, metric: 'report.mrr', goal: 'maximize', value },
    ...more,
  });

test('the runs of a sweep are one row, with their sums, the worst outcome and the best mean', () => {
  const rows = groupSweeps([
    run('5'),
    trial('4', 'a', 0.3),
    trial('3', 'a', 0.5, { tags: ['kept'] }),
    run('2b'),
    // Only one of two repeats is recorded, which is no mean.
    trial('2', 'b', 0.9),
    trial('1', 'c', null, { outcome: 'failed', failed: 1 }),
  ]);
  expect(rows.map(({ entry, runs }) => [entry.id, runs])).toEqual([
    ['5', 1],
    ['s', 4],
    ['2b', 1],
  ]);
  expect(rows[1]!.entry).toMatchObject({
    started: '1',
    seconds: 4,
    outcome: 'failed',
    executed: 4,
    cached: 8,
    failed: 1,
    tags: ['kept'],
    result: 'sweep: 4 runs · best report.mrr 0.4',
  });
});
