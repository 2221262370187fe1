import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { thisProcess } from '../../../src/base/owner.ts';
import { writeNotes } from '../../../src/history/notes.ts';
import { writeRunRecord } from '../../../src/history/record.ts';
import { begunFile } from '../../../src/history/run-events.ts';
import { runsTable } from '../../../src/page/server/data/runs/runs-table.ts';
import { cellAt, type RunsView } from '../../../src/page/views/runs-view.ts';
import { emptyStore, runRecord, stageRecord } from '../../history/records.ts';

const viewOf = (table: ReturnType<typeof runsTable>): RunsView => JSON.parse(table.view()) as RunsView;

it('has the latest run first, and the columns that say most about the runs', () => {
  const layout = emptyStore();
  for (const [minute, margin] of [0.1, 0.2, 0.3].entries())
    writeRunRecord(
      layout,
      runRecord(minute, {
        parameters: { model: { loss: { margin }, batch: 16 } },
        stages: { report: stageRecord({ kind: 'evaluate', metrics: { 'mrr@10': margin, queries: 9 } }) },
      }),
    );
  const table = runsTable(layout);
  const view = viewOf(table);
  expect(view.rows).toBe(3);
  expect(cellAt(view.fields.id, 0)).toBe(runRecord(2).id);
  expect(view.fields.spec).toEqual({ all: 'demo' });
  expect(view.suggested.map(({ name }) => name)).toEqual(['report.mrr@10', 'model.loss.margin']);
  expect(view.suggested[1]!.column).toEqual({ values: [0.3, 0.2, 0.1] });
  expect(view.others.find(({ name }) => name === 'model.batch')).toMatchObject({ varies: false });
  expect(JSON.parse(table.column('model.loss.margin')!)).toEqual({ values: [0.3, 0.2, 0.1] });
  expect(table.column('model.nothing')).toBeUndefined();
});

it('a column of few different values is written as their numbers', () => {
  const layout = emptyStore();
  for (let minute = 0; minute < 8; minute++)
    writeRunRecord(layout, runRecord(minute, { outcome: minute % 2 === 0 ? 'done' : 'failed' }));
  const { outcome } = viewOf(runsTable(layout)).fields;
  expect(outcome).toEqual({ distinct: ['failed', 'done'], at: [0, 1, 0, 1, 0, 1, 0, 1] });
});

it('shows what is new at the next look, and changes its state only then', () => {
  const layout = emptyStore();
  writeRunRecord(layout, runRecord(0));
  const table = runsTable(layout);
  const [rows, state] = [viewOf(table).rows, table.state()];
  expect([rows, table.state(), viewOf(table).state]).toEqual([1, state, state]);
  writeRunRecord(layout, runRecord(1));
  expect(table.state()).not.toEqual(state);
  writeNotes(layout, runRecord(1).id, { tags: ['best'], note: null });
  expect(cellAt(viewOf(table).fields.tags, 0)).toBe('best');
});

it('names records that cannot be read, and runs that have begun', () => {
  const layout = emptyStore();
  writeRunRecord(layout, runRecord(0));
  writeFileSync(join(layout.runs, 'torn.json'), '{"format": 1');
  mkdirSync(layout.logs, { recursive: true });
  const begin = (run: string, pid: number): void => {
    const owner = { ...thisProcess(), pid, started: pid === process.pid ? thisProcess().started : 'x' };
    const begun = {
      format: 1,
      run,
      spec: { name: 'demo', file: 'demo.yaml' },
      started: '2026-01-31T00:00:00.000Z',
      owner,
    };
    writeFileSync(begunFile(layout, run), JSON.stringify({ ...begun, stages: [] }));
  };
  begin('20260131T010000Z-0000001', process.pid);
  begin('20260131T000000Z-0000002', 2 ** 22 - 1);
  const { unreadable, begun } = viewOf(runsTable(layout));
  expect(unreadable).toEqual(['torn']);
  expect(begun.map(({ run, state }) => [run, state])).toEqual([
    ['20260131T010000Z-0000001', 'running'],
    ['20260131T000000Z-0000002', 'lost'],
  ]);
});

it('an empty store has no rows', () => {
  expect(viewOf(runsTable(emptyStore()))).toMatchObject({ rows: 0, others: [], suggested: [], begun: [] });
});

it('suggests what differs and fits: no paths, no long texts, nothing that few runs have', () => {
  const layout = emptyStore();
  for (let minute = 0; minute < 10; minute++)
    writeRunRecord(
      layout,
      runRecord(minute, {
        parameters: {
          corpus: {
            files: [`/data/${minute}.jsonl`],
            folder: `/home/me/${minute}`,
            windows: `C:\\data\\${minute}`,
          },
          model: { note: `${minute} `.repeat(20), batch: minute, always: 7 },
          ...(minute === 9 ? { rare: { value: 1 } } : {}),
        },
      }),
    );
  expect(viewOf(runsTable(layout)).suggested.map(({ name }) => name)).toEqual(['model.batch']);
});
