/**
 * Downloads kept between runs, addressed by URL: <sha256 of the URL> is the finished file, <sha256>.json records its
 * length and hash. A transfer is written to .part, resumed with a Range request after an interruption, and renamed when
 * complete. A lock makes two processes that want the same URL share one transfer.
 */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../base/clock.ts';
import { PipelineError } from '../base/diagnostic.ts';
import { publishFile, writeAtomically } from '../base/files.ts';
import { digestOf, digestOfFile, type Digest } from '../base/hash.ts';
import { lockOr } from './lock.ts';
import { receive, TransferError, type PartialFile } from './transfer.ts';

export interface Download {
  readonly url: string;
  /** Absolute path of the finished file. */
  readonly path: string;
  readonly sha256: Digest;
  readonly bytes: number;
}

export interface DownloadOptions {
  readonly url: string;
  /** Folder of finished downloads; created where missing. */
  readonly folder: string;
  /** Expected SHA-256 of the content. */
  readonly sha256?: string | undefined;
  readonly signal: AbortSignal;
  /** `total` is absent where the server does not give it. */
  readonly progress: (done: number, total: number | undefined) => void;
  readonly log: (message: string) => void;
  /** Wait before the second attempt; doubled each time. */
  readonly backoffMs?: number;
}

/** Attempts in a row without progress before giving up. */
const ATTEMPTS = 5;
const BACKOFF_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** @throws PipelineError E_DOWNLOAD where the content cannot be downloaded, or does not match `sha256`. */
export async function download(options: DownloadOptions): Promise<Download> {
  const path = join(options.folder, digestOf(options.url));
  mkdirSync(options.folder, { recursive: true });
  const finished = (): Download | undefined => recorded(options.url, path);
  const held = await lockOr(`${path}.lock`, finished, {
    onWait: () => {
      options.log(`waiting for another process that downloads ${options.url}`);
    },
    signal: options.signal,
  });
  if ('found' in held) return checked(held.found, options.sha256);
  try {
    const bytes = await receiveAll(options, path);
    return checked(keep(options, path, bytes), options.sha256);
  } finally {
    held.lock.release();
  }
}

/** A finished download: the rename proves that the file is complete, its record only saves hashing it again. */
function recorded(url: string, path: string): Download | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  try {
    const record = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as { sha256: Digest; bytes: number };
    if (record.bytes === stat.size) return { url, path, ...{ sha256: record.sha256, bytes: record.bytes } };
  } catch {
    // Killed between the rename and the record.
  }
  return record(url, path);
}

function record(url: string, path: string): Download {
  const content = { url, sha256: digestOfFile(path), bytes: statSync(path).size };
  writeAtomically(`${path}.json`, `${JSON.stringify(content, null, 2)}\n`, { durable: true });
  return { ...content, path };
}

function keep(options: DownloadOptions, path: string, expectedBytes: number): Download {
  const part = `${path}.part`;
  const bytes = statSync(part).size;
  if (bytes !== expectedBytes) throw new Error(`download: ${bytes} bytes kept of ${expectedBytes}`);
  if (options.sha256 !== undefined) {
    const sha256 = digestOfFile(part);
    if (sha256 !== options.sha256) {
      discard(path);
      throw mismatch(options.url, sha256, options.sha256);
    }
  }
  publishFile(part, path);
  rmSync(`${part}.json`, { force: true });
  return record(options.url, path);
}

function discard(path: string): void {
  rmSync(`${path}.part`, { force: true });
  rmSync(`${path}.part.json`, { force: true });
}

function checked(found: Download, expected: string | undefined): Download {
  if (expected !== undefined && found.sha256 !== expected) {
    throw mismatch(found.url, found.sha256, expected, `Delete ${found.path} to download it again.`);
  }
  return found;
}

function mismatch(url: string, is: string, expected: string, hint?: string): PipelineError {
  return new PipelineError('E_DOWNLOAD', `${url} has SHA-256 ${is}, and the spec says ${expected}`, {
    hint: hint ?? 'The file has changed at its source, or the sha256 in the spec is wrong.',
  });
}

/** Repeats transfers until the file is complete; returns its length. */
async function receiveAll(options: DownloadOptions, path: string): Promise<number> {
  const part = `${path}.part`;
  const received = (): number => statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  // Only bytes beyond all earlier attempts count as progress: a server may report wrong lengths for ever.
  let furthest = received();
  let fruitless = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await receive({ ...options, part, resumed: readPartial(part) });
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      const gained = received() > furthest;
      furthest = Math.max(furthest, received());
      fruitless = gained ? 1 : fruitless + 1;
      const isOffline = error.offline && attempt === 1;
      if (!error.temporary || isOffline || fruitless >= ATTEMPTS) throw failed(options.url, error);
      const wait = Math.min(LONGEST_WAIT_MS, (options.backoffMs ?? BACKOFF_MS) * 2 ** (fruitless - 1));
      options.log(`${options.url}: ${error.message}; trying again`);
      await sleep(Math.max(wait, Math.min(error.retryAfterMs, LONGEST_WAIT_MS)), options.signal);
    }
  }
}

function readPartial(part: string): PartialFile | undefined {
  const stat = statSync(part, { throwIfNoEntry: false });
  if (!stat || stat.size === 0) return undefined;
  try {
    const { validator } = JSON.parse(readFileSync(`${part}.json`, 'utf8')) as { validator: string };
    return { bytes: stat.size, validator };
  } catch {
    return undefined;
  }
}

function failed(url: string, error: TransferError): PipelineError {
  const message = error.offline
    ? `${url} cannot be reached: ${error.message}`
    : `${url} cannot be downloaded: ${error.message}`;
  const hint = error.offline
    ? 'This machine seems to have no network. Download the file elsewhere and give its local path instead of the URL.'
    : 'Check the URL, or give the path of a local copy instead.';
  return new PipelineError('E_DOWNLOAD', message, { hint, cause: error });
}
