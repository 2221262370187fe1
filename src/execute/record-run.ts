/** Turns the result of a run into its record in the history. */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { basename } from 'node:path';
import { ownPackage } from '../base/installation.ts';
import { lastLines } from '../base/last-lines.ts';
import type { StageFailure } from './events.ts';
import type { RunResult, StageResultRecord } from './run.ts';
import { rememberLatest, repeatsLatest } from '../history/latest-keys.ts';
import { writeRunRecord, type RunRecord, type StageRecord } from '../history/record.ts';
import { resolvedOf } from '../history/resolved-spec.ts';
import type { Spec } from '../spec/spec.ts';
import type { StoreLayout } from '../store/layout.ts';

/** Lines of a failed stage's output that its record keeps. */
const RECORDED_LINES = 20;

export interface RunFacts {
  readonly id: string;
  readonly started: string;
  readonly result: RunResult;
  readonly engine: RunRecord['engine'];
}

/**
 * Records a run. One that executed nothing and repeats the latest record of its spec is not recorded: it would duplicate
 * that record. A record that cannot be written does not fail the run: the reason is returned.
 */
export function recordRun(spec: Spec, layout: StoreLayout, facts: RunFacts): string | undefined {
  const record = recordOf(spec, facts);
  const executed = facts.result.stages.some(({ end }) => end.state === 'executed' || end.state === 'failed');
  if (!executed && repeatsLatest(layout, record)) return undefined;
  try {
    writeRunRecord(layout, record);
    rememberLatest(layout, record);
    return undefined;
  } catch (error) {
    return `the run could not be recorded: ${(error as Error).message}`;
  }
}

function recordOf(spec: Spec, { id, started, result, engine }: RunFacts): RunRecord {
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
    const { key, digest, metrics, headline, warnings } = end.artifact.manifest;
    return { ...base, key, digest, metrics, headline, seconds: end.seconds, ...(warnings && { warnings }) };
  }
  return end.state === 'failed' ? { ...base, seconds: end.seconds, ...failureRecord(end.failure) } : base;
}

function failureRecord({
  message,
  output,
  log,
}: StageFailure): Pick<StageRecord, 'error' | 'output' | 'log'> {
  if (log === '') return { error: message };
  // An unexpected error has its stack only in the log.
  const lines = output.length > 0 ? output : lastLines(log, RECORDED_LINES);
  return { error: message, output: lines, log: basename(log) };
}
