import { PipelineError } from '../../base/diagnostic.ts';
import type { Plan, PlanEntry } from '../../plan/plan.ts';
import type { Artifact, Store } from '../../store/store.ts';
import type { Source, SourceStage } from './source.ts';

/** The current results of a spec. `file`: the spec as the user named it, for the command in a hint. */
export function sourceOfSpec({ spec, engine, entries }: Plan, store: Store, file: string): Source {
  const stageOf = ({ stage, plan }: PlanEntry): [string, SourceStage] => [
    stage.name,
    {
      kind: stage.kind.name,
      type: stage.kind.declaration.output,
      inputs: stage.inputs,
      parameters: stage.with,
      isThere: plan.state === 'cached',
      artifact: async (): Promise<Artifact> => {
        const found = plan.state === 'cached' ? plan.artifact.manifest : undefined;
        const fetched = found && (await store.fetch(found.kind, found.key));
        if (fetched) return fetched;
        const problem = `'${stage.name}' has no result yet, or its result is out of date`;
        throw new PipelineError('E_NOT_READY', problem, { hint: `Run \`pipeline run ${file}\` first.` });
      },
    },
  ];
  return { name: spec.name, engine, stages: new Map(entries.map(stageOf)) };
}
