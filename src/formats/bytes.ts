/** Reading and writing every byte of an array: one system call may do less than it is asked, and at most 2 GiB. */
import { readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';

const AT_ONCE = 1 << 26;

export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, Math.min(AT_ONCE, bytes.length - done));
  }
}

/** A new file of these parts, written while the thread does other work, and flushed. */
export async function writeBehind(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const bytes of parts)
      for (let done = 0; done < bytes.length;)
        done += (await file.write(bytes, done, Math.min(AT_ONCE, bytes.length - done))).bytesWritten;
    await file.sync();
  } finally {
    await file.close();
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
