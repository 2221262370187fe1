/**
 * Executes a plan: each stage as soon as its inputs are there, at most `jobs` at a time. Keys are made when a
 * stage's inputs are finished and never before, so an upstream that comes out unchanged stops the cascade.
 */
import { PipelineError } from '../base/diagnostic.ts';
import { monotonic } from '../base/clock.ts';
import { upstreamOf } from '../plan/order.ts';
import type { Planner } from '../plan/plan.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { Artifact } from '../store/artifacts.ts';
import type { EventSink, StageOutcome } from './events.ts';
import { executeStage, type StageEnd, type StageEnvironment, type ToRun } from './execute-stage.ts';

export interface RunOptions extends StageEnvironment {
  readonly planner: Planner;
  readonly selected: ReadonlySet<string>;
  readonly jobs: number;
  /** Go on with stages that do not depend on a failed one. */
  readonly keepGoing: boolean;
  readonly run: string;
}

export interface StageResultRecord {
  readonly stage: StageSpec;
  readonly end: StageEnd | { readonly state: 'not-selected' };
}

export interface RunResult {
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly seconds: number;
  /** In the plan's order. */
  readonly stages: readonly StageResultRecord[];
}

export async function runPlan(options: RunOptions): Promise<RunResult> {
  const { planner, emit, stop, selected, engine, run } = options;
  const started = monotonic();
  emit({
    type: 'run-started',
    run,
    spec: planner.spec.name,
    stages: planner.order.map((stage) => stage.name).filter((name) => selected.has(name)),
    engine: engine?.backend ?? null,
  });
  const ends = await schedule(options);
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
  });
  return { outcome, seconds, stages };
}

type End = StageResultRecord['end'];

async function schedule(options: RunOptions): Promise<Map<string, End>> {
  const { planner, emit, stop, jobs, keepGoing, selected } = options;
  const ends = new Map<string, End>();
  const artifacts = new Map<string, Artifact>();
  const queue: { stage: StageSpec; toRun: ToRun }[] = [];
  const running = new Map<string, Promise<void>>();
  let pending = [...planner.order];
  const failure = { seen: false };

  const finish = (stage: StageSpec, end: End): void => {
    ends.set(stage.name, end);
    report(stage, end, emit);
    if (end.state === 'executed' || end.state === 'cached') artifacts.set(stage.name, end.artifact);
    else if (end.state === 'failed' && !keepGoing) failure.seen = true;
  };

  /** Moves every stage whose inputs are settled out of `pending`; true where that settled something. */
  const settle = (): boolean => {
    const before = pending.length;
    pending = pending.filter((stage) => {
      const upstream = upstreamOf(stage);
      if (upstream.some((name) => !ends.has(name))) return true;
      const lost = upstream.find((name) => !artifacts.has(name));
      if (lost === undefined) decide(stage);
      else if (selected.has(stage.name)) finish(stage, { state: 'skipped', because: lost });
      else finish(stage, { state: 'not-selected' });
      return false;
    });
    return pending.length < before;
  };

  const decide = (stage: StageSpec): void => {
    const decision = planner.decide(stage, artifacts);
    if (decision.state === 'cached')
      finish(stage, { state: 'cached', artifact: decision.artifact, seconds: 0 });
    else if (selected.has(stage.name)) queue.push({ stage, toRun: decision });
    else finish(stage, { state: 'not-selected' });
  };

  const start = ({ stage, toRun }: { stage: StageSpec; toRun: ToRun }): void => {
    const work = executeStage(stage, toRun, artifacts, options).then((end) => {
      running.delete(stage.name);
      finish(stage, end);
    });
    running.set(stage.name, work);
  };

  for (;;) {
    if (!failure.seen && !stop.aborted) while (settle());
    while (queue.length > 0 && running.size < jobs && !failure.seen && !stop.aborted) start(queue.shift()!);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const because = stop.aborted ? 'the run was interrupted' : 'an earlier stage failed';
  for (const stage of [...queue.map((item) => item.stage), ...pending])
    finish(stage, { state: 'skipped', because });
  return ends;
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

function outcomeOf({ path, manifest }: Artifact): StageOutcome {
  const { kind, key, digest, metrics, headline } = manifest;
  return { kind, key, digest, path, metrics, headline };
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
            hint: `Run without --only and --from, or with --until ${name} first.`,
          },
        );
}
