/**
 * The files behind one digest: those of a path parameter, or the sources of a kind's code. A key contains the digest
 * alone, so that manifests stay small however many files a stage reads. The names only serve to report which file
 * changed; they are kept once, in the cache folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../base/files.ts';

/** Name → digest. */
export type Listing = Readonly<Record<string, string>>;

function listingFile(cache: string, digest: string): string {
  return join(cache, 'listings', `${digest}.json`);
}

/** A failure costs only the names in a later explanation, so it is not reported. */
export function saveListing(cache: string, digest: string, listing: () => Listing): void {
  const file = listingFile(cache, digest);
  if (existsSync(file)) return;
  try {
    writeAtomically(file, JSON.stringify(listing()));
  } catch {
    // A read-only store can still be used.
  }
}

export function readListing(cache: string, digest: string): Listing | undefined {
  try {
    return JSON.parse(readFileSync(listingFile(cache, digest), 'utf8')) as Listing;
  } catch {
    return undefined;
  }
}
