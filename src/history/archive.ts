/**
 * A run and its artifacts as one tar file, in an order that lets a reader check everything as it comes:
 *   export.json                              format, the run, its artifacts with their digests
 *   runs/ID.json, runs/notes/ID.json         the record, tags and note
 *   artifacts/KIND/KEY/manifest.json         then the files that it lists
 * No times, owners or absolute paths: the same run gives the same bytes.
 */
import { openSync, closeSync, readSync } from 'node:fs';
import zlib from 'node:zlib';
import type { Duplex } from 'node:stream';
import { PipelineError } from '../base/diagnostic.ts';
import type { Digest, Key } from '../base/hash.ts';

export const CONTENTS = 'export.json';

export interface Contents {
  readonly format: 1;
  readonly run: string;
  readonly artifacts: readonly { readonly kind: string; readonly key: Key; readonly digest: Digest }[];
}

export type Compression = 'none' | 'gzip' | 'zstd';

/** Of the name of an archive to write. Throws `E_USAGE` where it is none that we know. */
export function compressionOf(file: string): Compression {
  if (/\.tar$/i.test(file)) return 'none';
  if (/\.(tar\.gz|tgz)$/i.test(file)) return 'gzip';
  if (/\.(tar\.zst|tzst)$/i.test(file)) return 'zstd';
  throw new PipelineError('E_USAGE', `${file} does not end like an archive`, {
    hint: 'Name it .tar, .tar.gz or .tar.zst.',
  });
}

/** Of an archive to read, by its first bytes. Undefined for what is none of them. */
export function compressionIn(file: string): Compression | undefined {
  const head = Buffer.alloc(512);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (head.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  return head.toString('latin1', 257, 262) === 'ustar' ? 'none' : undefined;
}

/** Node has zstd from 22.15 and 23.8 on; the types here are those of the oldest version that we run on. */
type Zstd = Partial<Record<'createZstdCompress' | 'createZstdDecompress', () => Duplex>>;

export function compressor(compression: Compression): Duplex[] {
  if (compression === 'none') return [];
  return [compression === 'gzip' ? zlib.createGzip() : zstd('createZstdCompress')];
}

export function decompressor(compression: Compression): Duplex[] {
  if (compression === 'none') return [];
  return [compression === 'gzip' ? zlib.createGunzip() : zstd('createZstdDecompress')];
}

function zstd(name: keyof Zstd): Duplex {
  const create = (zlib as Zstd)[name];
  if (create) return create();
  throw new PipelineError('E_USAGE', `Node ${process.version} has no zstd`, {
    hint: 'Use Node 22.15 or later, or .tar.gz; the zstd command turns one into the other.',
  });
}
