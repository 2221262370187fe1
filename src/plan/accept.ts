/** `pipeline accept`: declares the result that a stage had before its code changed equivalent to a new one. */
import { timestamp } from '../base/clock.ts';
import { PipelineError } from '../base/diagnostic.ts';
import type { StageSpec } from '../spec/spec.ts';
import { findWhole, type Alias, type FoundArtifact, type Store } from '../store/store.ts';
import { upstreamOf } from './order.ts';
import type { Decision } from './decision.ts';
import type { Planner } from './planner.ts';
import { reasonText, type Reason } from './reason.ts';

export interface Acceptance {
  readonly stage: string;
  /** Absent where the stage is cached anyway. */
  readonly alias?: Alias;
}

/** Changes that may be cosmetic: code, and the libraries that it calls. Anything else changes the experiment. */
const COSMETIC: readonly Reason['type'][] = ['code', 'library'];

/** Throws `E_USAGE` where a stage differs in more than its code; stages accepted before it stay accepted. */
export async function acceptStages(
  planner: Planner,
  store: Store,
  accepted: ReadonlySet<string>,
): Promise<Acceptance[]> {
  const artifacts = new Map<string, FoundArtifact>();
  const done: Acceptance[] = [];
  for (const stage of planner.order) {
    const wanted = accepted.has(stage.name);
    const unknown = upstreamOf(stage).filter((name) => !artifacts.has(name));
    if (unknown.length > 0 && !wanted) continue;
    if (unknown.length > 0)
      throw new PipelineError(
        'E_USAGE',
        `'${stage.name}' depends on '${unknown[0]!}', which is not up to date`,
        {
          hint: `Accept '${unknown[0]!}' too, or run it first.`,
        },
      );
    const decision = await planner.decide(stage, artifacts);
    if (decision.state === 'run' && !wanted) continue;
    const { artifact, alias } =
      decision.state === 'cached' ? { artifact: decision.artifact } : await accept(store, stage, decision);
    artifacts.set(stage.name, artifact);
    if (wanted) done.push({ stage: stage.name, ...(alias ? { alias } : {}) });
  }
  return done;
}

async function accept(
  store: Store,
  stage: StageSpec,
  { key, reasons, against }: Extract<Decision, { state: 'run' }>,
): Promise<{ readonly artifact: FoundArtifact; readonly alias?: Alias }> {
  const kind = stage.kind.name;
  const artifact = against === null ? undefined : await findWhole(store, kind, against);
  const other = reasons.filter(({ type }) => !COSMETIC.includes(type));
  if (!artifact || against === null || other.length > 0)
    throw new PipelineError(
      'E_USAGE',
      `'${stage.name}' cannot be accepted: ${(other.length > 0 ? other : reasons).map(reasonText).join('; ')}`,
      { hint: 'Only a change of code can be accepted. Stages that differ in anything else have to run.' },
    );
  const alias: Alias = {
    format: 1,
    kind,
    key,
    target: against,
    because: reasons.map(reasonText),
    accepted: timestamp(),
  };
  await store.putAlias(alias);
  return { artifact, alias };
}
