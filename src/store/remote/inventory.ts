/** Everything that a remote store has. It is listed, so only those who take care of the store use this. */
import { atMost } from '../../base/at-most.ts';
import type { Key } from '../../base/hash.ts';
import { readEntry, type EntryState, type Signer } from './entry.ts';
import { CONTENT, ENTRIES, parseContentName, parseEntryName } from './names.ts';
import type { ObjectInfo, Objects } from './objects/objects.ts';
import { retried } from './retry.ts';

const AT_ONCE = 32;
const ENTRY_MS = 60_000;

export interface StoredEntry extends ObjectInfo {
  readonly kind: string;
  readonly key: Key;
  readonly entry: EntryState;
}

/** Throws `RemoteFault` where an entry cannot be read: its files are then unknown. Those in `known` are not read. */
export async function storedEntries(
  objects: Objects,
  signer: Signer,
  known: ReadonlySet<string> = new Set(),
): Promise<readonly StoredEntry[]> {
  const limit = atMost(AT_ONCE);
  const reading: Promise<StoredEntry | undefined>[] = [];
  for await (const info of objects.list(ENTRIES)) {
    const named = parseEntryName(info.name);
    if (!named || known.has(info.name)) continue;
    const one = limit(async () => {
      const signal = AbortSignal.timeout(ENTRY_MS);
      const content = await retried(() => objects.read(info.name, signal), signal);
      return content && { ...info, ...named, entry: readEntry(content, named.kind, named.key, signer) };
    });
    // It may fail while the list goes on; it is awaited below.
    one.catch(() => undefined);
    reading.push(one);
  }
  return (await Promise.all(reading)).filter((entry) => entry !== undefined);
}

/** Hash → the object with the bytes. */
export async function storedContent(objects: Objects): Promise<ReadonlyMap<string, ObjectInfo>> {
  const found = new Map<string, ObjectInfo>();
  for await (const info of objects.list(CONTENT)) {
    const sha256 = parseContentName(info.name);
    if (sha256 !== undefined) found.set(sha256, info);
  }
  return found;
}

export async function removeAll(objects: Objects, names: readonly string[]): Promise<void> {
  const limit = atMost(AT_ONCE);
  await Promise.all(names.map((name) => limit(() => objects.remove(name))));
}
