import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { historyIndex } from '../../src/history/columns/history-index.ts';
import { latestEntries, readHistory } from '../../src/history/run-index.ts';
import { runFile, writeRunRecord } from '../../src/history/record.ts';
import type { StoreLayout } from '../../src/store/layout.ts';
import { emptyStore, runRecord, stageRecord } from './records.ts';

const minutes = [1, 2, 3, 4];
const latestFirst = [...minutes].reverse().map((minute) => runRecord(minute).id);

function filled(): StoreLayout {
  const layout = emptyStore();
  for (const minute of minutes) writeRunRecord(layout, runRecord(minute));
  return layout;
}

const ids = (layout: StoreLayout): string[] => readHistory(layout).entries.map(({ id }) => id);
const segmentsOf = (layout: StoreLayout): string[] =>
  readdirSync(join(layout.cache, 'runs')).map((name) => join(layout.cache, 'runs', name));

describe('the history', () => {
  it('lists every run, latest first, with flat parameters and metrics', () => {
    const layout = emptyStore();
    const metrics = { 'mrr@10': 0.5 };
    writeRunRecord(
      layout,
      runRecord(1, { stages: { model: stageRecord({ metrics, headline: 'MRR 0.5' }) } }),
    );
    expect(readHistory(layout).entries).toMatchObject([
      {
        spec: 'demo',
        executed: 1,
        result: 'MRR 0.5',
        params: { 'params.seed': 1, 'model.loss.margin': 0.2 },
        metrics: { 'model.mrr@10': 0.5 },
      },
    ]);
  });

  it('is the same from its index, from the records, and for the latest few', () => {
    const layout = filled();
    const first = readHistory(layout);
    expect(first.entries.map(({ id }) => id)).toEqual(latestFirst);
    expect(readHistory(layout)).toEqual(first);
    expect(latestEntries(layout, 2).entries).toEqual(first.entries.slice(0, 2));
    rmSync(layout.cache, { recursive: true });
    expect(readHistory(layout)).toEqual(first);
  });

  it('follows new and deleted records', () => {
    const layout = filled();
    ids(layout);
    rmSync(runFile(layout, latestFirst[1]!));
    writeRunRecord(layout, runRecord(9));
    expect(ids(layout)).toEqual([runRecord(9).id, latestFirst[0], latestFirst[2], latestFirst[3]]);
  });

  it('reads the records again where the index is cut off, changed or gone', () => {
    const layout = filled();
    const whole = readHistory(layout);
    const damage: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, bytes.length / 2),
      (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]),
      () => Buffer.from('nonsense'),
    ];
    for (const change of damage) {
      for (const file of segmentsOf(layout)) writeFileSync(file, change(readFileSync(file)));
      expect(readHistory(layout)).toEqual(whole);
    }
    rmSync(layout.cache, { recursive: true });
    expect(readHistory(layout)).toEqual(whole);
  });

  it('never trusts a row whose record is another file by now', () => {
    const layout = filled();
    ids(layout);
    const id = latestFirst[1]!;
    writeFileSync(runFile(layout, id), JSON.stringify(runRecord(3, { seconds: 99 })));
    utimesSync(runFile(layout, id), 1, 1);
    expect(readHistory(layout).entries[1]).toMatchObject({ id, seconds: 99 });
  });

  it('stays small while runs come one by one, and when they are deleted', () => {
    const layout = emptyStore();
    for (let minute = 0; minute < 40; minute++) {
      writeRunRecord(layout, runRecord(minute));
      expect(ids(layout)).toHaveLength(minute + 1);
      expect(segmentsOf(layout).length).toBeLessThanOrEqual(9);
    }
    for (let minute = 0; minute < 38; minute++) rmSync(runFile(layout, runRecord(minute).id));
    expect(ids(layout)).toEqual([runRecord(39).id, runRecord(38).id]);
    expect(segmentsOf(layout)).toHaveLength(1);
  });

  it('is one history for several who write it at once', () => {
    const layout = filled();
    const [one, two] = [historyIndex(layout), historyIndex(layout)];
    const idsOf = (index: typeof one): readonly string[] => index.refresh().table.ids;
    // Both read all records, and each writes what it read.
    expect(idsOf(one)).toEqual(latestFirst);
    expect(idsOf(two)).toEqual(latestFirst);
    for (let minute = 10; minute < 30; minute++) {
      writeRunRecord(layout, runRecord(minute));
      const expected = [runRecord(minute).id, ...idsOf(one).filter((id) => id !== runRecord(minute).id)];
      expect([idsOf(one), idsOf(two), ids(layout)]).toEqual([expected, expected, expected]);
    }
  });

  it('is read from a store that cannot be written', () => {
    const layout = filled();
    writeFileSync(layout.cache, 'no folder');
    expect(ids(layout)).toEqual(latestFirst);
  });

  it('is read where nobody can remove what a killed process left', () => {
    const layout = filled();
    ids(layout);
    // A folder, because the tests may be root, who can remove any file.
    const left = join(layout.cache, 'runs', '.left');
    mkdirSync(left);
    utimesSync(left, 1, 1);
    expect(ids(layout)).toEqual(latestFirst);
  });

  it('names records that cannot be read, and continues', () => {
    const layout = filled();
    writeFileSync(runFile(layout, latestFirst[1]!), '{"format":');
    expect(readHistory(layout).damaged).toEqual([latestFirst[1]]);
    expect(ids(layout)).toHaveLength(3);
  });

  it('has a record again that has been mended, without being opened again', () => {
    const layout = filled();
    const id = latestFirst[1]!;
    const record = readFileSync(runFile(layout, id));
    writeFileSync(runFile(layout, id), '{"format":');
    const index = historyIndex(layout);
    expect(index.refresh()).toMatchObject({ damaged: [id] });
    writeFileSync(runFile(layout, id), record);
    expect(index.refresh()).toMatchObject({ damaged: [], table: { ids: latestFirst } });
  });

  it('is read piece by piece where there is little time, the latest first', () => {
    const layout = filled();
    const index = historyIndex(layout);
    expect(index.refresh(-1)).toMatchObject({ unread: 4, table: { ids: [] } });
    expect(index.refresh()).toMatchObject({ unread: 0, table: { ids: latestFirst } });
  });

  it('is written while it is read piece by piece, so that a killed process has not read for nothing', () => {
    const layout = emptyStore();
    mkdirSync(layout.runs);
    for (let minute = 0; minute < 2_200; minute++)
      writeFileSync(runFile(layout, runRecord(minute).id), JSON.stringify(runRecord(minute)));
    const index = historyIndex(layout);
    let { unread } = index.refresh(1);
    while (unread > 100) ({ unread } = index.refresh(1));
    expect(segmentsOf(layout)).not.toEqual([]);
  });
});
