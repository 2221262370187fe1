/**
 * The store in a folder on this machine. What it is asked is answered by synchronous, short file operations, so planning
 * thousands of stages costs no turn of the event loop. Only a put waits for the disk, while others have their turn.
 */
import { doDurablyInTurns } from '../../base/durable.ts';
import type { StoreLayout } from '../layout.ts';
import type { Store } from '../store.ts';
import { readAlias, writeAlias } from './aliases.ts';
import { committing, findArtifact, wholeArtifact } from './artifacts.ts';

export function localStore(layout: StoreLayout): Store {
  return {
    find: (kind, key) => settled(() => findArtifact(layout, kind, key)),
    fetch: (kind, key) => settled(() => wholeArtifact(layout, kind, key)),
    put: (sealed, options) => doDurablyInTurns(committing(layout, sealed, options)),
    findAlias: (kind, key) => settled(() => readAlias(layout, kind, key)),
    putAlias: (alias) =>
      settled(() => {
        writeAlias(layout, alias);
      }),
  };
}

/** A promise that has settled already; what `work` throws is its rejection. */
function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
