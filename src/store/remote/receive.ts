/** Files of an artifact from a remote store into a folder of this machine, each hashed while it arrives. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdirSync } from 'node:fs';
import { chmod, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { atMost } from '../../base/at-most.ts';
import { sleep } from '../../base/clock.ts';
import { flush } from '../../base/files.ts';
import type { ArtifactFile, Manifest } from '../manifest.ts';
import { contentName } from './names.ts';
import { faultOf } from './objects/http-request.ts';
import type { Objects } from './objects/objects.ts';
import { RemoteFault } from './objects/remote-fault.ts';

/** Why a file cannot be had. */
export class FileLost extends Error {
  readonly sha256: string;

  constructor(file: ArtifactFile, why: string) {
    super(`${file.path} ${why}`);
    this.sha256 = file.sha256;
  }
}

const FILES_AT_ONCE = 8;
const transfers = atMost(FILES_AT_ONCE);

/** Throws `FileLost`, `RemoteFault`, or the system's error where the folder cannot be written. */
export async function receiveFiles(
  objects: Objects,
  { files }: Manifest,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const one of new Set(files.map(({ path }) => dirname(join(folder, path)))))
    mkdirSync(one, { recursive: true });
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  setMaxListeners(0, either);
  const all = files.map((file) =>
    transfers(() => receiveFile(objects, file, join(folder, file.path), either)).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(all);
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const one of new Set(files.map(({ path }) => dirname(join(folder, path))))) flush(one);
}

const PAUSES_MS = [200, 1_000, 4_000];
const BATCH = 1 << 20;

/** Goes on where a broken transfer ended, as long as the server can. */
async function receiveFile(
  objects: Objects,
  file: ArtifactFile,
  path: string,
  signal: AbortSignal,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<void> {
  const target = await open(path, 'wx');
  try {
    const state: Arrived = { hash: createHash('sha256'), bytes: 0 };
    for (let tried = 0; ; tried++) {
      const before = state.bytes;
      try {
        await receiveRest(objects, file, target, state, signal);
        break;
      } catch (error) {
        if (!(error instanceof RemoteFault) || !error.temporary || signal.aborted) throw error;
        if (state.bytes > before) tried = 0;
        const pause = pausesMs[tried];
        if (pause === undefined) throw error;
        await sleep(pause, signal);
      }
    }
    if (state.hash.digest('hex') !== file.sha256)
      throw new FileLost(file, 'has other bytes than its name says');
    await target.sync();
  } finally {
    await target.close();
  }
  await chmod(path, 0o444);
}

interface Arrived {
  hash: ReturnType<typeof createHash>;
  bytes: number;
}

async function receiveRest(
  objects: Objects,
  file: ArtifactFile,
  target: FileHandle,
  state: Arrived,
  signal: AbortSignal,
): Promise<void> {
  const opened = await objects.open(contentName(file.sha256), state.bytes, signal);
  if (!opened) throw new FileLost(file, 'is missing');
  const { body, size = file.size, from } = opened;
  if (size !== file.size) {
    body.on('error', () => undefined).destroy();
    throw new FileLost(file, `has ${size} bytes instead of ${file.size}`);
  }
  if (from !== state.bytes) {
    state.hash = createHash('sha256');
    state.bytes = 0;
    await target.truncate(0);
  }
  let batch: Buffer[] = [];
  let held = 0;
  const write = async (): Promise<void> => {
    for (const piece of batch) state.hash.update(piece);
    await writeAll(target, batch, state.bytes);
    state.bytes += held;
    [batch, held] = [[], 0];
  };
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      batch.push(piece);
      held += piece.length;
      if (state.bytes + held > file.size) throw new FileLost(file, `has more than ${file.size} bytes`);
      if (held >= BATCH) await write();
    }
  } catch (error) {
    if (error instanceof FileLost || isLocal(error)) throw error;
    await write();
    throw faultOf(error, signal);
  }
  await write();
  if (state.bytes < file.size)
    throw new RemoteFault('cut', `${file.path} ended after ${state.bytes} of ${file.size} bytes`);
}

class LocalFault extends Error {}

const isLocal = (error: unknown): boolean => error instanceof LocalFault;

async function writeAll(target: FileHandle, batch: readonly Buffer[], at: number): Promise<void> {
  if (batch.length === 0) return;
  try {
    const wanted = batch.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await target.writev(batch, at);
    if (bytesWritten < wanted) {
      const rest = Buffer.concat(batch).subarray(bytesWritten);
      for (let done = 0; done < rest.length;)
        done += (await target.write(rest, done, rest.length - done, at + bytesWritten + done)).bytesWritten;
    }
  } catch (error) {
    throw new LocalFault((error as Error).message, { cause: error });
  }
}

/** The system's error behind a file of this machine that could not be written. */
export function localCause(error: unknown): unknown {
  return error instanceof LocalFault ? error.cause : undefined;
}
