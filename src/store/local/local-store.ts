/**
 * The store in a folder on this machine. Its file operations are synchronous and short, so answers are there at once:
 * planning thousands of stages costs no turn of the event loop.
 */
import type { StoreLayout } from '../layout.ts';
import type { Store } from '../store.ts';
import { readAlias, writeAlias } from './aliases.ts';
import { commitArtifact, findArtifact, wholeArtifact } from './artifacts.ts';

export function localStore(layout: StoreLayout): Store {
  return {
    find: (kind, key) => settled(() => findArtifact(layout, kind, key)),
    fetch: (kind, key) => settled(() => wholeArtifact(layout, kind, key)),
    put: (sealed, options) => settled(() => commitArtifact(layout, sealed, options)),
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
