/**
 * Replacing an artifact takes two renames: the old one moves into the work folder, the new one takes its name. An old
 * one that a crash or a failure left in between is put back by whoever removes the work folder.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Key } from '../../base/hash.ts';
import { artifactFolder, type StoreLayout } from '../layout.ts';
import type { Sealed } from '../store.ts';
import { namesIn } from '../../base/files.ts';

/** Where the old artifact waits, inside the work folder. */
const REPLACED = 'replaced';

export function moveAside(layout: StoreLayout, { work, manifest: { kind, key } }: Sealed): void {
  const aside = join(work, REPLACED, kind, key);
  mkdirSync(dirname(aside), { recursive: true });
  renameSync(artifactFolder(layout, kind, key), aside);
}

export function restoreReplaced(layout: StoreLayout, work: string): void {
  const folder = join(work, REPLACED);
  for (const kind of namesIn(folder))
    for (const key of namesIn(join(folder, kind))) {
      const home = artifactFolder(layout, kind, key as Key);
      if (!existsSync(home)) renameSync(join(folder, kind, key), home);
    }
}
