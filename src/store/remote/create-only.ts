/** Whether a server honours `If-None-Match: *`: tried out once, and remembered in the cache of the local store. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../base/files.ts';
import { digestOf } from '../../base/hash.ts';
import { isObject } from '../../base/json.ts';
import { PROBE } from './names.ts';
import type { Objects } from './objects/objects.ts';
import { RemoteFault } from './objects/remote-fault.ts';
import { retried } from './retry.ts';

/** `first`: it was found out now, and is to be said. */
export async function createOnlyOf(
  objects: Objects,
  cache: string,
  signal: AbortSignal,
): Promise<{ readonly createOnly: boolean; readonly first: boolean }> {
  const file = join(cache, 'remote', `${digestOf(objects.url)}.json`);
  const known = remembered(file);
  if (known !== undefined) return { createOnly: known, first: false };
  const createOnly = await probeCreateOnly(objects, signal);
  try {
    writeAtomically(file, JSON.stringify({ url: objects.url, createOnly }));
  } catch {
    // A read-only store: it is tried out again next time.
  }
  return { createOnly, first: true };
}

function remembered(file: string): boolean | undefined {
  try {
    const known: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(known) && typeof known['createOnly'] === 'boolean' ? known['createOnly'] : undefined;
  } catch {
    return undefined;
  }
}

/** Throws `RemoteFault` where nothing can be written at all. */
export async function probeCreateOnly(objects: Objects, signal: AbortSignal): Promise<boolean> {
  const name = `${PROBE}${randomUUID()}`;
  const content = Buffer.from('written by two-tower to find out what the server can do\n');
  const write = (createOnly: boolean): Promise<'written' | 'exists'> =>
    retried(() => objects.write(name, content, { createOnly, signal }), signal);
  try {
    await write(true);
    return (await write(true)) === 'exists';
  } catch (error) {
    if (!(error instanceof RemoteFault) || error.kind === 'denied' || error.temporary) throw error;
    // A server that does not know the header may refuse it.
    await write(false);
    return false;
  } finally {
    await objects.remove(name).catch(() => undefined);
  }
}
