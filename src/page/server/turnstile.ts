import { RequestError, type Client } from './reply.ts';

/** Lets a few in at once; the others wait, and more than `mostWaiting` are refused. */
export function turnstile(
  atOnce: number,
  mostWaiting: number,
): <T>(client: Client, work: () => Promise<T>) => Promise<T> {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (client, work) => {
    if (inside >= atOnce) {
      if (waiting.length >= mostWaiting)
        throw new RequestError(503, 'E_BUSY', 'The server is busy.', { retryAfter: 1 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else inside += 1;
    try {
      // Whoever has gone while waiting gets nothing done.
      if (client.hasGone) throw new RequestError(499, 'E_GONE', 'The client has gone.');
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    }
  };
}
