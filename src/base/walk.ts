/**
 * The files that a path, folder or glob means. The digest in a key and the kinds that read the files both ask here, so
 * that a key covers what is read. Links are followed, to files and to folders; a link back to a folder that contains
 * it ends there, and one that leads to nothing counts for nothing.
 */
import { reasonOf } from './system-error.ts';
import { lstatSync, readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PipelineError } from './diagnostic.ts';

export interface FoundFile {
  /** The last part of a path; for folders and globs, the path below the folder or the fixed part. */
  readonly name: string;
  readonly path: string;
  readonly stat: Stats;
  /** For a link back to a folder above it: that folder, by its path below the root of the walk. It has no content. */
  readonly circle?: string;
}

/** By path in code-unit order. `pattern` is absolute; `except` is a folder whose files do not count. */
export async function filesOf(pattern: string, except?: string): Promise<FoundFile[]> {
  const stat = statOf(pattern);
  if (stat?.isDirectory()) return filesBelow(pattern, except);
  if (stat?.isFile()) return [{ name: basename(pattern), path: pattern, stat }];
  if (stat)
    throw new PipelineError('E_INPUT', `${pattern} is neither a file nor a folder`, {
      hint: 'Pipes, sockets and devices have no content that a key could cover. Name a file.',
    });
  return isGlob(pattern) ? filesMatching(pattern, except) : [];
}

function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

function filesBelow(root: string, except: string | undefined): FoundFile[] {
  const entriesOf = folderReader(root, except);
  const found: FoundFile[] = [];
  const visit = (folder: string, prefix: string): void => {
    for (const { name, path, type } of entriesOf(folder)) {
      if (type === 'folder') visit(path, `${prefix}${name}/`);
      else if (type === 'file') found.push(...plainFile(path, prefix + name));
      else found.push({ name: prefix + name, path, stat: statSync(path), circle: type.circle });
    }
  };
  visit(root, '');
  return found.sort(byPath);
}

async function filesMatching(pattern: string, except: string | undefined): Promise<FoundFile[]> {
  const root = fixedPart(pattern);
  if (!statOf(root)?.isDirectory()) return [];
  const { globSync, escapePath } = await import('tinyglobby');
  // It passes over folders that cannot be read, so what is thrown for one is kept.
  let failed: { readonly error: unknown } | undefined;
  const readEntries = folderReader(root, except);
  const entriesOf = (folder: string): Entry[] => {
    if (failed) return [];
    try {
      return readEntries(folder);
    } catch (error) {
      failed = { error };
      return [];
    }
  };
  const matches = globSync(join(escapePath(root), pattern.slice(root.length)), {
    absolute: true,
    dot: true,
    onlyFiles: true,
    fs: {
      // It sees files and folders only: what a link is has been decided here.
      readdirSync: ((folder: string) =>
        entriesOf(folder.length > 1 ? folder.replace(/\/$/, '') : folder)
          .filter(({ type }) => typeof type === 'string')
          .map(({ name, type }) => directoryEntry(name, type === 'folder'))) as unknown as typeof readdirSync,
    },
  });
  if (failed) throw failed.error;
  const below = root === '/' ? 1 : root.length + 1;
  return matches.flatMap((path) => plainFile(path, path.slice(below))).sort(byPath);
}

/** The folders before the first wildcard. A folder whose own name has such characters is no wildcard. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex(
    (part, index) => isGlob(part) && !statOf(parts.slice(0, index + 1).join('/'))?.isDirectory(),
  );
  return parts.slice(0, first).join('/') || '/';
}

function byPath(a: FoundFile, b: FoundFile): number {
  return a.path < b.path ? -1 : 1;
}

/** None where it has vanished meanwhile. */
function plainFile(path: string, name: string): FoundFile[] {
  const stat = statOf(path);
  return stat?.isFile() ? [{ name, path, stat }] : [];
}

/** Undefined where there is nothing, or a link that leads to nothing. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'ENAMETOOLONG') return undefined;
    throw unreadable(path, error);
  }
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly type: 'file' | 'folder' | { readonly circle: string };
}

/** What Node writes for a byte of a name that is not UTF-8: with it, the file is not found. */
const NOT_UTF8 = '\ufffd';

/** Folders that link to each other have more paths with every link: ten such folders have millions. */
const MOST_PATHS = 1_000;

/** Reads folders at or below `root`: names in code-unit order, with links replaced by what they lead to. */
function folderReader(root: string, except: string | undefined): (folder: string) => Entry[] {
  const identities = new Map<string, string>();
  const identityOf = (path: string, stat = statSync(path)): string => {
    const identity = identities.get(path) ?? `${stat.dev}:${stat.ino}`;
    identities.set(path, identity);
    return identity;
  };
  /** The folder that a link leads back to, among those between the root and the link. */
  const circleOf = (link: string, stat: Stats): string | undefined => {
    const target = `${stat.dev}:${stat.ino}`;
    for (let folder = dirname(link); ; folder = dirname(folder)) {
      if (identityOf(folder) === target) return folder.slice(root.length + 1) || '.';
      if (folder === root || folder === dirname(folder)) return undefined;
    }
  };
  const paths = new Map<string, number>();
  const countPath = (link: string, { dev, ino }: Stats): void => {
    const count = (paths.get(`${dev}:${ino}`) ?? 0) + 1;
    paths.set(`${dev}:${ino}`, count);
    if (count > MOST_PATHS) throw tooManyPaths(root, link);
  };
  const typeOf = (entry: Dirent, path: string): Entry['type'] | undefined => {
    if (entry.isFile()) return 'file';
    if (entry.isDirectory()) return 'folder';
    const stat = entry.isSymbolicLink() ? statOf(path) : undefined;
    if (stat?.isFile()) return 'file';
    if (!stat?.isDirectory()) return undefined;
    const circle = circleOf(path, stat);
    if (circle !== undefined) return { circle };
    countPath(path, stat);
    return 'folder';
  };
  const excepted = except === undefined ? undefined : statOf(except);
  const isExcepted = (entry: Dirent, path: string): boolean =>
    excepted !== undefined &&
    (entry.isSymbolicLink() || entry.name === basename(except!)) &&
    identityOf(path) === identityOf(except!, excepted);
  return (folder) =>
    entriesIn(folder).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.includes(NOT_UTF8) && !lstatSync(path, { throwIfNoEntry: false }))
        throw nameless(folder, entry.name);
      const type = typeOf(entry, path);
      if (type === undefined || (type === 'folder' && isExcepted(entry, path))) return [];
      return [{ name: entry.name, path, type }];
    });
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function directoryEntry(name: string, isFolder: boolean): Partial<Dirent> {
  return {
    name,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
    isSymbolicLink: () => false,
  };
}

function nameless(folder: string, name: string): PipelineError {
  return new PipelineError('E_INPUT', `in ${folder}, the name '${name}' is not UTF-8`, {
    hint: 'Rename the file, or name the other files.',
  });
}

function tooManyPaths(root: string, link: string): PipelineError {
  const name = basename(link);
  return new PipelineError(
    'E_INPUT',
    `in ${root}, links lead to the folder of '${name}' in more than ${MOST_PATHS.toLocaleString('en')} ways`,
    {
      hint: 'Folders that link to each other have no end of paths. Name the files, or the folders without these links.',
    },
  );
}

export function unreadable(path: string, error: unknown): PipelineError {
  return new PipelineError('E_INPUT', `${path} cannot be read: ${reasonOf(error)}`, {
    hint: 'Give permission to read it, or name another file.',
    cause: error,
  });
}
