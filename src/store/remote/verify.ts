/** Reads a remote store as a whole: every entry, and every byte of every file. */
import { createHash } from 'node:crypto';
import { atMost } from '../../base/at-most.ts';
import type { Signer } from './entry.ts';
import { storedContent, storedEntries, type StoredEntry } from './inventory.ts';
import { contentName } from './names.ts';
import { faultOf } from './objects/http-request.ts';
import type { Objects } from './objects/objects.ts';
import { RemoteFault } from './objects/remote-fault.ts';
import { retried } from './retry.ts';

export interface RemoteDamage {
  readonly artifact: string;
  readonly faults: readonly string[];
  /** Objects to remove, so that the next run makes the artifact again; none where only its signature is refused. */
  readonly names: readonly string[];
}

export interface CheckedRemote {
  readonly artifacts: number;
  readonly files: number;
  readonly bytes: number;
  readonly damaged: readonly RemoteDamage[];
}

export interface RemoteVerifyOptions {
  readonly signer: Signer;
  /** `kind/key` of the artifacts to check; undefined for all. */
  readonly wanted?: ReadonlySet<string> | undefined;
  readonly onBytes?: (bytes: number) => void;
}

const FILES_AT_ONCE = 8;

export async function verifyRemote(
  objects: Objects,
  { signer, wanted, onBytes }: RemoteVerifyOptions,
): Promise<CheckedRemote> {
  const content = await storedContent(objects);
  const all = await storedEntries(objects, signer);
  const entries = wanted ? all.filter(({ kind, key }) => wanted.has(`${kind}/${key}`)) : all;
  const limit = atMost(FILES_AT_ONCE);
  const checked = new Map<string, Promise<string | undefined>>();
  let bytes = 0;
  const check = (sha256: string, size: number): Promise<string | undefined> => {
    const known = checked.get(sha256);
    if (known) return known;
    const there = content.get(sha256);
    const fault = limit(async () => {
      if (!there) return 'is missing';
      if (there.size !== size) return `has ${there.size} bytes instead of ${size}`;
      bytes += size;
      const sound = (await hashOf(objects, sha256)) === sha256;
      onBytes?.(size);
      return sound ? undefined : 'has other bytes than its name says';
    });
    checked.set(sha256, fault);
    return fault;
  };
  const damaged = await Promise.all(entries.map((stored) => damageOf(stored, check)));
  return {
    artifacts: entries.length,
    files: checked.size,
    bytes,
    damaged: damaged.filter((one) => one !== undefined),
  };
}

async function damageOf(
  { name, kind, key, entry }: StoredEntry,
  check: (sha256: string, size: number) => Promise<string | undefined>,
): Promise<RemoteDamage | undefined> {
  const artifact = `${kind}/${key}`;
  if (entry.state === 'refused') {
    // This machine may have the wrong key: it must not remove what the others use.
    const names = entry.fault === 'signature' ? [] : [name];
    return { artifact, faults: [`its entry: ${entry.why}`], names };
  }
  const faults: string[] = [];
  const names: string[] = [];
  for (const { path, sha256, size } of entry.manifest.files) {
    const fault = await check(sha256, size);
    if (fault === undefined) continue;
    faults.push(`${path} ${fault}`);
    names.push(contentName(sha256));
  }
  return faults.length === 0 ? undefined : { artifact, faults, names: [name, ...names] };
}

async function hashOf(objects: Objects, sha256: string): Promise<string | undefined> {
  const never = new AbortController().signal;
  return retried(async () => {
    const opened = await objects.open(contentName(sha256), 0, never);
    if (!opened) return undefined;
    const hash = createHash('sha256');
    let length = 0;
    try {
      for await (const piece of opened.body as AsyncIterable<Buffer>) {
        hash.update(piece);
        length += piece.length;
      }
    } catch (error) {
      throw faultOf(error, never);
    }
    if (opened.size !== undefined && length < opened.size) throw new RemoteFault('cut', 'the transfer broke');
    return hash.digest('hex');
  }, never);
}
