import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/base/diagnostic.ts';
import { findRun, readRun } from '../../src/history/find.ts';
import { readNotes, writeNotes } from '../../src/history/notes.ts';
import { runFile, writeRunRecord } from '../../src/history/record.ts';
import type { StoreLayout } from '../../src/store/layout.ts';
import { emptyStore, runRecord } from './records.ts';

function storeOf(minutes: number): StoreLayout {
  const layout = emptyStore();
  for (let minute = 1; minute <= minutes; minute++) writeRunRecord(layout, runRecord(minute));
  return layout;
}

function refusal(action: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    action();
  } catch (error) {
    if (error instanceof PipelineError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a run is found', () => {
  it.each([
    ['its id', '20260131T000200Z-0000002', 2],
    ['the beginning of its id', '20260131T0003', 3],
    ['the end of its id', '0000001', 1],
    ['latest', 'latest', 3],
    ['latest~2', 'latest~2', 1],
  ])('by %s', (_, text, minute) => {
    expect(findRun(storeOf(3), text)).toBe(runRecord(minute).id);
  });

  it('by a tag: the latest that has it', () => {
    const store = storeOf(3);
    writeNotes(store, runRecord(1).id, { tags: ['best', 'best'], note: null });
    writeNotes(store, runRecord(2).id, { tags: ['best'], note: 'good' });
    expect(findRun(store, 'best')).toBe(runRecord(2).id);
    writeNotes(store, runRecord(2).id, { tags: [], note: null });
    expect(findRun(store, 'best')).toBe(runRecord(1).id);
    expect(readNotes(store, runRecord(1).id)).toEqual({ tags: ['best'], note: null });
  });
});

describe('a run is refused', () => {
  it('with the name that was probably meant', () => {
    expect(refusal(() => findRun(storeOf(3), '20260131T000200Z-0000092'))).toEqual({
      code: 'E_USAGE',
      message: "there is no run '20260131T000200Z-0000092'",
      hint: "Did you mean '20260131T000200Z-0000002'? Run `pipeline runs` for a list.",
    });
  });

  it('when several may be meant', () => {
    expect(refusal(() => findRun(storeOf(3), '20260131')).message).toBe(
      "3 runs begin or end with '20260131'",
    );
  });

  it('when there are none, or not as many', () => {
    expect(refusal(() => findRun(emptyStore(), 'latest')).message).toContain('has no recorded runs');
    expect(refusal(() => findRun(storeOf(3), 'latest~3')).message).toContain('there are only 3 runs');
  });

  it('when its record is not a record', () => {
    const store = storeOf(1);
    for (const text of [
      '',
      '{"format":1',
      '{}',
      '{"format":2}',
      '[1]',
      '{"format":1,"id":"x","stages":{"a":1}}',
    ]) {
      writeFileSync(runFile(store, runRecord(1).id), text);
      expect(refusal(() => readRun(store, 'latest'))).toMatchObject({ code: 'E_RECORD' });
    }
  });
});
