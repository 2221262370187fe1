/** `pipeline serve` without the command line: the gate, the routes and the searches put together. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PipelineError } from '../../base/diagnostic.ts';
import { isToken, LOOPBACK_NAMES } from './gate.ts';
import { listen, type Handler, type Listening } from './listen.ts';
import { send } from './reply.ts';
import { routes, type PageDocument, type StoreRoutes } from './routes.ts';
import type { SearchService } from './search/service.ts';

export interface PageServerOptions {
  readonly host: string;
  readonly port: number;
  /** Needed for any host but this machine's own. */
  readonly token: string | undefined;
  readonly page: PageDocument;
  readonly search: SearchService;
  /** Undefined where only search is served. */
  readonly views: StoreRoutes | undefined;
  readonly report: (error: unknown) => void;
}

export interface PageServer {
  /** Of the page, with the token. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function openPageServer(options: PageServerOptions): Promise<PageServer> {
  const { host, port, token, search, report } = options;
  if (!isLoopback(host) && token === undefined)
    throw new PipelineError(
      'E_USAGE',
      `${host} can be reached from other machines, and no token is asked for`,
      {
        hint: 'Add --token, with a word of your own or none for a random one.',
      },
    );
  const answer = routes(options);
  let cookie = '';
  const server: Listening = await listen({
    host,
    port,
    gate: (bound) => {
      cookie = `pipeline-${bound}`;
      return {
        hosts: token === undefined ? namesOf(host) : undefined,
        token,
        cookie,
        isEntry: (url) => entryToken(url, token),
      };
    },
    handle: token === undefined ? answer : withToken(answer, token, () => cookie),
    report,
  });
  return {
    port: server.port,
    address: `http://${shownHost(host)}:${server.port}/${token === undefined ? '' : `?token=${encodeURIComponent(token)}`}`,
    async close() {
      search.close();
      options.views?.thread.close();
      await server.close();
    },
  };
}

export const newToken = (): string => randomBytes(18).toString('base64url');

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Of this machine. With a token, a server may have any name, such as that of the proxy before it: the token guards it. */
function namesOf(host: string): ReadonlySet<string> {
  return new Set([...LOOPBACK_NAMES, host.includes(':') ? `[${host}]` : host]);
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function entryToken(url: string, token: string | undefined): boolean {
  if (token === undefined || !url.startsWith('/?')) return false;
  const given = new URLSearchParams(url.slice(2)).get('token');
  return given !== null && isToken(given, token);
}

/** The address with the token sets the cookie and leads to the one without, so that it is in no bookmark or history. */
function withToken(answer: Handler, token: string, cookie: () => string): Handler {
  return async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (url.pathname !== '/' || !url.searchParams.has('token')) return answer(request, response, url);
    send(response, 303, {
      type: 'text/plain; charset=utf-8',
      content: '',
      headers: {
        Location: '/',
        'Set-Cookie': `${cookie()}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict`,
      },
    });
  };
}
