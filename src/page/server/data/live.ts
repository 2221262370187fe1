import { begunState, readBegun, sweepOfRung, type BegunSweep } from '../../../history/run-events.ts';
import { readRunRecord } from '../../../history/record.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import { splitMetric } from '../../../sweep/trial.ts';
import type { LiveSweep, LiveView } from '../../views/live-view.ts';
import type { RunsTable } from './runs/runs-table.ts';

/** A run or sweep that has begun, or one that has ended while it was looked at, or a rung of it. Undefined for any other. */
export function liveView(
  layout: StoreLayout,
  runs: Pick<RunsTable, 'sweep'>,
  id: string,
): LiveView | undefined {
  const begun = readBegun(layout, id);
  const record = readRunRecord(layout, id);
  if (begun && !record) {
    const { run, spec, started, stages, sweep } = begun;
    return {
      run,
      spec,
      started,
      state: begunState(begun),
      stages: stages.map(({ name, kind, inputs }) => ({ name, kind, inputs })),
      sweep: sweep ? liveSweep(sweep) : null,
    };
  }
  if (!record) return endedSweep(runs, id);
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
    sweep: null,
  };
}

function endedSweep(runs: Pick<RunsTable, 'sweep'>, id: string): LiveView | undefined {
  const named = sweepOfRung(id) ?? id;
  const first = runs.sweep(named);
  if (!first) return undefined;
  const sweep: LiveSweep = { id: named, metric: null, goal: 'maximize', rung: null, trials: [] };
  const spec = { name: first.spec, file: '' };
  return { run: id, spec, started: first.started, state: 'ended', stages: [], sweep };
}

function liveSweep({ metric, ...sweep }: BegunSweep): LiveSweep {
  if (metric === null) return { ...sweep, metric };
  const [stage, ofStage] = splitMetric(metric);
  return { ...sweep, metric: { name: metric, stage, ofStage } };
}
