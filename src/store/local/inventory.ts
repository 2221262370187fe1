/** Lists what is in the store's folder: artifacts, sizes, times. */
import { lstatSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Key } from '../../base/hash.ts';
import { readManifest } from './artifacts.ts';
import { RESERVED_NAMES, type StoreLayout } from '../layout.ts';
import type { Manifest } from '../manifest.ts';

export interface StoredArtifact {
  readonly kind: string;
  readonly key: Key;
  readonly path: string;
  /** Undefined where it cannot be read. */
  readonly manifest: Manifest | undefined;
}

const KEY = /^[0-9a-f]{64}$/;

export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Every artifact folder, by kind and key. */
export function* storedArtifacts(layout: StoreLayout): Generator<StoredArtifact, void> {
  for (const kind of entriesOf(layout.root)) {
    if (!kind.isDirectory() || (RESERVED_NAMES as readonly string[]).includes(kind.name)) continue;
    for (const { name } of entriesOf(join(layout.root, kind.name))) {
      if (!KEY.test(name)) continue;
      const path = join(layout.root, kind.name, name);
      yield { kind: kind.name, key: name as Key, path, manifest: readManifest(path) };
    }
  }
}

/** Bytes of all files below a path, or of the file that it is. */
export function bytesBelow(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.size;
  return entriesOf(path).reduce((sum, { name }) => sum + bytesBelow(join(path, name)), 0);
}

/** Of its content alone; the manifest is small. */
export function artifactBytes({ path, manifest }: StoredArtifact): number {
  return manifest ? manifest.files.reduce((sum, { size }) => sum + size, 0) : bytesBelow(path);
}

/** When it was finished, in milliseconds since the epoch: its name and files do not change afterwards. */
export function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
