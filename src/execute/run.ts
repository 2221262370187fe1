/** Executes a plan, reports each stage as events, and returns the outcome of all. */
import { basename } from 'node:path';
import { PipelineError, type Diagnostic } from '../base/diagnostic.ts';
import { monotonic } from '../base/clock.ts';
import { missingSplits } from '../plan/missing-splits.ts';
import { upstreamOf } from '../plan/order.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { StageWarning } from '../stage.ts';
import type { FoundArtifact } from '../store/store.ts';
import type { Capacity } from './capacity.ts';
import type { EventSink, StageFailure, StageOutcome } from './events.ts';
import { executeStage, type StageEnvironment } from './execute-stage.ts';
import { failureFrom } from './failure.ts';
import { schedule, type End } from './schedule.ts';

export interface RunOptions extends Omit<StageEnvironment, 'threads'> {
  readonly selected: ReadonlySet<string>;
  readonly capacity: Capacity;
  /** Go on with stages that do not depend on a failed one. */
  readonly keepGoing: boolean;
  /** Divide the threads among stages that execute at the same time. */
  readonly shareThreads?: boolean;
  /** How a stage's end counts (`schedule.ts`). */
  readonly review?: ((stage: StageSpec, end: End) => End) | undefined;
  /** Called with what the corpus shows to be wrong in the spec, before the stages concerned fail. */
  readonly onRefused?: (diagnostics: readonly Diagnostic[]) => void;
  /** Called with every stage as it ends. */
  readonly onEnd?: (stage: StageSpec, end: End) => void;
  readonly run: string;
}

export interface StageResultRecord {
  readonly stage: StageSpec;
  readonly end: End;
}

export interface RunResult {
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly seconds: number;
  /** In the plan's order. */
  readonly stages: readonly StageResultRecord[];
}

export async function runPlan(options: RunOptions): Promise<RunResult> {
  const { planner, emit, stop, selected, run } = options;
  const { spec, engine } = planner;
  const started = monotonic();
  emit({
    type: 'run-started',
    format: 1,
    run,
    spec: spec.name,
    stages: planner.order.map((stage) => stage.name).filter((name) => selected.has(name)),
    engine: engine?.backend ?? null,
  });
  const ends = await schedule({
    ...options,
    shareThreads: options.shareThreads === true,
    execute(stage, toRun, inputs, threads) {
      planner.remember(stage);
      return executeStage(stage, toRun, inputs, { ...options, threads });
    },
    onQueued(stage, lacks) {
      emit({ type: 'stage-queued', stage: stage.name, lacks });
    },
    impossible: (made, artifacts) => {
      if (made.kind.declaration.output !== 'corpus') return new Map();
      const missing = missingSplits(planner.order, artifacts, made.name);
      if (missing.size > 0) options.onRefused?.([...missing.values()].flat());
      return new Map([...missing].map(([stage, [first]]) => [stage, refusal(first!)]));
    },
    onTwin(stage, first) {
      planner.remember(stage);
      emit({ type: 'stage-waiting', stage: stage.name, sameAs: first.name });
    },
    onEnd(stage, end) {
      report(stage, end, emit);
      options.onEnd?.(stage, end);
    },
  });
  const stages = planner.order.map((stage) => ({ stage, end: ends.get(stage.name)! }));
  const count = (state: StageResultRecord['end']['state']): number =>
    stages.filter(({ end }) => end.state === state).length;
  const failed = count('failed');
  const outcome = stop.aborted ? 'interrupted' : failed > 0 ? 'failed' : 'done';
  const seconds = (monotonic() - started) / 1000;
  emit({
    type: 'run-finished',
    outcome,
    seconds,
    executed: count('executed'),
    cached: count('cached'),
    failed,
    skipped: count('skipped'),
    warnings: stages.reduce((sum, { end }) => sum + warningsOf(end).length, 0),
  });
  return { outcome, seconds, stages };
}

function refusal({ message, hint, location }: Diagnostic): StageFailure {
  const place = location ? ` (${basename(location.file)}:${location.line})` : '';
  return failureFrom(new PipelineError('E_SPEC', `${message}${place}`, { hint }), '');
}

function report(stage: StageSpec, end: End, emit: EventSink): void {
  switch (end.state) {
    case 'executed':
      emit({ type: 'stage-finished', stage: stage.name, seconds: end.seconds, ...outcomeOf(end.artifact) });
      return;
    case 'cached':
      emit({ type: 'stage-cached', stage: stage.name, ...outcomeOf(end.artifact) });
      return;
    case 'failed':
      emit({ type: 'stage-failed', stage: stage.name, seconds: end.seconds, ...end.failure });
      return;
    case 'skipped':
      emit({ type: 'stage-skipped', stage: stage.name, because: end.because });
      return;
    case 'not-selected':
  }
}

function outcomeOf({ path, manifest }: FoundArtifact): StageOutcome {
  const { kind, key, digest, metrics, headline, warnings = [] } = manifest;
  return { kind, key, digest, path, metrics, headline, warnings };
}

/** The warnings that came with a stage's artifact, whenever it was made. */
export function warningsOf(end: End): readonly StageWarning[] {
  return end.state === 'executed' || end.state === 'cached' ? (end.artifact.manifest.warnings ?? []) : [];
}

/** Throws `E_USAGE` where a selected stage needs one that is neither selected nor cached. */
export function checkSelection(
  planned: readonly { readonly stage: StageSpec; readonly plan: { readonly state: string } }[],
  selected: ReadonlySet<string>,
): void {
  const cached = new Set(
    planned.filter(({ plan }) => plan.state === 'cached').map(({ stage }) => stage.name),
  );
  for (const { stage } of planned.filter((entry) => selected.has(entry.stage.name)))
    for (const name of upstreamOf(stage))
      if (!selected.has(name) && !cached.has(name))
        throw new PipelineError(
          'E_USAGE',
          `'${stage.name}' needs '${name}', which is not up to date and was not selected`,
          {
            hint: `Run without \`--only\` and \`--from\`, or with \`--until ${name}\` first.`,
          },
        );
}
