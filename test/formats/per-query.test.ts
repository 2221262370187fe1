import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPerQuery } from '../../src/formats/per-query.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

function folderWith(...lines: readonly string[]): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'per_query.tsv'), lines.map((line) => `${line}\n`).join(''));
  return folder;
}

it('measures and ranks come apart, and what is empty is no number', () => {
  const folder = folderWith(
    'query\trelevant\tmodel/rank\tmodel/mrr@10\tmodel/candidates/rank',
    'q1\t1\t2\t0.5\t1',
    'q2\t3\t\t0\t',
  );
  expect(readPerQuery(folder)).toEqual({
    queries: ['q1', 'q2'],
    measures: new Map([['model/mrr@10', Float64Array.of(0.5, 0)]]),
    ranks: new Map([
      ['model/rank', Float64Array.of(2, NaN)],
      ['model/candidates/rank', Float64Array.of(1, NaN)],
    ]),
  });
});

it('a torn row is an error that names its line', () => {
  expect(() => readPerQuery(folderWith('query\tmodel/mrr@10', 'q1\t1', 'q2'))).toThrow(
    'per_query.tsv:3: 1 columns instead of 2',
  );
});

it('a folder without the file has none', () => {
  expect(readPerQuery(temporaryFolder())).toBeUndefined();
});
