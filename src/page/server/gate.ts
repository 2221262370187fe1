/**
 * Who may ask: checked before anything else is done for a request. A browser sends the requests of every page that it
 * shows, so a server on this machine can be reached from the web: the name in `Host` (DNS rebinding), `Origin` and
 * `Sec-Fetch-Site` (other sites' scripts and forms) say whether the request comes from this server's own page.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface GateOptions {
  /** Names that `Host` may have, without port; undefined allows any, where a token is asked for. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** What every request has to show. */
  readonly token: string | undefined;
  /** Cookies do not know ports: each server has its own. */
  readonly cookie: string;
  /** Whether the address carries the token, as the printed one does. */
  readonly isEntry: (url: string) => boolean;
}

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Refusal {
  readonly status: 401 | 403 | 405 | 414 | 421;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const LONGEST_URL = 8_192;
/** The only path that takes another method than GET: questions may be too long or too many for an address. */
const POST_PATH = '/api/search';

export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Undefined where the request may be answered. */
export function refusalOf(asked: Asked, options: GateOptions): Refusal | undefined {
  return (
    hostRefusal(asked, options) ?? siteRefusal(asked) ?? methodRefusal(asked) ?? tokenRefusal(asked, options)
  );
}

function hostRefusal({ headers }: Asked, { hosts }: GateOptions): Refusal | undefined {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]@/\s]+)(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]?.toLowerCase();
  if (name !== undefined && (hosts === undefined || hosts.has(name))) return undefined;
  return {
    status: 421,
    code: 'E_HOST',
    message: 'This server does not answer for that host name.',
    hint: 'Use the address that `pipeline serve` printed.',
  };
}

function siteRefusal({ method, url, headers }: Asked): Refusal | undefined {
  const refusal: Refusal = {
    status: 403,
    code: 'E_ORIGIN',
    message: 'Requests from other sites are not answered.',
  };
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host ?? ''}` && origin !== `https://${host ?? ''}`)
    return refusal;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  // A link to the page may be anywhere.
  const isLink =
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    !pathOf(url).startsWith('/api/');
  return isLink ? undefined : refusal;
}

function methodRefusal({ method, url }: Asked): Refusal | undefined {
  if (url.length > LONGEST_URL)
    return { status: 414, code: 'E_URL', message: `The address has more than ${LONGEST_URL} characters.` };
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method === 'POST' && pathOf(url) === POST_PATH) return undefined;
  return { status: 405, code: 'E_METHOD', message: 'This server only reads: use GET.' };
}

function tokenRefusal({ url, headers }: Asked, options: GateOptions): Refusal | undefined {
  const { token, cookie, isEntry } = options;
  if (token === undefined || isToken(givenToken(headers, cookie), token) || isEntry(url)) return undefined;
  return {
    status: 401,
    code: 'E_TOKEN',
    message: 'This server asks for a token.',
    hint: 'Open the address with ?token=… that `pipeline serve` printed, or send Authorization: Bearer TOKEN.',
  };
}

export const pathOf = (url: string): string => url.split(/[?#]/, 1)[0]!;

function givenToken(headers: IncomingHttpHeaders, cookie: string): string {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === cookie) return unescaped(value ?? '');
  }
  return '';
}

/** Takes the same time for every wrong token. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
