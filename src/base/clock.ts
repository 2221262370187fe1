/** The one place that reads the clock: nothing that it returns may reach an artifact's files. */
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds since the epoch. */
export function now(): number {
  return Date.now();
}

/** `2026-01-31T12:00:00.000Z` */
export function timestamp(): string {
  return new Date().toISOString();
}

/** Monotonic milliseconds, for measuring durations. `performance` would be loaded, which takes a millisecond. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A longer one, of 24.8 days or more, would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  for (let left = milliseconds; left >= 0; left -= LONGEST_TIMER)
    await delay(Math.min(left, LONGEST_TIMER), undefined, signal ? { signal } : {});
}
