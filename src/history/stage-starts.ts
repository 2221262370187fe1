/** What the events of a run say of the starts of its stages: why each ran, and which file has what it printed. */
import { readFileSync } from 'node:fs';
import type { Reason } from '../plan/reason.ts';
import type { StoreLayout } from '../store/layout.ts';
import { eventsFile } from './run-events.ts';

export interface StageStart {
  readonly stage: string;
  readonly reasons?: readonly Reason[];
  readonly log?: string;
}

/** Of one stage, in the order of its attempts; none where the events are gone. */
export function stageStarts(layout: StoreLayout, run: string, stage: string): StageStart[] {
  let text: string;
  try {
    text = readFileSync(eventsFile(layout, run), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    if (!line.includes('"stage-started"')) return [];
    try {
      const event = JSON.parse(line) as { readonly type?: string } & StageStart;
      return event.type === 'stage-started' && event.stage === stage ? [event] : [];
    } catch {
      // A line that was cut off.
      return [];
    }
  });
}
