/**
 * What a place that keeps artifacts has to be able to do. The folder on this machine is one; a remote store
 * (object storage, a server) will be another, asked where this one has nothing. docs/STORE.md says what each of
 * the three promises, and test/store/store-contract.ts holds an implementation to it.
 */
import type { Key } from '../base/hash.ts';
import { commitArtifact, findArtifact, wholeArtifact, type Artifact } from './local/artifacts.ts';
import type { StoreLayout } from './layout.ts';
import type { Manifest } from './manifest.ts';

export interface Store {
  /** Whether it has the artifact, and what that is; no content is moved. */
  find(kind: string, key: Key): Promise<Manifest | undefined>;
  /** The artifact as a folder on this machine, whole, read-only, until the caller is done with it. */
  fetch(kind: string, key: Key): Promise<Artifact | undefined>;
  /**
   * Publishes a sealed folder, all at once or not at all; takes the folder over. What is there already stays:
   * the same key means the same content, and where it does not, nobody's result is replaced behind their back.
   */
  put(sealed: Sealed): Promise<Put>;
}

/** A folder whose files are hashed, flushed and listed in the manifest, and not yet written into it. */
export interface Sealed {
  readonly folder: string;
  /** The work folder around it. */
  readonly work: string;
  readonly manifest: Manifest;
}

export type Put =
  | { readonly state: 'added' | 'there'; readonly artifact: Artifact }
  /** The key is there with other content, which stays. */
  | { readonly state: 'conflict'; readonly artifact: Artifact };

export function localStore(layout: StoreLayout): Store {
  return {
    find: (kind, key) => Promise.resolve(wholeArtifact(layout, kind, key)?.manifest),
    fetch: (kind, key) => Promise.resolve(wholeArtifact(layout, kind, key)),
    put({ folder, work, manifest }): Promise<Put> {
      const lookup = findArtifact(layout, manifest.kind, manifest.key);
      if (lookup.state === 'found') {
        const same = lookup.artifact.manifest.digest === manifest.digest;
        return Promise.resolve({ state: same ? 'there' : 'conflict', artifact: lookup.artifact });
      }
      const { artifact, earlier } = commitArtifact(layout, work, folder, manifest);
      return Promise.resolve({ state: earlier === 'kept' ? 'there' : 'added', artifact });
    },
  };
}
