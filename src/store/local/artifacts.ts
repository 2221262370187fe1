/**
 * Content-addressed artifacts. An artifact is there exactly when its folder bears its key: it got that name by
 * one rename of a folder whose files were all written, hashed, flushed and listed in its manifest.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import type { Key } from '../../base/hash.ts';
import { flush, makeFolder } from '../durable.ts';
import { artifactFolder, MANIFEST, type StoreLayout } from '../layout.ts';
import type { Manifest } from '../manifest.ts';

export interface Artifact {
  /** Absolute path of its folder. */
  readonly path: string;
  readonly manifest: Manifest;
}

export type Lookup =
  | { readonly state: 'found'; readonly artifact: Artifact }
  | { readonly state: 'absent' }
  /** The folder is there and something in it is not as its manifest says. */
  | { readonly state: 'damaged'; readonly why: string };

function unreadable(error: unknown): PipelineError {
  return new PipelineError('E_STORE', `the store cannot be read: ${(error as Error).message}`, {
    hint: 'Name another folder with --store, or give permission to read this one.',
    cause: error,
  });
}

/** Metadata, or undefined where there is nothing. An exception costs ten times a question. */
function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(error);
  }
}

/** Undefined where there is none, or what is there is not one. Throws `E_STORE` where it may not be read. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Partial<Manifest> | null;
    return Array.isArray(manifest?.files) ? (manifest as Manifest) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(error);
  }
}

/** Looks at names and sizes, not at contents: cheap enough to do for every stage of every run. */
export function findArtifact(layout: StoreLayout, kind: string, key: Key): Lookup {
  const path = artifactFolder(layout, kind, key);
  if (!lstatOf(path)) return { state: 'absent' };
  const manifest = readManifest(path);
  if (!manifest) return { state: 'damaged', why: 'its manifest is missing or unreadable' };
  for (const file of manifest.files) {
    const stat = lstatOf(join(path, file.path));
    if (!stat) return { state: 'damaged', why: `${file.path} is missing` };
    if (stat.size !== file.size)
      return { state: 'damaged', why: `${file.path} has ${stat.size} bytes instead of ${file.size}` };
  }
  return { state: 'found', artifact: { path, manifest } };
}

/** Like findArtifact, for those who only want it whole. */
export function wholeArtifact(layout: StoreLayout, kind: string, key: Key): Artifact | undefined {
  const lookup = findArtifact(layout, kind, key);
  return lookup.state === 'found' ? lookup.artifact : undefined;
}

export interface Commit {
  readonly artifact: Artifact;
  /** What became of an artifact that already bore the key. */
  readonly earlier: 'none' | 'kept' | 'replaced';
}

/**
 * Publishes a sealed folder under its key. Where an artifact with the same digest is already there (a forced
 * execution, or another process was quicker), that one stays. Throws `E_STORE` when the store cannot be written.
 */
export function commitArtifact(
  layout: StoreLayout,
  workFolder: string,
  sealed: string,
  manifest: Manifest,
): Commit {
  const path = artifactFolder(layout, manifest.kind, manifest.key);
  const file = join(sealed, MANIFEST);
  try {
    writeFileSync(file, `${JSON.stringify(manifest, null, 1)}\n`, { flag: 'wx' });
    chmodSync(file, 0o444);
    flush(file);
    flush(sealed);
    makeFolder(dirname(path));
    const earlier = makeRoom(layout, workFolder, manifest);
    if (earlier.kept) return { artifact: earlier.kept, earlier: 'kept' };
    const quicker = publish(layout, sealed, manifest);
    if (quicker) return { artifact: quicker, earlier: 'kept' };
    flush(dirname(path));
    return { artifact: { path, manifest }, earlier: earlier.moved ? 'replaced' : 'none' };
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError('E_STORE', `the artifact could not be stored: ${(error as Error).message}`, {
      hint: 'Nothing that was finished before is lost. Make room or permissions, then run the same command again.',
      cause: error,
    });
  }
}

/** The renaming itself. Returns the artifact of somebody who was quicker, which only a lost lock allows. */
function publish(layout: StoreLayout, sealed: string, manifest: Manifest): Artifact | undefined {
  try {
    renameSync(sealed, artifactFolder(layout, manifest.kind, manifest.key));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const quicker =
      code === 'ENOTEMPTY' || code === 'EEXIST'
        ? wholeArtifact(layout, manifest.kind, manifest.key)
        : undefined;
    if (!quicker) throw error;
    return quicker;
  }
}

/** A folder name under which a replaced artifact waits until its successor is in place. */
const REPLACED = 'replaced';

function makeRoom(
  layout: StoreLayout,
  workFolder: string,
  manifest: Manifest,
): { readonly kept?: Artifact; readonly moved: boolean } {
  const lookup = findArtifact(layout, manifest.kind, manifest.key);
  if (lookup.state === 'absent') return { moved: false };
  if (lookup.state === 'found' && lookup.artifact.manifest.digest === manifest.digest)
    return { kept: lookup.artifact, moved: false };
  const aside = join(workFolder, REPLACED, manifest.kind, manifest.key);
  mkdirSync(dirname(aside), { recursive: true });
  renameSync(artifactFolder(layout, manifest.kind, manifest.key), aside);
  return { moved: lookup.state === 'found' };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Puts back what a crash, or a failure, caught between the two renames of a replacement. */
function restoreReplaced(layout: StoreLayout, workFolder: string): void {
  const folder = join(workFolder, REPLACED);
  for (const kind of namesIn(folder))
    for (const key of namesIn(join(folder, kind))) {
      const home = artifactFolder(layout, kind, key as Key);
      if (!existsSync(home)) renameSync(join(folder, kind, key), home);
    }
}

/** Removes a work folder, but never one that still holds an artifact which could not be put back. */
export function removeWork(layout: StoreLayout, workFolder: string): void {
  try {
    restoreReplaced(layout, workFolder);
  } catch {
    return;
  }
  removeFolder(workFolder);
}

/** Deletes a folder and all that is in it, as far as that goes: leftovers are cleared away by a later run. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Nothing that was finished depends on it.
  }
}
