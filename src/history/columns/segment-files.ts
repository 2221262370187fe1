/** The files of segments in the store's cache: read, written, and removed once another has their rows. */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { now } from '../../base/clock.ts';
import { namesIn, writeAtomically } from '../../base/files.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { isSegmentName, readSegment, type Segment } from './segment.ts';

export const segmentFolder = (layout: StoreLayout): string => join(layout.cache, 'runs');

/** Those that can be read, in the order of their names. A damaged one is removed: its records are read again. */
export function readSegments(layout: StoreLayout): Segment[] {
  const folder = segmentFolder(layout);
  return namesIn(folder, 'empty')
    .sort()
    .flatMap((name) => {
      if (name.startsWith('.')) removeAbandoned(join(folder, name));
      if (!isSegmentName(name)) return [];
      const segment = readOne(join(folder, name), name);
      if (segment) return [segment];
      removeSegments(layout, [name]);
      return [];
    });
}

const ABANDONED_MS = 3_600_000;

/** What a process was writing when it was killed. */
function removeAbandoned(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat && now() - stat.mtimeMs > ABANDONED_MS) removeQuietly(path);
}

function readOne(path: string, name: string): Segment | undefined {
  try {
    return readSegment(name, readFileSync(path));
  } catch {
    // Another process has merged it with others since the folder was listed.
    return undefined;
  }
}

/** False where the store cannot be written: its history can be read all the same. */
export function writeSegment(layout: StoreLayout, { name, bytes }: Segment): boolean {
  try {
    // Not durable: the digest shows a file that a power cut has torn.
    writeAtomically(join(segmentFolder(layout), name), bytes);
    // The index of earlier versions is of no use any more.
    rmSync(join(layout.cache, 'runs-3.ndjson'), { force: true });
    return true;
  } catch {
    return false;
  }
}

export function removeSegments(layout: StoreLayout, names: readonly string[]): void {
  for (const name of names) removeQuietly(join(segmentFolder(layout), name));
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A read-only store keeps it, and it is passed over.
  }
}
