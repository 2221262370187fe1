/**
 * Artifacts in the folder on this machine. An artifact exists exactly when a folder has its key as name: it got the
 * name by one rename of a folder whose files were all written, hashed, flushed and listed in its manifest. Only the
 * local store, garbage collection, verification and the doctor use this; all others go through `Store`.
 */
import { chmodSync, lstatSync, readFileSync, renameSync, writeFileSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import type { Key } from '../../base/hash.ts';
import { doDurably, type DurableWork } from '../../base/durable.ts';
import { makeFolder } from '../../base/files.ts';
import { artifactFolder, MANIFEST, type StoreLayout } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import type { Artifact, Lookup, Put, PutOptions, Sealed } from '../store.ts';
import { moveAside } from './replacement.ts';

function unreadable(error: unknown): PipelineError {
  return new PipelineError('E_STORE', `the store cannot be read: ${reasonOf(error)}`, {
    hint: 'Name another folder with `--store`, or grant permission to read this one.',
    cause: error,
  });
}

/** Metadata, or undefined where there is nothing. An exception costs ten times as much as asking. */
function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(error);
  }
}

/** Undefined where there is no manifest or it does not parse. Throws `E_STORE` where it may not be read. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Partial<Manifest> | null;
    return Array.isArray(manifest?.files) ? (manifest as Manifest) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(error);
  }
}

export type LocalLookup =
  { readonly state: 'found'; readonly artifact: Artifact } | Exclude<Lookup, { readonly state: 'found' }>;

/** Checks names and sizes, not contents: cheap enough to do for every stage of every run. */
export function findArtifact(layout: StoreLayout, kind: string, key: Key): LocalLookup {
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

/** The artifact where it is whole. */
export function wholeArtifact(layout: StoreLayout, kind: string, key: Key): Artifact | undefined {
  const lookup = findArtifact(layout, kind, key);
  return lookup.state === 'found' ? lookup.artifact : undefined;
}

/**
 * Publishes a sealed folder under its key. An artifact with the same digest that is already there stays (a forced
 * execution, or another process was faster). Throws `E_STORE` where the store cannot be written.
 */
export function commitArtifact(layout: StoreLayout, sealed: Sealed, options?: PutOptions): Put {
  return doDurably(committing(layout, sealed, options));
}

export function* committing(
  layout: StoreLayout,
  sealed: Sealed,
  { replace = false }: PutOptions = {},
): DurableWork<Put> {
  const { folder, manifest } = sealed;
  const path = artifactFolder(layout, manifest.kind, manifest.key);
  const file = join(folder, MANIFEST);
  try {
    writeFileSync(file, `${JSON.stringify(manifest, null, 1)}\n`, { flag: 'wx' });
    chmodSync(file, 0o444);
    yield* flushing(folder, manifest);
    makeFolder(dirname(path));
    const lookup = findArtifact(layout, manifest.kind, manifest.key);
    if (lookup.state === 'found' && (!replace || lookup.artifact.manifest.digest === manifest.digest))
      return kept(lookup.artifact, manifest);
    if (lookup.state !== 'absent') moveAside(layout, sealed);
    const faster = publish(layout, sealed);
    if (faster) return kept(faster, manifest);
    yield [dirname(path)];
    return { state: lookup.state === 'found' ? 'replaced' : 'added', artifact: { path, manifest } };
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError('E_STORE', `the artifact could not be stored: ${reasonOf(error)}`, {
      hint: 'Finished artifacts are kept. Free disk space or grant permissions, then run the same command again.',
      cause: error,
    });
  }
}

/** Files to flush at a time: the system has one journal, and a process may not open many. */
const AT_ONCE = 16;

function* flushing(folder: string, { files }: Manifest): DurableWork<void> {
  const paths = [MANIFEST, ...files.map(({ path }) => path)];
  const folders = new Set(paths.flatMap(foldersAbove));
  const all = [...paths, ...folders].map((path) => join(folder, path));
  for (let from = 0; from < all.length; from += AT_ONCE) yield all.slice(from, from + AT_ONCE);
}

/** `a/b/c.txt` → `a/b`, `a`, `.` */
function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersAbove(folder)];
}

function kept(artifact: Artifact, { digest }: Manifest): Put {
  return { state: artifact.manifest.digest === digest ? 'there' : 'conflict', artifact };
}

/** The rename itself. Returns the artifact of a process that was faster, which only a lost lock allows. */
function publish(layout: StoreLayout, { folder, manifest: { kind, key } }: Sealed): Artifact | undefined {
  try {
    renameSync(folder, artifactFolder(layout, kind, key));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const faster = code === 'ENOTEMPTY' || code === 'EEXIST' ? wholeArtifact(layout, kind, key) : undefined;
    if (!faster) throw error;
    return faster;
  }
}
