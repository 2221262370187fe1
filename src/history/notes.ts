/** What people add to a run afterwards: tags and a note. Kept beside the records, which are written once. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, writeAtomically } from '../base/files.ts';
import { isObject } from '../base/json.ts';
import type { StoreLayout } from '../store/layout.ts';

export interface Notes {
  /** Sorted, each once. A tagged run is never garbage. */
  readonly tags: readonly string[];
  readonly note: string | null;
}

export const NO_NOTES: Notes = { tags: [], note: null };

/** Letters and digits of any script, and a little punctuation: a tag stands for a run on the command line. */
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

/** Notes of every run that has any, by id. */
export function allNotes(layout: StoreLayout): ReadonlyMap<string, Notes> {
  const names = namesIn(notesFolder(layout), 'empty');
  const ids = names.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => name.slice(0, -5));
  return new Map(ids.sort().map((id) => [id, readNotes(layout, id)]));
}
