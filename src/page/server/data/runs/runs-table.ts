/**
 * The table of runs in the server's memory, over the columns of the history's index. A request costs a listing of two
 * folders. Records that nobody has read before are read a few at a time, so that the first rows are there at once and
 * searches do not wait.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fieldKey, sweepKey } from '../../../../history/columns/entry-columns.ts';
import { historyIndex, type IndexedHistory } from '../../../../history/columns/history-index.ts';
import { allNotes } from '../../../../history/notes.ts';
import { begunRuns, begunState } from '../../../../history/run-events.ts';
import type { StoreLayout } from '../../../../store/layout.ts';
import type { BegunView, OtherColumn, RunsView } from '../../../views/runs-view.ts';
import { columnView } from './column-view.ts';
import { fieldViews } from './field-views.ts';
import { keyOf, otherColumns } from './other-columns.ts';
import { suggestedColumns } from './suggested-columns.ts';

export interface RunsTable {
  /** The view as JSON. */
  view(): string;
  /** The values of one parameter, metric or fact of the environment as JSON; undefined if no run has it. */
  column(name: string): string | undefined;
  /** The first recorded run of a sweep; undefined if none is recorded. */
  sweep(id: string): { readonly spec: string; readonly started: string } | undefined;
  /** Another text whenever the view may have changed. */
  state(): string;
}

/** Milliseconds for reading records: before the first answer, and at once afterwards. */
const [FIRST_MS, PIECE_MS] = [250, 20];

export function runsTable(layout: StoreLayout): RunsTable {
  const index = historyIndex(layout);
  /** A page that outlives its server asks for the table again. */
  const server = randomUUID();
  let known: IndexedHistory | undefined;
  let others: readonly OtherColumn[] | undefined;
  let recorded: ReadonlySet<string> = new Set();
  let version = 0;
  let written: { readonly state: string; readonly text: string } | undefined;
  let isReading = false;

  const refresh = (milliseconds: number): IndexedHistory => {
    const found = index.refresh(milliseconds);
    if (found !== known) {
      known = found;
      version += 1;
      others = undefined;
      recorded = new Set([...found.table.ids, ...found.damaged]);
    }
    if (found.unread > 0) readOn();
    return found;
  };
  const readOn = (): void => {
    if (isReading) return;
    isReading = true;
    setImmediate(() => {
      isReading = false;
      try {
        refresh(PIECE_MS);
      } catch {
        // The next request goes on reading, or is told why that fails.
      }
    });
  };
  /** While records are read piece by piece, a request takes what is there. */
  const current = (): IndexedHistory => (known && isReading ? known : refresh(FIRST_MS));
  const begun = (): BegunView[] =>
    begunRuns(layout)
      .filter(({ run }) => !recorded.has(run))
      .map((one) => ({
        run: one.run,
        spec: one.spec.name,
        started: one.started,
        state: begunState(one),
        stages: one.stages.length,
        configurations: one.sweep
          ? new Set(one.sweep.trials.map(({ configuration }) => configuration)).size
          : null,
      }));
  const stateOf = (running: readonly BegunView[]): string =>
    JSON.stringify([server, version, notesTime(layout), running]);
  return {
    state() {
      current();
      return stateOf(begun());
    },
    view() {
      const { table, damaged, unread } = current();
      const running = begun();
      const state = stateOf(running);
      if (written?.state === state) return written.text;
      others ??= otherColumns(table);
      const view: RunsView = {
        store: layout.root,
        state,
        rows: table.ids.length,
        unread,
        fields: fieldViews(table, allNotes(layout)),
        others,
        suggested: suggestedColumns(table, others).map((column) => ({
          name: column.name,
          column: columnView(table.values(keyOf(column))),
        })),
        unreadable: damaged,
        begun: running,
      };
      written = { state, text: JSON.stringify(view) };
      return written.text;
    },
    column(name) {
      const { table } = current();
      others ??= otherColumns(table);
      const found = others.find((other) => other.name === name);
      return found && JSON.stringify(columnView(table.values(keyOf(found))));
    },
    sweep(id) {
      const { table } = current();
      const row = table.values(sweepKey('id')).lastIndexOf(id);
      if (row < 0) return undefined;
      const text = (name: 'spec' | 'started'): string => String(table.values(fieldKey(name))[row]);
      return { spec: text('spec'), started: text('started') };
    },
  };
}

/** Notes are written by `pipeline tag`, each as a new file. */
function notesTime(layout: StoreLayout): number {
  return statSync(join(layout.runs, 'notes'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
