import type { RunRecord, StageRecord, SweepRecord } from './record.ts';
import { metricsOf, parametersOf, type Values } from './values.ts';

/** The summary of a run for lists and tables. */
export interface RunEntry {
  readonly id: string;
  readonly spec: string;
  readonly file: string;
  readonly started: string;
  readonly seconds: number;
  readonly outcome: RunRecord['outcome'];
  readonly executed: number;
  readonly cached: number;
  readonly failed: number;
  readonly skipped: number;
  /** Warnings of all stages. */
  readonly warnings: number;
  readonly engine: string | null;
  /** The headline of the last stage that has one. */
  readonly result: string | null;
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly threads: number;
  readonly params: Values;
  readonly metrics: Values;
  readonly sweep: SweepRecord | null;
}

/** The fields of an entry that hold one value. */
export const ENTRY_FIELDS = [
  'id',
  'spec',
  'file',
  'started',
  'seconds',
  'outcome',
  'executed',
  'cached',
  'failed',
  'skipped',
  'warnings',
  'engine',
  'result',
  'version',
  'node',
  'platform',
  'cpu',
  'threads',
] as const satisfies readonly (keyof RunEntry)[];
export type EntryField = (typeof ENTRY_FIELDS)[number];

export function entryOf(record: RunRecord): RunEntry {
  const { id, spec, started, seconds, outcome, engine, environment, stages } = record;
  const all = Object.values(stages);
  const count = (state: StageRecord['state']): number => all.filter((stage) => stage.state === state).length;
  return {
    id,
    spec: spec.name,
    file: spec.file,
    started,
    seconds,
    outcome,
    executed: count('executed'),
    cached: count('cached'),
    failed: count('failed'),
    skipped: count('skipped'),
    warnings: all.reduce((sum, { warnings = [] }) => sum + warnings.length, 0),
    engine: engine?.backend ?? null,
    result: all.map(({ headline }) => headline ?? null).findLast((headline) => headline !== null) ?? null,
    ...environment,
    params: parametersOf(record),
    metrics: metricsOf(record),
    sweep: record.sweep ?? null,
  };
}

/** `3 run, 5 cached` */
export function stagesText({
  executed,
  cached,
  failed,
  skipped,
}: Pick<RunEntry, 'executed' | 'cached' | 'failed' | 'skipped'>): string {
  const parts = [
    [executed, 'run'],
    [cached, 'cached'],
    [failed, 'failed'],
    [skipped, 'skipped'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}
