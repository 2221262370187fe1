/** Removes artifacts, but none that a process uses. `garbage.ts` decides which ones may go. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { removeFolder } from './folders.ts';
import type { StoredArtifact } from './inventory.ts';
import { artifactFolder, type StoreLayout } from '../layout.ts';
import { tryLock } from '../lock.ts';
import { usedArtifacts } from './use.ts';
import { beginFolder } from './work.ts';

export interface Collector {
  /** False where it stays, because a process uses it or is making it again. */
  remove(artifact: StoredArtifact): boolean;
  close(): void;
}

/** One collector at a time, because two would move the same artifact. Throws `E_STORE`. */
export function openCollector(layout: StoreLayout): Collector {
  const lock = tryLock(join(layout.locks, 'gc'));
  if (!lock)
    throw new PipelineError('E_STORE', 'another process is collecting garbage in this store', {
      hint: 'Wait until it has ended, then run the same command again.',
    });
  // A work folder of this process: if it is killed, the next run restores what is in it.
  const folder = beginFolder(layout);
  return {
    remove: (artifact) => removeUnused(layout, join(folder, artifact.key), artifact),
    close(): void {
      removeFolder(folder);
      lock.release();
    },
  };
}

function removeUnused(layout: StoreLayout, aside: string, { kind, key }: StoredArtifact): boolean {
  const name = `${kind}/${key}`;
  if (usedArtifacts(layout).has(name)) return false;
  const lock = tryLock(join(layout.locks, key));
  if (!lock) return false;
  const home = artifactFolder(layout, kind, key);
  try {
    mkdirSync(aside, { recursive: true });
    const moved = join(aside, kind);
    renameSync(home, moved);
    // A process that noted it before this moment may have found it; one that notes it later finds it gone.
    if (usedArtifacts(layout).has(name) && !existsSync(home)) {
      renameSync(moved, home);
      return false;
    }
    removeFolder(aside);
    return true;
  } catch (error) {
    throw new PipelineError('E_STORE', `${home} could not be removed: ${reasonOf(error)}`, {
      hint: 'Artifacts removed before it stay removed. No other was removed after it.',
    });
  } finally {
    lock.release();
  }
}
