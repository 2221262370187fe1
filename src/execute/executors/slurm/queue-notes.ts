/**
 * Tells a person why jobs wait in Slurm: each reason once, however many jobs wait for it. What passes by itself is worth
 * a line only when no job of the run has run for a while.
 */
import { durationText } from '../../../base/quantity-text.ts';
import type { JobOptions } from '../../executor.ts';
import { hasReason, type Row } from './states.ts';

export interface QueueNotes {
  /** The job is listed as one that waits. */
  waits(row: Row, onEvent: JobOptions['onEvent']): void;
  /** A job of the run is running. */
  runs(): void;
}

/** Reasons that pass by themselves; with every other, somebody may have to do something. */
const USUAL = /^(None|Priority|Resources|BeginTime|JobArrayTaskLimit|Cleaning|Prolog)?$/;
const OF_NODES = /down|drain|UnavailableNodes|not ?responding/i;

const FIRST_MS = 60_000;
const NEXT_MS = 600_000;
/** A reason that lasts is said again, ever more seldom. */
const GROWTH = 3;

export function openQueueNotes(now: () => number): QueueNotes {
  const due = new Map<string, number>();
  let idleSince = now();

  return {
    runs() {
      idleSince = now();
    },
    waits(row, onEvent) {
      const { id, reason } = row;
      const idle = now() - idleSince;
      const isUsual = USUAL.test(reason);
      if ((isUsual && idle < FIRST_MS) || now() < (due.get(reason) ?? -Infinity)) return;
      due.set(reason, now() + Math.max(NEXT_MS, idle * GROWTH));
      const since = idle < FIRST_MS ? '' : `no job of this run has run for ${durationText(idle / 1000)}; `;
      const why = hasReason(row) ? reason : 'Slurm gives no reason';
      const more = OF_NODES.test(reason) ? ' (`sinfo -R` says why nodes are down)' : '';
      const message = `${since}job ${id} waits in Slurm: ${why}${more}`;
      onEvent({ type: 'log', level: isUsual ? 'info' : 'warning', message });
    },
  };
}
