import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DIST } from '../../../base/installation.ts';
import type { SearchMessage, SearchPort, SearchSetup } from './protocol.ts';

/** Starts a search thread from the built module. `report` is told why it broke down; the server only says that it did. */
export function startThread(setup: SearchSetup, report: (error: unknown) => void): SearchPort {
  const worker = new Worker(join(DIST, 'search-worker.js'), { workerData: setup });
  worker.on('error', report);
  return {
    post: (request) => {
      worker.postMessage(request);
    },
    onMessage: (listener) => {
      worker.on('message', (message: SearchMessage) => {
        listener(message);
      });
    },
    onEnd: (listener) => {
      worker.once('exit', listener);
    },
    close: () => {
      void worker.terminate();
    },
  };
}
