import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { openPageServer, type PageServer } from '../../../src/page/server/page-server.ts';
import type { SearchMessage, SearchPort, SearchRequest } from '../../../src/page/server/search/protocol.ts';
import { searchService, type SearchTarget } from '../../../src/page/server/search/service.ts';
import type { SystemFacts } from '../../../src/query/side-by-side.ts';
import { folderArtifact } from '../../query/fixtures.ts';

export const FACTS: SystemFacts = {
  documents: 3,
  systems: ['model', 'bm25', 'fused'],
  preferred: 'fused',
  fusion: 'convex fusion, model 0.5 and BM25 0.5, not tuned',
  search: 'exact',
  isHybrid: false,
  examples: ['what is gout?'],
};

const answerTo = (query: string): string =>
  query === 'unknown'
    ? JSON.stringify({ query, error: { code: 'E_INPUT', message: 'no word of it is known', hint: null } })
    : JSON.stringify({
        query,
        words: query.split(' '),
        unknown_words: [],
        notes: [],
        systems: {
          bm25: {
            results: [{ rank: 1, doc_id: 'd1', score: 2, text: query, matches: [[0, query.length]] }],
            milliseconds: 0.1,
          },
        },
      });

export interface FakePort extends SearchPort {
  /** What it was given, in order. */
  readonly given: SearchRequest[];
  /** Answers what it was given longest ago. */
  answer(): void;
  breakDown(): void;
  isClosed: boolean;
}

/** A search thread in this one. With `atOnce`, it answers by itself. */
export function fakePort(atOnce = true): FakePort {
  const given: SearchRequest[] = [];
  const waiting: SearchRequest[] = [];
  const listeners: ((message: SearchMessage) => void)[] = [];
  const ends: (() => void)[] = [];
  const tell = (message: SearchMessage): void => {
    for (const listener of listeners) listener(message);
  };
  const answer = (): void => {
    const request = waiting.shift();
    if (request)
      tell({
        type: 'answered',
        id: request.id,
        answers: request.questions.map(({ text }) => answerTo(text)),
      });
  };
  setImmediate(() => {
    tell({ type: 'ready', facts: FACTS });
  });
  const port: FakePort = {
    given,
    answer,
    breakDown: () => {
      for (const end of ends) end();
    },
    isClosed: false,
    post: (request) => {
      given.push(request);
      waiting.push(request);
      if (atOnce) setImmediate(answer);
    },
    onMessage: (listener) => listeners.push(listener),
    onEnd: (listener) => ends.push(listener),
    close: () => {
      port.isClosed = true;
    },
  };
  return port;
}

export const TARGET: SearchTarget = {
  run: '20260131T000000Z-0001234',
  spec: 'demo',
  engine: null,
  parts: { corpus: folderArtifact('/corpus'), tokens: undefined, vectors: undefined, evaluation: undefined },
};

export interface TestServer extends PageServer {
  /** Unexpected errors. */
  readonly faults: unknown[];
  readonly ports: readonly FakePort[];
}

export async function testServer(token?: string, atOnce = true): Promise<TestServer> {
  const faults: unknown[] = [];
  const ports: FakePort[] = [];
  const search = searchService({
    find: () => Promise.resolve(TARGET),
    start: () => {
      const port = fakePort(atOnce);
      ports.push(port);
      return port;
    },
    threads: 1,
    batch: 4,
    alwaysIndex: false,
    mostWaiting: 1_024,
  });
  const server = await openPageServer({
    host: '127.0.0.1',
    port: 0,
    token,
    page: { html: '<!doctype html><title>page</title>', policy: "default-src 'none'" },
    search,
    views: undefined,
    report: (error) => faults.push(error),
  });
  return { ...server, faults, ports };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const request = httpRequest(
      { port, path, method, headers, host: '127.0.0.1', agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes and resolves with what came back when the server has closed the connection, or nothing comes for a moment. */
export function sendRaw(port: number, bytes: Uint8Array | string, patience = 300): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(patience, end);
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', end);
    socket.on('close', end);
    socket.write(bytes);
  });
}
