/** The stages of the outline → checked stages: kinds, inputs, instances, parameters. */
import type { KindCatalogue } from '../../kinds/kind.ts';
import { reportCycles } from './cycles.ts';
import { fillIn, holdsDeferred } from '../values/deferred.ts';
import { withoutDisabled } from './enabled.ts';
import { readInputs, type Graph, type KnownStage, type References } from './inputs.ts';
import { expandInstances, type Instance } from './instances.ts';
import { findKind, referenceOf } from './kind-of.ts';
import type { Outline } from '../outline.ts';
import { checkInputInstead } from './input-instead.ts';
import { checkParameters } from './parameters.ts';
import { resolvePaths } from './paths.ts';
import { splitsNamed } from './splits.ts';
import type { References as Scope } from '../values/parameter-references.ts';
import { locate, type Report } from '../text/source.ts';
import type { MapNode } from '../text/tree.ts';
import type { KindReference, StageSpec } from '../spec.ts';
import { withoutOldKind } from './changed-kind.ts';
import { withoutForeign } from './variants.ts';

export interface StageScope extends Omit<Scope, 'resolve' | 'pending' | 'matrix'> {
  readonly catalogue: KindCatalogue;
  /** Collects the kinds by the stages' names in the file. */
  readonly kinds: Map<string, KindReference>;
}

export async function checkStages(outline: Outline, scope: StageScope): Promise<StageSpec[]> {
  const { report } = scope;
  const known = await knownStages(outline, scope);
  const byName = new Map<string, KnownStage | undefined>(outline.stageNames.map((name) => [name, undefined]));
  for (const stage of known) byName.set(stage.raw.name, stage);
  const graph: Graph = { stages: known, byName, catalogue: scope.catalogue, report };
  const all = new Map(known.map((stage) => [stage.raw.name, readInputs(stage, graph)]));
  const order = reportCycles(
    new Map([...all].map(([name, references]) => [name, [...references.values()].flat()])),
    report,
  );
  const inputs = withoutDisabled(byName, all, report);
  const instances = expandInstances(order, byName, inputs, report);
  return known.flatMap((stage) => {
    const { name, execution } = stage.raw;
    const checked = checkInstances(stage, instances.get(name) ?? [], inputs.get(name)!, scope);
    return execution.enabled ? checked : [];
  });
}

async function knownStages(
  outline: Outline,
  { catalogue, kinds, report }: StageScope,
): Promise<KnownStage[]> {
  const known: KnownStage[] = [];
  for (const raw of outline.stages) {
    const reference = referenceOf(raw.uses, catalogue, report);
    const kind = reference && (await findKind(reference, raw.uses, catalogue, report));
    if (!kind) continue;
    kinds.set(raw.name, reference);
    known.push(withoutOldKind({ raw, kind }, report));
  }
  return known;
}

type CheckedParameters = Pick<StageSpec, 'with' | 'paths' | 'splits'>;

/** Instances are similar: after this many with errors, the rest would only repeat them. */
const MOST_FAULTY = 10;

function checkInstances(
  stage: KnownStage,
  instances: readonly Instance[],
  references: References,
  scope: StageScope,
): StageSpec[] {
  const fed = new Set([...references].filter(([, list]) => list.length > 0).map(([slot]) => slot));
  const check = (given: KnownStage): CheckedParameters | undefined => {
    const at = withKnownParameters(given, scope.report);
    checkInputInstead(at, fed, scope.report);
    const params = checkParameters(at, scope.report);
    if (!params) return undefined;
    const splits = splitsNamed(at, params);
    return { ...resolvePaths(at, params, fed, scope.report), ...(splits.length > 0 ? { splits } : {}) };
  };
  // Parameters that are the same for every instance are checked and stored once.
  if (!holdsDeferred(stage.raw.with)) {
    const shared = check(stage);
    return shared ? instances.map((instance) => finish(stage, instance, shared)) : [];
  }
  let faulty = 0;
  return instances.flatMap((instance) => {
    if (faulty === MOST_FAULTY) return [];
    const raw = { ...stage.raw, with: fillIn(stage.raw.with, instance.values, scope) };
    const checked = check({ ...stage, raw });
    if (checked) return finish(stage, instance, checked);
    faulty += 1;
    return [];
  });
}

/** What a changed variant does not have is dropped before the schema is checked. */
function withKnownParameters({ raw, kind }: KnownStage, report: Report): KnownStage {
  const kept = withoutForeign(raw.with, kind.declaration.parameters, raw.name, report) as MapNode;
  return { kind, raw: { ...raw, with: kept } };
}

function finish(
  { raw, kind }: KnownStage,
  { name, values, inputs }: Instance,
  checked: CheckedParameters,
): StageSpec {
  const { frozen, timeout, retries, resources } = raw.execution;
  const labels = Object.fromEntries([...values].map(([variable, { label }]) => [variable, label]));
  return {
    name,
    ...(raw.description === undefined ? {} : { description: raw.description }),
    kind,
    inputs,
    ...checked,
    location: locate(raw.key),
    ...(values.size === 0 ? {} : { group: raw.name, matrix: labels }),
    ...(frozen ? { frozen } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries ? { retries } : {}),
    ...(resources ? { resources } : {}),
  };
}
