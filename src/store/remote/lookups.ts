/**
 * Entries of a remote store by kind and key, each asked for once: many at a time, within a time limit, without a list.
 * A remote store that does not answer counts as one that has nothing.
 */
import { monotonic } from '../../base/clock.ts';
import { atMost } from '../../base/at-most.ts';
import type { Key } from '../../base/hash.ts';
import type { Manifest } from '../manifest.ts';
import type { Availability } from './availability.ts';
import { readEntry, type EntryState, type Signer } from './entry.ts';
import { entryName } from './names.ts';
import type { Objects } from './objects/objects.ts';
import { RemoteFault } from './objects/remote-fault.ts';
import { retried } from './retry.ts';

const AT_ONCE = 32;
const FIND_MS = 5_000;
/** Within a run, the planner and the scheduler ask for the same key. */
const ABSENT_MS = 10_000;

export interface Lookups {
  /** `fresh`: another machine may have put it a moment ago. */
  find(kind: string, key: Key, fresh?: boolean): Promise<Manifest | undefined>;
  /** Its files turned out to be missing or damaged: from now on it counts as absent. */
  lose(manifest: Manifest): void;
  isLost(manifest: Manifest): boolean;
  /** It is there now. */
  learn(manifest: Manifest): void;
}

export interface LookupSettings {
  readonly objects: () => Promise<Objects>;
  readonly signer: Signer;
  readonly reading: Availability;
  /** Called with every entry that is not used. */
  readonly onRefused: (kind: string, key: Key, why: string) => void;
  readonly onUnsigned: (kind: string, key: Key) => void;
  readonly findMs?: number;
}

export function lookups(settings: LookupSettings): Lookups {
  const { signer, reading, onRefused, onUnsigned } = settings;
  const limit = atMost(AT_ONCE);
  const found = new Map<string, Manifest>();
  const absent = new Map<string, number>();
  const asked = new Map<string, Promise<Manifest | undefined>>();
  const lost = new Set<string>();
  const idOf = ({ kind, key }: Manifest): string => `${kind}/${key}`;

  const judged = (kind: string, key: Key, content: Buffer): Manifest | undefined => {
    const entry: EntryState = readEntry(content, kind, key, signer);
    if (entry.state === 'refused') {
      onRefused(kind, key, entry.why);
      return undefined;
    }
    if (entry.signature === 'none' && signer.key !== undefined && signer.signing !== 'off')
      onUnsigned(kind, key);
    return entry.manifest;
  };

  const ask = async (kind: string, key: Key): Promise<Manifest | undefined> => {
    try {
      const content = await limit(() => readInTime(settings, entryName(kind, key)));
      reading.worked();
      const manifest = content && judged(kind, key, content);
      if (manifest) found.set(`${kind}/${key}`, manifest);
      else absent.set(`${kind}/${key}`, monotonic());
      return manifest;
    } catch (error) {
      if (!(error instanceof RemoteFault)) throw error;
      reading.failed(error);
      return undefined;
    }
  };

  return {
    async find(kind, key, fresh = false) {
      const id = `${kind}/${key}`;
      if (lost.has(id)) return undefined;
      if (found.has(id)) return found.get(id);
      if (!fresh && monotonic() - (absent.get(id) ?? -Infinity) < ABSENT_MS) return undefined;
      if (!reading.usable) return undefined;
      const pending = asked.get(id) ?? ask(kind, key).finally(() => asked.delete(id));
      asked.set(id, pending);
      return pending;
    },
    lose(manifest) {
      lost.add(idOf(manifest));
    },
    isLost: (manifest) => lost.has(idOf(manifest)),
    learn(manifest) {
      lost.delete(idOf(manifest));
      absent.delete(idOf(manifest));
    },
  };
}

async function readInTime(
  { objects, reading, findMs = FIND_MS }: LookupSettings,
  name: string,
): Promise<Buffer | undefined> {
  // Those that waited while the first ones failed need not try.
  if (!reading.usable) throw new RemoteFault('timeout', 'it did not answer');
  const signal = AbortSignal.timeout(findMs);
  try {
    return await retried(async () => (await objects()).read(name, signal), signal, [100, 400]);
  } catch (error) {
    if (signal.aborted) throw new RemoteFault('timeout', `it did not answer within ${findMs / 1000} s`);
    throw error;
  }
}
