import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL = 1 << 16;

/** The last lines of a text file, oldest first, of at most 64 KiB; none where it cannot be read. */
export function lastLines(path: string, count: number): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8', 0, read).replace(/\n$/, '').split('\n');
    // The first of them may be the rest of a line, unless it is the beginning of the file.
    const whole = size > TAIL ? lines.slice(1) : lines;
    return whole.filter((line, index) => line !== '' || index > 0).slice(-count);
  } catch {
    return [];
  } finally {
    closeSync(descriptor);
  }
}
