/** Long work in one thread that still lets signals, timers and other work have their turn. */
import { setImmediate } from 'node:timers/promises';
import { monotonic } from './clock.ts';

/** A person takes anything below a tenth of a second for an answer at once. */
const LONGEST_TURN_MS = 25;

/** To be awaited between small pieces of work. It pauses only where the last pause is long enough ago. */
export function takeTurns(): () => Promise<void> {
  let since = monotonic();
  return async () => {
    if (monotonic() - since < LONGEST_TURN_MS) return;
    await setImmediate();
    since = monotonic();
  };
}
