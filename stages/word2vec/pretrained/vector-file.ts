/** Streams a file of word vectors, decompressed if it is gzipped, to the parser of its format, in bounded memory. */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PipelineError, type StageContext } from '../../../src/stage.ts';
import type { PretrainedParams } from '../parameters.ts';
import { binaryRows } from './binary-rows.ts';
import { createRejects, type Rejects } from './rejects.ts';
import { jsonRows } from './json-rows.ts';
import type { RowParser, RowVisitor } from './row-parser.ts';
import { textRows } from './text-rows.ts';
import { HEAD_BYTES, layoutOf, type Layout } from './vector-format.ts';

const PIECE = 1 << 20;

export interface RowsRead {
  readonly rows: number;
  readonly rejects: Rejects;
}

/** Throws `E_INPUT`, with the line or row, if the file is invalid; bad rows may be left out instead. */
export async function readVectorFile(
  context: Pick<StageContext, 'signal' | 'progress'>,
  { path, format, on_error }: Pick<PretrainedParams, 'path' | 'format' | 'on_error'>,
  visitor: RowVisitor,
): Promise<RowsRead> {
  const total = sizeOf(path);
  const file = createReadStream(path, { highWaterMark: PIECE });
  const pieces = bytePieces(path, file);
  try {
    const head = await headOf(pieces);
    const layout = layoutOf(path, head, format);
    const lines = layout.kind === 'header' || layout.kind === 'bare';
    const rejects = createRejects(path, lines ? 'line' : 'vector', on_error);
    const parser = parserOf(path, layout, visitor, rejects);
    parser.feed(head);
    for await (const piece of pieces) {
      context.signal.throwIfAborted();
      parser.feed(piece);
      context.progress({ done: file.bytesRead, total, unit: 'bytes' });
    }
    return { rows: parser.end(), rejects };
  } finally {
    file.destroy();
  }
}

function parserOf(path: string, layout: Layout, visitor: RowVisitor, rejects: Rejects): RowParser {
  switch (layout.kind) {
    case 'binary':
      return binaryRows(path, visitor, rejects);
    case 'json':
      return jsonRows(path, visitor, rejects);
    case 'header':
    case 'bare':
      return textRows(path, layout, visitor, rejects);
  }
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return found.size;
  throw new PipelineError('E_INPUT', `${path} ${found ? 'is not a file' : 'does not exist'}`, {
    hint: 'Write the path of one file of word vectors on this machine.',
  });
}

/** The content of the file, decompressed, in pieces of about 1 MiB. */
function bytePieces(path: string, file: Readable): AsyncGenerator<Buffer, void> {
  return isGzip(path) ? unpacked(path, file) : plain(file);
}

async function* plain(file: Readable): AsyncGenerator<Buffer, void> {
  yield* file as AsyncIterable<Buffer>;
}

async function* unpacked(path: string, file: Readable): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: PIECE });
  // An error destroys the last stream and is handled below.
  pipeline(file, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw new PipelineError('E_INPUT', `${path} cannot be decompressed: ${(error as Error).message}`, {
      hint: 'The gzip file is damaged or truncated.',
      cause: error,
    });
  }
}

function isGzip(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const magic = Buffer.alloc(2);
    readSync(descriptor, magic);
    return magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    closeSync(descriptor);
  }
}

/** At least HEAD_BYTES, or the whole file if it is shorter. */
async function headOf(pieces: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  const found: Buffer[] = [];
  for (let length = 0; length < HEAD_BYTES;) {
    const piece = await pieces.next();
    if (piece.done) break;
    found.push(piece.value);
    length += piece.value.length;
  }
  return Buffer.concat(found);
}
