import { begunState, readBegun } from '../../../history/run-events.ts';
import { readRunRecord } from '../../../history/record.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { LiveView } from '../../views/live-view.ts';

/** A run that has begun, or one that has ended while it was looked at. Undefined for any other. */
export function liveView(layout: StoreLayout, id: string): LiveView | undefined {
  const begun = readBegun(layout, id);
  const record = readRunRecord(layout, id);
  if (begun && !record) {
    const { run, spec, started, stages } = begun;
    return {
      run,
      spec,
      started,
      state: begunState(begun),
      stages: stages.map(({ name, kind, inputs }) => ({ name, kind, inputs })),
    };
  }
  if (!record) return undefined;
  return {
    run: id,
    spec: record.spec,
    started: record.started,
    state: 'ended',
    stages: (record.resolved?.stages ?? []).map(({ name, inputs }) => ({
      name,
      kind: record.stages[name]?.kind ?? '',
      inputs,
    })),
  };
}
