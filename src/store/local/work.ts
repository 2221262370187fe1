/**
 * Work folders: where a stage writes until its artifact is published. Each names the process that made it, so that a
 * later run can remove the folders of processes that died.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { now } from '../../base/clock.ts';
import { namesIn } from '../../base/files.ts';
import type { Key } from '../../base/hash.ts';
import { parseOwner, stateOf, thisProcess } from '../../base/owner.ts';
import type { StoreLayout } from '../layout.ts';
import { clearLocks } from '../lock.ts';
import { removeFolder } from './folders.ts';
import { restoreReplaced } from './replacement.ts';

export interface WorkFolder {
  readonly folder: string;
  readonly output: string;
  readonly scratch: string;
  readonly resume: string;
}

/** Names the process that a work folder belongs to. */
export const OWNER = 'owner.json';

/** Creates the empty folders of one execution. Throws `E_STORE` where the store cannot be written. */
export function beginWork(layout: StoreLayout, key: Key): WorkFolder {
  const folder = join(layout.tmp, randomUUID());
  const work = {
    folder,
    output: join(folder, 'output'),
    scratch: join(folder, 'scratch'),
    resume: join(layout.resume, key),
  };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, OWNER), JSON.stringify(thisProcess()));
    for (const path of [work.output, work.scratch, work.resume, layout.downloads])
      mkdirSync(path, { recursive: true });
  } catch (error) {
    removeFolder(folder);
    throw new PipelineError('E_STORE', `the store ${layout.root} cannot be written: ${reasonOf(error)}`, {
      hint: 'Name another folder with `--store`, or grant permission to write to this one.',
    });
  }
  return work;
}

/** A work folder for what is not an execution; removed like any other when its process is gone. */
export function beginFolder(layout: StoreLayout): string {
  const folder = join(layout.tmp, randomUUID());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, OWNER), JSON.stringify(thisProcess()));
  return folder;
}

/** A folder without a readable owner that is older than this was not just created: its process died there. */
const NAMELESS_MS = 24 * 3_600_000;

/** True for a work folder whose process is gone. */
export function isAbandoned(folder: string): boolean {
  try {
    const owner = parseOwner(readFileSync(join(folder, OWNER), 'utf8'));
    if (owner) return stateOf(owner) === 'dead';
  } catch {
    // Its process died before it wrote the file, or is about to write it.
  }
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && now() - stat.ctimeMs > NAMELESS_MS;
}

/** Removes a work folder, except one that still holds an artifact which could not be put back. */
export function removeWork(layout: StoreLayout, folder: string): void {
  try {
    restoreReplaced(layout, folder);
  } catch {
    return;
  }
  removeFolder(folder);
}

/**
 * Removes the work folders and locks of dead processes of this host. Never fails: another process may be doing the
 * same, and what cannot be removed only takes disk space.
 */
export function removeAbandonedWork(layout: StoreLayout): void {
  for (const name of namesIn(layout.tmp, 'empty')) {
    const folder = join(layout.tmp, name);
    if (isAbandoned(folder)) removeWork(layout, folder);
  }
  clearLocks(layout.locks);
}
