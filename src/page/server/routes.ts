/** What is answered at which address. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { INSTALLATION } from '../../base/installation.ts';
import { readRunRecord } from '../../history/record.ts';
import { begunState, eventsFile, readBegun, sweepOfRung } from '../../history/run-events.ts';
import { stageStarts } from '../../history/stage-starts.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { logNamed, logOfStage, readLog } from './data/log.ts';
import { liveView } from './data/live.ts';
import type { RunsTable } from './data/runs/runs-table.ts';
import type { ViewThread } from './data/view-thread.ts';
import { RUN } from './data/views.ts';
import { sendEvents } from './events.ts';
import type { Handler } from './listen.ts';
import { clientOf, goneSignal, RequestError, send, sendFailure, sendJson } from './reply.ts';
import { aboutSearch, answerBatch, answerQuestion } from './search/api.ts';
import type { SearchService } from './search/service.ts';
import { turnstile } from './turnstile.ts';

export interface PageDocument {
  readonly html: string;
  readonly policy: string;
}

export interface StoreRoutes {
  readonly layout: StoreLayout;
  readonly runs: RunsTable;
  /** Makes all other views. */
  readonly thread: ViewThread;
}

export interface RoutesOptions {
  readonly page: PageDocument;
  readonly search: SearchService;
  /** Undefined where only search is served. */
  readonly views: StoreRoutes | undefined;
}

/** Views read files and databases. */
const [VIEWS_AT_ONCE, MOST_WAITING] = [4, 64];
const MOST_STREAMS = 64;

export function routes({ page, search, views }: RoutesOptions): Handler {
  const inTurn = turnstile(VIEWS_AT_ONCE, MOST_WAITING);
  let streams = 0;

  const view = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const parts = url.pathname.slice('/api/view/'.length).split('/').map(decoded);
    const text = await inTurn(clientOf(request, response), () => viewOf(views!, parts));
    if (text === undefined) sendFailure(response, 404, NO_VIEW);
    else sendJson(response, text);
  };

  const events = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    if (request.method === 'HEAD') throw new RequestError(405, 'E_METHOD', 'Events come by GET alone.');
    const id = runOf(url);
    const { layout, runs } = views!;
    const isWritten = (): boolean => {
      const begun = readBegun(layout, id);
      return begun !== undefined && begunState(begun) === 'running';
    };
    const isKnown = readBegun(layout, id) ?? readRunRecord(layout, id) ?? runs.sweep(sweepOfRung(id) ?? id);
    if (!isKnown) throw noRun(id);
    if (streams >= MOST_STREAMS)
      throw new RequestError(503, 'E_BUSY', 'Too many pages follow a run.', { retryAfter: 5 });
    const after = Number(request.headers['last-event-id'] ?? 0);
    streams += 1;
    try {
      const gone = goneSignal(clientOf(request, response));
      const file = eventsFile(layout, id);
      await sendEvents(response, { file, after: Number.isSafeInteger(after) ? after : 0, isWritten, gone });
    } finally {
      streams -= 1;
    }
  };

  const log = (response: ServerResponse, url: URL): void => {
    const id = runOf(url);
    const { layout } = views!;
    const from = Number(url.searchParams.get('from') ?? 0);
    if (!Number.isSafeInteger(from))
      throw new RequestError(400, 'E_REQUEST', '`from` has to be a whole number.');
    const stage = url.searchParams.get('stage') ?? '';
    const record = readRunRecord(layout, id);
    const path = record ? logOfStage(layout, record, stage) : logOfEvents(layout, id, stage);
    const isWritten = !record && readBegun(layout, id) !== undefined;
    const read = path === undefined ? undefined : readLog(path, from, isWritten);
    if (!read)
      throw new RequestError(404, 'E_LOG', 'There is no log of this stage.', {
        hint: 'Logs are kept for 30 days, and cached stages have printed nothing.',
      });
    sendJson(response, JSON.stringify(read));
  };

  return async (request, response, url) => {
    const { pathname } = url;
    switch (pathname) {
      case '/':
        send(response, 200, {
          type: 'text/html; charset=utf-8',
          content: page.html,
          policy: page.policy,
        });
        return;
      case '/api/search':
        await (request.method === 'POST'
          ? answerBatch(search, request, response)
          : answerQuestion(search, request, response, url));
        return;
      case '/api/search/about':
        await aboutSearch(search, response, url);
        return;
      case '/api/health':
        sendJson(response, '{"status":"ok"}');
        return;
      case '/api/openapi.yaml':
        send(response, 200, {
          type: 'application/yaml; charset=utf-8',
          content: readFileSync(join(INSTALLATION, 'docs', 'openapi.yaml')),
        });
        return;
    }
    if (views && pathname.startsWith('/api/view/')) await view(request, response, url);
    else if (views && pathname === '/api/events') await events(request, response, url);
    else if (views && pathname === '/api/log') log(response, url);
    else sendFailure(response, 404, { code: 'E_URL', message: 'There is nothing at this address.' });
  };
}

/** What every page asks for comes from memory; the rest takes a thread. */
async function viewOf(
  { layout, runs, thread }: StoreRoutes,
  parts: readonly string[],
): Promise<string | undefined> {
  const [kind, first = '', second, ...rest] = parts;
  if (rest.length > 0 || (kind !== 'runs' && kind !== 'live')) return thread.view(parts);
  if (kind === 'live') {
    const view = second === undefined && RUN.test(first) ? liveView(layout, runs, first) : undefined;
    return view && JSON.stringify(view);
  }
  if (parts.length === 1) return runs.view();
  if (first === 'state' && second === undefined) return JSON.stringify(runs.state());
  return first === 'column' && second !== undefined ? runs.column(second) : undefined;
}

const LONGEST_ID = 100;

const NO_VIEW = { code: 'E_URL', message: 'There is no such view.' };

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(400, 'E_URL', 'The address is not valid.');
  }
}

function runOf({ searchParams }: URL): string {
  const id = searchParams.get('run') ?? '';
  if (!RUN.test(id) || id.length > LONGEST_ID) throw noRun(id);
  return id;
}

function noRun(id: string): RequestError {
  return new RequestError(404, 'E_RUN', `There is no run ${JSON.stringify(id.slice(0, 100))}.`);
}

/** The log that the latest start of the stage named: of a run that has no record yet, or of a sweep, which has none of its own. */
function logOfEvents(layout: StoreLayout, id: string, stage: string): string | undefined {
  const log = stageStarts(layout, id, stage).at(-1)?.log;
  return typeof log === 'string' ? logNamed(layout, log) : undefined;
}
