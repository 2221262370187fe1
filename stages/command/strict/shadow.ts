/**
 * A shadow of the project for one command: what it declares is there; every other file is a placeholder of the same
 * size without content. Reading a placeholder moves its access time on, which is how the read is found out.
 */
import {
  chmodSync,
  closeSync,
  constants,
  cpSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectEntry } from './project-files.ts';

export interface Shadow {
  /** The shadow of a path of the project. */
  readonly at: (path: string) => string;
  /** What a mount namespace mounts into the shadow; copies have been made where there is none. */
  readonly mounts: readonly { readonly from: string; readonly to: string }[];
  /** Undeclared files that have been read, by their path in the project. */
  readonly read: () => string[];
}

export interface ShadowOptions {
  /** An empty folder for it. */
  readonly folder: string;
  /** Whether declared files are mounted, which is free, or copied. */
  readonly mounted: boolean;
  /** Whether undeclared files get a placeholder, or are not there at all. */
  readonly placeholders: boolean;
}

export function makeShadow(
  entries: readonly ProjectEntry[],
  { folder, mounted, placeholders }: ShadowOptions,
): Shadow {
  const at = (path: string): string => join(folder, path);
  const mounts: { from: string; to: string }[] = [];
  const watched: string[] = [];
  for (const { path, is } of entries) {
    const to = at(path);
    mkdirSync(dirname(to), { recursive: true });
    if (is === 'link') symlinkSync(readlinkSync(path), to);
    else if (is === 'undeclared') {
      if (placeholders && placeholder(path, to)) watched.push(path);
    } else if (mounted) mounts.push(mountPoint(path, to));
    else if (is === 'open') symlinkSync(path, to);
    // A link to a declared file would lead a program that resolves links back into the project.
    else
      cpSync(path, to, {
        recursive: true,
        dereference: true,
        preserveTimestamps: true,
        mode: constants.COPYFILE_FICLONE,
      });
  }
  return { at, mounts, read: () => watched.filter((path) => wasRead(at(path))) };
}

/** An empty file or folder to mount on. */
export function mountPoint(from: string, to: string): { readonly from: string; readonly to: string } {
  if (statSync(from).isDirectory()) mkdirSync(to, { recursive: true });
  else writeFileSync(to, '');
  return { from, to };
}

/** False where the file has vanished. */
function placeholder(path: string, to: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  const descriptor = openSync(to, 'w');
  // Sparse: it takes no space, however large the file is.
  ftruncateSync(descriptor, stat.size);
  closeSync(descriptor);
  chmodSync(to, stat.mode | 0o600);
  utimesSync(to, 0, stat.mtime);
  return true;
}

function wasRead(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.atimeMs ?? 0) > 0;
}

/** Whether this file system notes when a file was read; one mounted with `noatime` does not. */
export function notesReads(folder: string): boolean {
  const probe = join(folder, 'probe');
  writeFileSync(probe, 'probe');
  utimesSync(probe, 0, new Date());
  readFileSync(probe);
  return wasRead(probe);
}
