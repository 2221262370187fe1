/** What squeue said last, for all jobs of the run: one request a tick, the ticks longer the longer nothing changes. */
import { monotonic, sleep } from '../../../base/clock.ts';
import { Unavailable, type SlurmCommands } from './commands.ts';
import type { Row } from './states.ts';

const SHORTEST_TICK_MS = 1_000;
const LONGEST_TICK_MS = 30_000;
const GROWTH = 1.3;

export interface Board {
  /** The job's row in the last listing. */
  row(name: string, index: number | null): Row | undefined;
  /** How many listings there were so far. */
  listings(): number;
  /** A listing that is at most a second old. Waits for a controller that does not answer. */
  fresh(signal: AbortSignal): Promise<void>;
  /** Something was submitted or cancelled: the next listing comes soon. */
  nudge(): void;
  close(): void;
}

export interface BoardOptions {
  /** Called once when the controller stops answering. */
  readonly onSilence: (why: string) => void;
  /** Whether there is anything to watch. */
  readonly isNeeded: () => boolean;
}

export function openBoard(commands: SlurmCommands, { onSilence, isNeeded }: BoardOptions): Board {
  let rows = new Map<string, Row>();
  let listings = 0;
  let listed = -Infinity;
  let current: Promise<void> | undefined;
  let tick = SHORTEST_TICK_MS;
  let due = monotonic() + tick;
  let isSilent = false;
  let wake = new AbortController();
  const closed = new AbortController();

  const list = async (): Promise<void> => {
    try {
      const next = new Map((await commands.list()).map((row) => [keyOf(row.name, row.index), row]));
      const changed =
        next.size !== rows.size || [...next].some(([key, row]) => rows.get(key)?.state !== row.state);
      tick = changed ? SHORTEST_TICK_MS : Math.min(LONGEST_TICK_MS, tick * GROWTH);
      rows = next;
      listings += 1;
      listed = monotonic();
      isSilent = false;
    } catch (error) {
      if (!isSilent) onSilence((error as Error).message);
      isSilent = true;
      tick = Math.min(LONGEST_TICK_MS, tick * GROWTH);
      if (!(error instanceof Unavailable)) throw error;
    }
  };
  const once = (): Promise<void> =>
    (current ??= list().finally(() => {
      current = undefined;
    }));
  const ticking = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      const left = due - monotonic();
      if (left > 0) {
        wake = new AbortController();
        await sleep(left, AbortSignal.any([wake.signal, closed.signal])).catch(() => undefined);
      } else {
        // What goes wrong has been said, and the next tick tries again.
        if (isNeeded()) await once().catch(() => undefined);
        due = monotonic() + tick;
      }
    }
  };
  void ticking();

  return {
    row: (name, index) => rows.get(keyOf(name, index)),
    listings: () => listings,
    async fresh(signal) {
      while (monotonic() - listed > SHORTEST_TICK_MS) {
        await once();
        if (isSilent) await sleep(SHORTEST_TICK_MS, signal);
      }
    },
    nudge() {
      tick = SHORTEST_TICK_MS;
      due = Math.min(due, monotonic() + tick);
      wake.abort();
    },
    close() {
      closed.abort();
    },
  };
}

function keyOf(name: string, index: number | null): string {
  return `${name}/${index ?? ''}`;
}
