/**
 * Files and overrides → a checked Spec, or everything that is wrong with them. This is the full check; load.ts avoids
 * it for a spec that was valid before.
 */
import { basename, dirname, extname } from 'node:path';
import { failure, ok, type Diagnostic, type Result } from '../base/diagnostic.ts';
import { readMerged, type Reader } from './values/bases.ts';
import { holdsDeferred, refuseDeferred } from './values/deferred.ts';
import { makeInterpolator } from './values/interpolate.ts';
import { readOutline, type Outline } from './outline.ts';
import { applyOverride, applyParamsFile, applySet, type Override } from './values/overrides.ts';
import { readSource } from './text/read.ts';
import { errorAt, type Report } from './text/source.ts';
import type { Checked, KindReference, LoadOptions, Spec } from './spec.ts';
import { checkStages, type StageScope } from './stages/stages.ts';
import type { SweepRequest } from './sweep/request-types.ts';
import { failedAt, isNull, mapNode, mapToJson, type MapNode } from './text/tree.ts';

interface Gathered extends Reader {
  readonly options: LoadOptions;
  readonly found: Diagnostic[];
}

export async function checkSpec(
  file: string,
  options: LoadOptions,
): Promise<Result<Checked, readonly Diagnostic[]>> {
  const gathered = gather(options);
  const root = readWhole(file, gathered);
  return root ? checkRoot(root, file, gathered) : failure(inOrder(gathered.found, file, options.set));
}

function gather(options: LoadOptions): Gathered {
  const found: Diagnostic[] = [];
  return {
    options,
    found,
    report: (diagnostic) => found.push(diagnostic),
    env: options.env ?? {},
    used: new Map(),
    sources: new Map(),
  };
}

/** A spec and its variations, for which the files are read only once. */
export interface Variable {
  readonly checked: Checked;
  /** Its `sweep:` section. */
  readonly sweep: SweepRequest | undefined;
  /** The spec with some values overridden. Warnings are those of the spec itself. */
  vary(overrides: readonly Override[]): Promise<Result<Spec, readonly Diagnostic[]>>;
}

export async function checkVariable(
  file: string,
  options: LoadOptions,
): Promise<Result<Variable, readonly Diagnostic[]>> {
  const gathered = gather(options);
  const root = readWhole(file, gathered);
  if (!root) return failure(inOrder(gathered.found, file, options.set));
  const outlines: Outline[] = [];
  const checked = await checkRoot(root, file, gathered, (outline) => outlines.push(outline));
  if (!checked.ok) return checked;
  const vary = async (overrides: readonly Override[]): Promise<Result<Spec, readonly Diagnostic[]>> => {
    const again = { ...gather(options), sources: gathered.sources };
    const varied = overrides.reduce((tree, one) => applyOverride(tree, one, file, again.report), root);
    const result = await checkRoot(varied, file, again);
    return result.ok ? ok(result.value.spec) : result;
  };
  return ok({ checked: checked.value, sweep: outlines[0]!.sweep, vary });
}

async function checkRoot(
  root: MapNode,
  file: string,
  gathered: Gathered,
  onOutline?: (outline: Outline) => void,
): Promise<Result<Checked, readonly Diagnostic[]>> {
  const { options, found } = gathered;
  const values = interpolated(root, gathered);
  const outline = readOutline(values.root, gathered.report);
  onOutline?.(outline);
  const kinds = new Map<string, KindReference>();
  const stages = await checkStages(outline, { ...values.scope, catalogue: options.kinds, kinds });
  values.finish();
  if (found.some(({ severity }) => severity === 'error')) return failure(inOrder(found, file, options.set));
  const spec: Spec = {
    file,
    directory: dirname(file),
    name: outline.name ?? basename(file, extname(file)),
    ...(outline.description === undefined ? {} : { description: outline.description }),
    params: mapToJson(outline.params),
    engine: outline.engine,
    ...(outline.strict ? { strict: true } : {}),
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

/** The spec's values after interpolation, and the scope in which they were interpolated. */
interface Interpolated {
  readonly root: MapNode;
  readonly scope: Omit<StageScope, 'catalogue' | 'kinds'>;
  /** Reports unused parameters; to be called when everything has been read. */
  readonly finish: () => void;
}

/** Interpolates all values except those under `x-` names, which are checked where they are used. */
function interpolated(root: MapNode, { report, env, used, found }: Gathered): Interpolated {
  const written = root.entries.get('params')?.value;
  // A value that is not a mapping is reported once, not again at every reference.
  const params = written && written.type !== 'map' && !isNull(written) ? failedAt(written.place) : written;
  const usedParams = new Set<string>();
  const scope = { params, env, report, used, usedParams };
  const interpolate = makeInterpolator(scope);
  const before = found.length;
  const entries = [...root.entries].map(([name, entry]) => {
    const value = name.startsWith('x-') ? entry.value : interpolate(entry.value);
    return [name, { ...entry, value }] as const;
  });
  const whole = refuseDeferred(mapNode(new Map(entries), root.place), report);
  const sound = found.length === before;
  const finish = (): void => {
    // An invalid reference may be the one that was meant to use a parameter.
    const errors = found.some(({ severity }) => severity === 'error');
    if (params?.type === 'map' && sound && !(errors && holdsDeferred(whole)))
      reportUnused(params, usedParams, report);
  };
  return { root: whole, scope, finish };
}

/** An unused parameter has no effect, which is rarely intended. */
function reportUnused(params: MapNode, used: ReadonlySet<string>, report: Report): void {
  for (const [name, { key }] of params.entries)
    if (!used.has(name))
      report({ ...errorAt(key, `the parameter '${name}' is not used`), severity: 'warning' });
}

/** Removes duplicates, which arise because the instances of a matrix share their source text. */
function distinct(found: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

/** In reading order: the spec first, then other files, each from its top, then every --set. */
function inOrder(all: readonly Diagnostic[], main: string, sets: readonly string[] = []): Diagnostic[] {
  const found = distinct(all);
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
