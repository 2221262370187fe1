/** Durable writes: a crash or a power cut leaves either the old state or the new one. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  type PathLike,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';

const REFUSALS = new Set(['EINVAL', 'ENOTSUP']);

/** Makes a file's bytes, or a folder's list of names, survive a power cut. */
export function flush(path: PathLike): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network file systems make folders durable by themselves and refuse fsync.
    if (!REFUSALS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Creates a folder and its missing parents so that their names survive a power cut. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    flush(dirname(folder));
    if (folder === first || folder === dirname(folder)) return;
  }
}

/** Replaces or creates a file in one step: written aside, flushed, renamed, and the folder flushed. */
export function writeDurably(path: string, content: string): void {
  const folder = dirname(path);
  makeFolder(folder);
  const aside = join(folder, `.${basename(path)}.${randomUUID()}`);
  try {
    writeFileSync(aside, content, { flag: 'wx' });
    flush(aside);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  flush(folder);
}
