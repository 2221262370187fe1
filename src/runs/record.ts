/** Run records: what each run took, made and measured. One JSON file a run, written once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Key } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { Engine, Metrics } from '../stage.ts';
import { writeDurably } from '../store/durable.ts';
import type { StoreLayout } from '../store/layout.ts';

export interface StageRecord {
  readonly kind: string;
  readonly state: 'cached' | 'executed' | 'failed' | 'skipped' | 'not-selected';
  readonly key: Key | null;
  readonly digest: string | null;
  readonly seconds: number;
  readonly metrics: Metrics;
  readonly error?: string;
}

export interface RunRecord {
  readonly format: 1;
  readonly id: string;
  readonly spec: { readonly name: string; readonly file: string };
  readonly params: JsonObject;
  readonly engine: Engine | null;
  readonly started: string;
  readonly seconds: number;
  readonly outcome: 'done' | 'failed' | 'interrupted';
  /** Resolved `with` of every stage, so that the run can be told from any other. */
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly stages: Readonly<Record<string, StageRecord>>;
  readonly environment: {
    readonly version: string;
    readonly node: string;
    readonly platform: string;
    readonly cpu: string;
    readonly threads: number;
  };
}

/** `20260131T120000Z-1a2b3c`: sorts by time, unique without coordination. */
export function newRunId(timestamp: string): string {
  return `${timestamp.replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}

export function writeRunRecord(layout: StoreLayout, record: RunRecord): void {
  writeDurably(join(layout.runs, `${record.id}.json`), `${JSON.stringify(record, null, 1)}\n`);
}

/** Ids, latest first. */
export function runIds(layout: StoreLayout): string[] {
  try {
    return readdirSync(layout.runs)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

export function readRunRecord(layout: StoreLayout, id: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(layout.runs, `${id}.json`), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

/** How many records back we look for a spec's last run: far enough, and bounded. */
const LOOK_BACK = 200;

/** The latest run of a spec in which the stage was made or found. */
export function latestExecution(
  layout: StoreLayout,
  specName: string,
): (stage: string) => { readonly kind: string; readonly key: Key } | undefined {
  let records: RunRecord[] | undefined;
  return (stage) => {
    records ??= runIds(layout)
      .slice(0, LOOK_BACK)
      .map((id) => readRunRecord(layout, id))
      .filter((record): record is RunRecord => record?.spec.name === specName);
    for (const record of records) {
      const { kind, key, state } = record.stages[stage] ?? {};
      if (kind !== undefined && key && (state === 'executed' || state === 'cached')) return { kind, key };
    }
    return undefined;
  };
}
