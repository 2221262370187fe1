/** Writing so that a crash or a power cut leaves either the old state or the new, never something between. */
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

/** Makes a file's bytes, or a folder's list of names, survive a power cut. */
export function flush(path: PathLike): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces or creates a file in one step: written aside, flushed, renamed, and the folder flushed. */
export function writeDurably(path: string, content: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
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
