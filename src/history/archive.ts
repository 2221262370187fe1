/**
 * The archive of a run and its artifacts: a tar file, in an order that lets a reader check entries as they arrive:
 *   export.json                              format, the run, its artifacts with their digests
 *   runs/ID.json, runs/notes/ID.json         the record, tags and note
 *   artifacts/KIND/KEY/manifest.json         then the files that it lists
 * It has no times, owners or absolute paths, so the same run gives the same bytes.
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

/** The compression that the name of a new archive asks for. Throws `E_USAGE` for an unknown extension. */
export function compressionOf(file: string): Compression {
  if (/\.tar$/i.test(file)) return 'none';
  if (/\.(tar\.gz|tgz)$/i.test(file)) return 'gzip';
  if (/\.(tar\.zst|tzst)$/i.test(file)) return 'zstd';
  throw new PipelineError('E_USAGE', `${file} does not have the extension of an archive`, {
    hint: 'Use .tar, .tar.gz or .tar.zst.',
  });
}

/** The compression of an existing archive, by its first bytes. Undefined if it is not an archive. */
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

/** Node has zstd from 22.15 and 23.8 on; the types here are those of the oldest supported version. */
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
  throw new PipelineError('E_USAGE', `Node ${process.version} does not support zstd`, {
    hint: 'Use Node 22.15 or later, or .tar.gz.',
  });
}
