/**
 * How every command begins: the store, the kinds, the checked spec. It prints nothing: what the user should be told is
 * returned. The one place that decides which implementations of store and executor a command uses.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PipelineError, type Diagnostic } from './base/diagnostic.ts';
import { CONFIG_FILE } from './config/files.ts';
import { loadConfig, type Configuration } from './config/load.ts';
import { remoteSettings } from './config/remote-settings.ts';
import type { Values } from './config/settings.ts';
import { earlierKeys } from './history/earlier-executions.ts';
import type { Executor } from './execute/executor.ts';
import { openExecutor, type ExecutorOptions } from './execute/executors/choose.ts';
import { openCatalogue } from './kinds/catalogue.ts';
import type { KindCatalogue } from './kinds/kind.ts';
import { makePlan, type Plan } from './plan/plan.ts';
import { openPlanner, type Planner, type PlannerOptions } from './plan/planner.ts';
import { loadSpec } from './spec/load.ts';
import { specError } from './spec/spec-error.ts';
import type { LoadOptions, Spec } from './spec/spec.ts';
import { storeLayout, type StoreLayout } from './store/layout.ts';
import { localStore } from './store/local/local-store.ts';
import type { Notice } from './store/remote/availability.ts';
import type { Remote } from './store/remote/remote.ts';
import { remoteBackedStore } from './store/remote/remote-backed-store.ts';
import type { Store } from './store/store.ts';

/** Options that every command with a spec has. */
export interface SpecOptions {
  readonly set?: readonly string[];
  readonly params?: string;
  readonly store?: string;
  /** Its URL; true where the flag stands alone. */
  readonly remote?: string | true;
  /** False: what the run makes is not uploaded. */
  readonly push?: boolean;
  /** Where stages are executed; checked with the configuration. */
  readonly executor?: string;
  /** Address of the queue; checked with the configuration. */
  readonly queue?: string;
}

/** What the command line can say about the configuration. */
export type ConfigFlags = Pick<SpecOptions, 'store' | 'remote' | 'push' | 'executor' | 'queue'>;

export interface Session {
  readonly spec: Spec;
  readonly config: Configuration;
  readonly warnings: readonly Diagnostic[];
  readonly kinds: KindCatalogue;
  readonly store: Store;
  /** The store's folder on this machine. */
  readonly layout: StoreLayout;
  /** The remote store behind it, which is a part of `store`. */
  readonly remote: Remote | undefined;
}

/** The stores of a command. */
export type Stores = Pick<Session, 'config' | 'layout' | 'store' | 'remote'>;

const PROJECT_MARKS = ['artifacts', CONFIG_FILE, 'package.json', '.git'];

/** The nearest folder above the spec that looks like the top of a project. Its store is there unless another is named. */
export function projectFolder(specFile: string): string {
  const own = dirname(resolve(specFile));
  for (let folder = own; ; folder = dirname(folder)) {
    if (PROJECT_MARKS.some((mark) => existsSync(join(folder, mark)))) return folder;
    if (folder === dirname(folder)) return own;
  }
}

/** The configuration for a spec, or for the working folder where a command takes no spec. Throws `E_CONFIG`. */
export function configFor(options: ConfigFlags, file = 'spec'): Promise<Configuration> {
  const { store, remote, push, executor, queue } = options;
  const flags = {
    ...(store === undefined ? {} : { 'store.path': resolve(store) }),
    ...(typeof remote === 'string' ? { 'store.remote': remote } : {}),
    ...(push === false ? { 'store.push': false } : {}),
    ...(executor === undefined ? {} : { executor }),
    ...(queue === undefined ? {} : { 'queue.url': queue }),
  } as Values;
  return loadConfig({ folder: dirname(resolve(file)), env: process.env, flags });
}

/** The folder of the store on this machine, for a spec or for the working folder. */
export function folderOf({ values }: Configuration, file = 'spec'): string {
  return values['store.path'] ?? join(projectFolder(file), 'artifacts');
}

/** The store of a command that takes no spec: the one named, or that of the project around the working folder. */
export async function openStore(options: ConfigFlags): Promise<StoreLayout> {
  const root = await storeFolder(options);
  if (!existsSync(root))
    throw new PipelineError('E_USAGE', `there is no store at ${root}`, {
      hint: 'Name it with `--store` or PIPELINE_STORE. The first run of a spec creates one.',
    });
  return storeLayout(root);
}

/** The same, whether it exists or not. */
export async function storeFolder(options: ConfigFlags): Promise<string> {
  return folderOf(await configFor(options));
}

export async function layoutFor(file: string, options: ConfigFlags): Promise<StoreLayout> {
  return storeLayout(folderOf(await configFor(options, file), file));
}

/** The stores that are configured. `notice` is called with what the user should know of the remote one, at any time. */
export async function storesOf(
  config: Configuration,
  layout: StoreLayout,
  notice: Notice = () => undefined,
): Promise<Stores> {
  const local = localStore(layout);
  const settings = remoteSettings(config, process.env);
  if (!settings) return { config, layout, store: local, remote: undefined };
  const { openRemote } = await import('./store/remote/remote.ts');
  const remote = openRemote(settings, { layout, notice });
  return { config, layout, store: remoteBackedStore(local, remote), remote };
}

/** The same for a command that takes no spec. Throws `E_USAGE` where there is no folder, unless it may be missing. */
export async function openStores(
  options: ConfigFlags,
  notice?: Notice,
  folder: 'must exist' | 'may be missing' = 'must exist',
): Promise<Stores> {
  const layout = folder === 'must exist' ? await openStore(options) : storeLayout(await storeFolder(options));
  return storesOf(await configFor(options), layout, notice);
}

/** Where a command executes stages. `project` is the absolute path of the spec's folder. */
export function stageExecutor(
  { config, layout, store, kinds }: Pick<Session, 'config' | 'layout' | 'store' | 'kinds'>,
  project: string,
  options: ExecutorOptions,
): Promise<Executor> {
  return openExecutor(config.values, { layout, store, kinds, project }, options);
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
export async function openSession(file: string, options: SpecOptions, notice?: Notice): Promise<Session> {
  const config = await configFor(options, file);
  const layout = storeLayout(folderOf(config, file));
  const kinds = openCatalogue(layout);
  const loaded = await loadSpec(resolve(file), loadOptions(layout, kinds, options));
  if (!loaded.ok) throw specError(loaded.error);
  return { ...loaded.value, kinds, ...(await storesOf(config, layout, notice)) };
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
