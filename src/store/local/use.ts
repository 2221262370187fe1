/**
 * Notes of what a running process uses, so that garbage collection leaves it alone. A process notes an artifact before
 * it looks for it. A collector moves an artifact aside before it reads the notes, and puts it back if it was noted.
 * Whichever comes first, no process loses an artifact that it found.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { namesIn } from '../../base/files.ts';
import type { Key } from '../../base/hash.ts';
import { parseOwner, stateOf } from '../../base/owner.ts';
import { removeFolder } from './folders.ts';
import type { StoreLayout } from '../layout.ts';
import { beginFolder, OWNER } from './work.ts';

export interface Use {
  add(kind: string, key: Key): void;
  close(): void;
}

const USES = 'uses';

/** The notes are in a work folder, so that those of a dead process are removed with its other leftovers. */
export function beginUse(layout: StoreLayout): Use {
  let folder: string;
  let descriptor: number;
  try {
    folder = beginFolder(layout);
    descriptor = openSync(join(folder, USES), 'a');
  } catch {
    // In a read-only store nothing can be made, and the collector cannot delete either.
    return { add: () => undefined, close: () => undefined };
  }
  return {
    add(kind, key): void {
      try {
        writeSync(descriptor, `${kind}/${key}\n`);
      } catch (error) {
        throw new PipelineError('E_STORE', `the store cannot be written: ${reasonOf(error)}`, {
          hint: 'Finished artifacts are kept. Free disk space or grant permissions, then run the same command again.',
          cause: error,
        });
      }
    },
    close(): void {
      closeSync(descriptor);
      removeFolder(folder);
    },
  };
}

/** `kind/key` of every artifact that a process uses; processes on other hosts count as alive. */
export function usedArtifacts(layout: StoreLayout): Set<string> {
  const used = new Set<string>();
  for (const name of namesIn(layout.tmp, 'empty')) {
    const owner = parseOwner(textOf(join(layout.tmp, name, OWNER)));
    if (owner && stateOf(owner) === 'dead') continue;
    for (const line of textOf(join(layout.tmp, name, USES)).split('\n')) if (line !== '') used.add(line);
  }
  return used;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
