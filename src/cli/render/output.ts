/** The only place that writes to the terminal: results to stdout, everything else to stderr. */
import { fstatSync, writeSync } from 'node:fs';

/** Prints whole lines of a result. Synchronous, so that nothing is lost if the process ends right after. */
export function printResult(text: string): void {
  writeAll(1, text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints part of a longer text, such as a log, as it is. */
export function printPart(text: string): void {
  writeAll(1, text);
}

export function printJson(value: unknown): void {
  printResult(JSON.stringify(value, null, 2));
}

/** Above the lines that are drawn in place, if there are any. */
export function printNotice(text: string): void {
  live?.erase();
  writeAll(2, text.endsWith('\n') ? text : `${text}\n`);
  live?.draw();
}

/** For what moves the cursor: the lines of a live area. */
export function printRaw(text: string): void {
  writeAll(2, text);
}

/** Lines at the end of the terminal that are drawn again and again. */
export interface Live {
  /** Removes them, for something else to be printed in their place. */
  erase(): void;
  draw(): void;
}

let live: Live | undefined;

export function setLive(area: Live | undefined): void {
  live = area;
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The reader of a pipe is slow (EAGAIN). If the reader (`| head`) or the terminal is gone, that is no failure.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      else if (code === 'EPIPE' || code === 'EIO') return;
      else throw error;
    }
  }
}

export function useColor(stream: Output): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR']) return process.env['FORCE_COLOR'] !== '0';
  return isTerminal(stream);
}

export type Output = 'stdout' | 'stderr';

const DESCRIPTORS: Readonly<Record<Output, number>> = { stdout: 1, stderr: 2 };

/** The same as `isTTY`. `process.stdout` would load Node's network code for a pipe, which the start should not wait for. */
export function isTerminal(output: Output): boolean {
  try {
    return fstatSync(DESCRIPTORS[output]).isCharacterDevice() && process[output].isTTY;
  } catch {
    return false;
  }
}

export interface Style {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** ANSI escape sequences, or plain text without colour. */
export function styleFor(color: boolean): Style {
  const wrap =
    (on: number, off: number) =>
    (text: string): string =>
      color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    dim: wrap(2, 22),
    bold: wrap(1, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    cyan: wrap(36, 39),
  };
}
