/**
 * Decides one stage at a time: computes its key and asks the store whether the artifact is there. Reads manifests only;
 * it never fetches an artifact's files.
 */
import type { Digest, Key } from '../base/hash.ts';
import { chooseEngine } from '../engine/choose-engine.ts';
import { givesList } from '../kinds/kind.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';
import type { Engine } from '../stage.ts';
import { fileChanges } from '../store/file-changes.ts';
import { readListing, saveListing, type Listing } from '../store/listing.ts';
import { keyOf, type KeyDocument } from '../store/manifest.ts';
import { findWhole, type FoundArtifact, type Store } from '../store/store.ts';
import { earlierArtifacts, nearest, type Earlier, type EarlierKey } from './earlier.ts';
import { resolvePaths, resolveStagePaths } from './external-paths.ts';
import { keyDocument, type ResolvedPaths } from './key.ts';
import { topologicalOrder } from './order.ts';
import type { Decision } from './decision.ts';
import type { Reason, ReasonContext } from './reason.ts';
import { findReusable } from './reusable.ts';

export interface Planner {
  readonly spec: Spec;
  readonly engine: Engine | null;
  readonly order: readonly StageSpec[];
  /** Decides one stage; `inputs` holds the artifact of every stage that feeds it. */
  decide(stage: StageSpec, inputs: Inputs): Promise<Decision>;
  /** Decides a stage whose inputs do not matter: a frozen one that has a result. */
  decideEarly(stage: StageSpec): Promise<Decision | undefined>;
  /** The stage's key document; slots that are fed by a stage without an artifact are left out. */
  documentOf(stage: StageSpec, inputs: Inputs): KeyDocument;
  /** What differs from the nearest earlier execution whatever the missing inputs turn out to be. */
  certainReasons(stage: StageSpec, inputs: Inputs): Promise<readonly Reason[]>;
  /** The names of files and stages, to explain the difference between any two documents of a stage. */
  context(stage: StageSpec): ReasonContext;
  /**
   * Looks at the stage's external files again, for the decisions that follow. Returns what has changed since the last
   * look, such as `deps.0: a.txt was written`.
   */
  refresh(stage: StageSpec): Promise<readonly string[]>;
  /** Records the names of the files behind a stage's key, for later explanations. */
  remember(stage: StageSpec): void;
}

/** Stage → its artifact. */
type Inputs = ReadonlyMap<string, FoundArtifact>;

export interface PlannerOptions {
  readonly store: Store;
  /** Folder where digests of external files and names of sources are remembered. */
  readonly cache: string;
  /** Stages to execute although they are cached. */
  readonly forced: ReadonlySet<string>;
  /** Keys of a stage's earlier executions, its own latest first, then those of its siblings in a matrix. */
  readonly earlier: (stage: StageSpec) => readonly EarlierKey[];
  /** Called with each artifact before it is looked for, so that it is not collected in between. */
  readonly note?: ((kind: string, key: Key) => void) | undefined;
}

/** Reads the external files. Throws `E_SPEC` with a diagnostic for each path that names nothing. */
export async function openPlanner(spec: Spec, options: PlannerOptions): Promise<Planner> {
  const paths = await resolvePaths(spec, options.cache);
  const numeric = spec.stages.some((stage) => stage.kind.declaration.numeric);
  const engine = numeric ? chooseEngine(spec.engine, options.cache) : null;
  return plannerOver(spec, options, paths, engine);
}

function plannerOver(
  spec: Spec,
  { store, cache, forced, earlier, note }: PlannerOptions,
  paths: Map<string, ResolvedPaths>,
  engine: Engine | null,
): Planner {
  const listings = currentListings(spec, paths);
  const listing = (digest: string): Listing | undefined =>
    listings.get(digest)?.() ?? readListing(cache, digest);
  const context = (stage: StageSpec): ReasonContext => ({ listing, inputs: stage.inputs });
  const documentOf = (stage: StageSpec, inputs: Inputs): KeyDocument =>
    keyDocument(stage, inputDigests(stage, inputs), paths.get(stage.name)!, engine);
  const look = earlierArtifacts(store);
  const executions = (stage: StageSpec): Promise<Earlier[]> => look(earlier(stage));
  const inputsBefore =
    (inputs: Inputs) =>
    async (name: string): Promise<FoundArtifact[]> => {
      const found = await executions(spec.stages.find((stage) => stage.name === name)!);
      return [...(inputs.has(name) ? [inputs.get(name)!] : []), ...found.map(({ artifact }) => artifact)];
    };

  return {
    spec,
    engine,
    order: topologicalOrder(spec.stages),
    context,
    documentOf,
    async decide(stage, inputs): Promise<Decision> {
      const document = documentOf(stage, inputs);
      const key = keyOf(document);
      const run = (
        reasons: readonly Reason[],
        against: Key | null = null,
      ): Extract<Decision, { state: 'run' }> => ({
        state: 'run',
        key,
        document,
        reasons,
        against,
      });
      note?.(stage.kind.name, key);
      const lookup = await store.find(stage.kind.name, key);
      const isForced = forced.has(stage.name);
      if (lookup.state === 'found')
        return isForced ? run([{ type: 'forced' }]) : { state: 'cached', key, artifact: lookup.artifact };
      if (lookup.state === 'damaged') return run([{ type: 'damaged', why: lookup.why }]);
      const accepted = await store.findAlias(stage.kind.name, key);
      if (accepted) note?.(accepted.kind, accepted.target);
      const artifact = accepted && (await findWhole(store, accepted.kind, accepted.target));
      if (accepted && artifact)
        return isForced ? run([{ type: 'forced' }]) : { state: 'cached', key, artifact, accepted };
      if (earlier(stage).some((one) => one.key === key)) return run([{ type: 'missing' }], key);
      const near = nearest(await executions(stage), document, context(stage));
      if (!near) return run([{ type: 'never-run' }]);
      const reusable = await findReusable(stage, document, await executions(stage), inputsBefore(inputs));
      for (const { manifest } of reusable ? [reusable.artifact, ...Object.values(reusable.inputs)] : [])
        note?.(manifest.kind, manifest.key);
      return { ...run(near.reasons, near.key), ...(reusable && { reusable }) };
    },
    async decideEarly(stage): Promise<Decision | undefined> {
      if (stage.frozen !== true || forced.has(stage.name)) return undefined;
      for (const { kind, key } of earlier(stage)) note?.(kind, key);
      const [artifact] = (await executions(stage)).filter((one) => one.own).map((one) => one.artifact);
      return artifact && { state: 'cached', key: artifact.manifest.key, artifact, frozen: true };
    },
    async certainReasons(stage, inputs): Promise<readonly Reason[]> {
      const document = documentOf(stage, inputs);
      if (earlier(stage).length === 0) return [{ type: 'never-run' }];
      const near = nearest(await executions(stage), document, context(stage), Object.keys(document.inputs));
      return near?.reasons ?? [];
    },
    async refresh(stage): Promise<readonly string[]> {
      const before = paths.get(stage.name)!;
      const after = await resolveStagePaths(stage, cache);
      paths.set(stage.name, after);
      noteListings(after, listings);
      return [...after].flatMap(
        ([pointer, files]) => fileChanges(pointer, before.get(pointer)!, files) ?? [],
      );
    },
    remember(stage): void {
      const { code, sources } = stage.kind;
      if (sources) saveListing(cache, code, () => sources);
      for (const { digest } of paths.get(stage.name)!.values())
        saveListing(cache, digest, listings.get(digest)!);
    },
  };
}

function inputDigests(stage: StageSpec, inputs: Inputs): KeyDocument['inputs'] {
  const digests: Record<string, Digest | readonly Digest[]> = {};
  for (const [slot, names] of Object.entries(stage.inputs)) {
    if (!names.every((name) => inputs.has(name))) continue;
    const all = names.map((name) => inputs.get(name)!.manifest.digest);
    digests[slot] = givesList(stage.kind, slot, names.length) ? all : all[0]!;
  }
  return digests;
}

/** The files behind the digests of this spec, by digest. */
function currentListings(spec: Spec, paths: ReadonlyMap<string, ResolvedPaths>): Map<string, () => Listing> {
  const listings = new Map<string, () => Listing>();
  for (const { kind } of spec.stages) {
    const { sources } = kind;
    if (sources) listings.set(kind.code, () => sources);
  }
  for (const resolved of paths.values()) noteListings(resolved, listings);
  return listings;
}

function noteListings(paths: ResolvedPaths, listings: Map<string, () => Listing>): void {
  for (const { files, digest } of paths.values())
    listings.set(digest, () => Object.fromEntries(files().map((file) => [file.name, file.digest])));
}
