import { setTimeout } from 'node:timers/promises';

const POLL_MS = 20;
/** Only so that a test that will never end says what it waits for: no test may rely on it. */
const PATIENCE_MS = 120_000;

/** Resolves with the first value that is neither undefined nor false; rejects when none comes. */
export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    await setTimeout(POLL_MS);
  }
  throw new Error(`${what} did not happen within ${PATIENCE_MS / 1000} s`);
}
