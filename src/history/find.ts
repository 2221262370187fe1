/** Finds the run that a name on the command line refers to. */
import { existsSync } from 'node:fs';
import { PipelineError } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import type { StoreLayout } from '../store/layout.ts';
import { allNotes } from './notes.ts';
import { readRunRecord, runFile, runIds, type RunRecord } from './record.ts';

const LATEST = /^latest(?:~(\d+))?$/;
/** Shorter parts of an id are more likely a mistake. */
const SHORTEST_PART = 4;
const LISTED = 5;

/**
 * Accepts an id, its beginning or its end, a tag (the latest run that has it), `latest`, or `latest~2` for the second
 * run before it. Throws `E_USAGE` if that matches no run, or several.
 */
export function findRun(layout: StoreLayout, text: string): string {
  const ids = runIds(layout);
  if (ids.includes(text)) return text;
  if (ids.length === 0)
    throw new PipelineError('E_USAGE', `there is no run '${text}': ${layout.root} has no recorded runs`, {
      hint: 'Name another store with --store, or run a spec first.',
    });
  const back = LATEST.exec(text);
  if (back) return nthLatest(ids, Number(back[1] ?? 0));
  const notes = allNotes(layout);
  const tagged = ids.find((id) => notes.get(id)?.tags.includes(text));
  if (tagged !== undefined) return tagged;
  const parts = ids.filter((id) => id.startsWith(text) || id.endsWith(text));
  if (text.length >= SHORTEST_PART && parts.length === 1) return parts[0]!;
  if (text.length >= SHORTEST_PART && parts.length > 1) throw ambiguous(text, parts);
  throw unknownRun(text, ['latest', ...ids, ...[...notes.values()].flatMap(({ tags }) => tags)]);
}

function nthLatest(ids: readonly string[], back: number): string {
  const id = ids[back];
  if (id !== undefined) return id;
  throw new PipelineError('E_USAGE', `there are only ${ids.length} runs, so there is no latest~${back}`);
}

function ambiguous(text: string, ids: readonly string[]): PipelineError {
  const more = ids.length > LISTED ? `, and ${ids.length - LISTED} more` : '';
  return new PipelineError('E_USAGE', `${ids.length} runs begin or end with '${text}'`, {
    hint: `The runs are ${ids.slice(0, LISTED).join(', ')}${more}.`,
  });
}

function unknownRun(text: string, names: readonly string[]): PipelineError {
  const close = nearest(text, names);
  const meant = close === undefined ? '' : `Did you mean '${close}'? `;
  return new PipelineError('E_USAGE', `there is no run '${text}'`, {
    hint: `${meant}Run \`pipeline runs\` for a list.`,
  });
}

/** The record of a run. Throws `E_RECORD` if it cannot be read. */
export function readRun(layout: StoreLayout, text: string): RunRecord {
  const id = findRun(layout, text);
  const record = readRunRecord(layout, id);
  if (record) return record;
  const file = runFile(layout, id);
  throw new PipelineError('E_RECORD', `the record of run ${id} cannot be read: ${file}`, {
    hint: existsSync(file)
      ? 'Restore the file from a backup, or delete it. Its artifacts are not affected.'
      : undefined,
  });
}
