import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { digestOf, digestOfFile } from '../../src/base/hash.ts';
import { download, type Download, type DownloadOptions } from '../../src/store/download.ts';
import { replaceSleep } from '../helpers/clock.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

/** Long enough to come in several pieces, and no byte like its neighbours. */
const CONTENT = Buffer.alloc(300_000, 'The quick brown fox jumps over the lazy dog 0123456789. ');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

interface TestServer {
  readonly url: string;
  /** The Range header of each request; `-` for requests without one. */
  readonly ranges: string[];
}

type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

/** Where the trial of the running test keeps its downloads: a server that breaks off looks at what has arrived. */
let folder = '';

async function serve(handler: Handler): Promise<TestServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '-');
    handler(request, response, ranges.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.bin`, ranges };
}

/** Answers like a correct server: the whole file, or the requested range. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { etag = '"v1"', content = CONTENT } = {},
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const resumes = from > 0 && request.headers['if-range'] === etag;
  const rest = resumes ? content.subarray(from) : content;
  response.writeHead(resumes ? 206 : 200, {
    etag,
    'content-length': rest.length,
    ...(resumes ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  });
  response.end(rest);
}

const whole: Handler = (request, response) => {
  answer(request, response);
};

/** Sends the head of a full answer and the first bytes, and breaks the connection once these are on the client's disk. */
function cut(
  response: ServerResponse,
  bytes: number,
  headers: Record<string, string> = { etag: '"v1"' },
): void {
  response.writeHead(200, { ...headers, 'content-length': CONTENT.length });
  response.write(CONTENT.subarray(0, bytes));
  const hasArrived = (): boolean =>
    readdirSync(folder).some((name) => name.endsWith('.part') && statSync(join(folder, name)).size === bytes);
  void eventually('the arrival of the first bytes', hasArrived).then(() => response.destroy());
}

interface Trial {
  readonly logs: string[];
  readonly progress: (readonly [number, number | undefined])[];
  readonly get: (more?: Partial<DownloadOptions>) => Promise<Download>;
}

function trial(url: string): Trial {
  folder = join(temporaryFolder(), 'downloads');
  const logs: string[] = [];
  const progress: [number, number | undefined][] = [];
  const get = (more: Partial<DownloadOptions> = {}): Promise<Download> =>
    download({
      url,
      folder,
      signal: new AbortController().signal,
      log: (message) => logs.push(message),
      progress: (done, total) => progress.push([done, total]),
      backoffMs: 1,
      ...more,
    });
  return { logs, progress, get };
}

const message = (text: string): unknown => expect.stringContaining(text);

describe('a download', () => {
  it('is made once, with progress, and its length and SHA-256 are recorded', async () => {
    const server = await serve(whole);
    const { get, progress } = trial(server.url);
    const first = await get();
    expect(digestOfFile(first.path)).toBe(SHA256);
    expect(first).toMatchObject({ url: server.url, sha256: SHA256, bytes: CONTENT.length });
    expect(progress.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
    expect(JSON.parse(readFileSync(`${first.path}.json`, 'utf8'))).toEqual({
      url: server.url,
      sha256: SHA256,
      bytes: CONTENT.length,
    });
    expect(await get()).toEqual(first);
    expect(server.ranges).toEqual(['-']);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('resumes after a broken connection', async () => {
    const server = await serve((request, response, attempt) => {
      if (attempt === 1) cut(response, 100_000);
      else answer(request, response);
    });
    const { get, logs } = trial(server.url);
    const { path } = await get();
    expect(digestOfFile(path)).toBe(SHA256);
    expect(server.ranges).toEqual(['-', 'bytes=100000-']);
    expect(logs).toEqual([`${server.url}: the transfer broke off after 100000 bytes; trying again`]);
  });

  it('resumes from what a killed process left', async () => {
    const server = await serve(whole);
    const { get } = trial(server.url);
    const path = join(folder, digestOf(server.url));
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.part`, CONTENT.subarray(0, 77_777));
    writeFileSync(`${path}.part.json`, JSON.stringify({ validator: '"v1"' }));
    expect(await get()).toMatchObject({ path, sha256: SHA256 });
    expect(server.ranges).toEqual(['bytes=77777-']);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('starts again if the content has changed meanwhile', async () => {
    const changed = Buffer.from(CONTENT.toString().toUpperCase());
    const server = await serve((request, response, attempt) => {
      if (attempt === 1) cut(response, 100_000);
      else answer(request, response, { etag: '"v2"', content: changed });
    });
    expect(digestOfFile((await trial(server.url).get()).path)).toBe(digestOf(changed));
    expect(server.ranges).toEqual(['-', 'bytes=100000-']);
  });

  it('starts again if the server gives no validator, or a weak one', async () => {
    for (const headers of [{}, { etag: 'W/"v1"' }] as Record<string, string>[]) {
      const server = await serve((request, response, attempt) => {
        if (attempt === 1) cut(response, 100_000, headers);
        else answer(request, response);
      });
      expect(digestOfFile((await trial(server.url).get()).path)).toBe(SHA256);
      expect(server.ranges).toEqual(['-', '-']);
    }
  });

  it('waits longer each time the server is overloaded, and then succeeds', async () => {
    const server = await serve((request, response, attempt) => {
      if (attempt < 4) response.writeHead(attempt === 2 ? 429 : 503).end();
      else answer(request, response);
    });
    const { get, logs } = trial(server.url);
    const pauses: number[] = [];
    replaceSleep((milliseconds) => pauses.push(milliseconds));
    await get({ backoffMs: 1_000 });
    expect(logs.map((log) => log.replace(server.url, ''))).toEqual([
      ': the server answers 503 Service Unavailable; trying again',
      ': the server answers 429 Too Many Requests; trying again',
      ': the server answers 503 Service Unavailable; trying again',
    ]);
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
  });

  it('gives up after five fruitless attempts in a row', async () => {
    const server = await serve((_, response) => response.writeHead(500).end());
    await expect(trial(server.url).get()).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: message('cannot be downloaded: the server answers 500'),
    });
    expect(server.ranges).toHaveLength(5);
  });

  it('does not retry if the file does not exist', async () => {
    const server = await serve((_, response) => response.writeHead(404).end('no such file'));
    await expect(trial(server.url).get()).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: `${server.url} cannot be downloaded: the server answers 404 Not Found`,
      hint: message('give the path of a local copy'),
    });
    expect(server.ranges).toHaveLength(1);
  });

  it('without a network says so at once, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.bin`;
    server.close();
    await once(server, 'close');
    const { get, logs } = trial(url);
    await expect(get({ backoffMs: 60_000 })).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: message('cannot be reached: connect ECONNREFUSED'),
      hint: message('give its local path instead of the URL'),
    });
    expect(logs).toEqual([]);
  });

  it('that is shorter than announced, every time, fails and leaves nothing that looks finished', async () => {
    const server = await serve((request, response) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      if (from >= 100_000) response.writeHead(416).end();
      else cut(response, 100_000);
    });
    const { get } = trial(server.url);
    await expect(get()).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: message('cannot be downloaded'),
    });
    expect(existsSync(join(folder, digestOf(server.url)))).toBe(false);
  });

  it('of a length that the server does not tell is whole when the server says so', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(CONTENT);
    });
    const { get, progress } = trial(server.url);
    expect(await get()).toMatchObject({ sha256: SHA256 });
    expect(progress.at(-1)).toEqual([CONTENT.length, undefined]);
  });

  it('follows redirects', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/data.bin') response.writeHead(302, { location: '/elsewhere' }).end();
      else answer(request, response);
    });
    expect(await trial(server.url).get()).toMatchObject({ sha256: SHA256, url: server.url });
  });

  it('must match the digest in the spec, on arrival and later', async () => {
    const server = await serve(whole);
    const { get } = trial(server.url);
    const wrong = '0'.repeat(64);
    await expect(get({ sha256: wrong })).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: `${server.url} has SHA-256 ${SHA256}, and the spec says ${wrong}`,
    });
    expect(readdirSync(folder)).toEqual([]);
    await get({ sha256: SHA256 });
    await expect(get({ sha256: wrong })).rejects.toMatchObject({ hint: message('to download it again') });
    expect(server.ranges).toHaveLength(2);
  });

  it('is hashed again if its record is lost or does not match', async () => {
    const server = await serve(whole);
    const { get } = trial(server.url);
    const { path } = await get();
    writeFileSync(`${path}.json`, '{"bytes": 5}');
    expect(await get()).toMatchObject({ sha256: SHA256, bytes: CONTENT.length });
    expect(server.ranges).toHaveLength(1);
  });

  it('wanted twice at the same time is made once', async () => {
    const server = await serve((request, response) => {
      void eventually('the second to wait', () => logs.length > 0).then(() => {
        answer(request, response);
      });
    });
    const { get, logs } = trial(server.url);
    const [one, two] = await Promise.all([get(), get()]);
    expect(one).toEqual(two);
    expect(server.ranges).toHaveLength(1);
    expect(logs).toEqual([`waiting for another process that downloads ${server.url}`]);
  });

  it('stops when it is aborted', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 1000));
    });
    const controller = new AbortController();
    const { get } = trial(server.url);
    const stopped = get({
      signal: controller.signal,
      progress: () => {
        controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow('aborted');
    expect(readdirSync(folder).some((name) => name.endsWith('.lock'))).toBe(false);
  });
});
