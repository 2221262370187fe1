/** What is kept of a run. */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { ownPackage } from '../base/installation.ts';
import type { RunResult, StageResultRecord } from './run.ts';
import { rememberLatest, repeatsLatest } from '../history/latest-keys.ts';
import { writeRunRecord, type RunRecord, type StageRecord } from '../history/record.ts';
import { resolvedOf } from '../history/resolved-spec.ts';
import { printNotice } from '../cli/render/output.ts';
import type { Session } from '../session.ts';

export interface RunFacts {
  readonly id: string;
  readonly started: string;
  readonly result: RunResult;
  readonly engine: RunRecord['engine'];
}

/** A run that executed nothing and repeats its spec's latest leaves no record: it would only tell the same again. */
export function keepRecord(session: Session, facts: RunFacts): void {
  const record = recordOf(session, facts);
  const { layout } = session;
  const executed = facts.result.stages.some(({ end }) => end.state === 'executed' || end.state === 'failed');
  if (!executed && repeatsLatest(layout, record)) return;
  try {
    writeRunRecord(layout, record);
    rememberLatest(layout, record);
  } catch (error) {
    printNotice(`the run could not be recorded: ${(error as Error).message}`);
  }
}

function recordOf({ spec }: Session, { id, started, result, engine }: RunFacts): RunRecord {
  return {
    format: 1,
    id,
    spec: { name: spec.name, file: spec.file },
    params: spec.params,
    engine,
    started,
    seconds: result.seconds,
    outcome: result.outcome,
    parameters: Object.fromEntries(spec.stages.map((stage) => [stage.name, stage.with])),
    resolved: resolvedOf(spec),
    stages: Object.fromEntries(result.stages.map((entry) => [entry.stage.name, stageRecord(entry)])),
    environment: {
      version: ownPackage().version,
      node: process.version,
      platform: `${platform()}-${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      threads: availableParallelism(),
    },
  };
}

function stageRecord({ stage, end }: StageResultRecord): StageRecord {
  const base = { kind: stage.kind.name, state: end.state, key: null, digest: null, seconds: 0, metrics: {} };
  if (end.state === 'executed' || end.state === 'cached') {
    const { key, digest, metrics, headline } = end.artifact.manifest;
    return { ...base, key, digest, metrics, headline, seconds: end.seconds };
  }
  return end.state === 'failed' ? { ...base, seconds: end.seconds, error: end.failure.message } : base;
}
