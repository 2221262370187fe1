/**
 * The files behind one digest: those of a path parameter, or the sources of a kind's code. A key contains the digest
 * alone, so that manifests stay small however many files a stage reads. The names only serve to report which file
 * changed; they are kept once, in the cache folder.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

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
    mkdirSync(join(cache, 'listings'), { recursive: true });
    const aside = `${file}.${randomUUID()}`;
    writeFileSync(aside, JSON.stringify(listing()));
    renameSync(aside, file);
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
