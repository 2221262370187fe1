/** Executes what a record says once more, in a store that holds nothing. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { upstreamOf } from '../plan/order.ts';
import { openPlanner } from '../plan/planner.ts';
import type { Capacity } from './capacity.ts';
import type { EventSink } from './events.ts';
import { executeStage } from './execute-stage.ts';
import type { StageEnd } from './stage-end.ts';
import { runPlan } from './run.ts';
import type { Attempt } from '../history/agreement.ts';
import type { RunRecord } from '../history/record.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';
import { wholeArtifact, type Artifact } from '../store/local/artifacts.ts';
import { storeLayout, type StoreLayout } from '../store/layout.ts';
import type { Use } from '../store/local/use.ts';

export interface Reproduction {
  readonly record: RunRecord;
  readonly spec: Spec;
  /** The store of the record. */
  readonly layout: StoreLayout;
  /** Where the clean stores are made. */
  readonly folder: string;
  readonly capacity: Capacity;
  /** What is read from the store of the record is noted here. */
  readonly use: Use;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: EventSink;
}

/** Downloads are addressed by URL and checked: fetching them again would test the network. */
function cleanStore({ folder, layout }: Reproduction, time: number): StoreLayout {
  const root = join(folder, String(time));
  mkdirSync(root, { recursive: true });
  return { ...storeLayout(root), downloads: layout.downloads };
}

/** Names of the stages whose content the record holds. */
export function settledStages({ stages }: RunRecord): string[] {
  return Object.entries(stages)
    .filter(([, { key, digest }]) => key !== null && digest !== null)
    .map(([name]) => name);
}

/** Every stage of the run from nothing. */
export async function reproduceRun(
  reproduction: Reproduction,
  time: number,
): Promise<ReadonlyMap<string, Attempt>> {
  const { spec, record, capacity } = reproduction;
  const layout = cleanStore(reproduction, time);
  const planner = await openPlanner(spec, { layout, forced: new Set(), earlier: () => [] });
  const { stages } = await runPlan({
    ...environmentOf(reproduction, layout),
    planner,
    selected: new Set(settledStages(record)),
    capacity,
    keepGoing: true,
    run: record.id,
    engine: planner.engine,
  });
  return new Map(stages.map(({ stage, end }) => [stage.name, attemptOf(end, capacity.threads)]));
}

/** One stage from the inputs that the run gave it. Throws `E_USAGE` where they are gone. */
export async function reproduceStage(
  reproduction: Reproduction,
  stage: StageSpec,
  time: number,
): Promise<Attempt> {
  const { spec, layout, capacity, use } = reproduction;
  const planner = await openPlanner(spec, { layout, forced: new Set([stage.name]), earlier: () => [] });
  const inputs = inputsOf(reproduction, stage);
  const document = planner.documentOf(stage, inputs);
  const decision = planner.decide(stage, inputs);
  use.add(stage.kind.name, decision.key);
  const end = await executeStage(
    stage,
    { state: 'run', key: decision.key, document, reasons: [{ type: 'forced' }], against: null },
    inputs,
    {
      ...environmentOf(reproduction, cleanStore(reproduction, time)),
      engine: planner.engine,
      threads: capacity.threads,
    },
  );
  return attemptOf(end, capacity.threads);
}

function environmentOf(
  { spec, stop, kill, emit }: Reproduction,
  layout: StoreLayout,
): { layout: StoreLayout; project: string; stop: AbortSignal; kill: AbortSignal; emit: EventSink } {
  return { layout, project: spec.directory, stop, kill, emit };
}

function inputsOf({ record, layout, use }: Reproduction, stage: StageSpec): Map<string, Artifact> {
  return new Map(
    upstreamOf(stage).map((name) => {
      const { kind, key } = record.stages[name] ?? { kind: '', key: null };
      if (key) use.add(kind, key);
      const artifact = key ? wholeArtifact(layout, kind, key) : undefined;
      if (artifact) return [name, artifact];
      throw new PipelineError('E_USAGE', `what '${name}' made in that run is no longer in the store`, {
        hint: `Without --stage all stages are executed from the beginning: pipeline reproduce ${record.id}`,
      });
    }),
  );
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
