import type { RunEvent } from '../../../execute/events.ts';

/** A reader of a run's events that shows them to somebody. */
export interface Reporter {
  readonly onEvent: (event: RunEvent) => void;
  /** Resolves when everything has been shown. */
  close(): Promise<void>;
}
