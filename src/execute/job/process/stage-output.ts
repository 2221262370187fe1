/** What a stage prints and logs: into its log file, to those who listen, and the last lines for the error message. */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { FromStage } from './messages.ts';

type Message = Extract<FromStage, { type: 'progress' | 'log' }>;

export interface StageOutput {
  /** The last lines, oldest first. */
  readonly lines: readonly string[];
  /** Writes to the log alone. */
  readonly keep: (line: string) => void;
  /** Passes a message of the stage on. */
  readonly send: (message: Message) => void;
  /** Takes every line that is printed into the stream. */
  readonly read: (stream: Readable) => void;
  /** Resolves when the log is written. */
  readonly close: () => Promise<void>;
}

/** Lines of output kept for the error message. */
const KEPT_LINES = 20;

/** Throws where the log's folder cannot be made. */
export function openOutput(logFile: string, onMessage: (message: Message) => void): StageOutput {
  const log = openLog(logFile);
  const lines: string[] = [];
  const keep = (line: string): void => {
    log.write(`${line}\n`);
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  };
  return {
    lines,
    keep,
    send(message): void {
      if (message.type === 'log')
        keep(message.level === 'warning' ? `warning: ${message.message}` : message.message);
      onMessage(message);
    },
    read(stream): void {
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
        keep(line);
        onMessage({ type: 'log', level: 'info', message: line });
      });
    },
    close: () => closed(log),
  };
}

/** A log that cannot be written is no reason to stop: the result counts. */
function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path).on('error', () => undefined);
}

function closed(log: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    log.on('error', () => {
      resolve();
    });
    log.end(resolve);
  });
}
