/**
 * Where the latest execution of each stage writes what it prints. One small file for each stage of a spec, written when
 * the stage starts: the run has no record yet while it runs. Like the logs, it is removed when it is old.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeAtomically } from '../base/files.ts';
import { digestOfJson, type Key } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import { logFile, type StoreLayout } from '../store/layout.ts';
import { latestExecution } from './latest-keys.ts';
import type { StageRecord } from './record.ts';

export interface StageLog {
  /** Absolute path; the file may be gone, or not there yet. */
  readonly path: string;
  /** While it is executed, this key is locked; null where it is not known. */
  readonly key: Key | null;
}

function noteFile(layout: StoreLayout, specName: string, stage: string): string {
  return join(layout.logs, 'latest', `${digestOfJson([specName, stage]).slice(0, 32)}.json`);
}

/** A note that cannot be written costs only `pipeline logs`, so it is not reported. */
export function noteLog(layout: StoreLayout, specName: string, stage: string, { path, key }: StageLog): void {
  const note = { format: 1, spec: specName, stage, key, log: basename(path) };
  try {
    writeAtomically(noteFile(layout, specName, stage), JSON.stringify(note));
  } catch {
    // The stage runs all the same.
  }
}

/** The log of the stage's latest execution in this store, which may still run. Undefined if there was none. */
export function latestLog(layout: StoreLayout, specName: string, stage: string): StageLog | undefined {
  const noted = readNote(noteFile(layout, specName, stage));
  if (noted) return { path: join(layout.logs, noted.log), key: noted.key };
  const last = latestExecution(layout, specName)(stage);
  return last && { path: logFile(layout, last.kind, last.key), key: last.key };
}

/** The log of a stage of a recorded run. Undefined if that run had no result for it. */
export function recordedLog(layout: StoreLayout, { kind, key, log }: StageRecord): StageLog | undefined {
  if (log !== undefined) return { path: join(layout.logs, log), key: null };
  return key === null ? undefined : { path: logFile(layout, kind, key), key: null };
}

function readNote(file: string): { readonly key: Key; readonly log: string } | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const sound =
      isObject(note) &&
      note['format'] === 1 &&
      typeof note['key'] === 'string' &&
      typeof note['log'] === 'string';
    return sound ? (note as { key: Key; log: string }) : undefined;
  } catch {
    return undefined;
  }
}
