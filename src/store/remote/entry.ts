/**
 * The entry of an artifact in a remote store: its manifest, and a signature over kind, key and manifest by whoever has the
 * team's key. What does not agree with itself is no entry.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { digestOfJson, type Key } from '../../base/hash.ts';
import { isObject, type Json } from '../../base/json.ts';
import { digestOfFiles, keyOf, type ArtifactFile, type Manifest } from '../manifest.ts';

/** `off`: neither signs nor checks. `required`: what has no valid signature counts as absent. */
export type Signing = 'optional' | 'required' | 'off';

export interface Signer {
  readonly signing: Signing;
  /** The team's secret; undefined where none is given. */
  readonly key: string | undefined;
}

export type EntryState =
  | {
      readonly state: 'sound';
      readonly manifest: Manifest;
      readonly signature: 'valid' | 'none' | 'unchecked';
    }
  /** `signature`: it is whole, but not signed as it has to be here. Another machine may have another key. */
  | { readonly state: 'refused'; readonly fault: 'content' | 'signature'; readonly why: string };

export function entryText(manifest: Manifest, signer: Signer): string {
  const sign = signer.signing !== 'off' && signer.key !== undefined;
  const hmac = sign ? { hmac: signatureOf(manifest, signer.key) } : {};
  return JSON.stringify({ format: 1, manifest, ...hmac });
}

export function readEntry(
  content: Buffer,
  kind: string,
  key: Key,
  { signing, key: secret }: Signer,
): EntryState {
  const refused = (why: string): EntryState => ({ state: 'refused', fault: 'content', why });
  let entry: unknown;
  try {
    entry = JSON.parse(content.toString('utf8'));
  } catch {
    return refused('it is not JSON');
  }
  if (!isObject(entry) || entry['format'] !== 1) return refused('its format is unknown to this version');
  const { manifest, hmac } = entry;
  if (!isManifest(manifest)) return refused('its manifest is incomplete');
  if (manifest.kind !== kind || manifest.key !== key || keyOf(manifest.keyDocument) !== key)
    return refused('it is that of another artifact');
  if (digestOfFiles(manifest.files) !== manifest.digest) return refused('its files do not give its digest');
  const why = signing === 'off' ? undefined : signatureFault(manifest, hmac, secret, signing);
  if (why !== undefined) return { state: 'refused', fault: 'signature', why };
  const checked = signing !== 'off' && secret !== undefined;
  return {
    state: 'sound',
    manifest,
    signature: hmac === undefined ? 'none' : checked ? 'valid' : 'unchecked',
  };
}

function signatureFault(
  manifest: Manifest,
  hmac: unknown,
  secret: string | undefined,
  signing: Signing,
): string | undefined {
  if (hmac === undefined) return signing === 'required' ? 'it has no signature' : undefined;
  if (secret === undefined) return undefined;
  const given = Buffer.from(typeof hmac === 'string' ? hmac : '', 'hex');
  const right = Buffer.from(signatureOf(manifest, secret), 'hex');
  return given.length === right.length && timingSafeEqual(given, right)
    ? undefined
    : 'its signature is not that of PIPELINE_STORE_KEY';
}

function signatureOf(manifest: Manifest, secret: string): string {
  const { kind, key } = manifest;
  const text = ['two-tower 1', kind, key, digestOfJson(manifest as unknown as Json)].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** The fields that a reader needs, and paths that stay in the artifact's folder. */
function isManifest(value: unknown): value is Manifest {
  if (!isObject(value) || value['format'] !== 1) return false;
  const { kind, key, digest, type, keyDocument, files, metrics, producer } = value;
  return (
    [kind, key, digest, type].every((one) => typeof one === 'string') &&
    [keyDocument, metrics, producer].every(isObject) &&
    Array.isArray(files) &&
    files.every(isFile)
  );
}

function isFile(value: unknown): value is ArtifactFile {
  if (!isObject(value)) return false;
  const { path, size, sha256, logical } = value;
  return (
    typeof path === 'string' &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
    !/[\\\0]/.test(path) &&
    path !== 'manifest.json' &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    (logical === undefined || typeof logical === 'string')
  );
}
