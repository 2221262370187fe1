/**
 * Spec + store → what would run and why. The runner asks the same function again for each stage when its
 * inputs are there, so what is planned is what runs.
 */
import { PipelineError, type Diagnostic } from '../base/diagnostic.ts';
import type { Digest, Key } from '../base/hash.ts';
import { chooseEngine } from '../engine/choose.ts';
import type { PathParameter, Spec, StageSpec } from '../spec/spec.ts';
import type { Engine } from '../stage.ts';
import { findArtifact, type Artifact } from '../store/artifacts.ts';
import { openExternalFiles, type ExternalFile } from '../store/external.ts';
import type { StoreLayout } from '../store/layout.ts';
import { keyOf, type KeyDocument } from '../store/manifest.ts';
import { keyDocument, type ResolvedPaths } from './key.ts';
import { topologicalOrder, upstreamOf } from './order.ts';
import { reasonsBetween, type Reason } from './reason.ts';

/** A stage whose inputs are known, and with them its key. */
export type Decision =
  | { readonly state: 'cached'; readonly key: Key; readonly artifact: Artifact }
  | {
      readonly state: 'run';
      readonly key: Key;
      readonly document: KeyDocument;
      readonly reasons: readonly Reason[];
    };

export type PlanState =
  | Decision
  /** Its key depends on stages that have to run first; if they come out unchanged it may turn out cached. */
  | { readonly state: 'waiting'; readonly upstream: readonly string[] }
  /** Left out by --only, --from or --until. */
  | { readonly state: 'not-selected' };

export interface PlanEntry {
  readonly stage: StageSpec;
  readonly plan: PlanState;
}

export interface Plan {
  readonly spec: Spec;
  /** The engine of numeric stages; null where there are none. */
  readonly engine: Engine | null;
  /** In an order in which they could run one by one. */
  readonly entries: readonly PlanEntry[];
}

export interface Planner {
  readonly spec: Spec;
  readonly engine: Engine | null;
  readonly order: readonly StageSpec[];
  /** Decides one stage; `inputs` hold the artifacts of every stage that feeds it. */
  decide(stage: StageSpec, inputs: ReadonlyMap<string, Artifact>): Decision;
}

export interface PlannerOptions {
  readonly layout: StoreLayout;
  /** Stages to execute although they are cached. */
  readonly forced: ReadonlySet<string>;
  /** The key document of a stage's latest earlier execution, and whether its artifact is still there. */
  readonly earlier: (stage: string) => { readonly document: KeyDocument; readonly key: Key } | undefined;
  /** Told of each artifact before it is looked for, so that nobody collects it in between. */
  readonly note?: ((kind: string, key: Key) => void) | undefined;
}

/** Reads the outside files once. Throws `E_SPEC` with a diagnostic for each path that names nothing. */
export async function openPlanner(spec: Spec, options: PlannerOptions): Promise<Planner> {
  const { layout, forced, earlier } = options;
  const paths = await resolvePaths(spec, layout);
  const numeric = spec.stages.some((stage) => stage.kind.declaration.numeric);
  const engine = numeric ? chooseEngine(spec.engine) : null;

  const decide = (stage: StageSpec, inputs: ReadonlyMap<string, Artifact>): Decision => {
    const digest = (name: string): Digest => inputs.get(name)!.manifest.digest;
    const slots = Object.entries(stage.inputs).map(([slot, names]) => [
      slot,
      stage.kind.declaration.inputs[slot]?.many ? names.map(digest) : digest(names[0]!),
    ]);
    const document = keyDocument(
      stage,
      Object.fromEntries(slots) as KeyDocument['inputs'],
      paths.get(stage.name)!,
      engine,
    );
    const key = keyOf(document);
    options.note?.(stage.kind.name, key);
    const lookup = findArtifact(layout, stage.kind.name, key);
    if (lookup.state === 'found' && !forced.has(stage.name))
      return { state: 'cached', key, artifact: lookup.artifact };
    if (lookup.state === 'found') return { state: 'run', key, document, reasons: [{ type: 'forced' }] };
    if (lookup.state === 'damaged')
      return { state: 'run', key, document, reasons: [{ type: 'damaged', why: lookup.why }] };
    const before = earlier(stage.name);
    if (!before) return { state: 'run', key, document, reasons: [{ type: 'never-run' }] };
    if (before.key === key) return { state: 'run', key, document, reasons: [{ type: 'missing' }] };
    return { state: 'run', key, document, reasons: reasonsBetween(before.document, document) };
  };

  return { spec, engine, order: topologicalOrder(spec.stages), decide };
}

/** Decides every stage as far as that goes without running any. */
export function makePlan(planner: Planner, selected: ReadonlySet<string>): Plan {
  const artifacts = new Map<string, Artifact>();
  const entries = planner.order.map((stage): PlanEntry => {
    const unknown = upstreamOf(stage).filter((name) => !artifacts.has(name));
    if (unknown.length > 0) {
      const plan = selected.has(stage.name)
        ? ({ state: 'waiting', upstream: unknown } as const)
        : ({ state: 'not-selected' } as const);
      return { stage, plan };
    }
    const decision = planner.decide(stage, artifacts);
    if (decision.state === 'cached') artifacts.set(stage.name, decision.artifact);
    return {
      stage,
      plan: selected.has(stage.name) || decision.state === 'cached' ? decision : { state: 'not-selected' },
    };
  });
  return { spec: planner.spec, engine: planner.engine, entries };
}

async function resolvePaths(spec: Spec, layout: StoreLayout): Promise<Map<string, ResolvedPaths>> {
  const external = openExternalFiles(layout);
  const missing: Diagnostic[] = [];
  const resolved = new Map<string, ResolvedPaths>();
  for (const stage of spec.stages) {
    const files = new Map<string, readonly ExternalFile[]>();
    for (const path of stage.paths.filter(isOutside)) {
      const found = await external.resolve(path.value);
      if (found.length === 0) missing.push(missingPath(stage, path));
      files.set(path.pointer, found);
    }
    resolved.set(stage.name, files);
  }
  external.save();
  if (missing.length > 0)
    throw new PipelineError('E_SPEC', 'files that the spec names are missing', { diagnostics: missing });
  return resolved;
}

function isOutside(path: PathParameter): boolean {
  return path.rootedIn === undefined && !/^https?:\/\//.test(path.value);
}

function missingPath(stage: StageSpec, path: PathParameter): Diagnostic {
  return {
    severity: 'error',
    message: `no file, folder or match for ${path.value}`,
    location: path.location ?? stage.location,
    hint: 'relative paths start from the folder of the spec that they are written in',
  };
}
