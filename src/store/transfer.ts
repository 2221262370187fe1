/** One HTTP transfer into a file, from the start or from where an earlier one was interrupted. It never retries. */
import { rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { PipelineError } from '../base/diagnostic.ts';
import { reasonOf } from '../base/system-error.ts';

export interface PartialFile {
  /** Length of what is already there. */
  readonly bytes: number;
  /** ETag or Last-Modified of the content it came from, for If-Range (RFC 9110, 13.1.5). */
  readonly validator: string;
}

export interface Transfer {
  readonly url: string;
  /** Where to write; `${part}.json` keeps the validator. */
  readonly part: string;
  readonly resumed: PartialFile | undefined;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number | undefined) => void;
}

interface TransferFault {
  /** Another attempt may succeed. */
  readonly temporary: boolean;
  /** No connection at all: the name does not resolve or the server does not answer. */
  readonly offline?: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class TransferError extends Error {
  readonly temporary: boolean;
  readonly offline: boolean;
  readonly retryAfterMs: number;

  constructor(message: string, fault: TransferFault) {
    super(message, { cause: fault.cause });
    this.temporary = fault.temporary;
    this.offline = fault.offline ?? false;
    this.retryAfterMs = fault.retryAfterMs ?? 0;
  }
}

const CONNECT_MS = 10_000;
const STALL_MS = 30_000;
const OFFLINE_CODES: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Total bytes of the whole file. @throws TransferError */
export async function receive(transfer: Transfer): Promise<number> {
  const watchdog = new AbortController();
  const stalled = (milliseconds: number): NodeJS.Timeout =>
    setTimeout(() => {
      watchdog.abort();
    }, milliseconds);
  let timer = stalled(CONNECT_MS);
  try {
    const signal = AbortSignal.any([transfer.signal, watchdog.signal]);
    const response = await request(transfer, signal, watchdog.signal);
    clearTimeout(timer);
    timer = stalled(STALL_MS);
    const kept = response.status === 206 ? transfer.resumed!.bytes : 0;
    const total = totalBytes(response, kept);
    rememberValidator(transfer, response);
    const received = await write(transfer, response, kept, total, () => {
      clearTimeout(timer);
      timer = stalled(STALL_MS);
    });
    if (total !== undefined && received !== total) {
      // A file longer than announced cannot be resumed: the next attempt starts from the beginning.
      if (received > total) rmSync(`${transfer.part}.json`, { force: true });
      throw new TransferError(`the connection closed after ${received} of ${total} bytes`, {
        temporary: true,
      });
    }
    return received;
  } finally {
    clearTimeout(timer);
  }
}

async function request(transfer: Transfer, signal: AbortSignal, watchdog: AbortSignal): Promise<Response> {
  const { resumed } = transfer;
  // With compression in transit, Content-Length would not be the length of the file.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (resumed) {
    headers['range'] = `bytes=${resumed.bytes}-`;
    headers['if-range'] = resumed.validator;
  }
  let response: Response;
  try {
    response = await fetch(transfer.url, { headers, signal });
  } catch (error) {
    transfer.signal.throwIfAborted();
    if (watchdog.aborted) throw new TransferError('no answer in time', { temporary: true, offline: true });
    throw faultOf(error);
  }
  if (response.status === 416) {
    rmSync(transfer.part, { force: true });
    rmSync(`${transfer.part}.json`, { force: true });
  }
  if (response.ok && (response.status !== 206 || continues(response, resumed))) return response;
  await response.body?.cancel();
  const temporary = response.status >= 500 || [206, 408, 416, 429].includes(response.status);
  const retryAfterMs = 1000 * Number(response.headers.get('retry-after') ?? 0) || 0;
  const reason = `the server answers ${response.status} ${response.statusText}`.trimEnd();
  throw new TransferError(reason, { temporary, retryAfterMs });
}

function continues(response: Response, resumed: PartialFile | undefined): boolean {
  return (
    resumed !== undefined &&
    (response.headers.get('content-range') ?? '').startsWith(`bytes ${resumed.bytes}-`)
  );
}

function totalBytes(response: Response, kept: number): number | undefined {
  if (response.headers.has('content-encoding')) return undefined;
  const length = response.headers.get('content-length');
  return length === null ? undefined : kept + Number(length);
}

/** A weak ETag does not guarantee equal bytes, so a file with nothing better is not resumed. */
function rememberValidator(transfer: Transfer, response: Response): void {
  if (response.status === 206) return;
  const etag = response.headers.get('etag');
  const validator = etag !== null && !etag.startsWith('W/') ? etag : response.headers.get('last-modified');
  const note = `${transfer.part}.json`;
  if (validator === null || response.headers.has('content-encoding')) rmSync(note, { force: true });
  else writeFileSync(note, JSON.stringify({ validator }));
}

async function write(
  transfer: Transfer,
  response: Response,
  kept: number,
  total: number | undefined,
  alive: () => void,
): Promise<number> {
  const file = await open(transfer.part, kept > 0 ? 'a' : 'w');
  let received = kept;
  try {
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      alive();
      await writeAll(file, transfer.part, piece);
      received += piece.byteLength;
      transfer.progress(received, total);
    }
  } catch (error) {
    transfer.signal.throwIfAborted();
    if (error instanceof PipelineError) throw error;
    throw new TransferError(`the transfer broke off after ${received} bytes`, {
      temporary: true,
      cause: error,
    });
  } finally {
    await file.close();
  }
  return received;
}

async function writeAll(file: FileHandle, path: string, piece: Uint8Array): Promise<void> {
  try {
    await file.writeFile(piece);
  } catch (error) {
    throw new PipelineError('E_STORE', `cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function faultOf(error: unknown): TransferError {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause];
  const codes = causes.map((one) => (one as NodeJS.ErrnoException | undefined)?.code ?? '');
  const message = cause instanceof Error && cause.message !== '' ? cause.message : codes.join(', ');
  return new TransferError(message || String(error), {
    // A certificate error will not go away in a second.
    temporary: !codes.some((code) => /CERT|TLS|SSL|UNABLE_TO|INVALID/.test(code)),
    offline: codes.some((code) => OFFLINE_CODES.has(code)),
    cause: error,
  });
}
