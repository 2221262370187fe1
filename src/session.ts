/**
 * What every command that takes a spec begins with: the store, the kinds, the checked spec. It prints nothing: what
 * the user should be told comes back as values.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PipelineError, type Diagnostic } from './base/diagnostic.ts';
import { earlierKeys } from './history/earlier-executions.ts';
import { openCatalogue } from './kinds/catalogue.ts';
import { makePlan, type Plan } from './plan/plan.ts';
import { openPlanner, type Planner, type PlannerOptions } from './plan/planner.ts';
import { loadSpec } from './spec/load.ts';
import { specError } from './spec/spec-error.ts';
import type { LoadOptions, Spec } from './spec/spec.ts';
import { storeLayout, type StoreLayout } from './store/layout.ts';

/** Options that every command with a spec has. */
export interface SpecOptions {
  readonly set?: readonly string[];
  readonly params?: string;
  readonly store?: string;
}

export interface Session {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
  readonly layout: StoreLayout;
}

const PROJECT_MARKS = ['artifacts', 'package.json', '.git'];

/** The store beside the spec's project: the nearest folder above the spec that looks like the top of one. */
function defaultStore(specFile: string): string {
  const own = dirname(resolve(specFile));
  for (let folder = own; ; folder = dirname(folder)) {
    if (PROJECT_MARKS.some((mark) => existsSync(join(folder, mark)))) return join(folder, 'artifacts');
    if (folder === dirname(folder)) return join(own, 'artifacts');
  }
}

/** The store of a command that takes no spec: named, or that of the project which the working folder is in. */
export function openStore(options: Pick<SpecOptions, 'store'>): StoreLayout {
  const root = storeFolder(options);
  if (!existsSync(root))
    throw new PipelineError('E_USAGE', `there is no store at ${root}`, {
      hint: 'Name it with --store or PIPELINE_STORE; the first run of a spec makes one.',
    });
  return storeLayout(root);
}

/** The same, whether it is there or not. */
export function storeFolder({ store }: Pick<SpecOptions, 'store'>): string {
  return resolve(store ?? process.env['PIPELINE_STORE'] ?? defaultStore('spec'));
}

export function layoutFor(file: string, options: SpecOptions): StoreLayout {
  return storeLayout(resolve(options.store ?? process.env['PIPELINE_STORE'] ?? defaultStore(file)));
}

export function loadOptions(layout: StoreLayout, { set, params }: SpecOptions): LoadOptions {
  return {
    kinds: openCatalogue(layout),
    set: set ?? [],
    ...(params === undefined ? {} : { paramsFile: resolve(params) }),
    env: process.env,
    cacheDir: layout.cache,
  };
}

/** Throws `E_SPEC` with every diagnostic of the file. */
export async function openSession(file: string, options: SpecOptions): Promise<Session> {
  const layout = layoutFor(file, options);
  const loaded = await loadSpec(resolve(file), loadOptions(layout, options));
  if (!loaded.ok) throw specError(loaded.error);
  return { ...loaded.value, layout };
}

export async function sessionPlanner(
  { spec, layout }: Pick<Session, 'spec' | 'layout'>,
  forced: ReadonlySet<string> = new Set(),
  note?: PlannerOptions['note'],
  earlier: PlannerOptions['earlier'] = earlierKeys(spec, layout),
): Promise<Planner> {
  return openPlanner(spec, { layout, forced, note, earlier });
}

/** The plan of the whole spec as things stand. */
export async function currentPlan(session: Session): Promise<Plan> {
  return makePlan(await sessionPlanner(session), new Set(session.spec.stages.map((stage) => stage.name)));
}
