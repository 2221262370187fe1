/** Files and overrides → a checked Spec, or everything that is wrong with them. */
import { basename, dirname, extname } from 'node:path';
import { failure, ok, type Diagnostic, type Result } from '../base/diagnostic.ts';
import { readMerged, type Reader } from './bases.ts';
import { reportCycles } from './cycles.ts';
import { readInputs, type Graph, type KnownStage, type References } from './inputs.ts';
import { makeInterpolator } from './interpolate.ts';
import { findKind, referenceOf, type KindReference } from './kind-of.ts';
import type { LoadOptions } from './load.ts';
import { readOutline, type Outline } from './outline.ts';
import { applyParamsFile, applySet } from './overrides.ts';
import { checkParameters } from './parameters.ts';
import { resolvePaths } from './paths.ts';
import { readSource } from './read.ts';
import { errorAt, locate, type Report } from './source.ts';
import type { Spec, StageSpec } from './spec.ts';
import { failedAt, isNull, mapNode, mapToJson, type MapNode } from './tree.ts';

/** A checked spec and all that it was made of. */
export interface Checked {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
  readonly kinds: ReadonlyMap<string, KindReference>;
  /** Absolute path → text, for every file that was read. */
  readonly files: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string | undefined>;
}

interface Gathered extends Reader {
  readonly options: LoadOptions;
  readonly found: Diagnostic[];
}

export async function checkSpec(
  file: string,
  options: LoadOptions,
): Promise<Result<Checked, readonly Diagnostic[]>> {
  const found: Diagnostic[] = [];
  const gathered: Gathered = {
    options,
    found,
    report: (diagnostic) => found.push(diagnostic),
    env: options.env ?? {},
    used: new Map(),
    sources: new Map(),
  };
  const root = readWhole(file, gathered);
  if (!root) return failure(inOrder(found, file, options.set));
  const outline = readOutline(interpolated(root, gathered), gathered.report);
  const kinds = new Map<string, KindReference>();
  const stages = await checkStages(outline, gathered, kinds);
  if (found.some(({ severity }) => severity === 'error')) return failure(inOrder(found, file, options.set));
  const spec: Spec = {
    file,
    directory: dirname(file),
    name: outline.name ?? basename(file, extname(file)),
    ...(outline.description === undefined ? {} : { description: outline.description }),
    params: mapToJson(outline.params),
    engine: outline.engine,
    stages,
  };
  const files = new Map([...gathered.sources].map(([path, { text }]) => [path, text]));
  return ok({ spec, warnings: inOrder(found, file, options.set), kinds, files, variables: gathered.used });
}

function readWhole(file: string, gathered: Gathered): MapNode | undefined {
  const { options, report, sources } = gathered;
  let root = readMerged(file, gathered);
  if (!root) return undefined;
  if (options.paramsFile !== undefined) {
    const read = readSource(options.paramsFile);
    if (!read.ok) report(read.error);
    else {
      sources.set(options.paramsFile, read.value);
      root = applyParamsFile(root, read.value, report);
    }
  }
  for (const text of options.set ?? []) root = applySet(root, text, file, report);
  return root;
}

/** All values except those under names of the author's own, which count where they are used. */
function interpolated(root: MapNode, { report, env, used, found }: Gathered): MapNode {
  const written = root.entries.get('params')?.value;
  // What is no mapping is reported as such, and not once more at every reference.
  const params = written && written.type !== 'map' && !isNull(written) ? failedAt(written.place) : written;
  const usedParams = new Set<string>();
  const interpolate = makeInterpolator({ params, env, report, used, usedParams });
  const before = found.length;
  const entries = [...root.entries].map(([name, entry]) => {
    const value = name.startsWith('x-') ? entry.value : interpolate(entry.value);
    return [name, { ...entry, value }] as const;
  });
  // A faulty reference may be the one that was meant to use it.
  if (params?.type === 'map' && found.length === before) reportUnused(params, usedParams, report);
  return mapNode(new Map(entries), root.place);
}

/** A parameter that nothing refers to has no effect, which is seldom what its author meant. */
function reportUnused(params: MapNode, used: ReadonlySet<string>, report: Report): void {
  for (const [name, { key }] of params.entries)
    if (!used.has(name))
      report({ ...errorAt(key, `nothing refers to the parameter '${name}'`), severity: 'warning' });
}

async function checkStages(
  outline: Outline,
  { options, report }: Gathered,
  kinds: Map<string, KindReference>,
): Promise<StageSpec[]> {
  const known: KnownStage[] = [];
  for (const raw of outline.stages) {
    const reference = referenceOf(raw.uses, options.kinds, report);
    const kind = reference && (await findKind(reference, raw.uses, options.kinds, report));
    if (!kind) continue;
    kinds.set(raw.name, reference);
    known.push({ raw, kind });
  }
  const byName = new Map<string, KnownStage | undefined>(outline.stageNames.map((name) => [name, undefined]));
  for (const stage of known) byName.set(stage.raw.name, stage);
  const graph: Graph = { stages: known, byName, catalogue: options.kinds, report };
  const inputs = new Map(known.map((stage) => [stage.raw.name, readInputs(stage, graph)]));
  reportCycles(
    new Map([...inputs].map(([name, references]) => [name, [...references.values()].flat()])),
    report,
  );
  return known.flatMap((stage) => {
    const params = checkParameters(stage, report);
    return params ? finishStage(stage, params, inputs.get(stage.raw.name)!, report) : [];
  });
}

function finishStage(
  stage: KnownStage,
  params: StageSpec['with'],
  references: References,
  report: Report,
): StageSpec {
  const { raw, kind } = stage;
  const fed = [...references].filter(([, stages]) => stages.length > 0);
  return {
    name: raw.name,
    ...(raw.description === undefined ? {} : { description: raw.description }),
    kind,
    inputs: Object.fromEntries(fed.map(([slot, stages]) => [slot, stages.map(({ stage: name }) => name)])),
    ...resolvePaths(stage, params, new Set(fed.map(([slot]) => slot)), report),
    location: locate(raw.key),
  };
}

/** As a reader goes through the texts: the spec first, then other files, each from its top, then every --set. */
function inOrder(found: readonly Diagnostic[], main: string, sets: readonly string[] = []): Diagnostic[] {
  const rank = ({ location }: Diagnostic): string => {
    if (location === undefined || location.file === main) return location ? '1' : '0';
    return location.file === '--set'
      ? `3${String(sets.indexOf(location.text)).padStart(6, '0')}`
      : `2${location.file}`;
  };
  return found
    .map((diagnostic) => ({ diagnostic, rank: rank(diagnostic) }))
    .sort((a, b) => {
      if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
      const [at, other] = [a.diagnostic.location, b.diagnostic.location];
      return at && other ? at.line - other.line || at.column - other.column : 0;
    })
    .map(({ diagnostic }) => diagnostic);
}
