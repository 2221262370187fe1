/**
 * One HTTP request with time limits, on connections that are kept. Not `fetch`: its first use takes longer than all
 * look-ups of a small pipeline, and it does not tell a slow server from a slow transfer.
 */
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { RemoteFault } from './remote-fault.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | (() => Readable);
  readonly signal: AbortSignal;
  /** The connection may be silent for this long. */
  readonly idleMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
  /** Why the request had no credentials; absent where it had, or needs none. */
  readonly unsigned?: string;
}

const IDLE_MS = 30_000;
const CONNECTIONS = 64;

export type Sender = (request: HttpRequest) => Promise<HttpAnswer>;

/** Sends requests to one server. */
export async function openSender(url: URL): Promise<Sender> {
  const { Agent, request } =
    url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, scheduling: 'lifo' });
  const once = (asked: HttpRequest): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const { method, headers, body, signal, idleMs = IDLE_MS } = asked;
      const length = Buffer.isBuffer(body) ? { 'content-length': String(body.length) } : {};
      const options: RequestOptions = { method, agent, headers: { ...headers, ...length }, signal };
      const sent = request(asked.url, options, (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
      });
      const fail = (error: unknown): void => {
        reject(faultOf(error, signal, { reused: sent.reusedSocket, host: asked.url.host }));
      };
      sent.setTimeout(idleMs, () => {
        sent.destroy(new RemoteFault('timeout', `no answer for ${Math.round(idleMs / 1000)} s`));
      });
      sent.on('error', fail);
      if (typeof body !== 'function') sent.end(body);
      else {
        const stream = body();
        stream.on('error', (error) => sent.destroy(error));
        sent.on('close', () => stream.destroy());
        stream.pipe(sent);
      }
    });
  return async (asked) => {
    try {
      return await once(asked);
    } catch (error) {
      // The server closed a kept connection at the moment when it was used again.
      if (error instanceof StaleConnection && typeof asked.body !== 'function') return once(asked);
      throw error;
    }
  };
}

class StaleConnection extends RemoteFault {}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ENOTFOUND: 'the name of the host is unknown',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the host does not answer',
};

const ADDRESS_HINT =
  'Compare `store.remote` and `store.endpoint` with the address of the server, and check that it runs.';

/** What OpenSSL says of an answer that is no TLS. Its code, EPROTO, is that of any failed handshake. */
const NO_TLS = /wrong version number|packet length too long/i;

export function faultOf(
  error: unknown,
  signal: AbortSignal,
  { reused = false, host }: { readonly reused?: boolean; readonly host?: string } = {},
): Error {
  if (error instanceof RemoteFault) return error;
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error('aborted');
  const all: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const codes = all.map((one) => (one as NodeJS.ErrnoException).code ?? '');
  const known = codes.find((code) => code in UNREACHABLE);
  const at = host === undefined ? '' : ` (${host})`;
  if (known !== undefined)
    return new RemoteFault('unreachable', `${UNREACHABLE[known]!}${at}`, {
      hint: ADDRESS_HINT,
      cause: error,
    });
  if (all.some((one) => NO_TLS.test((one as Error).message)))
    return new RemoteFault('unreachable', `the server does not speak TLS${at}`, {
      hint: 'Write `http://` instead of `https://` if it is meant to have no certificate.',
      cause: error,
    });
  if (codes.includes('EPROTO'))
    return new RemoteFault('unreachable', `the server and this machine agree on no TLS${at}`, {
      hint: 'The server may speak an old version of TLS alone, or ask for a certificate of the client.',
      cause: error,
    });
  if (codes.some((code) => /CERT|TLS|SSL|SIGNATURE|ALTNAME/.test(code)))
    return new RemoteFault('unreachable', `its certificate is refused (${codes[0]!})`, {
      hint: 'Set NODE_EXTRA_CA_CERTS to the certificate of your authority.',
      cause: error,
    });
  const broken = reused ? StaleConnection : RemoteFault;
  return new broken('cut', 'the connection broke', { cause: error });
}

/** The body as a whole. Rejects with `cut` where it is shorter than announced, and where it is longer than `most`. */
export async function bodyOf(
  { body, headers }: HttpAnswer,
  signal: AbortSignal,
  most = 64e6,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > most) throw new RemoteFault('refused', `an answer of more than ${most} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    throw faultOf(error, signal);
  }
  const announced = headers['content-length'];
  if (announced !== undefined && Number(announced) !== length)
    throw new RemoteFault('cut', `the answer ended after ${length} of ${announced} bytes`);
  return Buffer.concat(pieces);
}

/** Reads the rest of a body that nobody needs, so that its connection can be used again. */
export function discard({ body }: HttpAnswer): void {
  body.on('error', () => undefined);
  body.resume();
}
