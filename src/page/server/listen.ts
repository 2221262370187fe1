/**
 * The HTTP server: limits on what a connection may cost, and the gate before every request. What is answered is decided
 * by the routes; this file knows none of them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { refusalOf, type GateOptions } from './gate.ts';
import { sendError, sendFailure } from './reply.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly gate: (port: number) => GateOptions;
  readonly handle: Handler;
  /** Told of what is no client's fault. */
  readonly report: (error: unknown) => void;
}

export interface Listening {
  readonly port: number;
  /** Ends all connections and resolves when they are closed. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16_384,
  /** Milliseconds for the headers, for the whole request, and between two requests of a connection. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
} as const;
const MOST_CONNECTIONS = 1_000;
const MOST_HEADERS = 64;

export async function listen({ host, port, gate, handle, report }: ListenOptions): Promise<Listening> {
  const server = createServer(LIMITS);
  server.maxConnections = MOST_CONNECTIONS;
  server.maxHeadersCount = MOST_HEADERS;
  await begin(server, host, port);
  // Such as a connection that cannot be accepted because too many files are open: the others go on.
  server.on('error', report);
  const bound = (server.address() as AddressInfo).port;
  const gateOptions = gate(bound);

  server.on('request', (request, response) => {
    // A client that goes away is no error of this server.
    response.on('error', () => undefined);
    answer(request, response).catch((error: unknown) => {
      sendError(response, error, report);
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '/', headers } = request;
    const refusal = refusalOf({ method, url, headers }, gateOptions);
    if (refusal) {
      // What the client still sends is not read.
      if (method !== 'GET' && method !== 'HEAD') response.shouldKeepAlive = false;
      sendFailure(response, refusal.status, refusal, refusal.status === 405 ? { Allow: 'GET, HEAD' } : {});
      return;
    }
    const parsed = urlOf(url);
    if (parsed) await handle(request, response, parsed);
    else sendFailure(response, 400, { code: 'E_URL', message: 'The address is not valid.' });
  };
  server.on('clientError', refuseBadRequest);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function begin(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new PipelineError('E_USAGE', `cannot listen on ${host}, port ${port}: ${reasonOf(error)}`, {
          hint: 'Choose another port with --port, or 0 for any that is free.',
          cause: error,
        }),
      );
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** Undefined for what is not a path with a query. */
function urlOf(url: string): URL | undefined {
  if (!url.startsWith('/') || url.startsWith('//')) return undefined;
  try {
    return new URL(url, 'http://server');
  } catch {
    return undefined;
  }
}

/** What is not HTTP at all, too large, or too slow. */
function refuseBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // A client that keeps sending would keep the connection open.
  setTimeout(() => socket.destroy(), 1_000).unref();
}
