/**
 * How every command begins: the store, the kinds, the checked spec. It prints nothing: what the user should be told is
 * returned. The one place that decides which implementations of store and executor a command uses.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PipelineError, type Diagnostic } from './base/diagnostic.ts';
import { earlierKeys } from './history/earlier-executions.ts';
import type { Executor } from './execute/executor.ts';
import { executorName, openExecutor, type ExecutorOptions } from './execute/executors/choose.ts';
import { openCatalogue } from './kinds/catalogue.ts';
import type { KindCatalogue } from './kinds/kind.ts';
import { makePlan, type Plan } from './plan/plan.ts';
import { openPlanner, type Planner, type PlannerOptions } from './plan/planner.ts';
import { loadSpec } from './spec/load.ts';
import { specError } from './spec/spec-error.ts';
import type { LoadOptions, Spec } from './spec/spec.ts';
import { storeLayout, type StoreLayout } from './store/layout.ts';
import { localStore } from './store/local/local-store.ts';
import type { Store } from './store/store.ts';

/** Options that every command with a spec has. */
export interface SpecOptions {
  readonly set?: readonly string[];
  readonly params?: string;
  readonly store?: string;
}

export interface Session {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
  readonly kinds: KindCatalogue;
  readonly store: Store;
  /** The store's folder on this machine. */
  readonly layout: StoreLayout;
}

const PROJECT_MARKS = ['artifacts', 'package.json', '.git'];

function defaultStore(specFile: string): string {
  return join(projectFolder(specFile), 'artifacts');
}

/** The nearest folder above the spec that looks like the top of a project. Its store is there unless another is named. */
export function projectFolder(specFile: string): string {
  const own = dirname(resolve(specFile));
  for (let folder = own; ; folder = dirname(folder)) {
    if (PROJECT_MARKS.some((mark) => existsSync(join(folder, mark)))) return folder;
    if (folder === dirname(folder)) return own;
  }
}

/** The store of a command that takes no spec: the one named, or that of the project around the working folder. */
export function openStore(options: Pick<SpecOptions, 'store'>): StoreLayout {
  const root = storeFolder(options);
  if (!existsSync(root))
    throw new PipelineError('E_USAGE', `there is no store at ${root}`, {
      hint: 'Name it with `--store` or PIPELINE_STORE. The first run of a spec creates one.',
    });
  return storeLayout(root);
}

/** The same, whether it exists or not. */
export function storeFolder({ store }: Pick<SpecOptions, 'store'>): string {
  return resolve(store ?? process.env['PIPELINE_STORE'] ?? defaultStore('spec'));
}

export function layoutFor(file: string, options: SpecOptions): StoreLayout {
  return storeLayout(resolve(options.store ?? process.env['PIPELINE_STORE'] ?? defaultStore(file)));
}

/** The store of a command whose folder on this machine is `layout`. */
export function artifactStore(layout: StoreLayout): Store {
  return localStore(layout);
}

/** Where a command executes stages. `project` is the absolute path of the spec's folder. */
export function stageExecutor(
  { layout, store, kinds }: Pick<Session, 'layout' | 'store' | 'kinds'>,
  project: string,
  options: ExecutorOptions,
): Promise<Executor> {
  return openExecutor(
    { name: executorName(options.executor), slurm: {} },
    { layout, store, kinds, project },
    options,
  );
}

export function loadOptions(
  layout: StoreLayout,
  kinds: KindCatalogue,
  { set, params }: SpecOptions,
): LoadOptions {
  return {
    kinds,
    set: set ?? [],
    ...(params === undefined ? {} : { paramsFile: resolve(params) }),
    env: process.env,
    cacheDir: layout.cache,
  };
}

/** Throws `E_SPEC` with every diagnostic of the file. */
export async function openSession(file: string, options: SpecOptions): Promise<Session> {
  const layout = layoutFor(file, options);
  const kinds = openCatalogue(layout);
  const loaded = await loadSpec(resolve(file), loadOptions(layout, kinds, options));
  if (!loaded.ok) throw specError(loaded.error);
  return { ...loaded.value, kinds, layout, store: artifactStore(layout) };
}

export async function sessionPlanner(
  { spec, layout, store }: Pick<Session, 'spec' | 'layout' | 'store'>,
  forced: ReadonlySet<string> = new Set(),
  note?: PlannerOptions['note'],
  earlier: PlannerOptions['earlier'] = earlierKeys(spec, layout),
): Promise<Planner> {
  return openPlanner(spec, { store, cache: layout.cache, forced, note, earlier });
}

/** The current plan of the whole spec, and the planner that made it. */
export async function openPlan(
  session: Session,
): Promise<{ readonly planner: Planner; readonly plan: Plan }> {
  const planner = await sessionPlanner(session);
  return { planner, plan: await makePlan(planner, new Set(session.spec.stages.map(({ name }) => name))) };
}

export async function currentPlan(session: Session): Promise<Plan> {
  return (await openPlan(session)).plan;
}
