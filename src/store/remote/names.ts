/** Names of objects in a remote store, the same on every server. docs/REMOTE.md describes them. */
import type { Key } from '../../base/hash.ts';

/** The bytes of a file. */
export function contentName(sha256: string): string {
  return `${CONTENT}sha256/${sha256.slice(0, 2)}/${sha256}`;
}

/** The entry that says what an artifact consists of. It is written last. */
export function entryName(kind: string, key: Key): string {
  return `${ENTRIES}${kind}/${key}`;
}

export function recordName(run: string): string {
  return `${RECORDS}${run}.json`;
}

export const CONTENT = 'cas/';
export const ENTRIES = 'ac/';
export const RECORDS = 'runs/';
/** What is written and removed again to find out what the server can do. */
export const PROBE = 'probe/';

/** Undefined for names that are none of an entry. */
export function parseEntryName(name: string): { readonly kind: string; readonly key: Key } | undefined {
  const [, kind, key] = /^ac\/([^/]+)\/([0-9a-f]{64})$/.exec(name) ?? [];
  return kind === undefined ? undefined : { kind, key: key as Key };
}

/** The hash in the name of a file's bytes. */
export function parseContentName(name: string): string | undefined {
  return /^cas\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(name)?.[1];
}
