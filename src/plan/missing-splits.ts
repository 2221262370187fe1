/**
 * Splits that a stage names and the corpus does not have. The names are known as soon as the corpus is there, long
 * before the stages that need them run.
 */
import { PipelineError, type Diagnostic } from '../base/diagnostic.ts';
import { nameHint } from '../base/nearest.ts';
import type { SplitParameter, StageSpec } from '../spec/spec.ts';
import type { FoundArtifact } from '../store/store.ts';
import { upstreamOf } from './order.ts';
import type { PlanEntry } from './plan.ts';

/** A corpus has one metric for each split: `queries_train`. */
const SPLIT_METRIC = 'queries_';
/** Types of artifacts that have the splits of a corpus. */
const CORPUS = 'corpus';
const DERIVED = 'tokens';

type Artifacts = ReadonlyMap<string, FoundArtifact>;

/** One diagnostic for each wrong parameter, by stage. `changed` limits it to stages that read this corpus. */
export function missingSplits(
  stages: readonly StageSpec[],
  artifacts: Artifacts,
  changed?: string,
): ReadonlyMap<StageSpec, readonly Diagnostic[]> {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const found = new Map<StageSpec, readonly Diagnostic[]>();
  for (const stage of stages) {
    if (!stage.splits || stage.splits.length === 0) continue;
    const corpora = [...corporaOf(stage, byName)];
    if (corpora.length === 0 || (changed !== undefined && !corpora.includes(changed))) continue;
    const there = corpora.map((name) => splitsOf(artifacts.get(name)));
    if (there.some((names) => names === undefined)) continue;
    const names = [...new Set(there.flatMap((one) => one!))];
    const wrong = stage.splits.filter(({ value }) => !names.includes(value));
    if (wrong.length > 0)
      found.set(
        stage,
        wrong.map((one) => diagnostic(stage, one, corpora, names)),
      );
  }
  return found;
}

/** Throws `E_SPEC` if a stage that has to run names a split that its corpus, which is cached, does not have. */
export function refuseMissingSplits(entries: readonly PlanEntry[], selected: ReadonlySet<string>): void {
  const artifacts = new Map<string, FoundArtifact>();
  for (const { stage, plan } of entries)
    if (plan.state === 'cached') artifacts.set(stage.name, plan.artifact);
  const missing = missingSplits(
    entries.map(({ stage }) => stage),
    artifacts,
  );
  const wrong = [...missing].filter(([{ name }]) => selected.has(name) && !artifacts.has(name));
  if (wrong.length > 0) throw splitError(wrong.flatMap(([, diagnostics]) => diagnostics));
}

export function splitError(diagnostics: readonly Diagnostic[]): PipelineError {
  return new PipelineError('E_SPEC', 'the spec names splits that do not exist', {
    diagnostics: [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()],
  });
}

/** Names of the stages with the corpora whose queries a stage reads, directly or as tokens. */
function corporaOf(stage: StageSpec, byName: ReadonlyMap<string, StageSpec>): ReadonlySet<string> {
  const corpora = new Set<string>();
  const seen = new Set<string>();
  const pending = [stage];
  for (let at = pending.pop(); at; at = pending.pop())
    for (const name of upstreamOf(at)) {
      const upstream = byName.get(name);
      if (!upstream || seen.has(name)) continue;
      seen.add(name);
      const { output } = upstream.kind.declaration;
      if (output === CORPUS) corpora.add(name);
      else if (output === DERIVED) pending.push(upstream);
    }
  return corpora;
}

/** Undefined if they are not known. */
function splitsOf(corpus: FoundArtifact | undefined): readonly string[] | undefined {
  const names = Object.keys(corpus?.manifest.metrics ?? {}).filter((name) => name.startsWith(SPLIT_METRIC));
  return names.length === 0 ? undefined : names.map((name) => name.slice(SPLIT_METRIC.length));
}

function diagnostic(
  stage: StageSpec,
  { name, value, location }: SplitParameter,
  corpora: readonly string[],
  splits: readonly string[],
): Diagnostic {
  const whose = corpora.map((corpus) => `'${corpus}'`).join(' and ');
  const hint = nameHint(value, splits);
  return {
    severity: 'error',
    message: `'${name}' of '${stage.name}' is '${value}', but ${whose} has no such split`,
    location: location ?? stage.location,
    ...(hint === undefined ? {} : { hint }),
  };
}
