/**
 * Search threads over one source, and the questions that wait for them. A thread that is free takes its share of all
 * that wait at once: encoding several questions together costs less than one by one.
 */
import { PipelineError } from '../../../base/diagnostic.ts';
import type { SideQuestion, SystemFacts } from '../../../query/side-by-side.ts';
import { RequestError, type Client } from '../reply.ts';
import type { SearchPort } from './protocol.ts';

export interface PoolOptions {
  readonly start: () => SearchPort;
  readonly threads: number;
  /** Questions that a thread takes at once, at most. */
  readonly batch: number;
  /** More questions than these do not wait: they are refused. */
  readonly mostWaiting: number;
  /** Called when the pool, once open, answers nothing any more. */
  readonly onBroken?: () => void;
}

export interface SearchPool {
  readonly facts: SystemFacts;
  /** The JSON of the answer. Rejects at once when the client has gone; a question that no thread has yet costs nothing. */
  ask(question: SideQuestion, client: Client): Promise<string>;
  /** Whether a thread has broken down; the pool answers nothing any more. */
  readonly isBroken: boolean;
  close(): void;
}

interface Waiting {
  readonly question: SideQuestion;
  resolve(answer: string): void;
  reject(error: Error): void;
}

interface Thread {
  readonly port: SearchPort;
  /** What it works on; undefined where it is free. */
  busy: { readonly id: number; readonly with: readonly Waiting[] } | undefined;
}

const broken = (): RequestError =>
  new RequestError(503, 'E_SEARCH', 'A search thread broke down; the terminal of the server shows why.', {
    retryAfter: 1,
  });

/** Resolves when every thread has opened the artifacts. Rejects with the reason where one cannot. */
export async function openPool({
  start,
  threads: count,
  batch,
  mostWaiting,
  onBroken,
}: PoolOptions): Promise<SearchPool> {
  const ports = Array.from({ length: count }, start);
  const facts = await Promise.all(ports.map(ready)).catch((error: unknown) => {
    for (const port of ports) port.close();
    throw error;
  });
  const threads = ports.map((port): Thread => ({ port, busy: undefined }));
  let waiting: Waiting[] = [];
  let next = 0;
  let isBroken = false;

  const giveOut = (): void => {
    for (const thread of threads) {
      if (thread.busy) continue;
      const free = threads.filter(({ busy }) => !busy).length;
      const share = waiting.splice(0, Math.min(batch, Math.ceil(waiting.length / free)));
      if (share.length === 0) return;
      thread.busy = { id: next++, with: share };
      thread.port.post({ id: thread.busy.id, questions: share.map(({ question }) => question) });
    }
  };
  const breakDown = (): void => {
    if (!isBroken) onBroken?.();
    isBroken = true;
    // The others go on otherwise, each with its copy of the model.
    for (const { port } of threads) port.close();
    for (const { busy } of threads) for (const one of busy?.with ?? []) one.reject(broken());
    for (const one of waiting.splice(0)) one.reject(broken());
  };
  for (const thread of threads) {
    thread.port.onMessage((message) => {
      if (message.type !== 'answered' || thread.busy?.id !== message.id) return;
      for (const [i, one] of thread.busy.with.entries()) one.resolve(message.answers[i]!);
      thread.busy = undefined;
      giveOut();
    });
    thread.port.onEnd(breakDown);
  }

  return {
    facts: facts[0]!,
    get isBroken() {
      return isBroken;
    },
    ask(question, client) {
      if (isBroken) return Promise.reject(broken());
      if (waiting.length >= mostWaiting)
        return Promise.reject(
          new RequestError(503, 'E_BUSY', 'Too many questions are waiting.', { retryAfter: 1 }),
        );
      return new Promise((resolve, reject) => {
        const one = { question, resolve, reject };
        waiting.push(one);
        client.onGone(() => {
          waiting = waiting.filter((other) => other !== one);
          reject(new RequestError(499, 'E_GONE', 'The client has gone.'));
        });
        // Questions that arrive in the same turn go out together.
        if (waiting.length === 1) setImmediate(giveOut);
      });
    },
    close: () => {
      isBroken = true;
      for (const { port } of threads) port.close();
    },
  };
}

function ready(port: SearchPort): Promise<SystemFacts> {
  return new Promise((resolve, reject) => {
    port.onMessage((message) => {
      if (message.type === 'ready') resolve(message.facts);
      else if (message.type === 'failed')
        reject(new PipelineError(message.code, message.message, { hint: message.hint ?? undefined }));
    });
    port.onEnd(() => {
      reject(broken());
    });
  });
}
