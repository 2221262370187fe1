/**
 * Whether the remote store is to be asked. After a failure it is left alone for a while, so that a run does not wait for
 * every stage, and the user is told once.
 */
import { monotonic } from '../../base/clock.ts';
import type { RemoteFault } from './objects/remote-fault.ts';

export type Notice = (message: string, hint?: string) => void;

export interface Availability {
  /** False while it is left alone. */
  readonly usable: boolean;
  /** Notes a failure. */
  failed(fault: RemoteFault): void;
  /** Notes a success. */
  worked(): void;
}

const PAUSE_MS = 60_000;
/** What will not be different in a minute. */
const LASTING = new Set(['denied', 'unsupported', 'refused']);

export function availability(
  url: string,
  consequence: string,
  notice: Notice,
  pauseMs = PAUSE_MS,
): Availability {
  let usableFrom = 0;
  let told = false;
  return {
    get usable() {
      return monotonic() >= usableFrom;
    },
    failed(fault) {
      usableFrom = LASTING.has(fault.kind) ? Infinity : monotonic() + pauseMs;
      if (told) return;
      told = true;
      notice(`the remote store ${url} ${consequence}: ${fault.message}`, fault.hint);
    },
    worked() {
      if (told && usableFrom !== 0) notice(`the remote store ${url} is used again`);
      if (usableFrom !== 0) told = false;
      usableFrom = 0;
    },
  };
}
