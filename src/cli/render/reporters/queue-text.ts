import type { RunEvent } from '../../../execute/events.ts';

const WHAT = {
  jobs: 'a free core',
  threads: 'free threads',
  memory: 'free memory',
  gpu: 'a free GPU',
} as const;

/** Why a stage that has its inputs does not run yet. */
export function queueText({ lacks }: Extract<RunEvent, { type: 'stage-queued' }>): string {
  return `waiting for ${WHAT[lacks]}`;
}
