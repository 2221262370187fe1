/** The beginning of a file of an artifact, by what kind of file it is. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact } from '../../../../store/store.ts';
import type { HeadView } from '../../../views/artifact-view.ts';
import type { Beginning, Head } from './beginning.ts';
import { duckdbHead, parquetHead } from './database.ts';
import { npyHead, safetensorsHead } from './tensors.ts';
import { tsvHead } from './tsv.ts';

/** Bytes of a text that are read. */
export const MOST_BYTES = 65_536;

/** Undefined if the artifact has no such file: only those of its manifest are read. */
export async function fileHead(artifact: Artifact, path: string): Promise<HeadView | undefined> {
  if (!artifact.manifest.files.some((file) => file.path === path)) return undefined;
  const beginning = beginningOf(join(artifact.path, path));
  const { content, left } = await headOf(beginning, path);
  return { path, size: beginning.size, left, ...content };
}

async function headOf(beginning: Beginning, path: string): Promise<Head> {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  try {
    switch (extension) {
      case 'npy':
        return npyHead(beginning);
      case 'safetensors':
        return safetensorsHead(beginning);
      case 'parquet':
        return await parquetHead(beginning);
      case 'duckdb':
        return await duckdbHead(beginning);
      case 'tsv':
      case 'csv':
        return tsvHead(beginning, extension === 'tsv' ? '\t' : ',');
    }
  } catch {
    // Not what its name says: its bytes are shown.
  }
  return textHead(beginning, extension === 'json') ?? binaryHead(beginning);
}

function beginningOf(path: string): Beginning {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const read = readSync(descriptor, bytes, 0, bytes.length, 0);
    return { path, size, bytes: bytes.subarray(0, read) };
  } finally {
    closeSync(descriptor);
  }
}

/** Undefined for bytes that are no text. */
function textHead({ bytes, size }: Beginning, isJson: boolean): Head | undefined {
  if (bytes.includes(0)) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: bytes.length < size });
  } catch {
    return undefined;
  }
  return {
    content: { type: isJson ? 'json' : 'text', text },
    left: bytes.length < size ? leftOf(bytes.length, size) : null,
  };
}

const MOST_HEX = 512;

function binaryHead({ bytes, size }: Beginning): Head {
  const hex = bytes.subarray(0, MOST_HEX).toString('hex');
  return { content: { type: 'binary', hex }, left: size > MOST_HEX ? leftOf(MOST_HEX, size) : null };
}

function leftOf(shown: number, size: number): string {
  return `The first ${shown.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} bytes.`;
}
