/**
 * Files outside the store that stages read: lists them and computes their digests. Digests are remembered by the files'
 * metadata, for single files and for whole folders or globs, so that unchanged files are not read again.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { now } from '../base/clock.ts';
import { writeAtomically } from '../base/files.ts';
import { digestOf, digestOfFile, digestOfFileInTurns, digestOfJson, type Digest } from '../base/hash.ts';
import { takeTurns } from '../base/turns.ts';
import { filesOf, unreadable, type FoundFile } from '../base/walk.ts';

export interface ExternalFile {
  /** Its name in the key: the last part, or the path below the folder or the fixed part of the glob. */
  readonly name: string;
  readonly path: string;
  readonly digest: Digest;
}

/** The files that an absolute path, folder or glob matches. */
export interface ExternalSet {
  readonly count: number;
  /** Over every file's name and content: what a path parameter contributes to a key. */
  readonly digest: Digest;
  /** By name in code-unit order. */
  readonly files: () => readonly ExternalFile[];
  /** Name → what changes when the file is written or replaced, as it was when the set was resolved. */
  readonly writes: () => ReadonlyMap<string, string>;
}

/**
 * Metadata that changes when content does; a file's inode and change time cannot be set back by `touch`. Times
 * are doubles, true to a quarter of a microsecond: finer than any file system's tick.
 */
type Signature = string;

function signature(stat: Stats): Signature {
  return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

/** Without the change time: a new mode or name is no new content. */
function writesOf(found: readonly FoundFile[]): ReadonlyMap<string, string> {
  return new Map(
    found.map(({ name, stat, circle }) => [
      name,
      circle ?? `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs}`,
    ]),
  );
}

/**
 * A file changed this recently may change again without its times moving on (file systems count in ticks of up
 * to two seconds), so its digest is not remembered.
 */
const GRANULARITY_MS = 2_000;

export interface ExternalFiles {
  /** The set may be empty. Throws `E_INPUT` where a file cannot be read. */
  resolve(path: string): Promise<ExternalSet>;
  /** Saves the new digests. A failure costs only time later, so it is not reported. */
  save(): void;
}

/** Path → metadata and digest. */
type KnownFiles = Record<string, readonly [Signature, Digest]>;
/** Path, folder or glob → digest over its files' names and metadata, and their digest. */
type KnownSets = Record<string, readonly [listing: string, digest: Digest]>;

function readCache<T>(path: string): Record<string, T> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, T>;
  } catch {
    return {};
  }
}

export function openExternalFiles(cache: string): ExternalFiles {
  const filesCache = join(cache, 'files.json');
  const setsCache = join(cache, 'file-sets.json');
  // Tens of thousands of entries: read only where some file has changed.
  let knownFiles: Map<string, readonly [Signature, Digest]> | undefined;
  let knownSets: Map<string, readonly [string, Digest]> | undefined;
  // A folder that contains the store would change with every run.
  const store = dirname(cache);
  let learnt = false;
  const unsettled = new Set<string>();
  /** Digests of this process, by path and metadata. */
  const hashed = new Map<string, Digest>();

  /** Hashes what is not known, file by file, and lets Ctrl-C be answered meanwhile. */
  const hashAll = async (found: readonly FoundFile[]): Promise<void> => {
    knownFiles ??= new Map(Object.entries(readCache<KnownFiles[string]>(filesCache)));
    hashed.clear();
    const turn = takeTurns();
    for (const { path, stat } of found) {
      const seen = signature(stat);
      if (!stat.isFile() || knownFiles.get(path)?.[0] === seen) continue;
      try {
        hashed.set(hashedAs(path, seen), await digestOfFileInTurns(path, turn));
      } catch (error) {
        throw unreadable(path, error);
      }
    }
  };

  const digest = ({ path, stat, circle }: FoundFile): Digest => {
    if (circle !== undefined) return digestOf(`a link to ${circle}`);
    knownFiles ??= new Map(Object.entries(readCache<KnownFiles[string]>(filesCache)));
    const seen = signature(stat);
    const known = knownFiles.get(path);
    if (known?.[0] === seen) return known[1];
    const value = hashed.get(hashedAs(path, seen)) ?? read(path);
    const settled = Math.max(stat.mtimeMs, stat.ctimeMs) + GRANULARITY_MS < now();
    const unchanged = signature(statSync(path)) === seen;
    if (settled && unchanged) {
      knownFiles.set(path, [seen, value]);
      learnt = true;
    } else unsettled.add(path);
    return value;
  };

  const learn = (pattern: string, listing: string, found: readonly FoundFile[]): ExternalSet => {
    const set = externalSet(digestAll(found, digest), () => writesOf(found));
    if (!found.some(({ path }) => unsettled.has(path))) {
      knownSets!.set(pattern, [listing, set.digest]);
      learnt = true;
    }
    return set;
  };

  return {
    async resolve(pattern): Promise<ExternalSet> {
      const found = await filesOf(pattern, store);
      const listing = listingOf(found);
      knownSets ??= new Map(Object.entries(readCache<KnownSets[string]>(setsCache)));
      const known = knownSets.get(pattern);
      if (known?.[0] !== listing) {
        await hashAll(found);
        return learn(pattern, listing, found);
      }
      return {
        count: found.length,
        digest: known[1],
        files: () => digestAll(found, digest),
        writes: () => writesOf(found),
      };
    },
    save(): void {
      if (!learnt) return;
      try {
        if (knownFiles)
          writeAtomically(filesCache, JSON.stringify(Object.fromEntries(knownFiles)), { durable: true });
        if (knownSets)
          writeAtomically(setsCache, JSON.stringify(Object.fromEntries(knownSets)), { durable: true });
      } catch {
        // A read-only store still works; the files are hashed again next time.
      }
    },
  };
}

const hashedAs = (path: string, seen: Signature): string => `${seen} ${path}`;

function read(path: string): Digest {
  try {
    return digestOfFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Text that changes when a file that an absolute path, folder or glob matches does, as far as metadata tell. */
export async function metadataOf(pattern: string): Promise<string> {
  return listingOf(await filesOf(pattern));
}

/** SHA-256 over names and metadata, in the order in which they were found. */
function listingOf(found: readonly FoundFile[]): string {
  const hash = createHash('sha256');
  for (const { name, stat, circle = '' } of found) hash.update(`${name}\0${signature(stat)}\0${circle}\n`);
  return hash.digest('hex');
}

function digestAll(found: readonly FoundFile[], digest: (file: FoundFile) => Digest): ExternalFile[] {
  return found
    .map((file) => ({ name: file.name, path: file.path, digest: digest(file) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether an absolute path, folder or glob matches a file. Reads none. */
export async function matchesFile(pattern: string): Promise<boolean> {
  return (await filesOf(pattern)).length > 0;
}

export function externalSet(
  files: readonly ExternalFile[],
  writes: ExternalSet['writes'] = () => new Map(),
): ExternalSet {
  const digest = digestOfJson(files.map(({ name, digest }) => [name, digest]));
  return { count: files.length, digest, files: () => files, writes };
}
