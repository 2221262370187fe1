/**
 * Starts each stage as soon as its inputs are there, as many at a time as fit. A key is computed when the stage's
 * inputs are finished and never before, so an input whose content did not change stops the cascade. Where and how a
 * stage executes is not decided here.
 */
import { upstreamOf } from '../plan/order.ts';
import type { Key } from '../base/hash.ts';
import type { Decision } from '../plan/decision.ts';
import type { Planner } from '../plan/planner.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { FoundArtifact } from '../store/store.ts';
import { openAccount, type Capacity, type Shortage } from './capacity.ts';
import type { StageFailure } from './events.ts';
import { edgesOf } from './edges.ts';
import { failureFrom } from './failure.ts';
import { PipelineError } from '../base/diagnostic.ts';
import { inputsGone } from './inputs-gone.ts';
import { INTERRUPTED, type LostInputs, type StageEnd, type ToRun } from './stage-end.ts';

export type End = StageEnd | { readonly state: 'not-selected' };

export interface ScheduleOptions {
  readonly planner: Planner;
  readonly selected: ReadonlySet<string>;
  readonly capacity: Capacity;
  /** Go on with stages that do not depend on a failed one. */
  readonly keepGoing: boolean;
  /** Divide the threads among stages that execute at the same time, instead of giving each all of them. */
  readonly shareThreads: boolean;
  readonly stop: AbortSignal;
  readonly execute: (
    stage: StageSpec,
    toRun: ToRun,
    inputs: ReadonlyMap<string, FoundArtifact>,
    threads: number,
  ) => Promise<StageEnd | LostInputs>;
  /** Called at most once for a stage: it has its inputs and does not start, because others run. */
  readonly onQueued: (stage: StageSpec, lacks: Shortage) => void;
  /** How a stage's end counts; `run --locked` turns a result with other bytes into a failure. */
  readonly review?: ((stage: StageSpec, end: End) => End) | undefined;
  /** Called with the artifacts after each that is there: stages that turn out to be impossible. They end the run. */
  readonly impossible: (
    made: StageSpec,
    artifacts: ReadonlyMap<string, FoundArtifact>,
  ) => ReadonlyMap<StageSpec, StageFailure>;
  /** Called where a stage has the key of one that is to execute, or executes: it takes that one's result. */
  readonly onTwin?: (stage: StageSpec, first: StageSpec) => void;
  /** Called once for every stage, in the order in which they end. */
  readonly onEnd: (stage: StageSpec, end: End) => void;
}

/** A remote store is asked that many questions at a time. */
const DECIDED_AT_ONCE = 32;
/** Files that get lost again and again are not only in a cache that was emptied. */
const MOST_REMADE = 3;

interface Waiting {
  readonly stage: StageSpec;
  readonly toRun: ToRun;
}

export async function schedule(options: ScheduleOptions): Promise<ReadonlyMap<string, End>> {
  const { planner, stop, keepGoing, selected, capacity, onEnd } = options;
  const { order } = planner;
  const ends = new Map<string, End>();
  const artifacts = new Map<string, FoundArtifact>();
  const account = openAccount(capacity);
  const running = new Map<string, Promise<void>>();
  const { missing, dependents } = edgesOf(order);
  /** Stages whose inputs have ended, and frozen ones; decided in turn. */
  const settled = order.filter((stage) => missing.get(stage.name) === 0 || stage.frozen === true);
  /** Stages that were decided: a frozen stage comes up twice, at once and when its inputs have ended. */
  const considered = new Set<string>();
  let looked = 0;
  const place = new Map(order.map((stage, index) => [stage.name, index]));
  /** In the plan's order, so that chains are finished before others are started. */
  const queue: Waiting[] = [];
  const announced = new Set<string>();
  /** Key → the first stage that is to make it, and further stages of the spec that have the same key. */
  const making = new Map<Key, { readonly first: StageSpec; readonly twins: StageSpec[] }>();
  /** How often a stage had to wait for inputs that were made again. */
  const remade = new Map<string, number>();
  let failed = false;
  const going = (): boolean => !failed && !stop.aborted;

  const finish = (stage: StageSpec, ended: End): void => {
    const end = options.review?.(stage, ended) ?? ended;
    ends.set(stage.name, end);
    onEnd(stage, end);
    if (end.state === 'executed' || end.state === 'cached') {
      artifacts.set(stage.name, end.artifact);
      refuse(stage);
    } else if (end.state === 'failed' && !keepGoing) failed = true;
    for (const next of dependents.get(stage.name) ?? []) {
      const left = missing.get(next.name)! - 1;
      missing.set(next.name, left);
      if (left === 0) settled.push(next);
    }
  };

  /** Fails the impossible stages at once, so that nothing is executed for them. */
  const refuse = (made: StageSpec): void => {
    for (const [stage, failure] of options.impossible(made, artifacts)) {
      if (ends.has(stage.name) || considered.has(stage.name) || !selected.has(stage.name)) continue;
      considered.add(stage.name);
      failed = true;
      finish(stage, { state: 'failed', failure, seconds: 0 });
    }
  };

  /** Decides stages at the same time, since a store may be far away, and acts on the decisions in order. */
  const consider = async (stages: readonly StageSpec[]): Promise<void> => {
    const acts = await Promise.all(stages.map(decide));
    for (const [index, act] of acts.entries()) {
      const { name } = stages[index]!;
      if (!act || considered.has(name) || !going()) continue;
      considered.add(name);
      act();
    }
  };

  /** What is to be done with the stage; nothing where its inputs have not ended. */
  const decide = async (stage: StageSpec): Promise<(() => void) | undefined> => {
    if (considered.has(stage.name)) return undefined;
    try {
      const early = await planner.decideEarly(stage);
      if (!early && missing.get(stage.name)! > 0) return undefined;
      const lost = early ? undefined : upstreamOf(stage).find((name) => !artifacts.has(name));
      if (lost !== undefined)
        return () => {
          finish(
            stage,
            selected.has(stage.name) ? { state: 'skipped', because: lost } : { state: 'not-selected' },
          );
        };
      const decision = early ?? (await planner.decide(stage, artifacts));
      return () => {
        settle(stage, decision);
      };
    } catch (error) {
      return () => {
        // The store has become unreadable or full; stages that are running may still finish.
        finish(stage, { state: 'failed', failure: failureFrom(error, ''), seconds: 0 });
      };
    }
  };

  const settle = (stage: StageSpec, decision: Decision): void => {
    if (decision.state === 'cached')
      finish(stage, { state: 'cached', artifact: decision.artifact, seconds: 0 });
    else if (selected.has(stage.name)) claim({ stage, toRun: decision });
    else finish(stage, { state: 'not-selected' });
  };

  const claim = (waiting: Waiting): void => {
    const made = making.get(waiting.toRun.key);
    if (made) {
      made.twins.push(waiting.stage);
      options.onTwin?.(waiting.stage, made.first);
    } else {
      making.set(waiting.toRun.key, { first: waiting.stage, twins: [] });
      enqueue(waiting);
    }
  };

  /** Gives the result of an execution to the stages with the same key. */
  const share = (key: Key, first: StageSpec, end: StageEnd): void => {
    const { twins } = making.get(key)!;
    making.delete(key);
    for (const twin of twins) {
      if (end.state === 'failed') finish(twin, { state: 'skipped', because: first.name });
      else if (end.state === 'skipped') finish(twin, end);
      else finish(twin, { state: 'cached', artifact: end.artifact, seconds: 0 });
    }
  };

  /** The artifacts of `lost` have no files any more: they are made again, and then everything that waits for them. */
  const remake = (stage: StageSpec, key: Key, lost: readonly string[]): void => {
    const attempts = (remade.get(stage.name) ?? 0) + 1;
    remade.set(stage.name, attempts);
    const unselected = lost.find((name) => !selected.has(name));
    if (attempts > MOST_REMADE || unselected !== undefined) {
      const error = unselected === undefined ? inputsGone(lost) : unselectedGone(stage.name, unselected);
      const end: StageEnd = { state: 'failed', failure: failureFrom(error, ''), seconds: 0 };
      finish(stage, end);
      share(key, stage, end);
      return;
    }
    const { twins } = making.get(key)!;
    making.delete(key);
    for (const name of lost) {
      if (!artifacts.delete(name)) continue;
      ends.delete(name);
      considered.delete(name);
      settled.push(order[place.get(name)!]!);
    }
    const depends = (one: StageSpec): boolean => upstreamOf(one).some((name) => !ends.has(name));
    const queued = queue.filter(({ stage: one }) => depends(one));
    for (const { stage: one, toRun } of queued) {
      queue.splice(
        queue.findIndex((waiting) => waiting.stage === one),
        1,
      );
      twins.push(...making.get(toRun.key)!.twins);
      making.delete(toRun.key);
    }
    const back = new Set([stage, ...twins, ...queued.map((waiting) => waiting.stage)]);
    const waiting = order.filter((one) => !ends.has(one.name) && !considered.has(one.name));
    for (const one of [...back, ...waiting]) {
      considered.delete(one.name);
      const left = upstreamOf(one).filter((name) => !ends.has(name)).length;
      missing.set(one.name, left);
      if (left === 0 && back.has(one)) settled.push(one);
    }
  };

  const enqueue = (waiting: Waiting): void => {
    const own = place.get(waiting.stage.name)!;
    let [low, high] = [0, queue.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place.get(queue[middle]!.stage.name)! < own) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, waiting);
  };

  /** Says once what a stage waits for that has its inputs. */
  const announce = ({ stage }: Waiting): void => {
    if (announced.has(stage.name)) return;
    announced.add(stage.name);
    options.onQueued(stage, account.lacks(stage) ?? 'jobs');
  };

  const start = ({ stage, toRun }: Waiting, beside: number): void => {
    account.take(stage);
    const threads = threadsFor(stage, options, running.size + 1 + beside);
    const inputs = new Map(upstreamOf(stage).map((name) => [name, artifacts.get(name)!]));
    const work = options.execute(stage, toRun, inputs, threads).then((end) => {
      running.delete(stage.name);
      account.give(stage);
      if (end.state === 'lost') remake(stage, toRun.key, end.inputs);
      else {
        finish(stage, end);
        share(toRun.key, stage, end);
      }
    });
    running.set(stage.name, work);
  };

  for (;;) {
    while (going() && looked < settled.length) {
      const batch = settled.slice(looked, looked + DECIDED_AT_ONCE);
      looked += batch.length;
      await consider(batch);
    }
    // The first that fits: a large stage does not block small ones.
    for (let index = 0; index < queue.length && going() && !account.full();) {
      const { stage } = queue[index]!;
      if (account.lacks(stage) === undefined) start(queue.splice(index, 1)[0]!, queue.length);
      else index += 1;
    }
    if (going()) for (const waiting of queue) announce(waiting);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const rest: StageEnd = stop.aborted
    ? INTERRUPTED
    : { state: 'skipped', because: 'an earlier stage failed' };
  for (const stage of order) if (!ends.has(stage.name)) finish(stage, rest);
  return ends;
}

function unselectedGone(stage: string, lost: string): PipelineError {
  return new PipelineError('E_STORE', `'${stage}' needs the files of '${lost}', which cannot be had`, {
    hint: `Run without \`--only\` and \`--from\`, or with \`--until ${lost}\` first.`,
  });
}

/** The number that a stage declares, at most the capacity; else all, or its share. */
function threadsFor({ resources }: StageSpec, options: ScheduleOptions, atOnce: number): number {
  const { threads, jobs, threadsEach } = options.capacity;
  if (resources?.threads !== undefined) return Math.min(resources.threads, threads);
  if (threadsEach !== undefined) return threadsEach;
  return options.shareThreads ? Math.max(1, Math.floor(threads / Math.min(jobs, atOnce))) : threads;
}
