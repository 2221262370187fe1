/** `pipeline serve`: the page and the search over a store, until it is interrupted. */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism, platform } from 'node:os';
import { resolve } from 'node:path';
import { aborted } from '../../base/aborted.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { readRun } from '../../history/find.ts';
import { CONTENTS } from '../../history/archive.ts';
import { runsTable } from '../../page/server/data/runs/runs-table.ts';
import { viewThread } from '../../page/server/data/view-thread.ts';
import { pageDocument } from '../../page/server/page-document.ts';
import { isLoopback, newToken, openPageServer } from '../../page/server/page-server.ts';
import { searchService, type SearchTarget, type ServiceOptions } from '../../page/server/search/service.ts';
import { startThread } from '../../page/server/search/thread.ts';
import { targetOf, targetsOf } from '../../page/server/search-target.ts';
import { configFor, folderOf, storeFolder, storesOf, type Stores } from '../../session.ts';
import { storeLayout, type StoreLayout } from '../../store/layout.ts';
import { faultText } from '../render/fault.ts';
import { printNotice, printResult, styleFor, useColor } from '../render/output.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { openQuerySource } from './query-source.ts';
import { meansRun } from './show.ts';
import { commandStores, storeNotice } from './stores.ts';

export interface ServeOptions {
  readonly store?: string;
  readonly port?: number;
  readonly host: string;
  /** `true` without a value: a random one. */
  readonly token?: string | true;
  readonly open?: boolean;
  readonly searchOnly?: boolean;
  readonly index?: string;
  readonly exact?: boolean;
  readonly workers?: number;
}

const PORT = 8642;
/** More search threads than these need more memory than they save time on most machines. */
const MOST_WORKERS = 8;
/** Questions that a thread takes at once, and that may wait. */
const [BATCH, MOST_WAITING] = [16, 1_024];

export async function serveCommand(named: string | undefined, options: ServeOptions): Promise<number> {
  const { stop, dispose } = onInterrupt(true, () => '');
  let served: Served | undefined;
  const report = (error: unknown): void => {
    printNotice(faultText(error, styleFor(useColor('stderr'))));
  };
  try {
    const token = options.token === true ? newToken() : options.token;
    if (token === '') throw new PipelineError('E_USAGE', '--token is empty');
    served = await servedBy(named, options, stop);
    const { layout, find, what, isArchive } = served;
    const isSearchOnly = options.searchOnly === true || isArchive;
    const search = searchService({
      find,
      start: (setup) => startThread(setup, report),
      threads: options.workers ?? Math.min(availableParallelism(), MOST_WORKERS),
      batch: BATCH,
      alwaysIndex: options.index !== undefined,
      mostWaiting: MOST_WAITING,
    });
    const runs = runsTable(layout);
    const server = await openPageServer({
      host: options.host,
      port: options.port ?? PORT,
      token,
      page: pageDocument(isSearchOnly),
      search,
      views: isSearchOnly ? undefined : { layout, runs, thread: viewThread(layout.root) },
      report,
    });
    printResult(server.address);
    if (!isLoopback(options.host))
      printNotice(
        'Connections are not encrypted: put a proxy with TLS in front of it, or use an SSH tunnel.',
      );
    printNotice(`Serving ${what}. Ctrl-C ends it.`);
    if (options.open) openBrowser(server.address);
    // What the first page needs is read while the browser starts.
    const readAhead = (): void => {
      try {
        runs.view();
      } catch (error) {
        report(error);
      }
    };
    if (!isSearchOnly) setImmediate(readAhead);
    await aborted(stop);
    await server.close();
    return INTERRUPTED;
  } finally {
    served?.close();
    dispose();
  }
}

interface Served {
  readonly layout: StoreLayout;
  readonly find: ServiceOptions['find'];
  /** For people. */
  readonly what: string;
  /** An exported run: there is no store. */
  readonly isArchive: boolean;
  readonly close: () => void;
}

/** Nothing: the project's store. A folder: a store. A spec or a run: its store, and what answers searches. */
async function servedBy(
  named: string | undefined,
  options: ServeOptions,
  stop: AbortSignal,
): Promise<Served> {
  const { index: from, exact } = options;
  const parts = { from, exact };
  const of = ({ layout, store }: Stores, standard?: () => Promise<SearchTarget>): Served => ({
    layout,
    find: targetsOf(layout, store, standard, parts),
    what: layout.root,
    isArchive: false,
    close: () => undefined,
  });
  if (named === undefined) return of(await commandStores(options));
  const stat = statSync(named, { throwIfNoEntry: false });
  if (stat?.isDirectory() && !existsSync(resolve(named, CONTENTS)))
    return of(await commandStores({ store: named }));
  if (meansRun(named, stat !== undefined)) {
    const stores = await commandStores(options);
    const { id } = readRun(stores.layout, named);
    const own = targetsOf(stores.layout, stores.store, undefined, parts);
    return of(stores, () => own(id));
  }
  const { store } = options;
  const open = async (): Promise<{ readonly target: SearchTarget; readonly close: () => void }> => {
    const { source, close } = await openQuerySource(named, store === undefined ? {} : { store }, stop);
    try {
      return { target: await targetOf(source, null, parts), close };
    } catch (error) {
      close();
      throw error;
    }
  };
  if (/\.ya?ml$|\.json$/i.test(named)) {
    const config = await configFor(options, named);
    const stores = await storesOf(config, storeLayout(folderOf(config, named)), storeNotice);
    return of(stores, async () => (await open()).target);
  }
  const { target, close } = await open();
  const find: ServiceOptions['find'] = (run) => {
    if (run === undefined) return Promise.resolve(target);
    return Promise.reject(
      new PipelineError('E_USAGE', 'an exported run is served, and no store with other runs'),
    );
  };
  return { layout: storeLayout(await storeFolder(options)), find, what: named, isArchive: true, close };
}

/** Failure costs nothing: the address is printed. */
function openBrowser(address: string): void {
  const [program, ...args] =
    platform() === 'darwin'
      ? ['open', address]
      : platform() === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
