/**
 * Which files stand behind one digest: those of a path parameter, or the sources of a kind's code. Keys hold the
 * digest alone, so that a manifest stays small however many files a stage reads; the names are kept once, beside
 * the other things that may be deleted, and only serve to say which file changed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../base/files.ts';
import type { StoreLayout } from './layout.ts';

/** Name → digest. */
export type Listing = Readonly<Record<string, string>>;

function listingFile(layout: StoreLayout, digest: string): string {
  return join(layout.cache, 'listings', `${digest}.json`);
}

/** A failure costs only the names in a later explanation, so it is not reported. */
export function saveListing(layout: StoreLayout, digest: string, listing: () => Listing): void {
  const file = listingFile(layout, digest);
  if (existsSync(file)) return;
  try {
    writeAtomically(file, JSON.stringify(listing()));
  } catch {
    // A store that cannot be written to can still be read from.
  }
}

export function readListing(layout: StoreLayout, digest: string): Listing | undefined {
  try {
    return JSON.parse(readFileSync(listingFile(layout, digest), 'utf8')) as Listing;
  } catch {
    return undefined;
  }
}
