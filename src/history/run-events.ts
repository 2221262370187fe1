/**
 * Runs that have begun and have no record yet, and the events of runs. While a run executes stages, the store's `logs/`
 * has two files of it: `run-ID.json` says what was begun and by which process, and is removed when the record is
 * written; `run-ID.ndjson` has the events, one a line, as `pipeline run --json` prints them. Like other logs, they are
 * removed when they are old.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../base/files.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { parseOwner, stateOf, type Owner } from '../base/owner.ts';
import type { StoreLayout } from '../store/layout.ts';

export interface BegunStage {
  readonly name: string;
  readonly kind: string;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly with: JsonObject;
}

export interface BegunRun {
  readonly format: 1;
  readonly run: string;
  readonly spec: { readonly name: string; readonly file: string };
  readonly started: string;
  readonly owner: Owner;
  /** In the order of the spec. */
  readonly stages: readonly BegunStage[];
  /** Of a sweep: its configurations are executed as one run. */
  readonly sweep?: BegunSweep;
}

export interface BegunSweep {
  readonly id: string;
  readonly metric: string | null;
  readonly goal: 'maximize' | 'minimize';
  /** Of successive halving; null for other sweeps. */
  readonly rung: { readonly number: number; readonly budget: number } | null;
  readonly trials: readonly BegunTrial[];
}

export interface BegunTrial {
  readonly configuration: string;
  /** Name of a stage in the spec → its name in this run, where configurations share stages. */
  readonly stages: Readonly<Record<string, string>>;
}

/**
 * Under which id a rung of successive halving is followed. The first one has the sweep's own; that of a later rung names the
 * sweep, so that whoever follows it finds the results when it has ended.
 */
export const rungId = (sweep: string, rung: number): string =>
  rung === 0 ? sweep : `${sweep}-rung-${rung + 1}`;

/** The sweep of a later rung's id; undefined for other ids. */
export const sweepOfRung = (id: string): string | undefined => /^(.+)-rung-\d+$/.exec(id)?.[1];

/** `lost`: its process ended without a record, as one that was killed does. */
export type BegunState = 'running' | 'lost';

export const begunFile = (layout: StoreLayout, id: string): string => join(layout.logs, `run-${id}.json`);
export const eventsFile = (layout: StoreLayout, id: string): string => join(layout.logs, `run-${id}.ndjson`);

/** Undefined if there is none that can be read. */
export function readBegun(layout: StoreLayout, id: string): BegunRun | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(begunFile(layout, id), 'utf8'));
    const sound =
      isObject(value) &&
      value['format'] === 1 &&
      value['run'] === id &&
      isObject(value['spec']) &&
      Array.isArray(value['stages']) &&
      isSweep(value['sweep']) &&
      parseOwner(JSON.stringify(value['owner'])) !== undefined;
    return sound ? (value as unknown as BegunRun) : undefined;
  } catch {
    return undefined;
  }
}

const isSweep = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Array.isArray(value['trials']));

/** A process on another machine counts as running. */
export const begunState = ({ owner }: BegunRun): BegunState =>
  stateOf(owner) === 'dead' ? 'lost' : 'running';

/** Latest first. */
export function begunRuns(layout: StoreLayout): BegunRun[] {
  return namesIn(layout.logs, 'empty')
    .flatMap((name) => /^run-(.+)\.json$/.exec(name)?.[1] ?? [])
    .sort()
    .reverse()
    .flatMap((id) => readBegun(layout, id) ?? []);
}
