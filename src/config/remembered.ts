/** A cache of valid configuration files, by their path and text: a command need not load the YAML parser for them. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAtomically } from '../base/files.ts';
import { digestOfJson } from '../base/hash.ts';
import type { Values } from './settings.ts';

export function recall(folder: string, file: string, text: string): Values | undefined {
  try {
    return JSON.parse(readFileSync(recordOf(folder, file, text), 'utf8')) as Values;
  } catch {
    return undefined;
  }
}

export function remember(folder: string, file: string, text: string, values: Values): void {
  try {
    writeAtomically(recordOf(folder, file, text), JSON.stringify(values), { mode: 0o600 });
  } catch {
    // A read-only home folder: the next command is only slower.
  }
}

/** Named after everything that the values depend on, this code included. */
function recordOf(folder: string, file: string, text: string): string {
  const own = statSync(fileURLToPath(import.meta.url), { bigint: true });
  return join(folder, `${digestOfJson([file, text, String(own.size), String(own.mtimeNs)])}.json`);
}
