/** The runs of a store as entries: all of them through the index, or the latest few from their records. */
import type { StoreLayout } from '../store/layout.ts';
import { historyIndex } from './columns/history-index.ts';
import { entryOf, type RunEntry } from './entry.ts';
import { readRunRecord, runIds } from './record.ts';

export interface History {
  /** Latest first. */
  readonly entries: readonly RunEntry[];
  /** Ids of records that cannot be read. */
  readonly damaged: readonly string[];
  /** Number of earlier runs that were not read. */
  readonly unread: number;
}

/**
 * The latest runs up to `limit` rows, where `rowOf` says which runs share a row. They are read from their records: for a
 * few runs this is faster than the whole index.
 */
export function latestEntries(
  layout: StoreLayout,
  limit: number,
  rowOf: (entry: RunEntry) => string = ({ id }) => id,
): History {
  const entries: RunEntry[] = [];
  const damaged: string[] = [];
  const ids = runIds(layout);
  const rows = new Set<string>();
  let unread = 0;
  for (const [index, id] of ids.entries()) {
    const record = readRunRecord(layout, id);
    if (!record) {
      damaged.push(id);
      continue;
    }
    const entry = entryOf(record);
    rows.add(rowOf(entry));
    if (rows.size > limit) {
      unread = ids.length - index;
      break;
    }
    entries.push(entry);
  }
  return { entries, damaged, unread };
}

export function readHistory(layout: StoreLayout): History {
  const { table, damaged } = historyIndex(layout).refresh();
  return { entries: table.entries(), damaged, unread: 0 };
}
