/** Results of trials as the runner would hand them over. */
import type { StageResultRecord } from '../../src/execute/run.ts';
import type { Artifact, Store } from '../../src/store/store.ts';
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

/** A stage with its artifact, whose folder stands for its key. */
export function executed(
  name: string,
  path: string,
  seconds = 0,
  metrics: Readonly<Record<string, number>> = {},
): StageResultRecord {
  return {
    stage: { name },
    end: { state: 'executed', artifact: { path, manifest: { kind: name, key: path, metrics } }, seconds },
  } as unknown as StageResultRecord;
}

/** A store with the artifacts of `executed`. */
export const executedStore: Pick<Store, 'fetch'> = {
  fetch: (_, key) => Promise.resolve({ path: key } as unknown as Artifact),
};
