/**
 * The latest key of every stage of a spec, in one small file per spec name. With it, neither a run with nothing to do
 * nor the explanation why a stage runs has to read the run records, however many there are. The file is only a cache
 * of the records: if it is missing or damaged, it is rebuilt from the latest of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../base/files.ts';
import { digestOf, digestOfJson, type Key } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import type { StoreLayout } from '../store/layout.ts';
import { readRunRecord, runIds, type RunRecord, type StageRecord } from './record.ts';

export interface LatestStage {
  readonly kind: string;
  readonly key: Key;
}

interface Latest {
  readonly format: 1;
  readonly spec: string;
  readonly run: string;
  /** Digest of the spec's file and every stage's key: equal for runs with equal results. */
  readonly fingerprint: string;
  /** Each stage's latest result, which may come from an earlier run than the latest. */
  readonly stages: Readonly<Record<string, LatestStage>>;
}

/** Number of records from which a missing file is rebuilt. */
const LOOK_BACK = 200;

function latestFile(layout: StoreLayout, specName: string): string {
  return join(layout.runs, 'latest', `${digestOf(specName).slice(0, 32)}.json`);
}

function fingerprintOf({ spec, stages }: RunRecord): string {
  return digestOfJson([spec.file, Object.entries(stages).map(([name, { key }]) => [name, key])]);
}

function settled({ stages }: RunRecord): Record<string, LatestStage> {
  const keep = ([, { key, state }]: [string, StageRecord]): boolean =>
    key !== null && (state === 'executed' || state === 'cached');
  return Object.fromEntries(
    Object.entries(stages)
      .filter(keep)
      .map(([name, { kind, key }]) => [name, { kind, key: key! }]),
  );
}

function recall(layout: StoreLayout, specName: string): Latest | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(latestFile(layout, specName), 'utf8'));
    const sound =
      isObject(value) && value['format'] === 1 && value['spec'] === specName && isObject(value['stages']);
    return sound ? (value as unknown as Latest) : undefined;
  } catch {
    return undefined;
  }
}

function fromRecords(layout: StoreLayout, specName: string): Latest | undefined {
  const records = runIds(layout)
    .slice(0, LOOK_BACK)
    .map((id) => readRunRecord(layout, id))
    .filter((record): record is RunRecord => record?.spec.name === specName);
  const [latest] = records;
  if (!latest) return undefined;
  const stages = Object.assign({}, ...records.reverse().map(settled)) as Record<string, LatestStage>;
  return { format: 1, spec: specName, run: latest.id, fingerprint: fingerprintOf(latest), stages };
}

function readLatest(layout: StoreLayout, specName: string): Latest | undefined {
  return recall(layout, specName) ?? fromRecords(layout, specName);
}

/** Whether the latest run of the spec had the same keys as this one, so that a record would duplicate it. */
export function repeatsLatest(layout: StoreLayout, record: RunRecord): boolean {
  return readLatest(layout, record.spec.name)?.fingerprint === fingerprintOf(record);
}

/** To be called after the record is written. */
export function rememberLatest(layout: StoreLayout, record: RunRecord): void {
  const { id, spec } = record;
  const stages = { ...readLatest(layout, spec.name)?.stages, ...settled(record) };
  const latest: Latest = { format: 1, spec: spec.name, run: id, fingerprint: fingerprintOf(record), stages };
  writeAtomically(latestFile(layout, spec.name), JSON.stringify(latest), { durable: true });
}

/** The latest result of each stage of the spec, whether it was executed or cached. */
export function latestExecution(
  layout: StoreLayout,
  specName: string,
): (stage: string) => LatestStage | undefined {
  let latest: Latest | null | undefined;
  return (stage) => {
    // `null` stands for none, so that a spec that has never run is not looked up for every stage.
    if (latest === undefined) latest = readLatest(layout, specName) ?? null;
    return latest && Object.hasOwn(latest.stages, stage) ? latest.stages[stage] : undefined;
  };
}

/** The current result of every stage of the spec. */
export function latestStages(layout: StoreLayout, specName: string): readonly LatestStage[] {
  return Object.values(readLatest(layout, specName)?.stages ?? {});
}
