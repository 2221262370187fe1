/** Runs a spec in this process, with a store and an executor of the test's choice. Needs the built stage process. */
import { dirname } from 'node:path';
import { capacityOf } from '../../src/execute/capacity.ts';
import type { RunEvent } from '../../src/execute/events.ts';
import type { JobEnvironment } from '../../src/execute/job/execute-job.ts';
import type { Executor } from '../../src/execute/executor.ts';
import { localExecutor } from '../../src/execute/executors/local-executor.ts';
import { runPlan, type RunResult } from '../../src/execute/run.ts';
import { openCatalogue } from '../../src/kinds/catalogue.ts';
import { openPlanner } from '../../src/plan/planner.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { specError } from '../../src/spec/spec-error.ts';
import type { StoreLayout } from '../../src/store/layout.ts';
import type { Store } from '../../src/store/store.ts';

export interface SpecRun {
  readonly layout: StoreLayout;
  readonly store: Store;
  /** By default this machine's. */
  readonly executor?: (environment: JobEnvironment) => Executor;
}

export interface SpecResult {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  /** Stage → `executed`, `cached`, … */
  readonly states: Readonly<Record<string, string>>;
  /** Stage → digest of its artifact. */
  readonly digests: Readonly<Record<string, string>>;
}

export async function runSpec(
  file: string,
  { layout, store, executor = localExecutor }: SpecRun,
): Promise<SpecResult> {
  const kinds = openCatalogue(layout);
  const loaded = await loadSpec(file, { kinds });
  if (!loaded.ok) throw specError(loaded.error);
  const { spec } = loaded.value;
  const planner = await openPlanner(spec, {
    store,
    cache: layout.cache,
    forced: new Set(),
    earlier: () => [],
  });
  const events: RunEvent[] = [];
  const never = new AbortController().signal;
  const result = await runPlan({
    planner,
    store,
    executor: executor({ layout, store, kinds, project: dirname(file) }),
    selected: new Set(spec.stages.map(({ name }) => name)),
    capacity: capacityOf({ jobs: 2 }),
    keepGoing: false,
    stop: never,
    kill: never,
    emit: (event) => events.push(event),
    run: 'test',
  });
  return {
    result,
    events,
    states: Object.fromEntries(result.stages.map(({ stage, end }) => [stage.name, end.state])),
    digests: Object.fromEntries(
      result.stages.flatMap(({ stage, end }) =>
        'artifact' in end ? [[stage.name, end.artifact.manifest.digest]] : [],
      ),
    ),
  };
}
