/** Checks that the store's file system has the properties that the store relies on, in a temporary folder. */
import { reasonOf } from '../../base/system-error.ts';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { StoreLayout } from '../../store/layout.ts';
import { bytesText } from '../render/text.ts';
import type { Check } from './check.ts';

export function fileSystemChecks(layout: StoreLayout): Check[] {
  const folder = join(layout.tmp, `doctor-${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return [
      space(layout),
      {
        name: 'store is writable',
        state: 'failed',
        found: reasonOf(error),
        hint: 'A read-only store can be shown, queried and verified. For runs, name another one with --store.',
      },
    ];
  }
  try {
    return [
      space(layout),
      { name: 'store is writable', state: 'ok', found: layout.root },
      attempt('rename', 'replaces files and moves folders atomically', () => {
        renames(folder);
      }),
      attempt('fsync', 'works for files and folders', () => {
        flushes(folder);
      }),
      attempt('exclusive creation', 'works for lock files', () => {
        excludes(folder);
      }),
      attempt('times', 'change with the content of a file', () => {
        changesTimes(folder);
      }),
      caseSensitivity(folder),
      links(folder),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function attempt(name: string, found: string, action: () => void): Check {
  try {
    action();
    return { name, state: 'ok', found };
  } catch (error) {
    return {
      name,
      state: 'failed',
      found: reasonOf(error),
      hint: 'Put the store on a local file system, such as ext4, xfs, btrfs, APFS or NTFS.',
    };
  }
}

const LITTLE_SPACE = 5e9;
const ALMOST_NONE = 2e8;

function space({ root }: StoreLayout): Check {
  try {
    const { bavail, bsize, ffree, files } = statfsSync(root);
    const free = bavail * bsize;
    const found = `${bytesText(free)} free`;
    if (files > 0 && ffree === 0)
      return {
        name: 'disk space',
        state: 'failed',
        found: `${found}, but no free inodes`,
        hint: 'Remove files, for example with `pipeline gc`.',
      };
    if (free >= LITTLE_SPACE) return { name: 'disk space', state: 'ok', found };
    const state = free < ALMOST_NONE ? 'failed' : 'warning';
    return {
      name: 'disk space',
      state,
      found,
      hint: 'Free some space. `pipeline gc --dry-run` shows what could be removed.',
    };
  } catch (error) {
    return { name: 'disk space', state: 'warning', found: reasonOf(error) };
  }
}

function renames(folder: string): void {
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  writeFileSync(a, 'new');
  writeFileSync(b, 'old');
  renameSync(a, b);
  if (existsSync(a)) throw new Error('a renamed file still exists under its old name');
  mkdirSync(join(folder, 'from', 'inner'), { recursive: true });
  renameSync(join(folder, 'from'), join(folder, 'to'));
  if (!existsSync(join(folder, 'to', 'inner'))) throw new Error('a renamed folder lost its content');
}

function flushes(folder: string): void {
  const file = join(folder, 'flushed');
  writeFileSync(file, 'x');
  for (const path of [file, folder]) {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

function excludes(folder: string): void {
  const file = join(folder, 'exclusive');
  writeFileSync(file, '', { flag: 'wx' });
  try {
    writeFileSync(file, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  throw new Error('a file can be created twice, so concurrent runs could make the same artifact twice');
}

/** An in-place change of equal length is detected only by the file's times. */
function changesTimes(folder: string): void {
  const file = join(folder, 'times');
  writeFileSync(file, 'a');
  const before = statSync(file, { bigint: true });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  writeFileSync(file, 'b');
  const after = statSync(file, { bigint: true });
  if (before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs)
    throw new Error(
      'a change within 50 ms does not show in the time stamps (recently changed files are read again, so this only costs time)',
    );
}

function caseSensitivity(folder: string): Check {
  const name = 'letter case';
  writeFileSync(join(folder, 'Case'), '');
  if (!existsSync(join(folder, 'case'))) return { name, state: 'ok', found: 'file names are case-sensitive' };
  return {
    name,
    state: 'warning',
    found: 'file names are not case-sensitive here',
    hint: 'Avoid stage kinds whose names differ only by case: they would share a folder.',
  };
}

function links(folder: string): Check {
  const name = 'hard links';
  try {
    writeFileSync(join(folder, 'one'), '');
    linkSync(join(folder, 'one'), join(folder, 'two'));
    return { name, state: 'ok', found: 'supported' };
  } catch {
    return { name, state: 'missing', found: 'not supported, and not needed' };
  }
}
