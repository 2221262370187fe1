/**
 * The index of all runs of a store. The records are authoritative: a row counts only for a record whose file has the size
 * and the time that it had when it was read, and what has no such row is read and added. The index may be deleted at any
 * time, and any number of processes may write it: each adds segments of its own.
 */
import { statSync } from 'node:fs';
import { monotonic } from '../../base/clock.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { entryOf } from '../entry.ts';
import { readRunRecord, runFile, runIds } from '../record.ts';
import { columnsOfEntries, ID, MARK, type FileMark, type MarkedEntry } from './entry-columns.ts';
import { columnsOfPlaces, historyTable, type HistoryTable, type Place } from './history-table.ts';
import { makeSegment, type Segment } from './segment.ts';
import { readSegments, removeSegments, writeSegment } from './segment-files.ts';

export interface IndexedHistory {
  readonly table: HistoryTable;
  /** Ids of records that cannot be read. */
  readonly damaged: readonly string[];
  /** Number of records that have not been looked at yet, all earlier than those of the table. */
  readonly unread: number;
}

export interface HistoryIndex {
  /** Looks for what is new, for at most about `milliseconds`. The same object as before where nothing has changed. */
  refresh(milliseconds?: number): IndexedHistory;
}

/** Rows that are read before a segment of them is written, so that a process that is killed has not read for nothing. */
const ROWS_AT_ONCE = 2_000;
/** More segments than this are merged, and so are segments of whose rows more than this share is unused. */
const MOST_SEGMENTS = 8;
const MOST_WASTE = 0.25;

export function historyIndex(layout: StoreLayout): HistoryIndex {
  const places = new Map<string, Place>();
  const damaged = new Map<string, FileMark | undefined>();
  let stored: Segment[] = [];
  /** What the files have, until all records have been looked at. */
  let known: ((id: string) => Place[]) | undefined;
  let unwritten: Segment[] = [];
  let canWrite = true;
  let last: IndexedHistory | undefined;
  let listed: readonly string[] = [];

  const keep = (read: ReadonlyMap<string, MarkedEntry>): void => {
    if (read.size === 0) return;
    const segment = makeSegment(read.size, columnsOfEntries([...read.values()]));
    for (const [row, id] of [...read.keys()].entries()) places.set(id, { segment, row });
    unwritten.push(segment);
    if (rowsOf(unwritten) >= ROWS_AT_ONCE) write();
  };
  const write = (): void => {
    const [first, ...others] = unwritten;
    if (!first || !canWrite) return;
    const one = others.length === 0 ? first : joined(unwritten, [...places.keys()], places);
    canWrite = writeSegment(layout, one);
    if (canWrite) stored.push(one);
    unwritten = [];
  };
  /** Returns the number of ids that are left. */
  const look = (ids: readonly string[], deadline: number): number => {
    let read = new Map<string, MarkedEntry>();
    for (const [i, id] of ids.entries()) {
      if (places.has(id)) continue;
      if (monotonic() > deadline) {
        keep(read);
        return ids.length - i;
      }
      const mark = markOf(layout, id);
      if (damaged.has(id) && sameMark(damaged.get(id), mark)) continue;
      damaged.delete(id);
      const place = mark && known?.(id).find((one) => sameMark(markAt(one), mark));
      if (place) {
        places.set(id, place);
        continue;
      }
      const record = readRunRecord(layout, id);
      if (record && mark) read.set(id, { entry: { ...entryOf(record), id }, mark });
      else damaged.set(id, mark);
      if (read.size < ROWS_AT_ONCE) continue;
      keep(read);
      read = new Map();
    }
    keep(read);
    return 0;
  };

  return {
    refresh(milliseconds = Infinity) {
      const ids = runIds(layout);
      if (last?.unread === 0 && sameIds(ids, listed) && !isMended(layout, damaged)) return last;
      if (!last) {
        stored = readSegments(layout);
        known = placesOf(stored);
      }
      listed = ids;
      const present = new Set(ids);
      for (const map of [places, damaged]) for (const id of map.keys()) if (!present.has(id)) map.delete(id);
      // Counted from here: a listing that takes longer than that must not keep it from reading on.
      const unread = look(ids, monotonic() + milliseconds);
      if (unread === 0) {
        known = undefined;
        write();
        const fewer = canWrite ? merged(layout, stored, ids, places) : stored;
        canWrite = fewer !== undefined;
        stored = fewer ?? stored;
      }
      const shown = ids.filter((id) => places.has(id));
      last = {
        table: historyTable(
          shown,
          shown.map((id) => places.get(id)!),
        ),
        damaged: ids.filter((id) => damaged.has(id)),
        unread,
      };
      return last;
    },
  };
}

/** One segment of all rows that some have, to which `places` point from now on. */
function joined(segments: readonly Segment[], ids: readonly string[], places: Map<string, Place>): Segment {
  const old = new Set(segments);
  const moving = ids.filter((id) => old.has(places.get(id)?.segment as Segment));
  const one = makeSegment(moving.length, columnsOfPlaces(moving.map((id) => places.get(id)!)));
  for (const [row, id] of moving.entries()) places.set(id, { segment: one, row });
  return one;
}

/** The rows of a run: more than one where two processes have read it, or where its record has changed. */
function placesOf(segments: readonly Segment[]): (id: string) => Place[] {
  const rows = segments.map((segment) => {
    const id = segment.column(ID);
    return new Map(Array.from({ length: segment.rows }, (_, row) => [id(row), { segment, row }] as const));
  });
  return (id) => rows.flatMap((places) => places.get(id) ?? []);
}

/**
 * Few segments in the place of many, or of those with unused rows. The largest stays while the others are small.
 * Undefined where they cannot be written.
 */
function merged(
  layout: StoreLayout,
  stored: readonly Segment[],
  ids: readonly string[],
  places: Map<string, Place>,
): Segment[] | undefined {
  const used = new Map<Segment, number>(stored.map((segment) => [segment, 0]));
  for (const { segment } of places.values()) used.set(segment, (used.get(segment) ?? 0) + 1);
  const wasted = (segment: Segment): number => segment.rows - used.get(segment)!;
  const isWasteful = (some: readonly Segment[]): boolean =>
    some.reduce((total, segment) => total + wasted(segment), 0) > MOST_WASTE * rowsOf(some);
  if (stored.length <= MOST_SEGMENTS && !isWasteful(stored)) return [...stored];
  const [largest, ...others] = [...stored].sort((a, b) => b.rows - a.rows);
  const staysLargest = !isWasteful([largest!]) && largest!.rows > 4 * rowsOf(others);
  const old = staysLargest ? others : stored;
  const one = joined(old, ids, places);
  if (!writeSegment(layout, one)) return undefined;
  removeSegments(
    layout,
    old.map(({ name }) => name).filter((name) => name !== one.name),
  );
  return [...stored.filter((segment) => !old.includes(segment)), one];
}

const rowsOf = (segments: readonly Segment[]): number =>
  segments.reduce((total, { rows }) => total + rows, 0);

function markOf(layout: StoreLayout, id: string): FileMark | undefined {
  const stat = statSync(runFile(layout, id), { throwIfNoEntry: false });
  return stat && { size: stat.size, time: stat.mtimeMs };
}

const markAt = ({ segment, row }: Place): FileMark => ({
  size: segment.column(MARK.size)(row) as number,
  time: segment.column(MARK.time)(row) as number,
});

const sameMark = (a: FileMark | undefined, b: FileMark | undefined): boolean =>
  a?.size === b?.size && a?.time === b?.time;

const sameIds = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/** Whether a record that could not be read is another file by now. */
const isMended = (layout: StoreLayout, damaged: ReadonlyMap<string, FileMark | undefined>): boolean =>
  [...damaged].some(([id, mark]) => !sameMark(markOf(layout, id), mark));
