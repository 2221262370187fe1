/** Compares artifacts and downloads with their recorded hashes, byte by byte, and moves damaged ones aside. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { reasonOf } from '../../base/system-error.ts';
import { basename, join } from 'node:path';
import { flush } from '../../base/files.ts';
import { digestOfFile } from '../../base/hash.ts';
import type { StoredArtifact } from './inventory.ts';
import { MANIFEST, type StoreLayout } from '../layout.ts';
import { tryLock } from '../lock.ts';
import { digestOfFiles, keyOf, type ArtifactFile } from '../manifest.ts';

/** Everything that is wrong with an artifact; empty for a sound one. `onFile` is called with each file's size. */
export function faultsOf(
  artifact: StoredArtifact,
  onFile: (bytes: number) => void = () => undefined,
): string[] {
  const { kind, key, path, manifest } = artifact;
  if (!manifest) return ['its manifest is missing or unreadable'];
  const faults: string[] = [];
  if (manifest.kind !== kind || manifest.key !== key) faults.push('its manifest is that of another artifact');
  else if (keyOf(manifest.keyDocument) !== key) faults.push('its key document does not give its key');
  if (digestOfFiles(manifest.files) !== manifest.digest) faults.push('its files do not give its digest');
  for (const file of manifest.files) {
    faults.push(...faultsOfFile(path, file));
    onFile(file.size);
  }
  const listed = new Set([MANIFEST, ...manifest.files.map((file) => file.path)]);
  for (const name of filesBelow(path)) if (!listed.has(name)) faults.push(`${name} does not belong to it`);
  return faults;
}

function faultsOfFile(folder: string, { path, size, sha256 }: ArtifactFile): string[] {
  const file = join(folder, path);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return [`${path} is missing`];
  if (!stat.isFile()) return [`${path} is not a plain file`];
  if (stat.size !== size) return [`${path} has ${stat.size} bytes instead of ${size}`];
  try {
    return digestOfFile(file) === sha256 ? [] : [`${path} has other bytes than when it was made`];
  } catch (error) {
    return [`${path} cannot be read: ${reasonOf(error)}`];
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/**
 * Moves a damaged artifact aside, so that the next run makes it again and a person can still inspect it. Returns its new
 * path, or undefined where another process is making it again.
 */
export function quarantine(layout: StoreLayout, { kind, key, path }: StoredArtifact): string | undefined {
  const lock = tryLock(join(layout.locks, key));
  if (!lock) return undefined;
  try {
    return moveAside(layout, path, `${kind}-${key}`);
  } finally {
    lock.release();
  }
}

function moveAside(layout: StoreLayout, path: string, name: string): string {
  mkdirSync(layout.damaged, { recursive: true });
  let target = join(layout.damaged, name);
  for (let copy = 2; existsSync(target); copy++) target = join(layout.damaged, `${name}-${copy}`);
  renameSync(path, target);
  flush(layout.damaged);
  return target;
}

export interface StoredDownload {
  readonly path: string;
  readonly url: string;
  readonly bytes: number;
  readonly fault: string | undefined;
}

/** Every finished download, hashed and compared with its record; one without a record is hashed when it is used. */
export function* checkedDownloads(layout: StoreLayout): Generator<StoredDownload, void> {
  if (!existsSync(layout.downloads)) return;
  for (const name of readdirSync(layout.downloads).sort()) {
    const path = join(layout.downloads, name);
    if (!/^[0-9a-f]{64}$/.test(name) || !existsSync(`${path}.json`)) continue;
    let record: { readonly url: string; readonly sha256: string };
    try {
      record = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as typeof record;
    } catch {
      continue;
    }
    const fault = digestOfFile(path) === record.sha256 ? undefined : 'it has other bytes than were received';
    yield { path, url: record.url, bytes: lstatSync(path).size, fault };
  }
}

export function quarantineDownload(layout: StoreLayout, { path }: StoredDownload): string {
  moveAside(layout, `${path}.json`, `download-${basename(path)}.json`);
  return moveAside(layout, path, `download-${basename(path)}`);
}
