/** Executes the stages of a recorded run again, in an empty store. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { upstreamOf } from '../plan/order.ts';
import { openPlanner } from '../plan/planner.ts';
import type { Capacity } from './capacity.ts';
import type { EventSink } from './events.ts';
import { inputsGone } from './inputs-gone.ts';
import { executeStage } from './execute-stage.ts';
import type { Executor } from './executor.ts';
import { localExecutor } from './executors/local-executor.ts';
import type { StageEnd } from './stage-end.ts';
import { runPlan } from './run.ts';
import type { Attempt } from '../history/agreement.ts';
import type { RunRecord } from '../history/record.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';
import type { KindCatalogue } from '../kinds/kind.ts';
import { layeredStore } from '../store/layered-store.ts';
import { storeLayout, type StoreLayout } from '../store/layout.ts';
import { localStore } from '../store/local/local-store.ts';
import type { Use } from '../store/local/use.ts';
import { findWhole, type FoundArtifact, type Store } from '../store/store.ts';

export interface Reproduction {
  readonly record: RunRecord;
  readonly spec: Spec;
  /** The store of the record, and its folder on this machine. */
  readonly store: Store;
  readonly layout: StoreLayout;
  readonly kinds: KindCatalogue;
  /** Where the empty stores are created. */
  readonly folder: string;
  readonly capacity: Capacity;
  /** Notes what is read from the store of the record. */
  readonly use: Use;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: EventSink;
}

/** Downloads are shared: they are addressed by URL and checked, and fetching them again would test the network. */
function emptyStore({ folder, layout }: Reproduction, time: number): StoreLayout {
  const root = join(folder, String(time));
  mkdirSync(root, { recursive: true });
  return { ...storeLayout(root), downloads: layout.downloads };
}

/** Names of the stages whose content is recorded. */
export function settledStages({ stages }: RunRecord): string[] {
  return Object.entries(stages)
    .filter(([, { key, digest }]) => key !== null && digest !== null)
    .map(([name]) => name);
}

/** Executes every stage of the run from nothing. */
export async function reproduceRun(
  reproduction: Reproduction,
  time: number,
): Promise<ReadonlyMap<string, Attempt>> {
  const { spec, record, capacity } = reproduction;
  const layout = emptyStore(reproduction, time);
  const store = localStore(layout);
  const planner = await openPlanner(spec, {
    store,
    cache: layout.cache,
    forced: new Set(),
    earlier: () => [],
  });
  const { stages } = await runPlan({
    ...environmentOf(reproduction, layout, store),
    planner,
    selected: new Set(settledStages(record)),
    capacity,
    keepGoing: true,
    run: record.id,
  });
  return new Map(stages.map(({ stage, end }) => [stage.name, attemptOf(end, capacity.threads)]));
}

/** Executes one stage on the inputs that it had in the run. Throws `E_USAGE` where they are gone. */
export async function reproduceStage(
  reproduction: Reproduction,
  stage: StageSpec,
  time: number,
): Promise<Attempt> {
  const { spec, store, layout, capacity, use } = reproduction;
  const { cache } = layout;
  const planner = await openPlanner(spec, { store, cache, forced: new Set([stage.name]), earlier: () => [] });
  const inputs = await inputsOf(reproduction, stage);
  const document = planner.documentOf(stage, inputs);
  const { key } = await planner.decide(stage, inputs);
  use.add(stage.kind.name, key);
  const empty = emptyStore(reproduction, time);
  const end = await executeStage(
    stage,
    { state: 'run', key, document, reasons: [{ type: 'forced' }], against: null },
    inputs,
    {
      // The inputs are read from the store of the record.
      ...environmentOf(reproduction, empty, layeredStore(localStore(empty), store)),
      planner,
      threads: capacity.threads,
    },
  );
  if (end.state === 'lost') throw inputsGone(end.inputs);
  return attemptOf(end, capacity.threads);
}

interface Environment {
  readonly store: Store;
  readonly executor: Executor;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: EventSink;
}

function environmentOf(
  { spec, kinds, stop, kill, emit }: Reproduction,
  layout: StoreLayout,
  store: Store,
): Environment {
  const executor = localExecutor({ layout, store, kinds, project: spec.directory });
  return { store, executor, stop, kill, emit };
}

async function inputsOf(
  { record, store, use }: Reproduction,
  stage: StageSpec,
): Promise<Map<string, FoundArtifact>> {
  const inputs = new Map<string, FoundArtifact>();
  for (const name of upstreamOf(stage)) {
    const { kind, key } = record.stages[name] ?? { kind: '', key: null };
    if (key) use.add(kind, key);
    const artifact = key ? await findWhole(store, kind, key) : undefined;
    if (!artifact)
      throw new PipelineError('E_USAGE', `the artifact of '${name}' in that run is no longer in the store`, {
        hint: `Without \`--stage\`, \`pipeline reproduce ${record.id}\` executes all stages from the beginning.`,
      });
    inputs.set(name, artifact);
  }
  return inputs;
}

function attemptOf(end: StageEnd | { readonly state: 'not-selected' }, threads: number): Attempt {
  switch (end.state) {
    case 'executed':
    case 'cached':
      return { state: 'made', manifest: end.artifact.manifest, threads };
    case 'failed':
      return { state: 'failed', error: end.failure.message, threads };
    case 'skipped':
      return { state: 'failed', error: `not executed: ${end.because}`, threads };
    case 'not-selected':
      return { state: 'failed', error: 'not executed', threads };
  }
}
