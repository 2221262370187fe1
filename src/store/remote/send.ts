/** One artifact to a remote store: the files that it lacks, and the entry last. */
import { join } from 'node:path';
import { atMost } from '../../base/at-most.ts';
import { now } from '../../base/clock.ts';
import type { ArtifactFile } from '../manifest.ts';
import type { Artifact } from '../store.ts';
import { entryText, readEntry, type EntryState, type Signer } from './entry.ts';
import { contentName, entryName } from './names.ts';
import type { Objects } from './objects/objects.ts';
import { retried } from './retry.ts';

export interface SendSettings {
  readonly objects: Objects;
  readonly signer: Signer;
  /** Whether the server can write only what is not there. */
  readonly createOnly: boolean;
  readonly signal: AbortSignal;
  /** Hashes of files that were found missing or damaged there. */
  readonly suspect: ReadonlySet<string>;
  /** Look at every file, though the entry is there. */
  readonly thorough?: boolean;
  readonly onBytes?: (bytes: number) => void;
}

/** `there`: the same content was there. `conflict`: other content was there first, and stays. */
export type Sent = 'sent' | 'there' | 'conflict';

const ASKED_AT_ONCE = 32;
const FILES_AT_ONCE = 4;
const questions = atMost(ASKED_AT_ONCE);
const transfers = atMost(FILES_AT_ONCE);

/** A file that is older could be about to be removed by `gc --remote`, which does not know of this artifact yet. */
const OLD_MS = 24 * 3_600_000;

/** Throws `RemoteFault` where the server fails, and where a local file is damaged. */
export async function sendArtifact(artifact: Artifact, settings: SendSettings): Promise<Sent> {
  const { manifest } = artifact;
  const before = await entryOf(artifact, settings);
  if (before?.state === 'sound' && before.manifest.digest !== manifest.digest) return 'conflict';
  if (before?.state === 'sound' && settings.thorough !== true) return 'there';
  const files = [...new Map(manifest.files.map((file) => [file.sha256, file])).values()];
  const old = (await Promise.all(files.map((file) => ensureFile(artifact, file, settings)))).flat();
  if (before?.state === 'sound') return 'there';
  const sent = await writeEntry(artifact, before, settings);
  await Promise.all(old.map((file) => ensureFile(artifact, file, settings)));
  return sent;
}

async function entryOf(
  { manifest }: Artifact,
  { objects, signer, signal }: SendSettings,
): Promise<EntryState | undefined> {
  const { kind, key } = manifest;
  const content = await questions(() => retried(() => objects.read(entryName(kind, key), signal), signal));
  return content && readEntry(content, kind, key, signer);
}

/** Uploads the file where it is not there. Returns it where it is there since long ago. */
async function ensureFile(
  { path }: Artifact,
  file: ArtifactFile,
  { objects, signal, suspect, onBytes }: SendSettings,
): Promise<ArtifactFile[]> {
  const name = contentName(file.sha256);
  const there = await questions(() => retried(() => objects.head(name, signal), signal));
  if (there?.size === file.size && !suspect.has(file.sha256))
    return now() - there.modified > OLD_MS ? [file] : [];
  const local = { path: join(path, file.path), size: file.size, sha256: file.sha256 };
  await transfers(() => retried(() => objects.upload(name, local, signal), signal));
  onBytes?.(file.size);
  return [];
}

/** An entry that is none, such as one without the signature that is required, gives way. */
async function writeEntry(
  artifact: Artifact,
  before: EntryState | undefined,
  settings: SendSettings,
): Promise<Sent> {
  const { objects, signer, signal } = settings;
  const { manifest } = artifact;
  const name = entryName(manifest.kind, manifest.key);
  const content = Buffer.from(entryText(manifest, signer));
  const createOnly = settings.createOnly && before === undefined;
  const written = await retried(() => objects.write(name, content, { createOnly, signal }), signal);
  if (written === 'written') return 'sent';
  const after = await entryOf(artifact, settings);
  if (after?.state === 'sound') return after.manifest.digest === manifest.digest ? 'there' : 'conflict';
  await retried(() => objects.write(name, content, { createOnly: false, signal }), signal);
  return 'sent';
}
