import type { RunEvent } from '../../../execute/events.ts';

/** Shows the events of a run. */
export interface Reporter {
  readonly onEvent: (event: RunEvent) => void;
  /** Resolves when everything has been shown. */
  close(): Promise<void>;
}
