/** The thread that makes views, as the server sees it. It is started when a view is first asked for. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PipelineError } from '../../../base/diagnostic.ts';
import { DIST } from '../../../base/installation.ts';
import { RequestError } from '../reply.ts';

export interface ViewRequest {
  readonly id: number;
  readonly parts: readonly string[];
}

export interface ViewAnswer {
  readonly id: number;
  readonly text?: string | undefined;
  readonly error?: {
    /** Undefined for an unexpected error, whose message is its stack. */
    readonly code?: string | undefined;
    readonly message: string;
    readonly hint?: string | undefined;
    readonly status?: number | undefined;
  };
}

export interface ViewThread {
  /** The view as JSON; undefined if there is none of that name. */
  view(parts: readonly string[]): Promise<string | undefined>;
  close(): void;
}

interface Asked {
  resolve(text: string | undefined): void;
  reject(error: Error): void;
}

/** `root`: the store's folder. */
export function viewThread(root: string): ViewThread {
  const asked = new Map<number, Asked>();
  let worker: Worker | undefined;
  let next = 0;
  const started = (): Worker => {
    const thread = new Worker(join(DIST, 'view-worker.js'), { workerData: root });
    const fail = (error: Error): void => {
      worker = undefined;
      for (const one of asked.values()) one.reject(error);
      asked.clear();
    };
    thread.on('message', ({ id, text, error }: ViewAnswer) => {
      const one = asked.get(id);
      asked.delete(id);
      if (error) one?.reject(asError(error));
      else one?.resolve(text);
    });
    thread.on('error', fail);
    thread.on('exit', () => {
      if (worker === thread) fail(new Error('the thread that makes views has ended'));
    });
    return thread;
  };
  return {
    view: (parts) =>
      new Promise((resolve, reject) => {
        worker ??= started();
        const request: ViewRequest = { id: next++, parts };
        asked.set(request.id, { resolve, reject });
        worker.postMessage(request);
      }),
    close: () => {
      const thread = worker;
      worker = undefined;
      void thread?.terminate();
    },
  };
}

function asError({ code, message, hint, status }: NonNullable<ViewAnswer['error']>): Error {
  if (code === undefined) return new Error(message);
  if (status === undefined) return new PipelineError(code, message, { hint });
  return new RequestError(status, code, message, hint === undefined ? {} : { hint });
}
