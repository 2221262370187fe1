/** Reading and writing every byte of an array: one system call may do less than it is asked, and at most 2 GiB. */
import { readSync, writeSync } from 'node:fs';

const AT_ONCE = 1 << 26;

export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, Math.min(AT_ONCE, bytes.length - done));
  }
}

/** Fills `bytes` from this position of the file on. */
export function readFully(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(descriptor, bytes, done, Math.min(AT_ONCE, bytes.length - done), position + done);
    if (read === 0) throw new Error(`the file ends at byte ${position + done}`);
    done += read;
  }
}
