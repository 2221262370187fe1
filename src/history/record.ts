/** Run records: the spec, results and environment of each run. One JSON file per run, written once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { namesIn, writeAtomically } from '../base/files.ts';
import type { Digest, Key } from '../base/hash.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { Engine, Metrics, StageWarning } from '../stage.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { PathParameter, Spec, StageSpec } from '../spec/spec.ts';

export interface StageRecord {
  readonly kind: string;
  readonly state: 'cached' | 'executed' | 'failed' | 'skipped' | 'not-selected';
  readonly key: Key | null;
  readonly digest: string | null;
  readonly seconds: number;
  readonly metrics: Metrics;
  readonly headline?: string | null;
  /** Absent if there are none, and in records of earlier versions. */
  readonly warnings?: readonly StageWarning[];
  readonly error?: string;
  /** Of a failed stage: its last lines of output, oldest first, and the name of its log in the store's `logs/`. */
  readonly output?: readonly string[];
  readonly log?: string;
}

/** `with` is in the record's `parameters`; places in the file are not recorded. */
export interface ResolvedStage extends Omit<StageSpec, 'kind' | 'with' | 'paths' | 'location'> {
  /** Name of a built-in kind, or absolute path of a user's module. */
  readonly uses: string;
  readonly origin: 'built-in' | 'module';
  /** The kind's code digest at that time. */
  readonly code: Digest;
  readonly paths: readonly Omit<PathParameter, 'location'>[];
}

export interface ResolvedSpec extends Omit<Spec, 'stages'> {
  readonly stages: readonly ResolvedStage[];
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
  /** Resolved `with` of every stage. */
  readonly parameters: Readonly<Record<string, JsonObject>>;
  /** The rest of the resolved spec; absent in records of earlier versions, which cannot be reproduced. */
  readonly resolved?: ResolvedSpec;
  readonly stages: Readonly<Record<string, StageRecord>>;
  readonly environment: {
    readonly version: string;
    readonly node: string;
    readonly platform: string;
    readonly cpu: string;
    readonly threads: number;
  };
}

/**
 * `20260131T120000Z-3e7a1b2`: sorts by time and is unique without coordination. The first three digits after the
 * hyphen are the milliseconds, so that runs in quick succession are sorted too.
 */
export function newRunId(timestamp: string): string {
  const milliseconds = new Date(timestamp).getUTCMilliseconds().toString(16).padStart(3, '0');
  return `${timestamp.replace(/[-:]|\.\d+/g, '')}-${milliseconds}${randomBytes(2).toString('hex')}`;
}

export function runFile(layout: StoreLayout, id: string): string {
  return join(layout.runs, `${id}.json`);
}

export function writeRunRecord(layout: StoreLayout, record: RunRecord): void {
  writeAtomically(runFile(layout, record.id), `${JSON.stringify(record, null, 1)}\n`, { durable: true });
}

/** Ids, latest first. */
export function runIds(layout: StoreLayout): string[] {
  return namesIn(layout.runs, 'empty')
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
    .reverse();
}

/** Undefined if there is no valid record. */
export function readRunRecord(layout: StoreLayout, id: string): RunRecord | undefined {
  try {
    return parseRunRecord(readFileSync(runFile(layout, id), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Undefined for text that is not a record. Only the fields that every reader needs are checked. */
export function parseRunRecord(text: string): RunRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['format'] !== 1) return undefined;
  const { id, spec, started, stages, params, parameters } = value;
  const sound =
    typeof id === 'string' &&
    typeof started === 'string' &&
    isObject(spec) &&
    typeof spec['name'] === 'string' &&
    [params, parameters, stages].every(isObject) &&
    Object.values(stages as object).every((stage) => isObject(stage) && isObject(stage['metrics']));
  return sound ? (value as unknown as RunRecord) : undefined;
}
