/** Writing so that others see either the old file or the new, never something between, and listing what is there. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  type PathLike,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';

const REFUSALS = new Set(['EINVAL', 'ENOTSUP']);

/** Some network file systems keep folders safe by themselves and refuse to be asked. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has((error as NodeJS.ErrnoException).code ?? '');
}

/** Makes a file's bytes, or a folder's list of names, survive a power cut. */
export function flush(path: PathLike): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a folder, and its name and those of the folders above it that it needed survive a power cut. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    flush(dirname(folder));
    if (folder === first || folder === dirname(folder)) return;
  }
}

export interface WriteOptions {
  /** After a power cut, too, the file is there and whole. */
  readonly durable?: boolean;
  /** Permissions of the file. */
  readonly mode?: number;
}

/** Creates or replaces a file in one step, and its folder where it is missing. */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { durable = false, mode = 0o666 }: WriteOptions = {},
): void {
  const folder = dirname(path);
  if (durable) makeFolder(folder);
  else mkdirSync(folder, { recursive: true });
  const aside = join(folder, `.${basename(path)}.${randomUUID()}`);
  try {
    writeFileSync(aside, content, { flag: 'wx', mode });
    if (durable) publishFile(aside, path);
    else renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Gives a file that was written aside in the same folder its name, in one step that survives a power cut. */
export function publishFile(aside: string, path: string): void {
  flush(aside);
  renameSync(aside, path);
  flush(dirname(path));
}

/**
 * Names in a folder, unordered; none where it is missing. A folder that cannot be read throws, or counts as empty for
 * those who only want to tidy up.
 */
export function namesIn(folder: string, unreadable: 'throws' | 'empty' = 'throws'): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (unreadable === 'empty' || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
