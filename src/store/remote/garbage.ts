/**
 * What nobody needs any more in a remote store: old artifacts, and files that no artifact has. A file is kept until it is
 * older than the longest upload, since its artifact may still be on its way. What goes too far is a miss, and is made
 * again.
 */
import { storedContent, storedEntries, removeAll, type StoredEntry } from './inventory.ts';
import type { ObjectInfo, Objects } from './objects/objects.ts';
import { PROBE } from './names.ts';

export interface RemoteGarbageOptions {
  /** Remove artifacts that are older than this many seconds, unless they are among `kept`. */
  readonly olderThan?: number | undefined;
  /** Keep files without an artifact that are younger than this many seconds. */
  readonly grace: number;
  /** `kind/key` of artifacts that are kept whatever their age. */
  readonly kept: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly dryRun: boolean;
}

export interface RemoteItem extends ObjectInfo {
  readonly what: 'artifact' | 'file' | 'entry' | 'probe';
  readonly why: string;
}

export interface CollectedRemote {
  readonly removed: readonly RemoteItem[];
  readonly kept: { readonly artifacts: number; readonly files: number; readonly bytes: number };
}

const STRUCTURE_ONLY = { signing: 'off', key: undefined } as const;

export async function collectRemote(
  objects: Objects,
  options: RemoteGarbageOptions,
): Promise<CollectedRemote> {
  // Content first: what is uploaded after this is not looked at.
  const content = await storedContent(objects);
  const entries = await storedEntries(objects, STRUCTURE_ONLY);
  const gone = entries.flatMap((entry) => garbageEntry(entry, options));
  const names = new Set(gone.map(({ name }) => name));
  const staying = entries.filter(({ name }) => !names.has(name));
  const probes = await oldProbes(objects, options);
  if (!options.dryRun)
    await removeAll(
      objects,
      [...gone, ...probes].map(({ name }) => name),
    );
  // Entries that came meanwhile may need files that were there long before them.
  const seen = new Set(entries.map(({ name }) => name));
  const since = await storedEntries(objects, STRUCTURE_ONLY, seen);
  const needed = new Set([...staying, ...since].flatMap(filesOf));
  const unneeded = [...content].flatMap(([sha256, info]): RemoteItem[] =>
    needed.has(sha256) || !isOlder(info, options.grace, options.now)
      ? []
      : [{ ...info, what: 'file', why: 'no artifact has it' }],
  );
  if (!options.dryRun)
    await removeAll(
      objects,
      unneeded.map(({ name }) => name),
    );
  const removed = new Set(unneeded.map(({ name }) => name));
  const left = [...content.values()].filter(({ name }) => !removed.has(name));
  return {
    removed: [...gone, ...unneeded, ...probes],
    kept: {
      artifacts: staying.length + since.length,
      files: left.length,
      bytes: left.reduce((sum, { size }) => sum + size, 0),
    },
  };
}

function garbageEntry(
  stored: StoredEntry,
  { olderThan, grace, kept, now }: RemoteGarbageOptions,
): RemoteItem[] {
  const { name, size, modified, kind, key, entry } = stored;
  const item = { name, size, modified };
  if (entry.state === 'refused')
    return isOlder(stored, grace, now) ? [{ ...item, what: 'entry', why: entry.why }] : [];
  if (olderThan === undefined || kept.has(`${kind}/${key}`) || !isOlder(stored, olderThan, now)) return [];
  return [{ ...item, what: 'artifact', why: 'no recent or tagged run refers to it' }];
}

async function oldProbes(
  objects: Objects,
  { grace, now }: RemoteGarbageOptions,
): Promise<readonly RemoteItem[]> {
  const found: RemoteItem[] = [];
  for await (const info of objects.list(PROBE))
    if (isOlder(info, grace, now)) found.push({ ...info, what: 'probe', why: 'left by a process that died' });
  return found;
}

const filesOf = ({ entry }: StoredEntry): string[] =>
  entry.state === 'sound' ? entry.manifest.files.map(({ sha256 }) => sha256) : [];

const isOlder = ({ modified }: ObjectInfo, seconds: number, now: number): boolean =>
  now - modified > seconds * 1000;
