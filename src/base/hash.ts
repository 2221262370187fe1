import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { canonicalJson, type Json } from './json.ts';

/** SHA-256 of content, in lower-case hexadecimal. */
export type Digest = string & { readonly brand: 'Digest' };
/** SHA-256 of everything that determines an artifact, in lower-case hexadecimal: its address in the store. */
export type Key = string & { readonly brand: 'Key' };

export function digestOf(content: string | Uint8Array): Digest {
  return createHash('sha256').update(content).digest('hex') as Digest;
}

export function digestOfJson(value: Json): Digest {
  return digestOf(canonicalJson(value));
}

const CHUNK = 1 << 20;
const SMALL = 1 << 12;

/**
 * SHA-256 of a file's bytes, in constant memory. Synchronous: a stage process has nothing else to do, and the
 * callback API is four times slower on small files.
 */
export function digestOfFile(path: string): Digest {
  const work = digestByPieces(path);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** The same for a process that has to answer meanwhile: `turn` is awaited between the pieces. */
export async function digestOfFileInTurns(path: string, turn: () => Promise<void>): Promise<Digest> {
  const work = digestByPieces(path);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await turn();
  }
}

/** Yields after every piece of the file. */
export function* digestByPieces(path: string): Generator<void, Digest> {
  const hash = createHash('sha256');
  for (const piece of piecesOf(path)) {
    hash.update(piece);
    yield;
  }
  return hash.digest('hex') as Digest;
}

/** The bytes of a file, piece by piece. Each piece is valid until the next is asked for. */
function* piecesOf(path: string): Generator<Uint8Array> {
  const descriptor = openSync(path, 'r');
  try {
    // A small file needs no large buffer: one for each of many files would keep the garbage collector busy.
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(SMALL, fstatSync(descriptor).size)));
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer))
      yield buffer.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
