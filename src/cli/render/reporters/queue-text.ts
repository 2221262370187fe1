import type { RunEvent } from '../../../execute/events.ts';

const WHAT = {
  jobs: 'a free core',
  threads: 'free threads',
  memory: 'free memory',
  gpu: 'a free GPU',
} as const;

/** Why a stage that has its inputs does not run yet. */
export function queueText(event: Extract<RunEvent, { type: 'stage-queued' }>): string {
  return event.lacks === 'executor' ? `queued (${event.where})` : `waiting for ${WHAT[event.lacks]}`;
}
