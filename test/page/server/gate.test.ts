import { describe, expect, it } from 'vitest';
import { refusalOf, type Asked, type GateOptions } from '../../../src/page/server/gate.ts';

const LOOPBACK: GateOptions = {
  hosts: new Set(['localhost', '127.0.0.1', '[::1]']),
  token: undefined,
  cookie: 'pipeline-1',
  isEntry: () => false,
};
const GUARDED: GateOptions = { ...LOOPBACK, hosts: undefined, token: 'secret' };

function statusOf(
  { headers = {}, ...asked }: Partial<Asked>,
  options: GateOptions = LOOPBACK,
): number | undefined {
  const request = {
    method: 'GET',
    url: '/api/view/runs',
    headers: { host: 'localhost:8642', ...headers },
    ...asked,
  };
  return refusalOf(request, options)?.status;
}

describe('the gate', () => {
  it('answers for the names of this machine, with any port', () => {
    for (const host of ['localhost', 'LOCALHOST:8642', '127.0.0.1:1', '[::1]:8642'])
      expect(statusOf({ headers: { host } })).toBeUndefined();
  });

  it('refuses names that another site may have pointed at this machine, and malformed ones', () => {
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      'a@localhost',
      'localhost:x',
      '',
    ])
      expect(statusOf({ headers: { host } })).toBe(421);
    expect(refusalOf({ method: 'GET', url: '/', headers: {} }, LOOPBACK)?.status).toBe(421);
  });

  it('refuses the scripts, forms and images of other sites', () => {
    expect(statusOf({ headers: { origin: 'https://evil.example' } })).toBe(403);
    expect(statusOf({ headers: { origin: 'null' } })).toBe(403);
    expect(statusOf({ headers: { origin: 'http://localhost:9999' } })).toBe(403);
    expect(statusOf({ headers: { 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(statusOf({ headers: { 'sec-fetch-site': 'same-site' } })).toBe(403);
    expect(
      statusOf({ method: 'POST', url: '/api/search', headers: { origin: 'https://evil.example' } }),
    ).toBe(403);
  });

  it('answers its own page, and follows a link from another site to the page alone', () => {
    expect(
      statusOf({ headers: { origin: 'http://localhost:8642', 'sec-fetch-site': 'same-origin' } }),
    ).toBeUndefined();
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect(statusOf({ url: '/', headers: link })).toBeUndefined();
    expect(statusOf({ url: '/api/view/runs', headers: link })).toBe(403);
    expect(statusOf({ url: '/', headers: { ...link, 'sec-fetch-dest': 'iframe' } })).toBe(403);
  });

  it('only reads: POST is for questions alone', () => {
    expect(statusOf({ method: 'HEAD' })).toBeUndefined();
    expect(statusOf({ method: 'POST', url: '/api/search?x' })).toBeUndefined();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'BREW'])
      expect(statusOf({ method })).toBe(405);
    expect(statusOf({ url: `/${'a'.repeat(9_000)}` })).toBe(414);
  });

  it('with a token, answers only those who show it', () => {
    expect(statusOf({}, GUARDED)).toBe(401);
    expect(statusOf({ headers: { authorization: 'Bearer wrong' } }, GUARDED)).toBe(401);
    expect(statusOf({ headers: { authorization: 'Bearer secret' } }, GUARDED)).toBeUndefined();
    expect(statusOf({ headers: { cookie: 'other=1; pipeline-1=secret' } }, GUARDED)).toBeUndefined();
    // Another server on this machine has a cookie of its own.
    expect(statusOf({ headers: { cookie: 'pipeline-2=secret' } }, GUARDED)).toBe(401);
  });
});
