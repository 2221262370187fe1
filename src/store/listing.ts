/**
 * Which files stand behind one digest: those of a path parameter, or the sources of a kind's code. Keys hold the
 * digest alone, so that a manifest stays small however many files a stage reads; the names are kept once, beside
 * the other things that may be deleted, and only serve to say which file changed.
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
    // A store that cannot be written to can still be read from.
  }
}

export function readListing(cache: string, digest: string): Listing | undefined {
  try {
    return JSON.parse(readFileSync(listingFile(cache, digest), 'utf8')) as Listing;
  } catch {
    return undefined;
  }
}
