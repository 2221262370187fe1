/** Tags and notes that users add to a run. Stored next to the records, which are never changed. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, writeAtomically } from '../base/files.ts';
import { isObject } from '../base/json.ts';
import type { StoreLayout } from '../store/layout.ts';

export interface Notes {
  /** Sorted, without duplicates. Artifacts of a tagged run are never garbage. */
  readonly tags: readonly string[];
  readonly note: string | null;
}

export const NO_NOTES: Notes = { tags: [], note: null };

/** Letters and digits of any script, and some punctuation, so that a tag is one word on the command line. */
export const TAG = /^[\p{L}\p{N}_][\p{L}\p{N}_.+@-]*$/u;

function notesFolder(layout: StoreLayout): string {
  return join(layout.runs, 'notes');
}

function notesFile(layout: StoreLayout, id: string): string {
  return join(notesFolder(layout), `${id}.json`);
}

export function readNotes(layout: StoreLayout, id: string): Notes {
  try {
    const value: unknown = JSON.parse(readFileSync(notesFile(layout, id), 'utf8'));
    if (!isObject(value) || !Array.isArray(value['tags'])) return NO_NOTES;
    const tags = value['tags'].filter((tag): tag is string => typeof tag === 'string');
    return { tags, note: typeof value['note'] === 'string' ? value['note'] : null };
  } catch {
    return NO_NOTES;
  }
}

export function writeNotes(layout: StoreLayout, id: string, { tags, note }: Notes): void {
  if (tags.length === 0 && note === null) rmSync(notesFile(layout, id), { force: true });
  else {
    const sorted = [...new Set(tags)].sort();
    writeAtomically(
      notesFile(layout, id),
      `${JSON.stringify({ format: 1, tags: sorted, note }, null, 1)}\n`,
      { durable: true },
    );
  }
}

/** Notes of all runs that have any, by id. */
export function allNotes(layout: StoreLayout): ReadonlyMap<string, Notes> {
  const names = namesIn(notesFolder(layout), 'empty');
  const ids = names.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => name.slice(0, -5));
  return new Map(ids.sort().map((id) => [id, readNotes(layout, id)]));
}
