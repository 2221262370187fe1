/** Run records in a remote store: written when a run ends, read when somebody asks for them. */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { atMost } from '../base/at-most.ts';
import { namesIn, writeAtomically } from '../base/files.ts';
import { digestOf } from '../base/hash.ts';
import type { StoreLayout } from '../store/layout.ts';
import { recordName, RECORDS } from '../store/remote/names.ts';
import type { Objects } from '../store/remote/objects/objects.ts';
import { retried } from '../store/remote/retry.ts';
import { parseRunRecord, runFile } from './record.ts';

const AT_ONCE = 32;
const RECORD_MS = 30_000;

/** Writes the records of this store to the remote one. A record never changes, so nothing is asked before. */
export async function sendRecords(
  objects: Objects,
  layout: StoreLayout,
  ids: readonly string[],
): Promise<void> {
  const limit = atMost(AT_ONCE);
  const send = async (id: string): Promise<void> => {
    const signal = AbortSignal.timeout(RECORD_MS);
    const content = readFileSync(runFile(layout, id));
    await retried(() => objects.write(recordName(id), content, { createOnly: false, signal }), signal);
  };
  await Promise.all(ids.map((id) => limit(() => send(id))));
}

/**
 * The remote records in a folder of the cache, as the layout of a store that has nothing else. A record that is there from
 * last time is not asked for again.
 */
export async function receiveRecords(objects: Objects, layout: StoreLayout): Promise<StoreLayout> {
  const folder = join(layout.cache, 'remote', digestOf(objects.url));
  const runs = join(folder, 'runs');
  mkdirSync(runs, { recursive: true });
  const here = new Set(namesIn(runs));
  const limit = atMost(AT_ONCE);
  const arriving: Promise<void>[] = [];
  for await (const { name } of objects.list(RECORDS)) {
    const file = name.slice(RECORDS.length);
    if (!RECORD_FILE.test(file) || here.has(file)) continue;
    const one = limit(() => receive(objects, name, join(runs, file)));
    // It may fail while the list goes on; it is awaited below.
    one.catch(() => undefined);
    arriving.push(one);
  }
  await Promise.all(arriving);
  return { ...layout, runs, cache: join(folder, 'cache') };
}

/** An id that `newRunId` makes: no path can be in it. */
const RECORD_FILE = /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{7}\.json$/;

async function receive(objects: Objects, name: string, path: string): Promise<void> {
  const signal = AbortSignal.timeout(RECORD_MS);
  const content = await retried(() => objects.read(name, signal), signal);
  const text = content?.toString('utf8');
  // What is no record, or that of another run, is left out, as a damaged record of this machine is.
  if (text !== undefined && parseRunRecord(text)?.id === basename(path, '.json')) writeAtomically(path, text);
}
