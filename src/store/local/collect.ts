/** Takes artifacts away without taking them from anybody who uses them. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { removeFolder } from './folders.ts';
import type { StoredArtifact } from './inventory.ts';
import { artifactFolder, type StoreLayout } from '../layout.ts';
import { tryLock } from '../lock.ts';
import { usedArtifacts } from './use.ts';
import { beginFolder } from './work.ts';

export interface Collector {
  /** False where it stays, because a process uses it or is making it anew. */
  remove(artifact: StoredArtifact): boolean;
  close(): void;
}

/** One collector at a time: two would undo each other's putting back. Throws `E_STORE`. */
export function openCollector(layout: StoreLayout): Collector {
  const lock = tryLock(join(layout.locks, 'gc'));
  if (!lock)
    throw new PipelineError('E_STORE', 'another process is collecting garbage in this store', {
      hint: 'Wait until it has ended.',
    });
  // A work folder with our name: if we are killed, the next run clears it away.
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
    // Whoever noted it before this moment may have found it there; whoever does so later finds it gone.
    if (usedArtifacts(layout).has(name) && !existsSync(home)) {
      renameSync(moved, home);
      return false;
    }
    removeFolder(aside);
    return true;
  } catch (error) {
    throw new PipelineError('E_STORE', `${home} could not be removed: ${(error as Error).message}`, {
      hint: 'Nothing else was removed after it; what was removed before stays removed.',
    });
  } finally {
    lock.release();
  }
}
