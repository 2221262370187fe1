/** `pipeline accept`: the result that a stage had before its code changed is declared to be as good as a new one. */
import { timestamp } from '../base/clock.ts';
import { PipelineError } from '../base/diagnostic.ts';
import type { StageSpec } from '../spec/spec.ts';
import { writeAlias, type Alias } from '../store/local/aliases.ts';
import { wholeArtifact, type Artifact } from '../store/local/artifacts.ts';
import type { StoreLayout } from '../store/layout.ts';
import { upstreamOf } from './order.ts';
import type { Decision } from './decision.ts';
import type { Planner } from './planner.ts';
import { reasonText, type Reason } from './reason.ts';

export interface Acceptance {
  readonly stage: string;
  /** Absent where the stage is cached anyway. */
  readonly alias?: Alias;
}

/** What may be cosmetic: code, and the libraries that it calls. All else is another question, not another wording. */
const COSMETIC: readonly Reason['type'][] = ['code', 'library'];

/** Throws `E_USAGE` where a stage differs in more than its code; what was accepted before it stays accepted. */
export function acceptStages(
  planner: Planner,
  layout: StoreLayout,
  accepted: ReadonlySet<string>,
): Acceptance[] {
  const artifacts = new Map<string, Artifact>();
  const done: Acceptance[] = [];
  for (const stage of planner.order) {
    const wanted = accepted.has(stage.name);
    const unknown = upstreamOf(stage).filter((name) => !artifacts.has(name));
    if (unknown.length > 0 && !wanted) continue;
    if (unknown.length > 0)
      throw new PipelineError(
        'E_USAGE',
        `'${stage.name}' takes from '${unknown[0]!}', which is not up to date`,
        {
          hint: `Accept '${unknown[0]!}' too, or run it first.`,
        },
      );
    const decision = planner.decide(stage, artifacts);
    if (decision.state === 'run' && !wanted) continue;
    const { artifact, alias } =
      decision.state === 'cached' ? { artifact: decision.artifact } : accept(layout, stage, decision);
    artifacts.set(stage.name, artifact);
    if (wanted) done.push({ stage: stage.name, ...(alias ? { alias } : {}) });
  }
  return done;
}

function accept(
  layout: StoreLayout,
  stage: StageSpec,
  { key, reasons, against }: Extract<Decision, { state: 'run' }>,
): { readonly artifact: Artifact; readonly alias?: Alias } {
  const kind = stage.kind.name;
  const artifact = against === null ? undefined : wholeArtifact(layout, kind, against);
  const other = reasons.filter(({ type }) => !COSMETIC.includes(type));
  if (!artifact || against === null || other.length > 0)
    throw new PipelineError(
      'E_USAGE',
      `'${stage.name}' cannot be accepted: ${(other.length > 0 ? other : reasons).map(reasonText).join('; ')}`,
      { hint: 'Only a change of code can be accepted as cosmetic. What else differs has to run.' },
    );
  const alias: Alias = {
    format: 1,
    kind,
    key,
    target: against,
    because: reasons.map(reasonText),
    accepted: timestamp(),
  };
  writeAlias(layout, alias);
  return { artifact, alias };
}
