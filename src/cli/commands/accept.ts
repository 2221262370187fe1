import { acceptStages } from '../../plan/accept.ts';
import { stagesMeant } from '../../plan/selector.ts';
import { printJson, printResult } from '../render/output.ts';
import { openSpec } from './open-spec.ts';
import { sessionPlanner, type SpecOptions } from '../../session.ts';

export interface AcceptOptions extends SpecOptions {
  readonly json?: boolean;
}

/** `pipeline accept`: keeps results after a change of code that the user declares to be without effect. */
export async function acceptCommand(
  file: string,
  selectors: readonly string[],
  options: AcceptOptions,
): Promise<number> {
  const session = await openSpec(file, options);
  const planner = await sessionPlanner(session);
  const accepted = stagesMeant(session.spec.stages, selectors);
  const done = await acceptStages(planner, session.store, accepted);
  if (options.json)
    printJson({ stages: Object.fromEntries(done.map(({ stage, alias }) => [stage, alias ?? null])) });
  else
    printResult(
      done
        .map(({ stage, alias }) =>
          alias ? `${stage}  accepted although ${alias.because.join('; ')}` : `${stage}  already cached`,
        )
        .join('\n'),
    );
  return 0;
}
