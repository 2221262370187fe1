/**
 * The events of a run as server-sent events: those that are recorded, then the others as they are written. The id of an
 * event is the number of its line, so that a browser that lost the connection asks for what it missed.
 */
import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { sleep } from '../../base/clock.ts';
import { reasonText, type Reason } from '../../plan/reason.ts';
import { GUARDS } from './reply.ts';

export interface EventStream {
  readonly file: string;
  /** Number of the last line that the client has; 0 for none. */
  readonly after: number;
  /** Whether more lines may come. */
  readonly isWritten: () => boolean;
  readonly gone: AbortSignal;
}

const POLL_MS = 200;
/** A silent connection that the client has left is only noticed by writing to it. */
const BEAT_MS = 15_000;
const PIECE = 1 << 16;

/** Resolves when the run has ended and all is sent, or the client has gone. */
export async function sendEvents(response: ServerResponse, stream: EventStream): Promise<void> {
  const { file, after, isWritten, gone } = stream;
  response.writeHead(200, {
    ...GUARDS,
    'Content-Type': 'text/event-stream; charset=utf-8',
  });
  response.write('retry: 1000\n\n');
  const lines = lineReader(file);
  let beaten = 0;
  try {
    for (let number = 0; ;) {
      const isOpen = isWritten();
      let text = '';
      for (const line of lines()) {
        number += 1;
        if (number > after) text += `id: ${number}\ndata: ${inWords(line)}\n\n`;
      }
      if (text !== '') await write(response, text, gone);
      if (!isOpen) break;
      await sleep(POLL_MS, gone);
      beaten += POLL_MS;
      if (beaten >= BEAT_MS) {
        beaten = 0;
        await write(response, ': still here\n\n', gone);
      }
    }
    // Without this, the browser would take the end for a broken connection.
    response.end('event: end\ndata: {}\n\n');
  } catch (error) {
    if (!gone.aborted) throw error;
    response.destroy();
  }
}

/** Waits while the client does not read, so that memory does not grow. */
async function write(response: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  if (!response.write(text)) await once(response, 'drain', { signal: gone });
}

/** The whole lines that were added since the last call. */
function lineReader(file: string): () => Iterable<string> {
  const decoder = new StringDecoder('utf8');
  let position = 0;
  let rest = '';
  return function* read() {
    let descriptor: number;
    try {
      descriptor = openSync(file, 'r');
    } catch {
      return;
    }
    try {
      const bytes = Buffer.alloc(PIECE);
      for (let count; (count = readSync(descriptor, bytes, 0, PIECE, position)) > 0;) {
        position += count;
        const lines = (rest + decoder.write(bytes.subarray(0, count))).split('\n');
        rest = lines.pop()!;
        yield* lines;
      }
    } finally {
      closeSync(descriptor);
    }
  };
}

/** The reasons of a stage as sentences: the page does not know how to say them. */
function inWords(line: string): string {
  if (!line.includes('"reasons"')) return line;
  try {
    const event = JSON.parse(line) as { readonly reasons?: readonly Reason[] };
    return JSON.stringify({ ...event, reasons: event.reasons?.map(reasonText) });
  } catch {
    return line;
  }
}
