/** Results of trials as the runner would hand them over. */
import type { StageResultRecord } from '../../src/execute/run.ts';
import type { TrialResult } from '../../src/sweep/trial.ts';

interface Given {
  readonly number: number;
  readonly seed?: number;
  readonly repeats?: number;
  readonly metric?: number;
  readonly error?: string;
  readonly stages?: readonly StageResultRecord[];
}

export function trialResult({ number, seed, repeats = 1, metric, error, stages = [] }: Given): TrialResult {
  const configuration = { name: `c${number}`, values: {}, overrides: [] };
  const repeat =
    seed === undefined
      ? { name: '', values: {}, overrides: [] }
      : { name: `seed=${seed}`, values: { 'params.seed': seed }, overrides: [] };
  return {
    trial: { number, configuration, repeat, repeats, spec: { stages: [] } },
    state: error === undefined ? 'done' : 'failed',
    metric: metric ?? null,
    seconds: 0,
    executed: 0,
    stages,
    error: error ?? null,
  } as unknown as TrialResult;
}

export function executed(
  name: string,
  path: string,
  seconds = 0,
  metrics: Readonly<Record<string, number>> = {},
): StageResultRecord {
  return {
    stage: { name },
    end: { state: 'executed', artifact: { path, manifest: { metrics } }, seconds },
  } as unknown as StageResultRecord;
}
