import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { openPageServer } from '../../../src/page/server/page-server.ts';
import { ask, sendRaw, testServer, type TestServer } from './fixtures.ts';

/** Shared with the benchmark, which sends 100,000. */
const MALFORMED = '../../../bench/serve/malformed.mjs';

const JSON_BODY = { 'content-type': 'application/json' };

describe('a server on this machine', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.close());

  it('sends every answer with the headers that keep browsers from misusing it', async () => {
    for (const path of ['/', '/api/health', '/api/search?q=gout', '/nowhere']) {
      const { headers } = await ask(server.port, path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('refuses a body that is too large before it has come, and one that is no JSON', async () => {
    const post = (headers: Record<string, string>, body: string): Promise<{ status: number }> =>
      ask(server.port, '/api/search', { method: 'POST', headers, body });
    const large = JSON.stringify({ queries: ['a'.repeat(1_100_000)] });
    expect((await post(JSON_BODY, large)).status).toBe(413);
    expect((await post({ 'content-type': 'text/plain' }, '{}')).status).toBe(415);
    expect((await post(JSON_BODY, '{"queries":')).status).toBe(400);
    expect((await post(JSON_BODY, '[]')).status).toBe(400);
    expect((await post(JSON_BODY, JSON.stringify({ queries: Array(257).fill('a') }))).status).toBe(400);
  });

  it('refuses questions out of bounds, and says what is wrong', async () => {
    const said = async (query: string): Promise<[number, string]> => {
      const { status, text } = await ask(server.port, `/api/search?${query}`);
      return [status, (JSON.parse(text) as { message: string }).message];
    };
    expect(await said('')).toEqual([400, 'The question is missing: /api/search?q=…']);
    expect(await said('q=a&k=0')).toEqual([400, '`k` has to be an integer from 1 to 100.']);
    expect(await said('q=a&k=1e3')).toEqual([400, '`k` has to be an integer from 1 to 100.']);
    expect(await said('q=a&systems=model,other')).toEqual([
      400,
      '`systems` has to name some of model, bm25, fused.',
    ]);
    expect(await said('q=a&colour=red')).toEqual([400, 'There is no parameter "colour".']);
    expect(await said(`q=${'a'.repeat(2_001)}`)).toEqual([400, 'A question has at most 2,000 characters.']);
    expect((await said('q=unknown'))[0]).toBe(422);
  });

  it('serves nothing of a store where only search is served', async () => {
    for (const path of [
      '/api/view/runs',
      '/api/events?run=x',
      '/api/log?run=x&stage=y',
      '/etc/passwd',
      '/..%2f..%2f',
    ])
      expect((await ask(server.port, path)).status).toBe(404);
  });

  it('survives requests that are none, and answers the next one', async () => {
    const { malformedRequest } = (await import(MALFORMED)) as { malformedRequest: (seed: number) => Buffer };
    for (let seed = 0; seed < 120; seed += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => sendRaw(server.port, malformedRequest(seed + i), 150)),
      );
    expect(server.faults).toEqual([]);
    expect((await ask(server.port, '/api/health')).text).toBe('{"status":"ok"}');
  });

  it('answers what is not HTTP with 400, and headers that are too large with 431', async () => {
    expect(await sendRaw(server.port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`;
    expect(await sendRaw(server.port, large)).toMatch(/^HTTP\/1\.1 431 /);
    const smuggled =
      'POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await sendRaw(server.port, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a client that goes away', () => {
  it('leaves no question behind', async () => {
    const server = await testServer(undefined, false);
    try {
      const first = ask(server.port, '/api/search?q=first');
      await eventually('the first question', () => server.ports[0]?.given.length === 1);
      // The thread is busy with the first; the second waits, and its client goes.
      await sendRaw(server.port, 'GET /api/search?q=second HTTP/1.1\r\nHost: localhost\r\n\r\n', 100);
      const third = ask(server.port, '/api/search?q=third');
      await new Promise((resolve) => setTimeout(resolve, 100));
      server.ports[0]!.answer();
      expect((await first).status).toBe(200);
      await eventually('the next question', () => server.ports[0]!.given.length === 2);
      server.ports[0]!.answer();
      expect((await third).status).toBe(200);
      const asked = server.ports[0]!.given.flatMap(({ questions }) => questions.map(({ text }) => text));
      expect(asked).toEqual(['first', 'third']);
    } finally {
      await server.close();
    }
  });
});

describe('a server with a token', () => {
  it('takes it from the address once, and then from a cookie that scripts cannot read', async () => {
    const server = await testServer('secret');
    try {
      expect((await ask(server.port, '/')).status).toBe(401);
      expect((await ask(server.port, '/?token=wrong')).status).toBe(401);
      const entry = await ask(server.port, '/?token=secret');
      expect(entry.status).toBe(303);
      expect(entry.headers.location).toBe('/');
      const [cookie = ''] = entry.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(/HttpOnly; SameSite=Strict$/);
      expect((await ask(server.port, '/', { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(200);
      expect((await ask(server.port, '/api/view/runs?token=secret')).status).toBe(401);
    } finally {
      await server.close();
    }
  });

  it('lets the server have the name of the proxy before it', async () => {
    const server = await testServer('secret');
    const headers = { host: 'search.example.org', authorization: 'Bearer secret' };
    try {
      expect((await ask(server.port, '/api/health', { headers })).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  it('is needed for an address that other machines can reach', async () => {
    await expect(
      openPageServer({ host: '0.0.0.0', token: undefined } as Parameters<typeof openPageServer>[0]),
    ).rejects.toMatchObject({ code: 'E_USAGE', hint: expect.stringContaining('--token') as string });
  });
});
