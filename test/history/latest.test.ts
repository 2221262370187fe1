import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../src/base/hash.ts';
import { latestExecution, rememberLatest, repeatsLatest } from '../../src/history/latest-keys.ts';
import { newRunId, writeRunRecord, type RunRecord } from '../../src/history/record.ts';
import type { StoreLayout } from '../../src/store/layout.ts';
import { emptyStore, runRecord, stageRecord } from './records.ts';

const key = (letter: string): Key => letter.repeat(64) as Key;

function keep(layout: StoreLayout, record: RunRecord): void {
  writeRunRecord(layout, record);
  rememberLatest(layout, record);
}

describe('the latest execution of a stage', () => {
  it('is that of the latest run in which it was made or found', () => {
    const layout = emptyStore();
    keep(layout, runRecord(1, { stages: { model: stageRecord({ key: key('a') }) } }));
    keep(layout, runRecord(2, { stages: { model: stageRecord({ key: key('b') }) } }));
    keep(layout, runRecord(3, { stages: { model: stageRecord({ key: null, state: 'failed' }) } }));
    expect(latestExecution(layout, 'demo')('model')).toEqual({ kind: 'train', key: key('b') });
    expect(latestExecution(layout, 'demo')('report')).toBeUndefined();
    expect(latestExecution(layout, 'other')('model')).toBeUndefined();
  });

  it.each([
    [
      'missing',
      (file: string) => {
        rmSync(file);
      },
    ],
    [
      'torn',
      (file: string) => {
        writeFileSync(file, '{"format":1,"spec":');
      },
    ],
    [
      'of another shape',
      (file: string) => {
        writeFileSync(file, '[]');
      },
    ],
  ])('is found from the records when its file is %s', (_, damage) => {
    const layout = emptyStore();
    keep(layout, runRecord(1, { stages: { words: stageRecord({ key: key('a') }) } }));
    keep(layout, runRecord(2, { stages: { model: stageRecord({ key: key('b') }) } }));
    const folder = join(layout.runs, 'latest');
    for (const name of readdirSync(folder)) damage(join(folder, name));
    expect(latestExecution(layout, 'demo')('words')).toEqual({ kind: 'train', key: key('a') });
    expect(repeatsLatest(layout, runRecord(3, { stages: { model: stageRecord({ key: key('b') }) } }))).toBe(
      true,
    );
  });
});

describe('run ids', () => {
  it('sort by time to the millisecond', () => {
    const times = ['2026-01-31T12:00:00.009Z', '2026-01-31T12:00:00.010Z', '2026-01-31T12:00:01.000Z'];
    const ids = times.map(newRunId);
    expect([...ids].sort()).toEqual(ids);
    expect(ids[1]).toMatch(/^20260131T120000Z-00a[0-9a-f]{4}$/);
  });
});
