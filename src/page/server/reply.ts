/** Writing answers: JSON, the page, errors; every one with the headers that keep a browser from misusing it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PipelineError } from '../../base/diagnostic.ts';

/** No answer is ever framed, sniffed, read by another site's page or kept by a shared cache. */
export const GUARDS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cache-Control': 'no-store',
};

/** For everything but the page itself. */
const CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const CLOSED_HEADERS: Readonly<Record<string, string>> = { ...GUARDS, 'Content-Security-Policy': CLOSED };

export interface Body {
  readonly type: string;
  readonly content: string | Uint8Array;
  /** Content-Security-Policy; by default one that allows nothing. */
  readonly policy?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function send(response: ServerResponse, status: number, body: Body): void {
  if (response.headersSent) {
    // An answer that broke off must not look whole.
    response.destroy();
    return;
  }
  if (response.destroyed) return;
  const { content, type, policy, headers } = body;
  const own = policy === undefined ? CLOSED_HEADERS : { ...GUARDS, 'Content-Security-Policy': policy };
  response.writeHead(status, {
    ...own,
    'Content-Type': type,
    'Content-Length': typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    ...headers,
  });
  // A text goes out with the headers in one piece.
  response.end(response.req.method === 'HEAD' ? undefined : content);
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** `text`: JSON that is already text. */
export function sendJson(response: ServerResponse, text: string | Uint8Array, status = 200): void {
  send(response, status, { type: JSON_TYPE, content: text });
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null | undefined;
}

export function sendFailure(
  response: ServerResponse,
  status: number,
  { code, message, hint }: Failure,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, {
    type: JSON_TYPE,
    content: JSON.stringify({ code, message, hint: hint ?? null }),
    headers,
  });
}

/** What the client did wrong, or what is not there, with its status. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { readonly hint?: string; readonly retryAfter?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = options.hint;
    this.retryAfter = options.retryAfter;
  }
}

const STATUS: Readonly<Record<string, number>> = {
  E_USAGE: 404,
  E_INPUT: 422,
  E_NOT_READY: 409,
  E_RECORD: 500,
};

/** An unexpected error is not described to the client: its text may name files of this machine. */
export function sendError(response: ServerResponse, error: unknown, report: (error: unknown) => void): void {
  if (error instanceof RequestError) {
    const { retryAfter } = error;
    sendFailure(
      response,
      error.status,
      error,
      retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) },
    );
  } else if (error instanceof PipelineError) sendFailure(response, STATUS[error.code] ?? 500, error);
  else {
    report(error);
    sendFailure(response, 500, { code: 'E_SERVER', message: 'The server failed; its terminal shows why.' });
  }
}

/** Whether a client has gone before it was answered. Lighter than an AbortSignal, for questions that come by thousands. */
export interface Client {
  readonly hasGone: boolean;
  /** Calls back once: when it goes, or at once if it has gone. */
  onGone(listener: () => void): void;
}

export function clientOf(request: IncomingMessage, response: ServerResponse): Client {
  let hasGone = request.destroyed && !response.writableFinished;
  const listeners: (() => void)[] = [];
  response.on('close', () => {
    if (response.writableFinished) return;
    hasGone = true;
    for (const listener of listeners.splice(0)) listener();
  });
  return {
    get hasGone() {
      return hasGone;
    },
    onGone(listener) {
      if (hasGone) listener();
      else listeners.push(listener);
    },
  };
}

/** Aborted when the client has gone before it was answered. */
export function goneSignal(client: Client): AbortSignal {
  const gone = new AbortController();
  client.onGone(() => {
    gone.abort();
  });
  return gone.signal;
}
