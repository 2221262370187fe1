/** Which folder `strict` watches, and what each file in it is to a command: declared, open to all, or undeclared. */
import { existsSync, readdirSync, readlinkSync, statSync, type Dirent } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface ProjectEntry {
  readonly path: string;
  /** `open`: installed software, which every command may read. */
  readonly is: 'declared' | 'open' | 'undeclared' | 'link';
}

/** More files than this take longer to prepare than most commands run. */
const MOST_FILES = 50_000;
const MARKS = ['package.json', '.git', 'artifacts'];

/** The folder whose files are watched: the top of the project, or the spec's own folder. */
export function watchedFolder(project: string): string {
  for (let folder = project; folder !== dirname(folder) && folder !== homedir(); folder = dirname(folder))
    if (MARKS.some((mark) => existsSync(join(folder, mark)))) return folder;
  return project;
}

/** Every entry that matters, folders before what is in them; undefined where there are too many files. */
export function projectEntries(
  watched: string,
  declared: ReadonlySet<string>,
  left: ReadonlySet<string>,
): ProjectEntry[] | undefined {
  const entries: ProjectEntry[] = [];
  const pending = [watched];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (left.has(path)) continue;
      const is = kindOf(path, entry, declared);
      if (is === 'folder') pending.push(path);
      else if (is !== 'nothing') entries.push({ path, is });
    }
    if (entries.length > MOST_FILES) return undefined;
  }
  return entries;
}

function kindOf(
  path: string,
  entry: Dirent,
  declared: ReadonlySet<string>,
): ProjectEntry['is'] | 'folder' | 'nothing' {
  if (declared.has(path)) return 'declared';
  if (entry.isSymbolicLink()) return readable(path) ? 'link' : 'nothing';
  if (entry.isFile()) return 'undeclared';
  if (!entry.isDirectory() || entry.name === '__pycache__') return 'nothing';
  if (entry.name === 'node_modules' || existsSync(join(path, 'pyvenv.cfg'))) return 'open';
  // Of git's own files, those that say which commit this is; the objects are many and have no meaning by themselves.
  return basename(dirname(path)) === '.git' ? 'nothing' : 'folder';
}

function readable(link: string): boolean {
  try {
    readlinkSync(link);
    return statSync(link, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
