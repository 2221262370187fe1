/** The entry of the thread that makes views: tests and projections take seconds, and searches must not wait for them. */
import { parentPort, workerData } from 'node:worker_threads';
import { PipelineError } from '../../../base/diagnostic.ts';
import { openStores } from '../../../session.ts';
import { RequestError } from '../reply.ts';
import { keptViews } from './kept-views.ts';
import type { ViewAnswer, ViewRequest } from './view-thread.ts';
import { viewJson } from './views.ts';

const port = parentPort!;
const { layout, store } = await openStores({ store: workerData as string }, undefined, 'may be missing');
const context = { layout, store, kept: keptViews() };

port.on('message', ({ id, parts }: ViewRequest) => {
  viewJson(context, parts).then(
    (text) => {
      port.postMessage({ id, text } satisfies ViewAnswer);
    },
    (error: unknown) => {
      port.postMessage({ id, error: described(error) } satisfies ViewAnswer);
    },
  );
});

function described(error: unknown): NonNullable<ViewAnswer['error']> {
  if (error instanceof RequestError || error instanceof PipelineError) {
    const { code, message, hint } = error;
    return { code, message, hint, status: error instanceof RequestError ? error.status : undefined };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
