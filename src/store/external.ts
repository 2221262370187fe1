/**
 * Files outside the store that stages read: found, digested, and remembered by their metadata, so that an
 * unchanged file is not read again whatever its size.
 */
import { readdirSync, readFileSync, statSync, type BigIntStats } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { now } from '../base/clock.ts';
import { digestOfFile, digestOfJson, type Digest } from '../base/hash.ts';
import { writeDurably } from './durable.ts';
import type { StoreLayout } from './layout.ts';

export interface ExternalFile {
  /** Its name as the key sees it: the last part, or the path below the folder or the glob's fixed part. */
  readonly name: string;
  readonly path: string;
  readonly digest: Digest;
}

/** Metadata that changes when content does; a file's inode and change time cannot be set back by `touch`. */
type Signature = string;

function signature(stat: BigIntStats): Signature {
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
}

/**
 * A file changed this recently may change again without its times moving on (file systems count in ticks of up
 * to two seconds), so its digest is not remembered.
 */
const GRANULARITY_NS = 2_000_000_000n;

export interface ExternalFiles {
  /** The files that an absolute path, folder or glob stands for, by name in code-unit order; none if missing. */
  resolve(path: string): Promise<ExternalFile[]>;
  /** Writes what was learnt. A failure costs only time later, so it is not reported. */
  save(): void;
}

const CACHE_FILE = 'files.json';

export function openExternalFiles(layout: StoreLayout): ExternalFiles {
  const path = join(layout.cache, CACHE_FILE);
  let remembered: Map<string, [Signature, Digest]> | undefined;
  let learnt = false;

  const load = (): Map<string, [Signature, Digest]> => {
    try {
      return new Map(
        Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, [Signature, Digest]>),
      );
    } catch {
      return new Map();
    }
  };

  const digest = (file: string): Digest => {
    remembered ??= load();
    const stat = statSync(file, { bigint: true });
    const seen = signature(stat);
    const known = remembered.get(file);
    if (known?.[0] === seen) return known[1];
    const value = digestOfFile(file);
    const latest = stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs;
    const settled = latest + GRANULARITY_NS < BigInt(Math.floor(now())) * 1_000_000n;
    const unchanged = signature(statSync(file, { bigint: true })) === seen;
    if (settled && unchanged) {
      remembered.set(file, [seen, value]);
      learnt = true;
    }
    return value;
  };

  return {
    resolve: async (pattern) =>
      (await expand(pattern)).map((file) => ({ ...file, digest: digest(file.path) })),
    save(): void {
      if (!learnt || !remembered) return;
      try {
        writeDurably(path, JSON.stringify(Object.fromEntries(remembered)));
      } catch {
        // A read-only store still answers; it only hashes again next time.
      }
    },
  };
}

async function expand(pattern: string): Promise<{ name: string; path: string }[]> {
  const stat = statSync(pattern, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return below(pattern);
  if (stat) return [{ name: basename(pattern), path: pattern }];
  if (!isGlob(pattern)) return [];
  const { globSync } = await import('tinyglobby');
  return named(fixedPart(pattern), globSync(pattern, { absolute: true, dot: true, onlyFiles: true }));
}

export function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

/** The folders before the first wildcard. */
export function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  return parts.slice(0, parts.findIndex(isGlob)).join('/') || '/';
}

function below(folder: string): { name: string; path: string }[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      // Links to files count as files; links to folders are not followed, because they can form a circle.
      else if (statSync(child, { throwIfNoEntry: false })?.isFile()) found.push(child);
    }
  };
  visit(folder);
  return named(folder, found);
}

function named(base: string, paths: readonly string[]): { name: string; path: string }[] {
  return paths
    .map((path) => ({ name: relative(base, path).split(sep).join('/'), path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a path parameter contributes to a key. */
export function digestOfExternal(files: readonly ExternalFile[]): Digest {
  return digestOfJson(files.map(({ name, digest }) => [name, digest]));
}
