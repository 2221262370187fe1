import { noteLog } from '../history/stage-logs.ts';
import type { Key } from '../base/hash.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { EventSink } from './events.ts';

/** Hands the events on, and notes where each stage that starts writes its log. */
export function notingLogs(layout: StoreLayout, specName: string, emit: EventSink): EventSink {
  return (event) => {
    if (event.type === 'stage-started')
      noteLog(layout, specName, event.stage, { path: event.log, key: event.key as Key });
    emit(event);
  };
}
