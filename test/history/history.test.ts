import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
const indexOf = (layout: StoreLayout): string =>
  join(
    layout.cache,
    readdirSync(layout.cache).find((name) => name.endsWith('.ndjson'))!,
  );

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

  it('survives a damaged index', () => {
    const layout = filled();
    ids(layout);
    const text = readFileSync(indexOf(layout), 'utf8');
    writeFileSync(indexOf(layout), text.slice(0, text.length / 2));
    expect(ids(layout)).toEqual(latestFirst);
    appendFileSync(indexOf(layout), 'nonsense\n');
    expect(ids(layout)).toEqual(latestFirst);
  });

  it('does not grow its index without bound', () => {
    const layout = filled();
    ids(layout);
    const [line] = readFileSync(indexOf(layout), 'utf8').split('\n');
    appendFileSync(indexOf(layout), `${line!}\n`.repeat(200));
    ids(layout);
    expect(readFileSync(indexOf(layout), 'utf8').trim().split('\n')).toHaveLength(minutes.length);
  });

  it('names records that cannot be read, and continues', () => {
    const layout = filled();
    writeFileSync(runFile(layout, latestFirst[1]!), '{"format":');
    expect(readHistory(layout).damaged).toEqual([latestFirst[1]]);
    expect(ids(layout)).toHaveLength(3);
  });
});
