/**
 * The run that a page is about, in one shape for both sources: a recorded run, and the present results of a spec. Its
 * artifacts are looked up in the store; a stage whose artifact is gone keeps what the record says.
 */
import type { JsonObject } from '../../base/json.ts';
import type { Key } from '../../base/hash.ts';
import type { Notes } from '../../history/notes.ts';
import type { RunRecord, StageRecord } from '../../history/record.ts';
import type { Plan, PlanEntry } from '../../plan/plan.ts';
import type { Manifest } from '../../store/manifest.ts';
import { findWhole, type Artifact, type Store } from '../../store/store.ts';
import type { RunView, StageState } from '../views/run-view.ts';

/** Everything of a run but what is in its artifacts. */
export interface ShownRun extends Pick<
  RunView,
  | 'id'
  | 'spec'
  | 'started'
  | 'seconds'
  | 'outcome'
  | 'tags'
  | 'note'
  | 'params'
  | 'engine'
  | 'environment'
  | 'sweep'
> {
  readonly stages: readonly ShownStage[];
}

export interface ShownStage extends Pick<StageRecord, 'kind' | 'metrics' | 'error' | 'output' | 'warnings'> {
  readonly name: string;
  readonly state: StageState;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly parameters: JsonObject;
  readonly code: string | null;
  readonly key: Key | null;
  readonly digest: string | null;
  readonly headline: string | null;
  /** In this run; null where it did not execute. */
  readonly seconds: number | null;
  /** Undefined where it made none, or the store no longer has it. */
  readonly manifest: Manifest | undefined;
  /** The artifact with its files on this machine. */
  readonly fetch: () => Promise<Artifact | undefined>;
}

export type ArtifactSource = Pick<Store, 'find' | 'fetch'>;

export async function shownRecord(record: RunRecord, notes: Notes, store: ArtifactSource): Promise<ShownRun> {
  const { id, spec, started, seconds, outcome, params, engine, environment, sweep } = record;
  const order = record.resolved?.stages.map(({ name }) => name) ?? [];
  const names = [...new Set([...order, ...Object.keys(record.stages)])].filter((name) => record.stages[name]);
  const stages: ShownStage[] = [];
  for (const name of names) stages.push(await recordedStage(record, name, store));
  return {
    id,
    spec,
    started,
    seconds,
    outcome,
    tags: notes.tags,
    note: notes.note,
    params,
    engine,
    environment,
    sweep: sweep ? { id: sweep.id, configuration: sweep.configuration } : null,
    stages,
  };
}

async function recordedStage(record: RunRecord, name: string, store: ArtifactSource): Promise<ShownStage> {
  const { kind, state, key, digest, seconds, metrics, headline, warnings, error, output } =
    record.stages[name]!;
  const resolved = record.resolved?.stages.find((stage) => stage.name === name);
  const manifest = key === null ? undefined : (await findWhole(store, kind, key))?.manifest;
  return {
    name,
    kind,
    state,
    inputs: resolved?.inputs ?? {},
    parameters: record.parameters[name] ?? {},
    code: resolved?.code ?? null,
    key,
    digest,
    metrics,
    headline: headline ?? null,
    seconds: state === 'executed' || state === 'failed' ? seconds : null,
    ...(warnings && { warnings }),
    ...(error !== undefined && { error }),
    ...(output && { output }),
    // Made again since then, it may have other content: what the run is about is then gone.
    manifest: manifest?.digest === digest ? manifest : undefined,
    fetch: async () => (key === null ? undefined : store.fetch(kind, key)),
  };
}

/** `failures`: the stages of the latest record of the spec, for why a stage has no result. */
export function shownPlan(
  plan: Plan,
  failures: Readonly<Record<string, StageRecord>>,
  store: ArtifactSource,
): ShownRun {
  const { spec, engine, entries } = plan;
  const stages = entries.map((entry) => plannedStage(entry, failures[entry.stage.name], store));
  const isWhole = stages.every(({ state }) => state === 'cached');
  return {
    id: 'current',
    spec: { name: spec.name, file: spec.file },
    started: null,
    seconds: 0,
    outcome: isWhole ? 'done' : stages.some(({ state }) => state === 'failed') ? 'failed' : 'unfinished',
    tags: [],
    note: null,
    params: spec.params,
    engine,
    environment: null,
    sweep: null,
    stages,
  };
}

function plannedStage(
  { stage, plan }: PlanEntry,
  last: StageRecord | undefined,
  store: ArtifactSource,
): ShownStage {
  const { name, kind, inputs } = stage;
  const base = { name, kind: kind.name, inputs, parameters: stage.with, code: kind.code, seconds: null };
  if (plan.state === 'cached') {
    const { manifest } = plan.artifact;
    const { key, digest, metrics, headline, warnings } = manifest;
    return {
      ...base,
      state: 'cached',
      key,
      digest,
      metrics,
      headline,
      ...(warnings && { warnings }),
      manifest,
      fetch: () => store.fetch(manifest.kind, key),
    };
  }
  const failed = last?.state === 'failed' ? last : undefined;
  return {
    ...base,
    state: failed ? 'failed' : 'missing',
    key: null,
    digest: null,
    metrics: {},
    headline: null,
    ...(failed?.error !== undefined && { error: failed.error }),
    ...(failed?.output && { output: failed.output }),
    manifest: undefined,
    fetch: () => Promise.resolve(undefined),
  };
}
