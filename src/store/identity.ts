/**
 * Whether two processes use the same folder as their store, under whatever path each has mounted it. The identity is no
 * part of any key; it is made again where the cache was deleted.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { reasonOf } from '../base/system-error.ts';
import type { StoreLayout } from './layout.ts';

/** Throws `E_STORE` where it has none and cannot be written. */
export function storeIdentity({ cache, root }: Pick<StoreLayout, 'cache' | 'root'>): string {
  const file = join(cache, 'store-identity');
  const read = (): string | undefined => {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const known = read();
  if (known) return known;
  const aside = `${file}.${randomUUID()}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(aside, `${randomUUID()}\n`);
    // A link is made whole or not at all, and never over one that another process has made meanwhile.
    try {
      linkSync(aside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  } catch (error) {
    throw new PipelineError('E_STORE', `the store ${root} cannot be written: ${reasonOf(error)}`, {
      hint: 'Name another folder with `--store`, or grant permission to write to this one.',
      cause: error,
    });
  } finally {
    rmSync(aside, { force: true });
  }
  return read()!;
}
