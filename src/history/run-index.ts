/**
 * An index of all runs of a store: one file in the cache folder with one line per run. The records are authoritative:
 * entries without a record are dropped, and records without an entry are read and added. The file may be deleted at any
 * time.
 */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../base/files.ts';
import type { StoreLayout } from '../store/layout.ts';
import { entryOf, type RunEntry } from './entry.ts';
import { readRunRecord, runIds } from './record.ts';

export interface History {
  /** Latest first. */
  readonly entries: readonly RunEntry[];
  /** Ids of records that cannot be read. */
  readonly damaged: readonly string[];
}

/** Incremented when the fields of an entry change, so that old lines are not used. */
const FORMAT = 2;
/** The file is rewritten when it has this many times as many lines as there are runs. */
const WASTE = 2;

function indexFile(layout: StoreLayout): string {
  return join(layout.cache, `runs-${FORMAT}.ndjson`);
}

/** The latest `limit` runs, read from their records: for a few runs this is faster than the whole index. */
export function latestEntries(layout: StoreLayout, limit: number): History {
  const entries: RunEntry[] = [];
  const damaged: string[] = [];
  for (const id of runIds(layout)) {
    if (entries.length >= limit) break;
    const record = readRunRecord(layout, id);
    if (record) entries.push(entryOf(record));
    else damaged.push(id);
  }
  return { entries, damaged };
}

export function readHistory(layout: StoreLayout): History {
  const { known, lines } = recall(indexFile(layout));
  const entries: RunEntry[] = [];
  const added: RunEntry[] = [];
  const damaged: string[] = [];
  for (const id of runIds(layout)) {
    let entry = known.get(id);
    if (!entry) {
      const record = readRunRecord(layout, id);
      if (record) added.push((entry = entryOf(record)));
    }
    if (entry) entries.push(entry);
    else damaged.push(id);
  }
  remember(indexFile(layout), entries, added, lines);
  return { entries, damaged };
}

function recall(file: string): { readonly known: ReadonlyMap<string, RunEntry>; readonly lines: number } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { known: new Map(), lines: 0 };
  }
  const known = new Map<string, RunEntry>();
  const lines = text.split('\n');
  for (const line of lines) {
    try {
      const entry = JSON.parse(line) as RunEntry;
      known.set(entry.id, entry);
    } catch {
      // A line that was cut off by a crash, or the empty last one: the record is read again.
    }
  }
  return { known, lines: lines.length - 1 };
}

function remember(
  file: string,
  entries: readonly RunEntry[],
  added: readonly RunEntry[],
  lines: number,
): void {
  const text = (some: readonly RunEntry[]): string =>
    some.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  try {
    if (lines > WASTE * entries.length + 100) writeAtomically(file, text(entries), { durable: true });
    else if (added.length > 0) {
      mkdirSync(dirname(file), { recursive: true });
      // A single write at the end of the file, so that concurrent processes do not mix their lines.
      appendFileSync(file, text(added));
    }
  } catch {
    // A read-only store can still be read: the next time is only slower.
  }
}
