/** Stand-ins for the clock of `src/base/clock.ts`, until the running test ends. */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';

/** Calls `pause` with the milliseconds of each sleep instead of sleeping. */
export function replaceSleep(pause: (milliseconds: number) => void): void {
  const spy = vi.spyOn(timers, 'setTimeout').mockImplementation((milliseconds, value) => {
    pause(milliseconds ?? 0);
    return Promise.resolve(value!);
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
}

/** A clock that only sleeping moves; `during` is called at the end of each pause. */
export function timeThatSleepMoves(during: (elapsed: number) => void = () => undefined): {
  elapsed: () => number;
} {
  let elapsed = 0;
  const now = vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(Math.round(elapsed * 1e6)));
  onTestFinished(() => {
    now.mockRestore();
  });
  replaceSleep((milliseconds) => {
    elapsed += milliseconds;
    during(elapsed);
  });
  return { elapsed: () => elapsed };
}
