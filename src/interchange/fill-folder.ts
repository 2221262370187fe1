import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { namesIn } from '../base/files.ts';
import { removeFolder } from '../store/local/folders.ts';

/** The folder appears when it is complete. Throws `E_USAGE` if it is there already and not empty. */
export function fillFolder(folder: string, fill: (aside: string) => void): void {
  if (existsSync(folder) && namesIn(folder).length > 0)
    throw new PipelineError('E_USAGE', `${folder} already exists`, {
      hint: 'Name another folder with --output.',
    });
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const aside = join(parent, `.${basename(folder)}-${randomUUID()}`);
  mkdirSync(aside);
  try {
    fill(aside);
    renameSync(aside, folder);
  } catch (error) {
    removeFolder(aside);
    throw error;
  }
}

/** Copies contents alone: files of an artifact are read-only, and those of a user's folder are not. */
export function copyFiles(from: string, to: string, names: readonly string[]): void {
  for (const name of names) writeFileSync(join(to, name), readFileSync(join(from, name)), { flag: 'wx' });
}
