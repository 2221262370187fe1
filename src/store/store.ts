/**
 * The port through which artifacts are found, fetched and put: planning, execution and every command that reads an
 * artifact go through it. `local/local-store.ts` is the folder on this machine; a remote store is
 * another implementation. docs/STORE.md describes the contract, test/store/store-contract.ts checks it.
 */
import type { Key } from '../base/hash.ts';
import type { Manifest } from './manifest.ts';

export interface Store {
  /** Whether the artifact is there, and what it is. Cheap: moves no files, reads no file but the manifest. */
  find(kind: string, key: Key, options?: FindOptions): Promise<Lookup>;
  /**
   * The artifact with all its files on this machine, read-only; undefined where it is absent or damaged. May copy
   * large files, so it is called only by those who open them.
   */
  fetch(kind: string, key: Key): Promise<Artifact | undefined>;
  /**
   * Publishes a sealed folder as a whole or not at all, and takes the folder over. An artifact that is already there
   * stays, unless `replace` is set and its content differs. Rejects with `E_STORE` where the store cannot be written.
   */
  put(sealed: Sealed, options?: PutOptions): Promise<Put>;
  /** The alias that stands for a key; see `Alias`. */
  findAlias(kind: string, key: Key): Promise<Alias | undefined>;
  putAlias(alias: Alias): Promise<void>;
}

export interface FindOptions {
  /** Another machine may have put it a moment ago: a remembered answer does not count. */
  readonly fresh?: boolean;
}

/** An artifact that a store has. Its manifest is here; its files may be elsewhere. */
export interface FoundArtifact {
  readonly manifest: Manifest;
  /** Absolute path of its folder on this machine; null where its files have to be fetched first. */
  readonly path: string | null;
}

/** An artifact whose files are on this machine. */
export interface Artifact extends FoundArtifact {
  readonly path: string;
}

export type Lookup =
  | { readonly state: 'found'; readonly artifact: FoundArtifact }
  | { readonly state: 'absent' }
  /** It is there and not as its manifest says: counts as absent, with the reason. */
  | { readonly state: 'damaged'; readonly why: string };

/** A folder whose files are hashed, flushed and listed in the manifest. The manifest is not yet written into it. */
export interface Sealed {
  readonly folder: string;
  /** The work folder that contains it. */
  readonly work: string;
  readonly manifest: Manifest;
}

export interface PutOptions {
  /** Replace an artifact under the same key whose content differs: the user forced the execution. */
  readonly replace?: boolean;
}

export interface Put {
  /**
   * - `added`: there was none, or a damaged one.
   * - `there`: the same content was there and stays.
   * - `conflict`: other content was there and stays.
   * - `replaced`: other content was there and is gone.
   */
  readonly state: 'added' | 'there' | 'conflict' | 'replaced';
  /** What the store holds under the key now. */
  readonly artifact: Artifact;
}

/** A key whose artifact the user declared equivalent to that of another key (`pipeline accept`). */
export interface Alias {
  readonly format: 1;
  readonly kind: string;
  /** The key that a stage has now … */
  readonly key: Key;
  /** … and the key under which the accepted artifact lies. */
  readonly target: Key;
  /** What changed, in words. */
  readonly because: readonly string[];
  readonly accepted: string;
}

/** The artifact, for callers to whom damaged and absent are the same. */
export async function findWhole(
  store: Pick<Store, 'find'>,
  kind: string,
  key: Key,
  options?: FindOptions,
): Promise<FoundArtifact | undefined> {
  const lookup = await store.find(kind, key, options);
  return lookup.state === 'found' ? lookup.artifact : undefined;
}
