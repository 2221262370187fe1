/**
 * Reads a text file while another process writes it, as `tail -F` does: a file that is cut off, written anew or replaced
 * is read from its beginning. By polling, which works on every file system.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { sleep } from './clock.ts';

const POLL_MS = 150;
const PIECE = 1 << 16;
/** Bytes from the beginning by which a file that was written anew is recognised. */
const HEAD = 256;

export interface FollowOptions {
  /** Whether more may come. Once it is false, the rest is read, and the following ends. */
  readonly isWritten: () => boolean;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  /** The file begins anew, after some of it was read. */
  readonly onRestart: () => void;
}

/** Resolves when all is read; rejects where `signal` is aborted. A file that is missing may still appear. */
export async function followFile(path: string, options: FollowOptions): Promise<void> {
  const reader = reading(options);
  for (;;) {
    // Asked before reading: what was written until then is read in any case.
    const isWritten = options.isWritten();
    reader.read(path);
    if (!isWritten) return;
    await sleep(POLL_MS, options.signal);
  }
}

function reading({ onText, onRestart }: FollowOptions): { read(path: string): void } {
  let inode = -1;
  let position = 0;
  let head = Buffer.alloc(0);
  let decoder = new StringDecoder('utf8');

  const isAnother = (descriptor: number): boolean => {
    const { ino, size } = fstatSync(descriptor);
    const other = ino !== inode || size < position || !bytesAt(descriptor, 0, head.length).equals(head);
    inode = ino;
    return other;
  };
  const begin = (): void => {
    if (position > 0) onRestart();
    position = 0;
    head = Buffer.alloc(0);
    decoder = new StringDecoder('utf8');
  };

  return {
    read(path): void {
      const descriptor = openOrNothing(path);
      if (descriptor === undefined) return;
      try {
        if (isAnother(descriptor)) begin();
        for (;;) {
          const bytes = bytesAt(descriptor, position, PIECE);
          if (bytes.length === 0) return;
          if (head.length < HEAD) head = Buffer.concat([head, bytes]).subarray(0, HEAD);
          position += bytes.length;
          onText(decoder.write(bytes));
        }
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

function openOrNothing(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function bytesAt(descriptor: number, position: number, count: number): Buffer {
  const buffer = Buffer.alloc(count);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, count, position));
}
