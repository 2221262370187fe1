/** Streams the lines of a file, decompressed by its extension; memory is bounded by the longest line. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { foreignFile } from '../../../src/formats/foreign-files.ts';
import { PipelineError } from '../../../src/stage.ts';
import { unreadable, type Source, type Workspace } from '../workspace.ts';
import { compressionOf } from './scan.ts';

export interface Line {
  /** From 1, blank lines included. */
  readonly number: number;
  /** Without line break and byte order mark; null if `problem` is set. */
  readonly text: string | null;
  readonly problem?: string;
}

const NEWLINE = 0x0a;
/** Maximum line length: a file without line breaks must not fill the memory. */
const LONGEST = 64 << 20;

/** Calls `visit` for every line that is not blank until it returns false. Stops when the stage is aborted. */
export async function eachLine(
  work: Workspace,
  source: Source,
  visit: (line: Line) => boolean,
): Promise<void> {
  await work.scan(source, (done) => readLines(work, source, visit, done));
}

/** The first line that is not blank; undefined if there is none. */
export async function firstLine(work: Workspace, source: Source): Promise<Line | undefined> {
  let first: Line | undefined;
  const visit = (line: Line): boolean => {
    first = line;
    return false;
  };
  await readAside(work, source, visit);
  return first;
}

/** @throws PipelineError if a compressed file is cut off: DuckDB would read what there is and say nothing */
export async function refuseCutOff(work: Workspace, source: Source): Promise<void> {
  if (compressionOf(source.label) !== 'none') await readAside(work, source, () => true);
}

/** Without progress. */
async function readAside(work: Workspace, source: Source, visit: (line: Line) => boolean): Promise<void> {
  await readLines(work, source, visit, () => undefined).catch((error: unknown) => {
    work.context.signal.throwIfAborted();
    throw unreadable(source, error);
  });
}

async function readLines(
  work: Workspace,
  source: Source,
  visit: (line: Line) => boolean,
  done: (bytes: number) => void,
): Promise<void> {
  const file = createReadStream(source.path, { highWaterMark: 1 << 20 });
  const bytes = unpacked(source, file);
  try {
    const splitter = lineSplitter(visit);
    let first = true;
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      work.context.signal.throwIfAborted();
      if (first) refuseForeign(source, piece);
      if (first) refuseReturns(source, piece);
      first = false;
      if (!splitter.feed(piece)) return;
      done(file.bytesRead);
    }
    splitter.end();
  } finally {
    bytes.destroy();
    file.destroy();
  }
}

/** @throws PipelineError if the first bytes, decompressed, show that this is not UTF-8 text */
export function refuseForeign(source: Source, head: Buffer): void {
  if (head[0] === 0x1f && head[1] === 0x8b)
    throw new PipelineError('E_INPUT', `${source.label} is compressed with gzip`, {
      hint: `Rename it to ${source.label}.gz.`,
    });
  const foreign = foreignFile(head);
  if (foreign) throw new PipelineError('E_INPUT', `${source.label} ${foreign.what}`, { hint: foreign.hint });
}

/** Without a newline, the whole file would be one line. */
function refuseReturns({ label }: Source, head: Buffer): void {
  if (head.includes(NEWLINE) || !/\r./s.test(head.toString('latin1'))) return;
  throw new PipelineError('E_INPUT', `${label}, line 1: lines end with a carriage return alone`, {
    hint: `End lines with a newline, for example with \`tr '\\r' '\\n' < ${label}\`.`,
  });
}

/** The decompressed bytes of the file. Errors in reading and decompression reach the reader of the stream. */
export function unpacked(source: Source, file: Readable): Readable {
  const unpack = unpacker(source);
  if (!unpack) return file;
  return pipeline(file, unpack, () => undefined);
}

function unpacker(source: Source): Transform | undefined {
  const options = { chunkSize: 1 << 20 };
  switch (compressionOf(source.label)) {
    case 'none':
      return undefined;
    case 'gzip':
      return zlib.createGunzip(options);
    case 'zstd': {
      // Missing in Node 20 and in the types.
      const { createZstdDecompress } = zlib as unknown as {
        createZstdDecompress?: (options: object) => Transform;
      };
      if (createZstdDecompress) return createZstdDecompress(options);
      throw new PipelineError('E_INPUT', `${source.label}: this version of Node cannot decompress .zst`, {
        hint: 'Compress the file with gzip instead, or use Node 22.15 or later.',
      });
    }
  }
}

const SHOWN = 80;

/** A line in quotes, shortened, for messages. */
export function quoted(text: string): string {
  const line = text.trim();
  return line.length > SHOWN ? `'${line.slice(0, SHOWN)}…'` : `'${line}'`;
}

interface Splitter {
  /** Returns false when no more lines are wanted. */
  feed(piece: Buffer): boolean;
  end(): void;
}

function lineSplitter(visit: (line: Line) => boolean): Splitter {
  let rest: Buffer[] = [];
  let length = 0;
  let number = 0;
  const keep = (part: Buffer): void => {
    length += part.length;
    if (length > LONGEST) rest = [];
    else rest.push(Buffer.from(part));
  };
  const take = (part: Buffer): boolean => {
    number++;
    const tooLong = length + part.length > LONGEST;
    const bytes = rest.length === 0 ? part : Buffer.concat([...rest, part]);
    [rest, length] = [[], 0];
    if (tooLong) return visit({ number, text: null, problem: 'line over 64 MiB' });
    if (!isUtf8(bytes)) return visit({ number, text: null, problem: 'not UTF-8' });
    const text = bytes.toString('utf8', number === 1 ? markOf(bytes) : 0);
    return /\S/.test(text) ? visit({ number, text }) : true;
  };
  return {
    feed: (piece) => {
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
        if (!take(piece.subarray(start, end))) return false;
        start = end + 1;
      }
      if (start < piece.length) keep(piece.subarray(start));
      return true;
    },
    end: () => {
      if (length > 0) take(Buffer.alloc(0));
    },
  };
}

/** Length of the byte order mark at the start: 3 or 0. */
const markOf = (bytes: Buffer): number =>
  bytes.subarray(0, 3).toString('latin1') === '\xef\xbb\xbf' ? 3 : 0;
